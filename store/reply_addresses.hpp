// The rows that signed reply addresses name (auth/signed_address.hpp): one for each outbound mail.
//
// `id` is what the address says, so whoever writes the mail makes it (tickets::Uuid::make). The functions
// that give a Query stand in a transaction of the caller's.
#pragma once

#include "store/pool.hpp"
#include "tickets/uuid.hpp"

#include <cstdint>
#include <optional>

namespace store {

struct ReplyAddress {
    tickets::Uuid ticket;               // merges followed
    std::int64_t mailbox = 0;           // that ticket's
    std::optional<std::int64_t> agent;  // of a notice to them: what comes to it is theirs to say
    bool revoked = false;
};

// `mail`: whose it is; where that moves to another ticket, the address leads there.
[[nodiscard]] Query add_reply_address(std::int64_t workspace, const tickets::Uuid& id,
                                      const tickets::Uuid& ticket, std::optional<std::int64_t> agent,
                                      const std::optional<tickets::Uuid>& mail = std::nullopt);
// Of the ticket and of those merged into it.
[[nodiscard]] Query revoke_reply_addresses(std::int64_t workspace, const tickets::Uuid& ticket);

[[nodiscard]] Query find_reply_address(std::int64_t workspace, const tickets::Uuid& id);
[[nodiscard]] std::optional<ReplyAddress> read_reply_address(const Result& found);
// Both in one. Throws Error.
asio::awaitable<std::optional<ReplyAddress>> find_reply_address(Pool& pool, std::int64_t workspace,
                                                                tickets::Uuid id);

}  // namespace store
