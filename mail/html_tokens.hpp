// HTML as a stream of tags and text, read by libxml2's SAX push parser without its tree building.
//
// libxml2 decodes entities and takes attributes apart. Left to build a tree it would close elements by
// rules of HTML 4 (a table ends a link), and cost quadratic time in many attributes and in end tags below
// a deep stack. So it gets start tags with attributes, as empty elements, and text with entities, and never
// has anything open; what is open is for the reader of the stream to say.
//
// Promises: linear time. Comments, declarations, processing instructions and CDATA give nothing; script,
// style, svg, math, template, form fields and the like give nothing, their content included. A `<` that
// begins no tag is text (`<name@host>`, `<https://...>`, `a < b`). A tag over 512 KB or with over 128
// attributes is left out. What never ends (a comment, svg, title) hides nothing; only an open script or
// style reaches to the end, as in a browser.
#pragma once

#include <span>
#include <string_view>

namespace mail {

struct HtmlAttribute {
    std::string_view name, value;  // name in lower case; value decoded, UTF-8, may hold control characters
};

class HtmlReader {
  public:
    virtual ~HtmlReader() = default;
    virtual void start(std::string_view name, std::span<const HtmlAttribute> attributes) = 0;
    virtual void end(std::string_view name) = 0;
    virtual void text(std::string_view utf8) = 0;  // decoded; one run of text may come in several pieces
};

void read_html_tokens(std::string_view html, HtmlReader& reader);

}  // namespace mail
