// What becomes of a mail whose parts have all been decided about: taken, or refused with one reply.
#pragma once

#include "intake/arrival.hpp"
#include "intake/examination.hpp"
#include "policy/bans.hpp"
#include "smtp/reply.hpp"

#include <optional>
#include <vector>

namespace intake {

// Of recipients that differ the willing ones get the mail, and for those that refuse it is held. Where all
// refuse, what the sender is told: then nothing is to be stored. `refusable` false: a relay of ours has
// accepted it, and would send a refusal for good to a sender who may be forged, so it is held instead (LMTP).
[[nodiscard]] std::optional<smtp::Reply> settle(std::vector<Part>& parts, bool refusable);

struct Judged {
    Arrival arrival;
    std::optional<smtp::Reply> refusal;
};

// All that is decided about a mail before its ticket is: it is read, then come bans, what was found out about
// its sender, rules, and whether it is acknowledged. Pure. `host_name` is ours.
[[nodiscard]] Judged judge(const smtp::ReceivedMessage& message, const store::Snapshot& settings,
                           const policy::Bans& bans, const Examination& examination,
                           const policy::ScanChoices& choices, const std::string& host_name, const Uuid& id,
                           Envelope envelope, store::Timestamp now);

}  // namespace intake
