// Small things about strings that mail/ needs everywhere: ASCII case, trimming, UTF-8 that PostgreSQL takes.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
[[nodiscard]] constexpr bool is_space(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}
[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
// What a word is made of, in UTF-8 of any script.
[[nodiscard]] constexpr bool is_letter(char c) {
    return is_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}
[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
[[nodiscard]] constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

// Bytes of one kind: as fast to ask as a comparison, however many they are.
class ByteSet {
  public:
    constexpr explicit ByteSet(std::string_view bytes) {
        for (const char c : bytes) has_[static_cast<unsigned char>(c)] = true;
    }
    [[nodiscard]] constexpr bool contains(char c) const { return has_[static_cast<unsigned char>(c)]; }

  private:
    std::array<bool, 256> has_{};
};

// Value of a hexadecimal digit, -1 for anything else.
[[nodiscard]] constexpr int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

[[nodiscard]] std::string lower(std::string_view text);  // ASCII letters only
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);  // blanks and line ends on both sides

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);  // RFC 3629: no overlong forms, no surrogates

// Any bytes as valid UTF-8: U+FFFD for what is none, and NUL, which PostgreSQL's text refuses, left out.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

// For one-line values: line ends and tabs become a blank, other control characters go; trimmed.
[[nodiscard]] std::string one_line(std::string_view utf8);

// Line ends of every kind as LF (RFC 2046 §4.1.1 has CRLF; a reader's text has LF).
[[nodiscard]] std::string with_lf(std::string text);

// RFC 3986 §2.1: `%20` is the byte 0x20, any bytes may come out; a `%` that begins no such code stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// Length of the invisible character that the text begins with, else 0: C1 controls, format characters that
// turn the order of what is shown (bidirectional overrides) or hide, zero-width and no-break blanks, tags.
[[nodiscard]] std::size_t invisible_at(std::string_view utf8);

// Text as it stands in HTML, also in a quoted value: & < > " and ' as references.
[[nodiscard]] std::string escaped_html(std::string_view text);
// The same with <br> where a line (LF) ends.
[[nodiscard]] std::string html_lines(std::string_view text);

// At most `bytes` of the text, cut between characters.
[[nodiscard]] std::string_view cut_utf8(std::string_view utf8, std::size_t bytes);

}  // namespace mail
