// What an HTML element means for the text: hidden, a quote, a signature, how it breaks lines.
#pragma once

#include "mail/html_text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mail {

struct HtmlTraits {
    bool silent = false;  // what is inside is no text of the mail
    bool block = false;
    bool spaced = false;  // may have a margin
    bool empty = false;   // has no end tag
};
[[nodiscard]] HtmlTraits traits_of(std::string_view lower_case_name);

struct HtmlElement {
    std::string_view name, id, class_names, type, href, alt, border, marker, start, width, height;
    std::string style;  // dense_style() of it
    bool hidden_attribute = false;
    HtmlTraits traits{};
};

// Lower case, without blanks: "border:none;border-top:solid#e1e1e11.0pt". Of its first 1024 bytes.
[[nodiscard]] std::string dense_style(std::string_view style);
[[nodiscard]] bool has_margin(const HtmlElement& element);  // a blank line before and after
[[nodiscard]] bool is_hidden(const HtmlElement& element);
[[nodiscard]] std::optional<bool> font_is_zero(const HtmlElement& element);  // none: as outside
[[nodiscard]] bool is_quote(const HtmlElement& element);                     // its lines get `> `
[[nodiscard]] bool is_data_table(const HtmlElement& element);

struct ElementMark {
    TextMark::Kind kind;
    bool to_the_end;  // all that follows, not only what is inside
};
// Where mail programs say that a quote or a signature begins.
[[nodiscard]] std::optional<ElementMark> mark_of(const HtmlElement& element);

}  // namespace mail
