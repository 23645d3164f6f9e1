// Addresses that HTML from a stranger may name: parts of mail/safe_html.hpp.
//
// Blanks and control characters go as a browser lets them go (URL Standard §4.4), so that no scheme hides
// behind them; then the scheme decides, by an allow-list. What comes back is ASCII or UTF-8 without blanks,
// quotes, angle brackets, controls or bidirectional marks, and comes back the same when read again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail {

// http, https, mailto or tel; `//host` is https. Relative ones lead nowhere in a mail: none.
[[nodiscard]] std::optional<std::string> safe_link(std::string_view text);

// http or https alone: where an image would be fetched from.
[[nodiscard]] std::optional<std::string> outside_address(std::string_view text);

// `cid:` of RFC 2392 §2, the id percent-encoded anew; `data:` with PNG, JPEG, GIF or WebP in base64.
[[nodiscard]] std::optional<std::string> inside_image(std::string_view text);

}  // namespace mail
