#include "smtp/admission.hpp"

#include "net/proxy_header.hpp"

#include <utility>

namespace asio = boost::asio;

namespace smtp {

std::string_view full(const ServerState& server) {
    return server.sessions.size() >= server.options.max_sessions ? "sessions" : "";
}

std::string_view admit(ServerState& server, const std::string& address,
                       std::optional<Clients::Session>& client) {
    if (server.options.exempt_networks.contains(address)) {
        client.emplace();
        return {};
    }
    Clients::Admission admission = server.clients.admit(address, server.options.clients, net::Clock::now());
    if (admission.limit.empty()) client.emplace(std::move(admission.session));
    return admission.limit;
}

std::string_view admit_relay(const ServerState& server, const std::string& address,
                             std::optional<Clients::Session>& client) {
    const bool local = address.empty();  // who may open a Unix socket is a matter of its mode
    if (!local && !server.options.lmtp_networks.contains(address)) return "lmtp_networks";
    client.emplace();
    return {};
}

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

Reply refusal_for(std::string_view limit) {
    if (limit == "lmtp_networks") return {421, "4.7.0", "This port is for mail servers of this site"};
    const bool ours = limit == "sessions";
    return {421, "4.7.0",
            ours ? "Too many sessions, try again later" : "Too much from your address, try again later"};
}

asio::awaitable<bool> introduce(ServerState& server, net::Connection& peer,
                                std::optional<Clients::Session>& client, Service service) {
    const auto deadline = net::Clock::now() + server.options.timeouts.proxy_header;
    net::ProxyHeader header = net::parse_proxy_header({});
    while (header.outcome == net::ProxyHeader::Outcome::incomplete) {
        switch (co_await peer.fill(deadline, net::Connection::Interruptible::yes, header.missing)) {
            case net::Status::ok:
                header = net::parse_proxy_header(peer.input().view());
                break;
            case net::Status::timed_out:
                note_refusal(server, peer.peer_address(), "proxy_timeout");
                co_return false;
            case net::Status::closed:
            case net::Status::interrupted:
                co_return false;
        }
    }
    if (header.outcome == net::ProxyHeader::Outcome::malformed) {
        note_refusal(server, peer.peer_address(), "proxy_header");
        co_return false;
    }
    peer.input().clear();
    if (header.outcome == net::ProxyHeader::Outcome::client) peer.stands_for(std::move(header.address));
    const std::string_view limit = admit(server, peer.peer_address(), client);
    if (limit.empty()) co_return true;
    note_refusal(server, peer.peer_address(), limit);
    if (service != Service::smtps &&
        co_await peer.write(refusal_for(limit).wire(), deadline) == net::Status::ok)
        co_await peer.finish(deadline);
    co_return false;
}

}  // namespace smtp
