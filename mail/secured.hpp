// S/MIME and PGP, as far as a desk without keys must know: what is sealed and what is only signed.
#pragma once

#include "mail/mime_tree.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] bool is_smime(std::string_view type);

// "encrypted", "signed" or empty. RFC 8551 §3.2, RFC 3156, RFC 1847; looks at the type, for S/MIME
// without a smime-type at the object identifier in the first bytes.
[[nodiscard]] std::string_view sealing_of(const Part& part, std::string_view bytes);

// What is inside opaque signed data (RFC 8551 §3.5.2): a MIME entity. The signature is not checked: it is
// for reading, and the sealed original stays beside it.
[[nodiscard]] std::optional<std::string> signed_content(std::string_view cms);

// sealing_of() for a text with inline PGP (RFC 9580 §6.2, §7).
[[nodiscard]] std::string_view sealing_of_text(std::string_view text);

}  // namespace mail
