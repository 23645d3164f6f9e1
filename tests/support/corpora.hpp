// Where the public sets are, and a file of theirs. They may be missing: a test then skips and says so.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace test {

inline std::filesystem::path corpora() {
    const char* const named = std::getenv("CORPORA");
    return named != nullptr ? std::filesystem::path(named)
                            : std::filesystem::path(TICKETGATE_SOURCE_DIR) / "../shared/corpora";
}

inline std::string contents(const std::filesystem::path& file) {
    std::ifstream input(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
}

}  // namespace test
