// The rows that signed reply addresses name (auth/signed_address.hpp): one for each outbound mail.
//
// `id` is what the address says, so whoever writes the mail makes it (tickets::Uuid::make). The functions
// that give a Query stand in a transaction of the caller's.
#pragma once

#include "store/desk_actions.hpp"
#include "store/pool.hpp"
#include "tickets/uuid.hpp"

#include <cstdint>
#include <optional>

namespace store {

struct ReplyAddress {
    std::int64_t mailbox = 0;  // of its ticket, merges followed
    bool revoked = false;
};

// `mail`: whose it is; where that moves to another ticket, the address leads there.
[[nodiscard]] Query add_reply_address(std::int64_t workspace, const tickets::Uuid& id,
                                      const tickets::Uuid& ticket, std::optional<std::int64_t> agent,
                                      const std::optional<tickets::Uuid>& mail = std::nullopt);
// Of the ticket and of those merged into it: how many were not revoked before.
asio::awaitable<std::int64_t> revoke_reply_addresses(DeskAction& action, tickets::Uuid ticket);

// Throws Error.
asio::awaitable<std::optional<ReplyAddress>> find_reply_address(Pool& pool, std::int64_t workspace,
                                                                tickets::Uuid id);

}  // namespace store
