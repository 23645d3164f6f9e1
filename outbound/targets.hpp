// Which addresses mail may be sent to: DNS is written by strangers, and an MX record that names 127.0.0.1 or
// a machine of our own network would make us speak to what they can't reach themselves (H13).
//
// Pure. What an operator allows is allowed whatever it is.
#pragma once

#include "net/networks.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>

namespace outbound {

// What kind of address it is that nobody of the Internet can have: "loopback", "private" ...; empty when it
// may be sent to. IPv4 addresses within IPv6 ones (mapped, NAT64, 6to4) are looked at too.
[[nodiscard]] std::string_view target_objection(const boost::asio::ip::address& address,
                                                const net::Networks& allowed);

// RFC 5321 §4.1.3: "[192.0.2.1]", "[IPv6:2001:db8::1]".
[[nodiscard]] std::optional<boost::asio::ip::address> literal_address(std::string_view domain);

}  // namespace outbound
