#include "outbound/dane.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

namespace outbound {
namespace {

// Each may cost a look at the certificate; a zone with more has none that are worth it.
constexpr std::size_t most_records = 32;

// What is given whole, and nothing behind it. It is read as OpenSSL reads it for the handshake, where a
// record that can't be used proves nothing: taken for usable here, it would switch off what else protects the
// mail.
bool is_whole(const net::TlsaRecord& record) {
    const auto* at = reinterpret_cast<const unsigned char*>(record.data.data());
    const auto* const end = at + record.data.size();
    const auto size = static_cast<long>(record.data.size());
    bool has_key = false;
    if (record.selector == 0) {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, size),
                                                                      X509_free);
        has_key = certificate && X509_get0_pubkey(certificate.get());
    } else {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(d2i_PUBKEY(nullptr, &at, size),
                                                                      EVP_PKEY_free);
        has_key = key != nullptr;
    }
    ERR_clear_error();
    return has_key && at == end;
}

}  // namespace

bool is_usable(const net::TlsaRecord& record) {
    if (record.usage != 2 && record.usage != 3) return false;
    if (record.selector > 1) return false;
    switch (record.matching) {
        case 0:
            return is_whole(record);
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
