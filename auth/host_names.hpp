// The names of a client's address, as DNS vouches for them both ways.
#pragma once

#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace auth {

// An IPv4 address that is mapped into IPv6 as the IPv4 address.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

struct HostNames {
    std::vector<std::string> names;  // lower case, each has the address among its own
    bool any = false;                // the address has names, right or wrong
    bool failed = false;             // DNS did, for the address or for one of the names
};
// The names that an address has and that have the address (RFC 7208 §5.5, RFC 8601 §3), of the first 10.
[[nodiscard]] boost::asio::awaitable<HostNames> validated_host_names(
    boost::asio::ip::address client, net::Resolver& resolver, std::chrono::steady_clock::time_point deadline);

}  // namespace auth
