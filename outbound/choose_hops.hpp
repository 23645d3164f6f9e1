// Of all that DNS and MTA-STS said of a domain that is reached directly: which servers to try, and what TLS
// each has to show. Pure but for the dice; outbound/configured_router.hpp asks the questions.
//
// DANE wins over MTA-STS (RFC 8461 §2), both win over opportunism, and what the operator says of a
// destination stands where neither is published. A host whose policy can't be known or met is left out; when
// that leaves none, the mail waits. It never goes in plain text instead (H03).
#pragma once

#include "net/networks.hpp"
#include "outbound/dane.hpp"
#include "outbound/mail_hosts.hpp"
#include "outbound/mta_sts.hpp"
#include "outbound/route.hpp"
#include "outbound/targets.hpp"

#include <string_view>
#include <vector>

namespace outbound {

inline constexpr std::size_t most_hosts = 5;
inline constexpr std::size_t most_addresses = 10, most_addresses_per_host = 4;

enum class IpPreference { ipv6_first, ipv4_first, ipv4_only, ipv6_only };

// What an operator wants of the TLS with a destination.
enum class TlsChoice {
    policy,         // what the destination publishes, and opportunistic where it publishes nothing
    off,            // plain text, whatever it publishes
    opportunistic,  // whatever it publishes
    required,       // what it publishes, and TLS in any case
    verified,       // DANE where it publishes that, else certificates of hosts that the operator names
};

struct HopOptions {
    IpPreference preference = IpPreference::ipv6_first;
    std::uint16_t port = 25;
    net::Networks allowed_targets, own_addresses;
    std::vector<boost::asio::ip::address> sources;
    net::TlsContext tls;  // a client's
};

// What DNS said of one mail server. Of an address literal, the other family is an answer without records.
struct HostFacts {
    MailHost host;
    net::DnsAnswer ipv4, ipv6;
    Dane dane;                   // asked for only where has_secure_addresses()
    std::string tlsa_base = {};  // the name that its records are of, where the host's own is an alias of it
};
// RFC 7672 §2.2.2: only then are TLSA records worth asking for, and safe to ask for.
[[nodiscard]] bool has_secure_addresses(const HostFacts& facts);

struct DomainFacts {
    std::string domain;
    std::vector<HostFacts> hosts;  // in the order of mail_hosts()
    std::optional<StsPolicy> sts;
    TlsChoice choice = TlsChoice::policy;
    std::vector<std::string> verified_hosts;  // patterns; for TlsChoice::verified
};

[[nodiscard]] boost::system::result<std::vector<Hop>, Refused> choose_hops(const DomainFacts& facts,
                                                                           const HopOptions& options,
                                                                           Random& random);

// The addresses of a host in the order to try: those of the preferred family first, then by turns, each
// family shuffled; at most `most_addresses_per_host`.
[[nodiscard]] std::vector<boost::asio::ip::address> addresses_in_order(
    const std::vector<boost::asio::ip::address>& all, IpPreference preference, Random& random);

// One of ours of the same family, if there is one.
[[nodiscard]] std::optional<boost::asio::ip::address> source_for(
    const boost::asio::ip::address& target, const std::vector<boost::asio::ip::address>& sources,
    Random& random);

}  // namespace outbound
