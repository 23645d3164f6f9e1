// How far a long scan is, on standard error: a line that is written over on a terminal, and elsewhere a
// line every half minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace program {

class ScanProgress {
  public:
    explicit ScanProgress(std::string what);
    ~ScanProgress();
    ScanProgress(const ScanProgress&) = delete;
    ScanProgress& operator=(const ScanProgress&) = delete;

    void at(std::int64_t done, std::int64_t total);

  private:
    std::string what_;
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point told_;
};

}  // namespace program
