// Addresses of a name, IPv4 and IPv6 asked for at one time.
#pragma once

#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <vector>

namespace outbound {

struct AddressAnswers {
    net::DnsAnswer ipv4, ipv6;
};
[[nodiscard]] boost::asio::awaitable<AddressAnswers> ask_addresses(
    net::Resolver& resolver, std::string name, std::chrono::steady_clock::time_point deadline);

// As one list, IPv6 first; an address stands for itself. Why there is none.
[[nodiscard]] boost::asio::awaitable<
    boost::system::result<std::vector<boost::asio::ip::address>, std::string>>
look_up_addresses(net::Resolver* resolver, std::string name, std::chrono::steady_clock::time_point deadline);

[[nodiscard]] std::vector<boost::asio::ip::address> addresses_of(const net::DnsAnswer& first,
                                                                 const net::DnsAnswer& second);

}  // namespace outbound
