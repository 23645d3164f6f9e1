// What one lane (outbound/route.hpp) lets through: how many connections, how fast, and whether it is worth
// trying at all. A value without I/O: time is told to it.
//
// A lane that nobody has reached yet, or that has stopped answering, gets one connection that tries; only
// when that stands may others follow. While it is down, everything meant for it is put off at once instead of
// waiting for a timeout each. A server that refuses one connection too many while others stand teaches us its
// limit.
#pragma once

#include "outbound/route.hpp"

#include <chrono>
#include <cstddef>

namespace outbound {

class Gate {
  public:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;

    explicit Gate(Limits limits) : limits_(limits) {}
    // Those of the configuration, which may have changed.
    void limits(Limits limits) { limits_ = limits; }
    [[nodiscard]] const Limits& limits() const { return limits_; }

    // Whether one more connection may be opened; who does so says opening(), and later how it went.
    [[nodiscard]] bool may_open(Time now) const;
    void opening() { ++opening_; }
    void opened();
    void could_not_open(Time now);
    void not_opened() { --opening_; }  // it was not tried
    void closed() { --standing_; }
    // A connection that stood broke, or was silent, in the middle of a mail.
    void broke(Time now);
    void delivered() { broken_ = 0; }

    [[nodiscard]] bool down(Time now) const { return now < down_until_; }
    // Somebody wants to know now.
    void try_again() { down_until_ = {}; }
    [[nodiscard]] bool answers() const { return standing_ > 0; }
    [[nodiscard]] std::size_t connections() const { return opening_ + standing_; }

    // When the next mail may go, by the rate; who sends it then says sent_one().
    [[nodiscard]] Time turn(Time now) const;
    void sent_one(Time now);

  private:
    void go_down(Time now);
    [[nodiscard]] std::size_t most(Time now) const;

    Limits limits_;
    std::size_t opening_ = 0, standing_ = 0;
    std::size_t learned_ = 0;  // how many connections it takes; 0: not known
    Time learned_until_{}, down_until_{}, next_turn_{};
    int failures_ = 0, broken_ = 0;
};

}  // namespace outbound
