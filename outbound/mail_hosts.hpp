// The mail servers of a domain, of what DNS answered for its MX records (RFC 5321 §5.1, RFC 7505).
//
// Pure but for the dice: hosts of one preference stand in random order, as the RFC wants it. At most
// `most_hosts_asked` are given, however many a domain names.
#pragma once

#include "net/dns.hpp"
#include "outbound/route.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace outbound {

inline constexpr std::size_t most_hosts_asked = 10;

using Random = std::mt19937;

struct MailHost {
    std::uint16_t preference = 0;
    std::string name;
    bool operator==(const MailHost&) const = default;
};

// In the order to try. A domain without MX records is its own mail server. A host of one of `own_names` is
// ourselves: neither it nor those behind it are tried, since mail would go in circles (H11).
[[nodiscard]] boost::system::result<std::vector<MailHost>, Refused> mail_hosts(
    const std::string& domain, const net::DnsAnswer& mx, const std::vector<std::string>& own_names,
    Random& random);

// The same words for whoever finds out by an address that it is ourselves.
[[nodiscard]] Refused loops_back(const std::string& domain);

}  // namespace outbound
