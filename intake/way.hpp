// What becomes of a mail once the table has decided (threading/decision.hpp): by its kind, by what the
// house's rules say, and by the address of ours that it came to. Pure.
#pragma once

#include "intake/arrival.hpp"

#include <optional>
#include <string>

namespace intake {

// Into the ticket that knows it, or what its kind permits.
enum class Way { join, open, hold, discard };

[[nodiscard]] bool speaks(threading::Outcome outcome);
[[nodiscard]] bool is_persons(const Arrival& mail);

// Its author's domain disowns it, and this mailbox takes it all the same.
[[nodiscard]] bool is_disowned(const Arrival& mail, const Part& part);
[[nodiscard]] bool is_kept_back(const Part& part);

[[nodiscard]] Way way_of(const Arrival& mail, const Part& part, const threading::Decision& decision);

// Whether what it says in its ticket is shown as unverified.
[[nodiscard]] bool is_marked(const Arrival& mail, const Part& part, const threading::Decision& decision,
                             Way way);

// The fixed vocabulary of dispositions.reason, and of the metric's label.
[[nodiscard]] std::string disposition_reason(const Arrival& mail, const Part& part, Way way,
                                             const threading::Decision& decision);

// What the table is asked about, of the mail as this workspace sees it: the ticket that an address of ours
// leads to, whether an agent of the desk speaks, and a verdict that the workspace doesn't mind.
[[nodiscard]] threading::Incoming incoming_of(const Arrival& mail, const Part& part,
                                              const store::WorkspaceFacts& known);

// Whether what a bounce says of our deliveries counts.
[[nodiscard]] bool bounce_counts(const Part& part, Way way);

}  // namespace intake
