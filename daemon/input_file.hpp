// What a command reads from a file, or from standard input (`-`), at most so much of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace program {

// None: it can't be read, or is longer; the reason stands on standard error.
[[nodiscard]] std::optional<std::string> read_input(const std::string& path, std::size_t most);

// Its last component.
[[nodiscard]] std::string file_name_of(const std::string& path);

}  // namespace program
