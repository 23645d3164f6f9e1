#include "threading/facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace threading {
namespace {

Uuid id(int n) {
    return id_key("id " + std::to_string(n));
}

TEST(IdKey, IsTheStartOfItsSha256) {
    // echo -n 'a@b' | sha256sum
    EXPECT_EQ(id_key("a@b").str(), "7508d8b5-018e-a640-b852-69861a101203");
    EXPECT_NE(id_key("a@b"), id_key("A@b"));
}

TEST(ThreadSets, WhatWasNeverUnitedStandsForItself) {
    EXPECT_EQ(ThreadSets().find(id(1)), id(1));
}

TEST(ThreadSets, TheSmallestStandsForItsSetInAnyOrder) {
    std::vector<std::pair<int, int>> edges{{1, 2}, {2, 3}, {4, 5}, {5, 6}, {3, 6}, {7, 8}};
    const auto roots = [&] {
        ThreadSets sets;
        for (const auto& [a, b] : edges) sets.unite(id(a), id(b));
        std::vector<Uuid> result;
        for (int n = 1; n <= 9; ++n) result.push_back(sets.find(id(n)));
        return result;
    };
    const auto expected = roots();
    EXPECT_EQ(expected[0], std::min({id(1), id(2), id(3), id(4), id(5), id(6)}));
    EXPECT_EQ(expected[6], std::min(id(7), id(8)));
    EXPECT_EQ(expected[8], id(9));
    std::mt19937 random(1);
    for (int round = 0; round < 100; ++round) {
        std::ranges::shuffle(edges, random);
        for (auto& edge : edges)
            if (random() % 2) std::swap(edge.first, edge.second);
        EXPECT_EQ(roots(), expected);
    }
}

TEST(ThreadSets, UnitedGivesEachSetWithItsRootFirst) {
    ThreadSets sets;
    sets.unite(id(1), id(2));
    sets.unite(id(3), id(2));
    const auto united = sets.united();
    ASSERT_EQ(united.size(), 1U);
    EXPECT_EQ(united[0].size(), 3U);
    EXPECT_EQ(united[0][0], sets.find(id(1)));
}

TEST(Facts, MergedTicketsAreFollowedToTheLast) {
    Facts facts;
    for (int n = 1; n <= 3; ++n)
        facts.add(KnownTicket{.id = id(n), .starter = "", .participants = {}, .received = {}},
                  "s" + std::to_string(n));
    facts.merge(id(1), id(2));
    facts.merge(id(2), id(3));
    EXPECT_EQ(facts.ticket(id(1))->id, id(3));
    EXPECT_EQ(facts.ticket_by_short_id("s1")->id, id(3));
    EXPECT_EQ(facts.ticket(id(4)), nullptr);
}

}  // namespace
}  // namespace threading
