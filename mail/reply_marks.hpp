// What mail programs write around a reply, in the world's larger languages: "On … wrote:", "-----Original
// Message-----", From/Sent/To/Subject, "Sent from my phone", "reply above this line", closing formulas.
//
// All take one line as fold_line() gives it, which is empty for a line of more than `max_marked_line` bytes,
// so each costs constant time. None of them decides: mail/reply.cpp weighs what stands before and after.
#pragma once

#include "mail/folded_line.hpp"

#include <cstddef>
#include <string_view>

namespace mail {

// How surely the text (one line, or a few put together) says who wrote what follows.
enum class Attribution { none, weak, strong };  // weak: only when what follows is quoted
[[nodiscard]] Attribution attribution_of(std::string_view folded);

// False: attribution_of() and may_open_attribution() say no. Cheap, and true of most lines of prose.
[[nodiscard]] bool may_be_attribution(const FoldedLine& line);

// A line that can open an attribution which wraps: it has a date, an address or "On".
[[nodiscard]] bool may_open_attribution(std::string_view folded);
[[nodiscard]] bool opens_with_date(std::string_view folded);

// "-----Original Message-----", "Begin forwarded message:".
[[nodiscard]] bool is_separator(std::string_view folded);

// "##- Please type your reply above this line -##".
[[nodiscard]] bool is_reply_above(std::string_view folded);

// The kinds of header that a label may stand for ("De:", "Sent:"), as bits; 0: the line is no header.
enum HeaderBit : unsigned {
    header_from = 1,
    header_date = 2,
    header_to = 4,
    header_subject = 8,
    header_other = 16
};
[[nodiscard]] unsigned header_bits(const FoldedLine& line);

// "Sent from my iPhone", "Get Outlook for iOS".
[[nodiscard]] bool is_device_line(const FoldedLine& line);

// Length of the closing formula that the line begins with ("best regards"), 0 without one.
[[nodiscard]] std::size_t closing_formula(std::string_view folded);

}  // namespace mail
