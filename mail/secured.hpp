// S/MIME and PGP, as far as a desk without keys must know: what is sealed and what is only signed.
#pragma once

#include "mail/mime_tree.hpp"

#include <string_view>

namespace mail {

// "encrypted", "signed" or empty. RFC 8551 §3.2, RFC 3156, RFC 1847; looks at the type, for S/MIME
// without a smime-type at the object identifier in the first bytes.
[[nodiscard]] std::string_view sealing_of(const Part& part, std::string_view bytes);

// The same for a text with inline PGP (RFC 9580 §6.2, §7).
[[nodiscard]] std::string_view sealing_of_text(std::string_view text);

}  // namespace mail
