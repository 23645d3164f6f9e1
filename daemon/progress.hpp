// How far a long command is: a bar that stays on its line of a terminal, elsewhere a line now and then.
//
// update() is cheap and may be called for every step; it writes when it is time to. Rate and time left follow
// the last ten seconds or so.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace program {

class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    // `total` in the unit that `done` of update() has; the rate is told in `unit`s.
    Progress(std::ostream& out, bool terminal, std::uint64_t total, std::string unit,
             Clock::time_point now = Clock::now());

    void set_total(std::uint64_t total) { total_ = total; }
    void update(std::uint64_t done, std::uint64_t count, Clock::time_point now = Clock::now());
    // A line of its own, above the bar.
    void note(std::string_view line);
    // The bar goes; what comes next begins a line.
    void clear();

  private:
    [[nodiscard]] std::string line() const;

    std::ostream& out_;
    const bool terminal_;
    std::uint64_t total_;
    const std::string unit_;
    Clock::time_point shown_at_, measured_at_;
    std::uint64_t done_ = 0, count_ = 0, measured_done_ = 0, measured_count_ = 0;
    double done_rate_ = 0, count_rate_ = 0;  // a second
    bool bar_stands_ = false;
};

}  // namespace program
