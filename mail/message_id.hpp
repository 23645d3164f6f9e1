// Message-IDs, without their angle brackets, out of Message-ID, In-Reply-To and References. RFC 5322 §3.6.4.
//
// Folding, blanks and (among blanks) comments inside `<...>` vanish (§4.5.4), comments and text around it are
// not read, a missing bracket is tolerated, an id over 998 octets is none. All linear. The text is what
// mail::field_text() gives.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_id_bytes = 998;
inline constexpr std::size_t max_references = 100;

[[nodiscard]] std::optional<std::string> parse_message_id(std::string_view text);

// True for a token that is an address of the mail's own From, To, Cc, Reply-To or Sender.
using IsAddress = std::function<bool(const std::string&)>;

// Ids in order, without repeats; past `max_references` the first and the last ones.
[[nodiscard]] std::vector<std::string> parse_references(std::string_view text, const IsAddress& is_address);

// Old clients write phrases, `Message from Joe <joe@x.example> of "date" <id@x>`: ids only, never the
// address, and one id at most where there is free text.
[[nodiscard]] std::vector<std::string> parse_in_reply_to(std::string_view text, const IsAddress& is_address);

// Every `<...>` of the field, an address as well: what RFC 5322 §4.5.4 takes for an id. At most 10.
[[nodiscard]] std::vector<std::string> bracketed_tokens(std::string_view text);

}  // namespace mail
