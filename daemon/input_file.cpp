#include "daemon/input_file.hpp"

#include "daemon/desk_session.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace program {

std::optional<std::string> read_input(const std::string& path, std::size_t most) {
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    std::istream& input = path == "-" ? std::cin : file;
    std::string text;
    std::array<char, 65536> piece;
    while (input.good() && text.size() <= most) {
        input.read(piece.data(), piece.size());
        text.append(piece.data(), static_cast<std::size_t>(input.gcount()));
    }
    // A folder opens like a file, and then nothing can be read of it.
    if (input.bad() || (text.empty() && !input.eof())) {
        refuse((path == "-" ? "standard input" : path) + " can't be read");
        return std::nullopt;
    }
    if (text.size() > most) {
        refuse((path == "-" ? "standard input" : path) + " is longer than " + std::to_string(most) +
               " bytes");
        return std::nullopt;
    }
    return text;
}

std::string file_name_of(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

}  // namespace program
