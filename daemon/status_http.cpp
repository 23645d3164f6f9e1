#include "daemon/status_http.hpp"

#include "net/listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace program {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t header_limit = 8 * 1024;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

StatusAnswer answer_to(const Request& request, const std::vector<StatusRoute>& routes) {
    const std::string_view target(request.target().data(), request.target().size());
    const auto route = std::ranges::find(routes, target.substr(0, target.find('?')), &StatusRoute::path);
    if (route == routes.end()) return {404, "There is no such page.\n"};
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return {405, "Only GET and HEAD are answered here.\n"};
    return route->answer();
}

Response response_to(const Request& request, const std::vector<StatusRoute>& routes) {
    StatusAnswer answer = answer_to(request, routes);
    Response response(static_cast<http::status>(answer.status), request.version());
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store");
    if (answer.status == 405) response.set(http::field::allow, "GET, HEAD");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (request.method() == http::verb::head)
        response.body().clear();  // Content-Length stays (RFC 9110 §9.3.2)
    return response;
}

}  // namespace

// Owned by the coroutines too, so that it outlives the server object until the last of them has ended.
struct StatusServer::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, std::vector<StatusRoute> routes_given,
          StatusLimits limits_given)
        : strand(asio::make_strand(executor)),
          acceptor(strand),
          vacancy(strand),
          routes(std::move(routes_given)),
          limits(limits_given) {}

    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(std::shared_ptr<beast::tcp_stream> stream);

    asio::any_io_executor strand;
    tcp::acceptor acceptor;
    asio::steady_timer vacancy;  // cancelled when a connection ends
    std::vector<StatusRoute> routes;
    StatusLimits limits;
    std::set<std::shared_ptr<beast::tcp_stream>> open;
};

asio::awaitable<void> StatusServer::State::accept_all() {
    while (acceptor.is_open()) {
        if (open.size() >= limits.connections) {
            vacancy.expires_after(limits.timeout);
            co_await vacancy.async_wait(as_result);
            continue;
        }
        auto [error, socket] = co_await acceptor.async_accept(as_result);
        if (!acceptor.is_open()) co_return;
        if (error) {  // out of file descriptors, or the client has gone: neither ends the listener
            vacancy.expires_after(std::chrono::milliseconds(100));
            co_await vacancy.async_wait(as_result);
            continue;
        }
        auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
        open.insert(stream);
        auto ended = [self = shared_from_this(), stream](const std::exception_ptr&) {
            self->open.erase(stream);
            self->vacancy.cancel();
        };
        asio::co_spawn(strand, serve(stream), std::move(ended));
    }
}

asio::awaitable<void> StatusServer::State::serve(std::shared_ptr<beast::tcp_stream> stream) {
    beast::flat_buffer buffer(header_limit + 1024);
    for (bool keep = true; keep;) {
        http::request_parser<http::empty_body> parser;  // a body is an error
        parser.header_limit(header_limit);
        stream->expires_after(limits.timeout);
        const auto [read_error, read] = co_await http::async_read(*stream, buffer, parser, as_result);
        if (read_error && read_error != http::error::unexpected_body) break;
        Response response = response_to(parser.get(), routes);
        if (read_error) response.keep_alive(false);
        keep = response.keep_alive();
        http::response_serializer<http::string_body> serializer(response);
        // To HEAD only the header is sent: the serializer would otherwise send the body that isn't there.
        serializer.split(parser.get().method() == http::verb::head);
        stream->expires_after(limits.timeout);
        const auto [write_error, written] =
            serializer.split() ? co_await http::async_write_header(*stream, serializer, as_result)
                               : co_await http::async_write(*stream, serializer, as_result);
        if (write_error) break;
    }
    beast::error_code ignored;
    stream->socket().shutdown(tcp::socket::shutdown_both, ignored);
}

StatusServer::StatusServer(const asio::any_io_executor& executor, const std::string& address,
                           std::uint16_t port, std::vector<StatusRoute> routes, StatusLimits limits)
    : state_(std::make_shared<State>(executor, std::move(routes), limits)) {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    state_->acceptor.open(endpoint.protocol());
    state_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    state_->acceptor.bind(endpoint);
    state_->acceptor.listen();
    start();
}

StatusServer::StatusServer(const asio::any_io_executor& executor, int descriptor,
                           std::vector<StatusRoute> routes, StatusLimits limits)
    : state_(std::make_shared<State>(executor, std::move(routes), limits)) {
    net::adopt(state_->acceptor, descriptor);
    start();
}

void StatusServer::start() {
    port_ = state_->acceptor.local_endpoint().port();
    asio::co_spawn(
        state_->strand, [state = state_] { return state->accept_all(); },
        [state = state_](const std::exception_ptr&) {});
}

StatusServer::~StatusServer() {
    stop();
}

void StatusServer::stop() {
    asio::dispatch(state_->strand, [state = state_] {
        beast::error_code ignored;
        state->acceptor.close(ignored);
        state->vacancy.cancel();
        for (const auto& stream : state->open) stream->close();
    });
}

}  // namespace program
