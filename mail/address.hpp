// Address lists of header fields as people and programs really write them. RFC 5322 §3.4, §4.4; RFC 6532.
//
// Reads mailboxes, groups (their members), quoted strings, nested comments (no recursion), domain literals,
// routes (left out), empty list elements and obsolete blanks. Beyond the RFC: dots, specials and quotes that
// nobody closed in a name, encoded-words in names, quoted strings and comments, lists with `;`, a missing `>`
// or comma, an unquoted comma in a name before an angle address, `mailto:`. A comment is the name where there
// is no other. An encoded-word is never read for an address. What holds no address gives an entry with a name
// only; a lone word is an address without domain. Never fails; linear; at most `max_addresses` entries.
#pragma once

#include "mail/message.hpp"

#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_addresses = 1000;

// `text` as mail::field_text() gives it: valid UTF-8 on one line.
[[nodiscard]] std::vector<NamedAddress> parse_addresses(std::string_view text);

}  // namespace mail
