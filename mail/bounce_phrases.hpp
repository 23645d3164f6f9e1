// The phrases by which mail servers tell why they refuse a mail: facts about other people's programs, as
// data.
#pragma once

#include "mail/bounce_reason.hpp"

#include <bitset>
#include <string_view>

namespace mail {

using ReasonSet = std::bitset<reason_count>;

// The reasons that some phrase in the words (lower case) stands for.
[[nodiscard]] ReasonSet reasons_in(std::string_view words);

// A reason that leaves no doubt whatever else is said: words of one server program only. `undefined`: none.
[[nodiscard]] Reason certain_reason_in(std::string_view words);

// Do the pieces of the phrase, cut at `*`, stand in the text in this order?
[[nodiscard]] bool has_phrase(std::string_view text, std::string_view phrase);

// A category of PowerMTA (X-PowerMTA-BounceCategory). `undefined`: not known.
[[nodiscard]] Reason reason_of_category(std::string_view category);

}  // namespace mail
