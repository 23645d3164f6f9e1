#include "outbound/schedule.hpp"

#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, WaitsGrowAndTheLastIsRepeated) {
    const Schedule schedule;
    std::vector<Milliseconds> waits;
    for (const std::int64_t attempt : {1, 2, 3, 4, 5, 6, 7, 50})
        waits.push_back(wait_after(schedule, attempt, 0.5));
    EXPECT_EQ(waits, (std::vector<Milliseconds>{5min, 15min, 30min, 1h, 2h, 4h, 4h, 4h}));
}

TEST(Schedule, WaitsDifferByAFifthAtMost) {
    const Schedule schedule;
    EXPECT_EQ(wait_after(schedule, 1, 0), 4min);
    EXPECT_EQ(wait_after(schedule, 1, 1), 6min);
    EXPECT_EQ(wait_when_uncertain(schedule, 0), 24min);
    EXPECT_EQ(wait_when_uncertain(schedule, 1), 36min);
}

TEST(Schedule, AnyAttemptHasAWait) {
    const Schedule schedule{.waits = {1s}};
    for (const std::int64_t attempt : {std::int64_t{-1}, std::int64_t{0}, INT64_MAX})
        EXPECT_EQ(wait_after(schedule, attempt, 0.5), 1s);
}

}  // namespace
}  // namespace outbound
