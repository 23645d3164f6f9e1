// How far a long scan is, on standard error: a Progress of which the total is known as it goes.
#pragma once

#include "daemon/progress.hpp"

namespace program {

class ScanProgress {
  public:
    explicit ScanProgress(std::string unit);
    ~ScanProgress() { progress_.clear(); }
    ScanProgress(const ScanProgress&) = delete;
    ScanProgress& operator=(const ScanProgress&) = delete;

    void at(std::int64_t done, std::int64_t total);

  private:
    Progress progress_;
};

}  // namespace program
