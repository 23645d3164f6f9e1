// Bans on the way in: at connect, MAIL and RCPT by what the session knows, after the final dot by what the
// header says as well. From memory alone. docs/policy.md
#pragma once

#include "intake/arrival.hpp"
#include "intake/probe.hpp"
#include "policy/bans.hpp"
#include "store/settings.hpp"

#include <optional>

namespace intake {

// The ban that counts, of a workspace and the installation; null where there is none. `bans` owns it.
[[nodiscard]] const tickets::Ban* ban_of(const policy::Bans& bans, std::int64_t workspace,
                                         const policy::Sender& sender, store::Timestamp now);

// What they are told whom a ban refuses.
[[nodiscard]] smtp::Reply refusal(const tickets::Ban& ban, const store::Snapshot& settings, bool spf_passed);

// Adds to each part's decision what its bans say. A mailbox that the mail was sent to as postmaster becomes a
// part of its own, which no ban is for.
void apply_bans(Arrival& mail, const store::Snapshot& settings, const policy::Bans& bans,
                store::Timestamp now, bool spf_passed);

// The bans that were in force for a mail whose parts are settled (intake/judgement.hpp).
[[nodiscard]] std::vector<AppliedBan> applied_bans(const Arrival& mail, const policy::Bans& bans,
                                                   store::Timestamp now);

}  // namespace intake
