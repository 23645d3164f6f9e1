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

// Decides for each part of a mail. Of recipients that differ the willing ones get it, and for those that
// refuse it is held; a mailbox that it was sent to as postmaster is always willing. Where all refuse, what
// the sender is told: then nothing is to be stored. Each ban that decided is told to `applied`.
[[nodiscard]] std::optional<smtp::Reply> apply_bans(Arrival& mail, const store::Snapshot& settings,
                                                    const policy::Bans& bans, store::Timestamp now,
                                                    bool spf_passed, std::vector<AppliedBan>& applied);

}  // namespace intake
