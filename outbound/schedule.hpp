// When a delivery that did not get through is tried again: waits that grow, the last of them again and again.
// Pure; the database counts the time, so that clocks that jump change nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace outbound {

using Milliseconds = std::chrono::milliseconds;

struct Schedule {
    std::vector<Milliseconds> waits{std::chrono::minutes(5),  std::chrono::minutes(15),
                                    std::chrono::minutes(30), std::chrono::hours(1),
                                    std::chrono::hours(2),    std::chrono::hours(4)};
    // Of what may have been delivered: the ticket says so meanwhile.
    Milliseconds uncertain{std::chrono::minutes(30)};
    // What failed together must not come again together: a wait is up to this part longer or shorter.
    double jitter = 0.2;
};

// `attempt` is the number of the one that was made, from 1 on; `random` from 0 to 1.
[[nodiscard]] Milliseconds wait_after(const Schedule& schedule, std::int64_t attempt, double random);
[[nodiscard]] Milliseconds wait_when_uncertain(const Schedule& schedule, double random);

}  // namespace outbound
