// Character references in HTML's text as browsers read them, where libxml2 reads less (HTML §13.2.5.72-80).
//
// `&copy 2020`, `&nbspx`: 106 old names need no semicolon, unless a longer name is closed by one. `&AMP;` and
// its kin in capitals. `&#146;` is the Windows-1252 that the writer meant.
// Total; linear.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// What Windows-1252 has at `byte`, 0x80-0x9F; empty where it has nothing.
[[nodiscard]] std::string_view windows_character(unsigned byte);

// Text between tags, for libxml2. Not for attributes: there `&copy=` is a part of a URL.
[[nodiscard]] std::string mended_references(std::string_view text);

// Decodes the reference that `text` begins with, if it is one of those that are most of all in mail (or none,
// as in `?a=1&b=2`), and appends it. How much of `text` it was; 0, and nothing is appended: for others to
// say.
std::size_t append_reference(std::string& out, std::string_view text, bool in_attribute);

}  // namespace mail
