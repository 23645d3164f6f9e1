// A listening socket: TCP of our own, or TCP or Unix that somebody listens on already, such as whoever
// started us or net/unix_socket.hpp.
//
// Binds one address (IPv4 or IPv6; "::" is IPv6 only, so that both families can be listed); port 0
// takes a free one. Running out of descriptors or memory makes accept() pause, never fail.
#pragma once

#include "net/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace net {

// Makes `acceptor` the owner of a descriptor of TCP; the same exceptions.
void adopt(boost::asio::ip::tcp::acceptor& acceptor, int descriptor);

class Listener {
  public:
    // Throws std::runtime_error that names address and port.
    Listener(boost::asio::any_io_executor executor, const std::string& address, std::uint16_t port);
    // Takes over a descriptor. Throws std::runtime_error when it is no listening socket, and then leaves it
    // open.
    Listener(boost::asio::any_io_executor executor, int descriptor);

    [[nodiscard]] std::uint16_t port() const { return port_; }  // 0: a Unix socket
    [[nodiscard]] bool local() const { return port_ == 0; }
    // The next connection; nothing after close(). `paused` is told why accepting had to wait.
    [[nodiscard]] boost::asio::awaitable<std::optional<Socket>> accept(
        std::function<void(const std::string& reason)> paused);
    void close();

  private:
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    std::uint16_t port_ = 0;
};

}  // namespace net
