// TLSA and MX records as a stranger's name server writes them: one answer, its records separated by their
// length in one octet.
#include "outbound/dane.hpp"
#include "outbound/mail_hosts.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using outbound::Dane;
    net::DnsAnswer answer{.status = net::DnsAnswer::Status::found, .secure = true};
    for (std::string_view rest = fuzz::view(bytes, size); !rest.empty();) {
        const auto length = static_cast<unsigned char>(rest.front());
        answer.records.emplace_back(rest.substr(1, length));
        rest.remove_prefix(std::min<std::size_t>(rest.size(), 1U + length));
    }
    if (answer.records.empty()) answer.status = net::DnsAnswer::Status::no_records;
    const Dane dane = outbound::dane_of(answer);
    fuzz::check((dane.demand == Dane::Demand::none) == answer.records.empty(), "records demand TLS");
    fuzz::check((dane.demand == Dane::Demand::match) == !dane.records.empty(), "a match has records");
    for (const net::TlsaRecord& record : dane.records)
        fuzz::check(outbound::is_usable(record) && record.data.size() >= 32, "usable ones");
    outbound::Random random(1);
    const auto hosts = outbound::mail_hosts("example.com", answer, {"mx.ours.example"}, random);
    if (hosts.has_error()) {
        fuzz::check(!hosts.error().words.empty() && mail::is_ascii(hosts.error().words), "words");
        return 0;
    }
    fuzz::check(!hosts->empty() && hosts->size() <= outbound::most_hosts_asked, "hosts");
    for (const outbound::MailHost& host : *hosts)
        fuzz::check(!host.name.empty() && mail::is_ascii(host.name) && host.name != "mx.ours.example",
                    "a host");
    return 0;
}
