// Content-Transfer-Encoding, written: RFC 2045 §6. Total and linear; what mail/transfer.hpp reads back.
#pragma once

#include <string>
#include <string_view>

namespace mail {

enum class TransferEncoding { seven_bit, quoted_printable, base64 };
[[nodiscard]] std::string_view name_of(TransferEncoding encoding);  // as the field has it

// 7bit for lines that are plain, at most 76 octets long and changed by no server on the way (blanks at the
// end, `From ` or a dot at the beginning); else what is shorter. None of the three gives `=_`.
[[nodiscard]] TransferEncoding encoding_for(std::string_view text);

// `text`: valid UTF-8, its lines ended by LF; they end by CRLF in `out`, quoted-printable's last one too.
void append_text(std::string& out, std::string_view text, TransferEncoding encoding);

// Any bytes, in lines of 76.
void append_base64_lines(std::string& out, std::string_view bytes);
void append_base64(std::string& out, std::string_view bytes);  // without lines
[[nodiscard]] std::string base64(std::string_view bytes);      // of one line

}  // namespace mail
