// What is to be done for agents who work from their own mail program, as rows: docs/agents-by-mail.md
#pragma once

#include "store/connection.hpp"
#include "tickets/uuid.hpp"

#include <cstdint>
#include <vector>

namespace store {

// A mail that joined a ticket, and concerns an agent.
struct MailForAgent {
    std::int64_t workspace = 0;
    tickets::Uuid ticket, interaction;
    std::int64_t agent = 0;  // 0: whoever the ticket is assigned to, if they want to hear of it
};

// Within the transaction that stores the mails. `said`: the agent wrote it, and what it says is to be done;
// else they are told of it.
[[nodiscard]] Query tell_assignees(const std::vector<MailForAgent>& mails);
[[nodiscard]] Query obey_agents(const std::vector<MailForAgent>& mails);

}  // namespace store
