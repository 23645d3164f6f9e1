#include "outbound/dane.hpp"

#include <algorithm>

namespace outbound {
namespace {

// Each may cost a look at the certificate; a zone with more has none that are worth it.
constexpr std::size_t most_records = 32;
constexpr std::size_t shortest_key = 32;  // of what is given whole: less is no certificate and no key

}  // namespace

bool is_usable(const net::TlsaRecord& record) {
    if (record.usage != 2 && record.usage != 3) return false;
    if (record.selector > 1) return false;
    switch (record.matching) {
        case 0:
            return record.data.size() >= shortest_key;
        case 1:
            return record.data.size() == 32;  // SHA-256
        case 2:
            return record.data.size() == 64;  // SHA-512
        default:
            return false;
    }
}

Dane dane_of(const net::DnsAnswer& tlsa) {
    using enum net::DnsAnswer::Status;
    if (tlsa.status == failed) return {.demand = Dane::Demand::not_known, .records = {}};
    if (tlsa.status != found || !tlsa.secure) return {};
    Dane dane{.demand = Dane::Demand::encrypt, .records = {}};
    for (const std::string& rdata : tlsa.records) {
        auto record = net::tlsa_of(rdata);
        if (!record || !is_usable(*record) || std::ranges::count(dane.records, *record)) continue;
        if (dane.records.size() == most_records) break;
        dane.records.push_back(std::move(*record));
        dane.demand = Dane::Demand::match;
    }
    return dane;
}

}  // namespace outbound
