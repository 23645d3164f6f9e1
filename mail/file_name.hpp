// File names of strangers, made safe to show and to save: no path, no control characters, no bidi
// overrides (`gpj.exe` that reads exe.jpg), no reserved names of Windows, at most 255 bytes.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string safe_file_name(std::string_view utf8);

}  // namespace mail
