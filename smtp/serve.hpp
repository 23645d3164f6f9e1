// One SMTP session from greeting to goodbye, and what all sessions of a server share.
#pragma once

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/session_group.hpp"
#include "smtp/clients.hpp"
#include "smtp/memory_budget.hpp"
#include "smtp/server.hpp"

#include <memory>
#include <vector>

namespace smtp {

struct ServerState {
    ServerState(boost::asio::any_io_executor on, Options chosen, Server::Seams given)
        : executor(on), options(std::move(chosen)), seams(given), sessions(on), memory(on) {}

    boost::asio::any_io_executor executor;
    Options options;
    Server::Seams seams;
    std::optional<net::TlsContext> tls;
    net::SessionGroup sessions;
    std::vector<std::shared_ptr<net::Listener>> listeners;
    Clients clients;
    MemoryBudget memory;
    std::size_t spooled = 0;
    net::Clock::time_point refusal_logged;
    std::size_t refusals_unlogged = 0;
    bool stopping = false;
};

// All are by value: the coroutine outlives its caller's statement. Without `client` the peer is a proxy,
// which has to say first whose connection it is.
[[nodiscard]] boost::asio::awaitable<void> serve_session(std::shared_ptr<ServerState> server,
                                                         std::unique_ptr<net::Connection> peer,
                                                         std::optional<Clients::Session> client,
                                                         Service service);

// What `memory` of the options comes to: of four parts, one message is being received into two at most, and
// delivering it takes the other two (as it came, and compressed).
[[nodiscard]] std::size_t memory_limit(const Options& options);

}  // namespace smtp
