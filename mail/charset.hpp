// Bytes in some charset to UTF-8.
//
// Total: any bytes under any label give valid UTF-8 without NUL; what is broken becomes U+FFFD. Labels
// (RFC 2045 §5.1, RFC 2978) are read as browsers read them (WHATWG Encoding §4.2: latin1 is windows-1252,
// gb2312 is gb18030, shift_jis is windows-31j), decoded by ICU, by iconv what ICU lacks. UTF-7 is never
// guessed, only believed when declared.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// The declared charset wins unless the bytes are impossible in it (or it is none that we know, or us-ascii
// and the bytes are not); then UTF-8 where the bytes are, else what decode_undeclared() makes of them. A few
// impossible bytes among many good ones are damage and become U+FFFD. `hint`: for decode_undeclared().
[[nodiscard]] std::string decode_charset(std::string_view bytes, std::string_view label,
                                         std::string_view hint = {});

// Raw 8-bit text without a label of its own: UTF-8 (RFC 6532) where it is that, even with a character cut in
// two; else `hint`, the label of the text around, where the bytes are possible in it; else
// mail/charset_guess.hpp; else windows-1252.
[[nodiscard]] std::string decode_undeclared(std::string_view bytes, std::string_view hint = {});

[[nodiscard]] bool is_known_charset(std::string_view label);

}  // namespace mail
