// The statements that write what a batch decided (store/intake_store.hpp): one a table, for all of its rows.
#pragma once

#include "store/intake_store.hpp"

#include <vector>

namespace store {

[[nodiscard]] Query insert_tickets(const std::vector<NewTicket>& rows);
[[nodiscard]] Query insert_interactions(const std::vector<NewInteraction>& rows);
[[nodiscard]] Query insert_raw_chunks(const std::vector<NewInteraction>& rows);
[[nodiscard]] Query insert_refs(const std::vector<NewInteraction>& rows);
[[nodiscard]] Query write_dispositions(const BatchPlan& plan);
[[nodiscard]] Query apply_effects(const TicketEffects& row);
// A held mail that speaks now, or goes since it was ticketed meanwhile.
void add_release(const HeldRelease& release, Timestamp now, std::vector<Query>& queries);
[[nodiscard]] Query queue_acknowledgement(const NewAcknowledgement& row, const Limits& limits, Timestamp now);
// Bounces, in the order of the deliveries that they speak of, and what else comes back or is for agents.
void add_returns(BatchPlan& plan, std::vector<Query>& queries);
[[nodiscard]] Query ticket_pair(const Statement& statement, const TicketPair& pair);

}  // namespace store
