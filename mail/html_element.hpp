// What an HTML element means for the text: hidden, a quote, a signature, how it breaks lines.
#pragma once

#include "mail/html_text.hpp"

#include <optional>
#include <string_view>

namespace mail {

struct HtmlElement {
    std::string_view name, id, class_names, style, type, href, alt, border, marker, start, width, height;
    bool hidden_attribute = false;
};

[[nodiscard]] bool is_silent(std::string_view name);  // what is inside is no text of the mail
[[nodiscard]] bool is_block(std::string_view name);
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
