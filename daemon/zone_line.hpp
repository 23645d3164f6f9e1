// DNS records as an operator copies them into a zone file (RFC 1035 §5.1).
#pragma once

#include <string>
#include <string_view>

namespace program {

// `NAME. IN TYPE DATA`
[[nodiscard]] std::string zone_line(std::string_view name, std::string_view type, std::string_view data);
// A TXT record, its text in strings of at most 255 octets.
[[nodiscard]] std::string zone_text_line(std::string_view name, std::string_view text);

}  // namespace program
