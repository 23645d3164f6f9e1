#include "outbound/gate.hpp"

#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::chrono_literals;

const Gate::Time now = Gate::Time{} + 24h;

int open_all(Gate& gate) {
    int opened = 0;
    for (; gate.may_open(now) && opened < 100; ++opened) {
        gate.opening();
        gate.opened();
    }
    return opened;
}

TEST(Gate, TheFirstConnectionGoesAlone) {
    Gate gate({.connections = 4});
    ASSERT_TRUE(gate.may_open(now));
    gate.opening();
    EXPECT_FALSE(gate.may_open(now));
    gate.opened();
    EXPECT_EQ(open_all(gate), 3);
    EXPECT_EQ(gate.connections(), 4U);
    gate.closed();
    EXPECT_EQ(open_all(gate), 1);
}

TEST(Gate, WhoDoesNotAnswerIsLeftAloneForLongerAndLonger) {
    Gate gate({});
    auto time = now;
    std::vector<std::chrono::seconds> pauses;
    for (int i = 0; i < 7; ++i) {
        ASSERT_TRUE(gate.may_open(time));
        gate.opening();
        gate.could_not_open(time);
        EXPECT_TRUE(gate.down(time));
        EXPECT_FALSE(gate.may_open(time));
        std::chrono::seconds pause = 0s;
        while (gate.down(time + pause)) pause += 1s;
        pauses.push_back(pause);
        time += pause;
    }
    EXPECT_EQ(pauses, (std::vector<std::chrono::seconds>{15s, 30s, 60s, 120s, 240s, 300s, 300s}));
    gate.opening();
    gate.opened();
    gate.closed();
    gate.opening();
    gate.could_not_open(time);
    EXPECT_FALSE(gate.down(time + 15s));
}

TEST(Gate, ARefusedConnectionBesideOthersTeachesTheLimit) {
    Gate gate({.connections = 10});
    gate.opening();
    gate.opened();
    gate.opening();
    gate.opened();
    gate.opening();
    gate.could_not_open(now);
    EXPECT_FALSE(gate.down(now));
    EXPECT_FALSE(gate.may_open(now + 9min));
    EXPECT_TRUE(gate.may_open(now + 10min));
}

TEST(Gate, ThreeBrokenConnectionsInARowAreNoAccident) {
    Gate gate({});
    gate.broke(now);
    gate.broke(now);
    gate.delivered();
    gate.broke(now);
    gate.broke(now);
    EXPECT_FALSE(gate.down(now));
    gate.broke(now);
    EXPECT_TRUE(gate.down(now));
}

TEST(Gate, SomebodyMayInsist) {
    Gate gate({});
    gate.opening();
    gate.could_not_open(now);
    gate.try_again();
    EXPECT_TRUE(gate.may_open(now));
}

TEST(Gate, KeepsTheRate) {
    Gate gate({.rate_per_minute = 60});
    auto time = now;
    int sent = 0;
    for (; time < now + 60s; ++sent) {
        time = gate.turn(time);
        gate.sent_one(time);
    }
    EXPECT_GE(sent, 60);
    EXPECT_LE(sent, 62);
    EXPECT_EQ(gate.turn(time + 1h), time + 1h);
    Gate free({});
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_EQ(free.turn(now), now);
        free.sent_one(now);
    }
}

}  // namespace
}  // namespace outbound
