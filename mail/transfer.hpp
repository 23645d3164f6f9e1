// Content-Transfer-Encoding, decoded as tolerantly as it is written. RFC 2045 §6, RFC 2047 §4. Linear.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// Characters outside the alphabet are passed over. After padding, more is read only where the next line
// looks like base64 (chunks encoded one by one), so that a footer of a mailing list stays out.
[[nodiscard]] std::string decode_base64(std::string_view text);

// `=` before what is no hexadecimal number stays as written.
[[nodiscard]] std::string decode_quoted_printable(std::string_view text);
// RFC 2047 §4.2: `_` is a blank, and there are no soft line breaks.
[[nodiscard]] std::string decode_q(std::string_view text);

// By the name in the header field; an unknown one is identity, as 7bit, 8bit and binary are, and so is
// base64 that plainly is none.
[[nodiscard]] std::string decode_transfer(std::string_view text, std::string_view encoding);

// The token of a Content-Transfer-Encoding field in lower case.
[[nodiscard]] std::string transfer_encoding(std::string_view field_value);

}  // namespace mail
