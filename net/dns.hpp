// DNS as the house asks for it: one look-up, an answer that is a value, never an exception.
//
// Resolver is the seam: net/unbound_resolver speaks through libunbound (validating, caching); tests write
// their own (tests/support/fake_dns.hpp). The readers below turn the raw RDATA of an answer into values; each
// gives nothing for RDATA that is cut off or malformed (RFC 1035 §3.3, RFC 3596 §2.2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

enum class RecordType : std::uint16_t { a = 1, ns = 2, ptr = 12, mx = 15, txt = 16, aaaa = 28, tlsa = 52 };

struct DnsAnswer {
    enum class Status {
        found,       // records is not empty
        no_records,  // the name exists, the type does not (NODATA)
        no_name,     // NXDOMAIN
        failed,      // SERVFAIL, no server answered in time, or the answer is bogus: ask again later
    };
    Status status = Status::failed;
    bool secure = false;               // validated by DNSSEC, the denial too
    std::vector<std::string> records;  // RDATA as it is on the wire, names uncompressed
    std::string why;                   // for failed: in a few words
    // The name that the records are of, where the one that was asked for is an alias (CNAME): in lower case,
    // without the last dot. Else empty.
    std::string canonical = {};
};

class Resolver {
  public:
    virtual ~Resolver() = default;
    // `name`: a domain name in ASCII (A-labels), with or without its last dot; one that can't be a domain
    // name (a label over 63 octets, over 253 in all, empty labels) is `no_name`. Answers by `deadline` in any
    // case.
    [[nodiscard]] virtual boost::asio::awaitable<DnsAnswer> look_up(
        std::string name, RecordType type, std::chrono::steady_clock::time_point deadline) = 0;
};

// Whether `name` can be asked for, as look_up() takes it. A blank may stand in it: SPF's macros make such
// names.
[[nodiscard]] bool is_domain_name(std::string_view name);

// A TXT record's character-strings, joined without anything between them (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
[[nodiscard]] std::optional<std::string> text_of(std::string_view rdata);
[[nodiscard]] std::optional<boost::asio::ip::address> address_of(RecordType type, std::string_view rdata);
// A domain name (PTR, NS), in lower case, without the last dot; the root is "".
[[nodiscard]] std::optional<std::string> name_of(std::string_view rdata);

// An address as DNS has it below a zone: "99.2.0.192", an IPv6 address in nibbles (RFC 1035 §3.5, RFC 3596
// §2.5).
[[nodiscard]] std::string backwards(const boost::asio::ip::address& address);
// The name that its PTR record has: "99.2.0.192.in-addr.arpa".
[[nodiscard]] std::string reverse_name(const boost::asio::ip::address& address);

struct MailExchanger {
    std::uint16_t preference = 0;
    std::string name;  // "" for a null MX (RFC 7505)
};
[[nodiscard]] std::optional<MailExchanger> mail_exchanger_of(std::string_view rdata);

// RFC 6698 §2.1. Any numbers may stand in it, and any data: TlsContext uses what it knows (H16).
struct TlsaRecord {
    std::uint8_t usage = 0, selector = 0, matching = 0;
    std::string data;
    bool operator==(const TlsaRecord&) const = default;
};
// Nothing where no data follows the three numbers.
[[nodiscard]] std::optional<TlsaRecord> tlsa_of(std::string_view rdata);

}  // namespace net
