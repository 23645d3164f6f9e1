// A style attribute of a stranger: a part of mail/safe_html.hpp.
//
// Declarations of an allow-list of properties (colour, font, text, box, border, size, list, table), each
// value taken apart and written anew. Nothing of it can fetch (no url), lay itself over other things
// (no position, z-index, negative margins), run or hide behind escapes and comments: a declaration with
// anything else in it is left out, and sizes are bounded. CSS 2.1 §4.1; the result comes back the same
// when read again, and holds no quote but `'`, no `<`, `>`, `&` and no control character.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string safe_style(std::string_view utf8);  // `name:value;name:value`, maybe empty

}  // namespace mail
