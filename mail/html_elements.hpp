// The elements that safe_html() lets through, and what a tag of theirs says in safe words.
#pragma once

#include "mail/html_tokens.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mail {

// How HTML5's tree construction treats an element (HTML §13.2.6.4.7 and the table modes after it).
enum class ElementKind : std::uint8_t {
    formatting,  // comes back by itself after a block has ended it
    phrase,
    void_phrase,  // br, img, wbr
    block,
    heading,
    paragraph,
    preformatted,
    list_item,
    term,  // dt, dd
    rule,  // hr
    body,
    table,
    caption,
    column_group,
    column,
    section,
    row,
    cell
};

struct Element {
    std::string_view name;    // in the input
    std::string_view output;  // its name in the output
    ElementKind kind;
};

// None for what is not on the list.
[[nodiscard]] const Element* find_element(std::string_view lower_case_name);

// Appends text with `&`, `<`, `>` and `"` escaped and control characters left out; U+0080-U+009F are
// read as the Windows-1252 that the writer meant, as HTML §13.2.5.80 has it for their numbers.
void append_escaped(std::string& out, std::string_view utf8);

// Appends ` name="value"` for what is safe of the attributes. False: the tag says nothing without them.
bool append_attributes(std::string& out, const Element& element, std::span<const HtmlAttribute> attributes);

}  // namespace mail
