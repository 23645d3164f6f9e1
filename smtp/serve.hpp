// One SMTP session from greeting to goodbye, and what all sessions of a server share.
#pragma once

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/session_group.hpp"
#include "smtp/server.hpp"

#include <memory>
#include <vector>

namespace smtp {

struct ServerState {
    ServerState(boost::asio::any_io_executor on, Options chosen, Server::Seams given)
        : executor(on), options(std::move(chosen)), seams(given), sessions(on) {}

    boost::asio::any_io_executor executor;
    Options options;
    Server::Seams seams;
    std::optional<net::TlsContext> tls;
    net::SessionGroup sessions;
    std::vector<std::shared_ptr<net::Listener>> listeners;
    std::size_t held_content = 0;
    bool stopping = false;
};

// Both are by value: the coroutine outlives its caller's statement.
[[nodiscard]] boost::asio::awaitable<void> serve_session(std::shared_ptr<ServerState> server,
                                                         std::unique_ptr<net::Connection> peer,
                                                         bool implicit_tls);

}  // namespace smtp
