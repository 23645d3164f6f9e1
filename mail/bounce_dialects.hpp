// The sentences of mail servers that the reader of bounces knows, as data: lower case, one table a purpose.
#pragma once

#include <span>
#include <string_view>

namespace mail {

// `*` in them stands for any text (mail/bounce_phrases.hpp has_phrase()).
[[nodiscard]] std::span<const std::string_view> program_openings();
[[nodiscard]] std::span<const std::string_view> generic_openings();

// Behind one of these on a line stands the address of a failed recipient.
[[nodiscard]] std::span<const std::string_view> recipient_phrases();
// A line that holds one of these ends the report: the original mail follows.
[[nodiscard]] std::span<const std::string_view> original_markers();
// Anywhere in the report: it only warns.
[[nodiscard]] std::span<const std::string_view> delay_phrases();

}  // namespace mail
