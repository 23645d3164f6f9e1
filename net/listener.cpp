#include "net/listener.hpp"

#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace net {
namespace {

// The family of a listening stream socket; AF_UNSPEC when it is none.
int family_of(int descriptor) {
    const auto option = [descriptor](int name) {
        int value = -1;
        socklen_t size = sizeof value;
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
    };
    const bool listens = option(SO_TYPE) == SOCK_STREAM && option(SO_ACCEPTCONN) == 1;
    return listens ? option(SO_DOMAIN) : AF_UNSPEC;
}

}  // namespace

void adopt(tcp::acceptor& acceptor, int descriptor) {
    const int family = family_of(descriptor);
    if (family != AF_INET && family != AF_INET6)
        throw std::runtime_error("descriptor " + std::to_string(descriptor) + " is no listening TCP socket");
    acceptor.assign(family == AF_INET ? tcp::v4() : tcp::v6(), descriptor);
}

Listener::Listener(asio::any_io_executor executor, const std::string& address, std::uint16_t port)
    : acceptor_(executor), pause_(executor) {
    tcp::acceptor acceptor(executor);
    boost::system::error_code error;
    auto fail = [&](const char* what) {
        if (error)
            throw std::runtime_error(std::string("cannot ") + what + " " + address + " port " +
                                     std::to_string(port) + ": " + error.message());
    };
    auto ip = asio::ip::make_address(address, error);
    fail("listen on");
    tcp::endpoint endpoint(ip, port);
    acceptor.open(endpoint.protocol(), error);
    fail("open a socket for");
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    fail("configure");
    if (ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    fail("configure");
    acceptor.bind(endpoint, error);
    fail("bind");
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    fail("listen on");
    port_ = acceptor.local_endpoint(error).port();
    fail("listen on");
    acceptor_ = std::move(acceptor);
}

Listener::Listener(asio::any_io_executor executor, int descriptor) : acceptor_(executor), pause_(executor) {
    if (family_of(descriptor) == AF_UNIX) {
        acceptor_.assign({AF_UNIX, 0}, descriptor);
        return;
    }
    tcp::acceptor acceptor(executor);
    adopt(acceptor, descriptor);
    port_ = acceptor.local_endpoint().port();
    acceptor_ = std::move(acceptor);
}

asio::awaitable<std::optional<Socket>> Listener::accept(std::function<void(const std::string&)> paused) {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) co_return std::move(socket);
        if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) break;
        if (error == asio::error::connection_aborted) continue;
        // EMFILE and its kin: the connection stays in the backlog, and asking again at once would spin.
        paused(error.message());
        pause_.expires_after(std::chrono::milliseconds(100));
        co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return std::nullopt;
}

void Listener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace net
