// Which charset the raw 8-bit fields of a mail are probably in: a `hint` for mail::decode_undeclared().
//
// A mail whose text is in some 8-bit charset mostly has its raw fields in the same. Looks at the first 32 KB
// of the header and of what follows it; linear.
#pragma once

#include "mail/header_index.hpp"

#include <string>
#include <string_view>

namespace mail {

// The charset of the block's Content-Type; empty when it names none, or one that everybody writes without a
// thought.
[[nodiscard]] std::string telling_charset(const HeaderIndex& index);

// That, or of an encoded-word in the block, or the first telling one that is named soon behind it. May be
// empty. `index` is of a block in `raw`.
[[nodiscard]] std::string charset_hint(std::string_view raw, const HeaderIndex& index);

}  // namespace mail
