// Bounces in words: what mail servers of the last thirty years write to the sender of a mail that they could
// not deliver. One reader for all of them: a table of the sentences they begin with, of the lines that name a
// recipient, and of the lines behind which the original mail stands.
//
// Linear; the first `max_bounce_text` bytes, at most `max_bounced` recipients.
#pragma once

#include "mail/bounce_entry.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_bounce_text = 64 * 1024;

// How surely a text begins as a bounce does.
enum class Opening {
    none,
    generic,  // words that any server, and many a person, might use
    program,  // the very sentence of a server program
};
[[nodiscard]] Opening bounce_opening(std::string_view text);

struct BounceText {
    std::vector<BounceEntry> entries;
    std::vector<std::string> intended;  // recipients of the original, from a summary of its header
    std::string general;                // words that belong to nobody in particular
    bool delayed = false;               // a warning; the server tries on
    std::size_t original = std::string_view::npos;  // where the original mail begins
};
[[nodiscard]] BounceText read_bounce_text(std::string_view text);

}  // namespace mail
