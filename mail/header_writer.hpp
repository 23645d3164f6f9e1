// Header fields as they are sent: folded, in ASCII, and never more fields than were begun.
//
// A value becomes valid UTF-8 on one line before it is written: line ends are blanks, other control
// characters go (RFC 5322 §2.2, and nothing that a stranger wrote begins a field). Plain ASCII stays as it is
// and is folded at its blanks; the rest is RFC 2047 words, §2: at most 75 octets each and 76 a line, none of
// which parts a character, or what a reader takes for one (UAX 29) where that is short enough. Total; linear.
#pragma once

#include "mail/mailbox.hpp"

#include <string>
#include <string_view>

namespace mail {

inline constexpr std::size_t max_display_name = 250;
inline constexpr std::size_t max_subject = 750;
inline constexpr std::size_t max_written_id = 900;  // the longest that fits on a line with its field's name

// Any bytes as valid UTF-8 on one line, cut between characters.
[[nodiscard]] std::string header_text(std::string_view bytes, std::size_t most);

// Whether a Message-ID can be written as it is: printable ASCII, no blanks or brackets.
[[nodiscard]] bool can_be_written(std::string_view id);

class HeaderWriter {
  public:
    explicit HeaderWriter(std::string& out) : out_(out) {}

    // One field after the other: begin(), what it holds, end().
    void begin(std::string_view name);
    void end();

    void text(std::string_view bytes, std::size_t most = max_subject);  // unstructured
    // A display name may be empty; `more`: another address follows.
    void address(std::string_view name, const Mailbox& mailbox, bool more);
    // What is printable ASCII already, and is not parted.
    void token(std::string_view token) { put(" ", token); }
    void field(std::string_view name, std::string_view token);  // a whole one

    // `; name="..."`: RFC 2231 where the value is not plain and short, or, `in_words`, RFC 2047 words, which
    // old programs read (and RFC 2047 §5 forbids).
    void parameter(std::string_view name, std::string_view utf8, bool in_words = false);

  private:
    void put(std::string_view blanks, std::string_view token);
    void words(std::string_view utf8, std::string_view before = {}, std::string_view behind = {});

    std::string& out_;
    std::size_t column_ = 0;
    bool is_empty_ = true;  // nothing behind the field's name yet
};

}  // namespace mail
