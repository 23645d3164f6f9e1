// RFC 2047: `=?charset?B or Q?text?=` in header fields.
//
// Words next to each other are one text (§6.2), even where a character was cut between them, which §5
// forbids. Tolerated are blanks inside a word, a missing space around it, words of any length, one inside a
// quoted string or in the middle of a word, a missing charset, a language (RFC 2231 §5), base64 without
// padding, and a missing `?=` at the end of the value or before the next word. What is no encoded-word stays
// as written. Linear; the result is valid UTF-8 without NUL.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// The words in `utf8` (field_text() made it) decoded, once: what comes out is not looked through again.
[[nodiscard]] std::string decode_words(std::string_view utf8);

// Length of the encoded-word that `text` begins with: whole, without blanks, at most 1,000 bytes; else 0.
[[nodiscard]] std::size_t word_length(std::string_view text);

// A raw field value (folded, any bytes) as valid UTF-8 on one line (RFC 5322 §2.2.3, RFC 6532), encoded-words
// still in place: what parsers of structured fields read. Raw bytes that are no UTF-8, and raw ISO-2022-JP,
// are read by mail::decode_undeclared(); `hint`: a charset for it.
[[nodiscard]] std::string field_text(std::string_view raw_value, std::string_view hint = {});

// An unstructured field (Subject) as a reader sees it.
[[nodiscard]] std::string unstructured(std::string_view raw_value, std::string_view hint = {});

}  // namespace mail
