// SHA-256 of bytes that are there as a whole, and bytes as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string sha256(std::string_view bytes);  // 32 bytes
[[nodiscard]] std::string hex(std::string_view bytes);     // two lower-case digits each

}  // namespace mail
