// Which TLSA records bind a mail server (RFC 7672 §3.1, RFC 6698 §2.1). Pure.
#pragma once

#include "net/dns.hpp"

#include <vector>

namespace outbound {

// What the TLSA records of a host say of TLS with it.
struct Dane {
    enum class Demand {
        none,       // there are no records that DNSSEC vouches for: DANE says nothing
        encrypt,    // there are, and none can be used: TLS, whatever the certificate (RFC 7672 §2.2)
        match,      // TLS, and a certificate that one of `records` fits
        not_known,  // the answer can't be had: an attacker may hold it back, so the host is not used at all
    };
    Demand demand = Demand::none;
    std::vector<net::TlsaRecord> records;  // the usable ones
};

// Usable: DANE-TA or DANE-EE (the PKIX usages say nothing in SMTP, §3.1.3), a known selector, a known
// matching type, and data that is of its length, or a certificate or a key (H16).
[[nodiscard]] bool is_usable(const net::TlsaRecord& record);
[[nodiscard]] Dane dane_of(const net::DnsAnswer& tlsa);

}  // namespace outbound
