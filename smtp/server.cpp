#include "smtp/server.hpp"

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
void refuse(asio::ip::tcp::socket& socket, std::string_view limit) {
    const bool ours = limit == "sessions";
    std::string line =
        Reply{421, "4.7.0",
              ours ? "Too many sessions, try again later" : "Too much from your address, try again later"}
            .wire();
    (void)!::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// A flood must not fill the log: a line a second, with how many it stands for.
void note_refusal(ServerState& server, const std::string& address, std::string_view limit) {
    server.seams.probe.session_refused(limit);
    ++server.refusals_unlogged;
    if (net::Clock::now() - server.refusal_logged < std::chrono::seconds(1)) return;
    server.refusal_logged = net::Clock::now();
    server.seams.log.event(EventLog::Level::warning, "session_refused", {},
                           {{"client", address},
                            {"limit", std::string(limit)},
                            {"count", std::to_string(std::exchange(server.refusals_unlogged, 0))}});
}

// What speaks against one more session of this client.
Clients::Admission admit(ServerState& server, const std::string& address) {
    if (server.sessions.size() >= server.options.max_sessions) return {"sessions", {}};
    if (server.options.exempt_networks.contains(address)) return {};
    return server.clients.admit(address, server.options.clients, net::Clock::now());
}

asio::awaitable<void> accept_sessions(std::shared_ptr<ServerState> server,
                                      std::shared_ptr<net::Listener> listener, bool implicit_tls) {
    auto paused = [&](const std::string& reason) {
        server->seams.log.event(EventLog::Level::warning, "accept_paused", {}, {{"reason", reason}});
    };
    for (;;) {
        auto socket = co_await listener->accept(paused);
        if (!socket) co_return;
        if (server->stopping) continue;
        const std::string address = net::address_of(*socket);
        Clients::Admission admission = admit(*server, address);
        if (!admission.limit.empty()) {
            note_refusal(*server, address, admission.limit);
            if (!implicit_tls) refuse(*socket, admission.limit);
            continue;
        }
        auto peer = std::make_unique<net::Connection>(*std::move(socket));
        asio::co_spawn(server->executor,
                       serve_session(server, std::move(peer), std::move(admission.session), implicit_tls),
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

std::uint16_t Server::listen(const std::string& address, std::uint16_t port, Tls tls) {
    return serve(std::make_shared<net::Listener>(state_->executor, address, port), tls);
}

std::uint16_t Server::adopt(int descriptor, Tls tls) {
    return serve(std::make_shared<net::Listener>(state_->executor, descriptor), tls);
}

std::uint16_t Server::serve(std::shared_ptr<net::Listener> listener, Tls tls) {
    if (tls == Tls::implicit && !state_->tls)
        throw std::runtime_error("a listener with implicit TLS needs a certificate and a key");
    state_->listeners.push_back(listener);
    asio::co_spawn(state_->executor, accept_sessions(state_, listener, tls == Tls::implicit), asio::detached);
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
