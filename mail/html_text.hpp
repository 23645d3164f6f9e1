// HTML to the text a person reads, from the stream of mail/html_tokens.hpp: no tree, linear, memory in
// proportion.
//
// Blocks break lines as a browser does (never more than one blank line), links are kept as `text <url>`,
// lists have bullets or numbers, cells stand apart, quotes have `> `, pictures their alternative text,
// entities are characters. Head, style, script and the like give nothing, nor does what is hidden
// (`display:none`, `font-size:0`). `<joe@a.example>` that nobody escaped stays. For reading only: HTML
// for display is another matter (mail/safe_html.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

// What the HTML says about the lines [begin, end) of its text: mail programs mark where the quote begins
// and what is the signature.
struct TextMark {
    enum class Kind { attribution, quote, signature };
    Kind kind = Kind::quote;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const TextMark&) const = default;
};

struct MarkedText {
    std::string text;  // valid UTF-8, lines end with LF
    std::vector<TextMark> marks;
};

[[nodiscard]] MarkedText read_html(std::string_view utf8);
[[nodiscard]] std::string html_to_text(std::string_view utf8);

}  // namespace mail
