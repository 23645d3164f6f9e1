#include "outbound/schedule.hpp"

#include <algorithm>

namespace outbound {
namespace {

Milliseconds jittered(const Schedule& schedule, Milliseconds wait, double random) {
    const double factor = 1 + schedule.jitter * (2 * random - 1);
    return std::chrono::duration_cast<Milliseconds>(wait * factor);
}

}  // namespace

Milliseconds wait_after(const Schedule& schedule, std::int64_t attempt, double random) {
    const auto last = static_cast<std::int64_t>(schedule.waits.size()) - 1;
    const auto at = std::clamp<std::int64_t>(attempt - 1, 0, last);
    return jittered(schedule, schedule.waits[static_cast<std::size_t>(at)], random);
}

Milliseconds wait_when_uncertain(const Schedule& schedule, double random) {
    return jittered(schedule, schedule.uncertain, random);
}

}  // namespace outbound
