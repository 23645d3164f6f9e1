// Connections that we open: to servers of the operator's and to strangers' mail servers and policy hosts, by
// address or by the path of a Unix socket.
#pragma once

#include "net/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace net {

struct ServerAddress {
    std::string address;  // an IPv4 or IPv6 address; empty for a Unix socket
    std::uint16_t port = 0;
    std::string path;
};

// "127.0.0.1:11333", "[::1]:3310", "unix:/run/clamav/clamd.ctl". Names are not looked up.
[[nodiscard]] std::optional<ServerAddress> parse_server_address(std::string_view text);

// None when nobody answers by `deadline`.
[[nodiscard]] boost::asio::awaitable<std::unique_ptr<Connection>> dial(boost::asio::any_io_executor executor,
                                                                       ServerAddress server,
                                                                       Clock::time_point deadline);

// The same from an address of ours, if one is given (one of the other family is not used); says what went
// wrong.
[[nodiscard]] boost::asio::awaitable<boost::system::result<std::unique_ptr<Connection>>> dial_from(
    boost::asio::any_io_executor executor, std::optional<boost::asio::ip::address> source,
    ServerAddress server, Clock::time_point deadline);

}  // namespace net
