#include "smtp/server.hpp"

#include "smtp/admission.hpp"
#include "smtp/serve.hpp"

#include <sys/socket.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace smtp {
namespace {

// Written without waiting: a fresh socket has room for a line, and a refused peer gets no coroutine.
void refuse(net::Socket& socket, std::string_view limit) {
    std::string line = refusal_for(limit).wire();
    (void)!::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

asio::awaitable<void> accept_sessions(std::shared_ptr<ServerState> server,
                                      std::shared_ptr<net::Listener> listener, Service service) {
    net::Clock::time_point quiet_until;
    auto paused = [&](const std::string& reason) {  // it tries again soon, and often
        if (net::Clock::now() < quiet_until) return;
        quiet_until = net::Clock::now() + std::chrono::seconds(10);
        server->seams.log.event(EventLog::Level::warning, "accept_paused", {}, {{"reason", reason}});
    };
    for (;;) {
        auto socket = co_await listener->accept(paused);
        if (!socket) co_return;
        if (server->stopping) continue;
        const std::string address = net::address_of(*socket);
        std::string_view limit = full(*server);
        std::optional<Clients::Session> client;
        if (limit.empty() && service == Service::lmtp)
            limit = admit_relay(*server, address, client);
        else if (limit.empty() && !server->options.proxy_networks.contains(address))
            limit = admit(*server, address, client);
        if (!limit.empty()) {
            note_refusal(*server, address, limit);
            if (service != Service::smtps) refuse(*socket, limit);
            continue;
        }
        auto peer = std::make_unique<net::Connection>(*std::move(socket));
        asio::co_spawn(server->executor, serve_session(server, std::move(peer), std::move(client), service),
                       asio::detached);
    }
}

}  // namespace

Server::Server(asio::any_io_executor executor, Options options, Seams seams)
    : state_(std::make_shared<ServerState>(executor, std::move(options), seams)) {
    if (const auto& files = state_->options.tls)
        state_->tls = net::TlsContext::server(files->certificate, files->session_tickets, files->others);
}

Server::~Server() = default;

std::uint16_t Server::listen(const std::string& address, std::uint16_t port, Service service) {
    return serve(std::make_shared<net::Listener>(state_->executor, address, port), service);
}

std::uint16_t Server::adopt(int descriptor, Service service) {
    auto listener = std::make_shared<net::Listener>(state_->executor, descriptor);
    if (listener->local() && service != Service::lmtp)
        throw std::runtime_error("SMTP is spoken over TCP, not over a Unix socket");
    return serve(std::move(listener), service);
}

std::uint16_t Server::serve(std::shared_ptr<net::Listener> listener, Service service) {
    if (service == Service::smtps && !state_->tls)
        throw std::runtime_error("a listener with implicit TLS needs a certificate and a key");
    state_->listeners.push_back(listener);
    asio::co_spawn(state_->executor, accept_sessions(state_, listener, service), asio::detached);
    return listener->port();
}

void Server::reconfigure(Options options) {
    if (const auto& files = options.tls)
        state_->tls = net::TlsContext::server(files->certificate, files->session_tickets, files->others);
    options.host_name = state_->options.host_name;
    state_->options = std::move(options);
}

asio::awaitable<void> Server::stop(std::chrono::milliseconds grace) {
    auto state = state_;
    state->stopping = true;
    for (auto& listener : state->listeners) listener->close();
    state->sessions.interrupt_all();
    co_await state->sessions.wait_empty(net::Clock::now() + grace);
    state->sessions.abort_all();
    // Cut sessions may still wait for the sink's word, which always comes.
    co_await state->sessions.wait_empty(net::Clock::now() + std::chrono::hours(24));
}

Server::Standing Server::standing() const {
    return {state_->sessions.size(), state_->clients.size(), state_->memory.used(),
            memory_limit(state_->options), state_->spooled};
}

}  // namespace smtp
