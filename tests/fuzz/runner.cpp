// A fuzz target without libFuzzer: runs it over files and folders, each file whole and cut at 16 places.
#include "tests/fuzz/checks.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

void run(const fs::path& file) {
    std::ifstream input(file, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(input)), {});
    for (std::size_t part = 0; part <= 16; ++part) {
        // A copy of just this size, so that a sanitizer sees a read behind its end.
        const std::vector<std::uint8_t> bytes(
            content.begin(), content.begin() + static_cast<std::ptrdiff_t>(content.size() * part / 16));
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t files = 0;
    for (int i = 1; i < count; ++i) {
        if (fs::is_regular_file(arguments[i])) {
            run(arguments[i]);
            ++files;
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(arguments[i])) {
            if (!entry.is_regular_file()) continue;
            run(entry.path());
            ++files;
        }
    }
    std::cout << files << " files\n";
    return files > 0 ? 0 : 1;
}
