// What each line of a mail's text is, for mail/reply.cpp to decide by.
#pragma once

#include "mail/reply.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_reply_lines = 100'000;

enum class LineKind : char {
    empty,
    text,
    quote,      // "> said"
    marker,     // "On … wrote:", also each line of one that wraps
    separator,  // "-----Original Message-----" or a block of From/Sent/To/Subject: the rest is quoted
    delimiter,  // "--", "____", "=====": perhaps a signature follows
    device,     // "Sent from my iPhone"
    signature,  // marked by the HTML, or PGP's armour
};

// Nothing to be seen: blanks of all scripts, form feeds, characters without width.
[[nodiscard]] bool is_blank_line(std::string_view line);

[[nodiscard]] std::vector<LineKind> kinds_of(std::span<const std::string_view> lines,
                                             std::span<const TextMark> marks);

}  // namespace mail
