// A stored mail with what decided about it and what was known of its sender.
#pragma once

#include "policy/decision.hpp"
#include "store/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct DispositionInfo {
    std::string mailbox, disposition, reason;
    Timestamp decided_at;
};

struct StoredDecision {
    std::int64_t workspace_id = 0;
    tickets::Uuid id;
    std::string workspace;
    std::optional<tickets::Uuid> ticket;  // none: it is held
    tickets::Uuid intake;
    std::optional<std::string> message_id;
    std::string subject, author, author_name;
    Timestamp received;
    std::int64_t raw_size = 0;
    std::string proof, row;
    bool marked = false;
    std::string verdict;
    tickets::Uuid thread;
    bool imported = false;
    std::string client_address, helo;
    std::optional<std::string> tls;
    std::string reverse_path;
    std::optional<std::string> kind;
    std::vector<std::string> kind_reasons;
    std::optional<std::string> evidence;  // JSON: intake/examination.hpp
    policy::Decision policy;              // evidence, rules and effects, as it was decided
    // Of one that was held and released: what had held it, who released it, when.
    std::optional<std::string> held_row, released_by;
    std::optional<Timestamp> released_at;
    std::vector<DispositionInfo> dispositions;  // of its intake
};

// None when there is no such interaction. Throws Error.
[[nodiscard]] asio::awaitable<std::optional<StoredDecision>> stored_decision(Pool& pool,
                                                                             tickets::Uuid interaction);

}  // namespace store
