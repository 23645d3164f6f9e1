// RFC 2047: `=?charset?B or Q?text?=` in header fields.
//
// Words next to each other are one text, even where a character was cut between them; blanks inside a
// word, a missing space around it and a language (RFC 2231 §5) are tolerated, and what is no encoded-word
// stays as written. Linear; the result is valid UTF-8 without NUL.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string decode_words(std::string_view utf8);

// A raw field value (folded, any bytes) as valid UTF-8 on one line, encoded-words still in place: what
// parsers of structured fields read. `hint`: a charset to try on raw 8-bit bytes.
[[nodiscard]] std::string field_text(std::string_view raw_value, std::string_view hint = {});

// An unstructured field (Subject) as a reader sees it.
[[nodiscard]] std::string unstructured(std::string_view raw_value, std::string_view hint = {});

}  // namespace mail
