// A line as the tables of mail/reply_words.hpp are written, so that one comparison does for all spellings.
// Most lines of most mails are ASCII, and are folded eight bytes at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mail {

inline constexpr std::size_t max_marked_line = 600;

// Lower case (Latin, Greek, Cyrillic), digits of other scripts as ASCII, every kind of blank as one blank,
// full-width punctuation as ASCII, invisible characters left out, trimmed. Longer lines give "".
[[nodiscard]] std::string fold_line(std::string_view line);

struct FoldedLine {
    std::string_view text;
    bool marked = false;  // holds a digit or one of `:;<=>?@`; most lines of prose do not
};

// Room for the lines of one text, each folded once.
class LineFolder {
  public:
    explicit LineFolder(std::size_t bytes);  // of all the lines
    [[nodiscard]] FoldedLine fold(std::string_view line);

  private:
    std::unique_ptr<char[]> buffer_;
    char* free_;
};

}  // namespace mail
