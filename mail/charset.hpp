// Bytes in some charset to UTF-8.
//
// Total: any bytes under any label give valid UTF-8 without NUL. Labels are read as browsers read them
// (WHATWG: latin1 is windows-1252, gb2312 is gb18030, shift_jis is windows-31j), decoded by ICU, by iconv
// what ICU lacks. UTF-7 is never guessed, only believed when declared.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// The declared charset wins unless the bytes are impossible in it (or it is none that we know); then
// UTF-8 where the bytes are, else what decode_undeclared() makes of them.
[[nodiscard]] std::string decode_charset(std::string_view bytes, std::string_view label);

// Raw 8-bit text without a label of its own. `hint`: the label of the text around, may be empty.
[[nodiscard]] std::string decode_undeclared(std::string_view bytes, std::string_view hint = {});

[[nodiscard]] bool is_known_charset(std::string_view label);

}  // namespace mail
