#include "daemon/scan_progress.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <iostream>

namespace program {

using namespace std::chrono_literals;

ScanProgress::ScanProgress(std::string what)
    : what_(std::move(what)),
      terminal_(isatty(STDERR_FILENO) == 1),
      told_(std::chrono::steady_clock::now()) {}

ScanProgress::~ScanProgress() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void ScanProgress::at(std::int64_t done, std::int64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < (terminal_ ? 100ms : 30'000ms)) return;
    told_ = now;
    const auto percent = total > 0 ? done * 100 / total : 100;
    const std::string line = fmt::format("{}: {} of {} ({} %)", what_, done, total, percent);
    if (terminal_)
        std::cerr << '\r' << line << "\x1b[K" << std::flush;
    else
        std::cerr << line << std::endl;
    shown_ = terminal_;
}

}  // namespace program
