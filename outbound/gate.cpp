#include "outbound/gate.hpp"

#include <algorithm>

namespace outbound {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 15s;  // doubled with every failure in a row
constexpr auto longest_pause = 5min;
constexpr auto learned_for = 10min;
constexpr int breaks_allowed = 3;  // in a row
constexpr auto burst = 2s;         // of the rate that may be made up for

}  // namespace

std::size_t Gate::most(Time now) const {
    const std::size_t most = limits_.connections == 0 ? 1'000 : limits_.connections;
    return learned_ > 0 && now < learned_until_ ? std::min(learned_, most) : most;
}

bool Gate::may_open(Time now) const {
    if (down(now)) return false;
    return standing_ == 0 ? opening_ == 0 : connections() < most(now);
}

void Gate::opened() {
    --opening_;
    ++standing_;
    failures_ = 0;
    down_until_ = {};
}

void Gate::could_not_open(Time now) {
    --opening_;
    if (standing_ == 0) return go_down(now);
    learned_ = standing_;
    learned_until_ = now + learned_for;
}

void Gate::broke(Time now) {
    if (++broken_ >= breaks_allowed) go_down(now);
}

void Gate::go_down(Time now) {
    broken_ = 0;
    const auto pause = std::min<Clock::duration>(first_pause * (1 << std::min(failures_, 10)), longest_pause);
    ++failures_;
    down_until_ = now + pause;
}

Gate::Time Gate::turn(Time now) const {
    return std::max(now, next_turn_);
}

void Gate::sent_one(Time now) {
    if (limits_.rate_per_minute == 0) return;
    const auto each = Clock::duration(1min) / limits_.rate_per_minute;
    next_turn_ = std::max(next_turn_, now - std::min<Clock::duration>(burst, each)) + each;
}

}  // namespace outbound
