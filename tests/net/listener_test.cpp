#include "net/listener.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include <stdexcept>

namespace asio = boost::asio;

TEST(Listener, takes_over_a_socket_that_listens) {
    asio::io_context context;
    for (const char* address : {"127.0.0.1", "::1"}) {
        asio::ip::tcp::acceptor given(context, {asio::ip::make_address(address), 0});
        const auto port = given.local_endpoint().port();
        net::Listener listener(context.get_executor(), given.release());
        EXPECT_EQ(listener.port(), port);
    }
}

TEST(Listener, takes_nothing_else) {
    asio::io_context context;
    const int not_listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int datagrams = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int file = ::dup(STDERR_FILENO);
    for (int descriptor : {not_listening, datagrams, local, file}) {
        EXPECT_THROW(net::Listener(context.get_executor(), descriptor), std::runtime_error);
        EXPECT_EQ(::close(descriptor), 0) << "it stays its owner's";
    }
}
