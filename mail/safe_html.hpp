// HTML that a browser may show: an allow-list serialiser over libxml2's SAX push parser.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// UTF-8 in, UTF-8 out. Nothing active and nothing that can be fetched remains.
[[nodiscard]] std::string safe_html(std::string_view utf8);

}  // namespace mail
