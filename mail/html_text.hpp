// HTML to the text a person reads, by libxml2's SAX parser: no tree, constant memory, linear.
//
// Blocks break lines, links are kept as `text <url>`, entities are characters; head, title, style, script
// and the like give nothing. A tag over 32 KB is left out before libxml2 sees it, since its attributes
// cost quadratic time. For reading only: sanitising HTML for display is another matter.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string html_to_text(std::string_view utf8);

}  // namespace mail
