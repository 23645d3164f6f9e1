// What becomes of a mail whose parts have all been decided about: taken, or refused with one reply.
#pragma once

#include "intake/arrival.hpp"
#include "smtp/reply.hpp"

#include <optional>
#include <vector>

namespace intake {

// Of recipients that differ the willing ones get the mail, and for those that refuse it is held. Where all
// refuse, what the sender is told: then nothing is to be stored. `refusable` false: a relay of ours has
// accepted it, and would send a refusal for good to a sender who may be forged, so it is held instead (LMTP).
[[nodiscard]] std::optional<smtp::Reply> settle(std::vector<Part>& parts, bool refusable);

}  // namespace intake
