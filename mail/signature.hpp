// A signature that no delimiter announces: a closing formula with a name, the sender's own name, a name
// with telephone numbers, a firm's notice of confidentiality, at the very end of a text.
#pragma once

#include "mail/message.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace mail {

// Index of the signature's first line, lines.size() without one. Looked at are the last three paragraphs,
// each of at most 20 lines, for a notice, and above it the last 15 lines that are not blank; the first one of
// all is never taken. `above_quote`: a quote follows, where a bare "Thanks, Joe" counts as part of what is
// said, and only the sender's name with an address or number is a signature.
[[nodiscard]] std::size_t find_signature(std::span<const std::string_view> lines,
                                         const std::optional<NamedAddress>& from, bool above_quote);

}  // namespace mail
