// Who may begin a session: limits by client, and proxies that say for whom they speak.
#pragma once

#include "smtp/serve.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace smtp {

// The limit that speaks against one more session at all; empty: none.
[[nodiscard]] std::string_view full(const ServerState& server);
// The limit that speaks against one more session of this client; empty: none, and then `client` is one.
[[nodiscard]] std::string_view admit(ServerState& server, const std::string& address,
                                     std::optional<Clients::Session>& client);
// By LMTP: whether the peer is one of those that may come. They are not counted; the mail server in front has
// done so.
[[nodiscard]] std::string_view admit_relay(const ServerState& server, const std::string& address,
                                           std::optional<Clients::Session>& client);
// A flood must not fill the log: a line a second, with how many it stands for.
void note_refusal(ServerState& server, const std::string& address, std::string_view limit);
[[nodiscard]] Reply refusal_for(std::string_view limit);

// Reads a proxy's header, by which `peer` stands for its client from then on, and admits that one. Trusted
// networks must send it, and before anything else: where it might be missing, a client could write its own.
// False when the connection is over: none, a malformed or a late one (closed without a word), or a limit.
[[nodiscard]] boost::asio::awaitable<bool> introduce(ServerState& server, net::Connection& peer,
                                                     std::optional<Clients::Session>& client,
                                                     Service service);

}  // namespace smtp
