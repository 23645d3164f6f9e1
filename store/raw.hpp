// Raw mail as it is stored: cut into pieces of 256 KB, each compressed by zstd on its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

inline constexpr std::size_t raw_chunk_size = 256 * 1024;

[[nodiscard]] std::vector<std::string> compress_raw(std::string_view raw);

// Appends a piece; false when it is no piece of ours (damaged, or longer than one can be).
[[nodiscard]] bool decompress_chunk(std::string_view chunk, std::string& raw);

}  // namespace store
