#include "daemon/scan_progress.hpp"

#include <unistd.h>

#include <iostream>
#include <utility>

namespace program {

ScanProgress::ScanProgress(std::string unit)
    : progress_(std::cerr, isatty(STDERR_FILENO) == 1, 0, std::move(unit)) {}

void ScanProgress::at(std::int64_t done, std::int64_t total) {
    progress_.set_total(static_cast<std::uint64_t>(total));
    progress_.update(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(done));
}

}  // namespace program
