#include "outbound/allotment.hpp"

#include <gmock/gmock.h>

namespace outbound {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

std::vector<store::WaitingDestination> due(
    const std::vector<std::pair<std::int64_t, std::vector<std::string>>>& workspaces) {
    std::vector<store::WaitingDestination> waiting;
    for (const auto& [workspace, destinations] : workspaces)
        for (const auto& destination : destinations) waiting.push_back({workspace, destination, -1ms});
    return waiting;
}

std::int64_t plenty(std::string_view) {
    return 1'000;
}

std::map<std::string, std::int64_t> given(const Allotment& allotment, std::int64_t workspace) {
    std::map<std::string, std::int64_t> all;
    for (const auto& claim : allotment.claims)
        if (claim.workspace == workspace) all.insert(claim.destinations.begin(), claim.destinations.end());
    return all;
}

std::int64_t sum(const std::map<std::string, std::int64_t>& destinations) {
    std::int64_t all = 0;
    for (const auto& [destination, count] : destinations) all += count;
    return all;
}

TEST(Allotment, WhatIsNotDueGetsNothing) {
    const auto allotment = allot({{1, "a.example", 1ms}, {1, "b.example", 5h}}, {}, {100, 100}, 0, plenty);
    EXPECT_THAT(allotment.claims, IsEmpty());
    EXPECT_FALSE(allotment.short_of_room);
}

TEST(Allotment, AWorkspaceWithManyDestinationsGetsNoMoreThanOneWithOne) {
    std::vector<std::string> many;
    for (int i = 0; i < 500; ++i) many.push_back("d" + std::to_string(i) + ".example");
    const auto allotment = allot(due({{1, many}, {2, {"z.example"}}}), {}, {160, 160}, 0, plenty);
    EXPECT_EQ(sum(given(allotment, 1)), 80);
    EXPECT_EQ(sum(given(allotment, 2)), 80);
    EXPECT_TRUE(allotment.short_of_room);
}

TEST(Allotment, DestinationsTakeTurns) {
    const auto allotment =
        allot(due({{1, {"a.example", "b.example", "c.example", "d.example"}}}), {}, {32, 32}, 0, plenty);
    EXPECT_THAT(given(allotment, 1), UnorderedElementsAre(Pair("a.example", 8), Pair("b.example", 8),
                                                          Pair("c.example", 8), Pair("d.example", 8)));
}

TEST(Allotment, OneThatIsFullLeavesItsTurnToOthers) {
    UnderWay under_way;
    for (int i = 0; i < 8; ++i) under_way.add(1, "dead.example");
    const auto room = [](std::string_view destination) { return destination == "dead.example" ? 8 : 100; };
    const auto allotment =
        allot(due({{1, {"alive.example", "dead.example"}}}), under_way, {1'000, 1'000}, 0, room);
    EXPECT_THAT(given(allotment, 1), ElementsAre(Pair("alive.example", 100)));
    EXPECT_TRUE(allotment.short_of_room);
}

TEST(Allotment, ADestinationIsFullForAllWorkspacesTogether) {
    const auto allotment = allot(due({{1, {"a.example"}}, {2, {"a.example"}}}), {}, {1'000, 1'000}, 0,
                                 [](std::string_view) { return 20; });
    EXPECT_EQ(sum(given(allotment, 1)) + sum(given(allotment, 2)), 20);
    EXPECT_GE(sum(given(allotment, 2)), 8);
}

TEST(Allotment, AWorkspaceNeverHasMoreThanItsPart) {
    UnderWay under_way;
    for (int i = 0; i < 30; ++i) under_way.add(1, "x" + std::to_string(i) + ".example");
    const auto allotment =
        allot(due({{1, {"a.example"}}, {2, {"b.example"}}}), under_way, {100, 40}, 0, plenty);
    EXPECT_EQ(sum(given(allotment, 1)), 10);
    EXPECT_EQ(sum(given(allotment, 2)), 40);
}

TEST(Allotment, WhoIsFirstChanges) {
    const auto waiting = due({{1, {"a.example"}}, {2, {"b.example"}}, {3, {"c.example"}}});
    for (std::size_t turn = 0; turn < 6; ++turn) {
        const auto allotment = allot(waiting, {}, {8, 8}, turn, plenty);
        ASSERT_EQ(allotment.claims.size(), 1U);
        EXPECT_EQ(allotment.claims[0].workspace, static_cast<std::int64_t>(turn % 3) + 1);
    }
}

TEST(Allotment, NoRoomIsNoClaim) {
    UnderWay under_way;
    for (int i = 0; i < 12; ++i) under_way.add(i, "a" + std::to_string(i));
    const auto allotment = allot(due({{1, {"a.example"}}}), under_way, {10, 10}, 3, plenty);
    EXPECT_THAT(allotment.claims, IsEmpty());
    EXPECT_TRUE(allotment.short_of_room);
}

TEST(UnderWay, CountsAndForgets) {
    UnderWay under_way;
    under_way.add(1, "a.example");
    under_way.add(1, "b.example");
    under_way.remove(1, "a.example");
    EXPECT_EQ(under_way.in_all, 1);
    EXPECT_THAT(under_way.by_workspace, ElementsAre(Pair(1, 1)));
    EXPECT_THAT(under_way.by_destination, ElementsAre(Pair("b.example", 1)));
    under_way.remove(1, "b.example");
    EXPECT_THAT(under_way.by_workspace, IsEmpty());
}

}  // namespace
}  // namespace outbound
