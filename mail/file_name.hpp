// File names of strangers, made safe to show and to save (RFC 2183 §2.3): no path with either slash, no
// drive, no control or invisible characters, no bidirectional overrides (`gpj.exe` that reads exe.jpg), no
// dots or blanks at the end, no device names of Windows, at most 255 bytes with the ending kept. Empty when
// nothing is left. Total; linear.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string safe_file_name(std::string_view utf8);

}  // namespace mail
