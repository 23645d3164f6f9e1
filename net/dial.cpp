#include "net/dial.hpp"

#include "net/unix_socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>

namespace asio = boost::asio;

namespace net {

std::optional<ServerAddress> parse_server_address(std::string_view text) {
    ServerAddress server;
    if (text.starts_with("unix:")) {
        server.path = text.substr(5);
        if (!server.path.starts_with('/') || server.path.size() > longest_socket_path) return std::nullopt;
        return server;
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view address = text.substr(0, colon);
    const bool in_brackets = address.starts_with('[') && address.ends_with(']');
    if (in_brackets) address = address.substr(1, address.size() - 2);
    boost::system::error_code error;
    const auto parsed = asio::ip::make_address(std::string(address), error);
    const char* const end = text.data() + text.size();
    const auto [read, trouble] = std::from_chars(text.data() + colon + 1, end, server.port);
    if (error || parsed.is_v6() != in_brackets || trouble != std::errc() || read != end || server.port == 0)
        return std::nullopt;
    server.address = parsed.to_string();
    return server;
}

asio::awaitable<boost::system::result<std::unique_ptr<Connection>>> dial_from(
    asio::any_io_executor executor, std::optional<asio::ip::address> source, ServerAddress server,
    Clock::time_point deadline) {
    // The timer's handler may run after our end.
    const auto socket = std::make_shared<Socket>(executor);
    asio::generic::stream_protocol::endpoint to;
    boost::system::error_code failed;
    if (server.path.empty()) {
        const auto address = asio::ip::make_address(server.address, failed);
        if (failed) co_return failed;
        const asio::ip::tcp::endpoint endpoint(address, server.port);
        to = endpoint;
        if (source && source->is_v6() == address.is_v6()) {
            const asio::ip::tcp::endpoint from(*source, 0);
            socket->open(endpoint.protocol(), failed);
            if (!failed) socket->bind(from, failed);
            if (failed) co_return failed;
        }
    } else {
        to = asio::local::stream_protocol::endpoint(server.path);
    }
    asio::steady_timer timer(executor, deadline);
    timer.async_wait([socket](boost::system::error_code cancelled) {
        boost::system::error_code ignored;
        if (!cancelled) socket->close(ignored);
    });
    const auto [error] = co_await socket->async_connect(to, asio::as_tuple(asio::use_awaitable));
    if (timer.cancel() == 0 || !socket->is_open()) co_return make_error_code(asio::error::timed_out);
    if (error) co_return error;
    co_return std::make_unique<Connection>(std::move(*socket));
}

asio::awaitable<std::unique_ptr<Connection>> dial(asio::any_io_executor executor, ServerAddress server,
                                                  Clock::time_point deadline) {
    auto made = co_await dial_from(std::move(executor), {}, std::move(server), deadline);
    co_return made ? std::move(*made) : nullptr;
}

}  // namespace net
