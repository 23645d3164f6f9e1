#include "intake/judgement.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

using policy::Action;

Part part(store::WorkspaceId workspace, Action action, int code = 550) {
    Part part;
    part.workspace = workspace;
    part.policy.action = action;
    part.policy.words = {code, code < 500 ? "4.7.1" : "5.7.1", std::to_string(workspace)};
    return part;
}

TEST(Judgement, WhereAllRefuseTheSenderReadsIt) {
    std::vector<Part> parts{part(1, Action::refuse), part(2, Action::refuse, 553)};
    EXPECT_EQ(settle(parts, true)->code, 550);
    parts[0] = part(1, Action::refuse, 450);
    EXPECT_EQ(settle(parts, true)->text, "1") << "what may come again is not refused for good";
    EXPECT_EQ(settle(parts, false)->code, 450) << "a relay tries again as well";
}

TEST(Judgement, WhereOneIsWillingItIsHeldForTheOthers) {
    for (const auto willing : {Action::accept, Action::hold, Action::discard}) {
        std::vector<Part> parts{part(1, Action::refuse), part(2, willing)};
        EXPECT_EQ(settle(parts, true), std::nullopt);
        EXPECT_EQ(parts[0].policy.action, Action::hold);
        EXPECT_EQ(parts[1].policy.action, willing);
    }
}

TEST(Judgement, WhatARelayHasTakenIsHeldInsteadOfRefused) {
    std::vector<Part> parts{part(1, Action::refuse)};
    EXPECT_EQ(settle(parts, false), std::nullopt);
    EXPECT_EQ(parts[0].policy.action, Action::hold);
}

}  // namespace
}  // namespace intake
