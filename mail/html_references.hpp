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

}  // namespace mail
