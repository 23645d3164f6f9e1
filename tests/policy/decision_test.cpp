#include "policy/decision.hpp"

#include <gmock/gmock.h>

namespace policy {
namespace {

using testing::ElementsAre;
using testing::Pair;

Decision said(Action action, const std::string& reason, const std::string& evidence = "") {
    Decision decision;
    decision.action = action;
    decision.reason = reason;
    decision.evidence = evidence;
    decision.words.text = reason;
    return decision;
}

TEST(Decision, TheGraverStandsAndOfEqualsTheFirst) {
    using enum Action;
    for (const auto first : {accept, hold, discard, refuse})
        for (const auto second : {accept, hold, discard, refuse}) {
            Decision decision = said(first, "first");
            combine(decision, said(second, "second"));
            EXPECT_EQ(decision.action, std::max(first, second));
            EXPECT_EQ(decision.reason, second > first ? "second" : "first");
            EXPECT_EQ(decision.words.text, decision.reason);
        }
}

TEST(Decision, EvidenceRulesAndEffectsOfBothAreKept) {
    Decision ban = said(Action::hold, "banned", "ban 7");
    Decision rules = said(Action::accept, "", "rule 1");
    rules.rules = {1};
    rules.effects.tags = {"vip"};
    rules.effects.fields = {{"tier", "gold"}};
    rules.effects.priority = 3;
    combine(ban, rules);
    EXPECT_EQ(ban.evidence, "ban 7\nrule 1");
    EXPECT_THAT(ban.rules, ElementsAre(1));
    EXPECT_THAT(ban.effects.tags, ElementsAre("vip"));
    EXPECT_EQ(ban.effects.priority, 3);
    Effects later;
    later.tags = {"vip", "new"};
    later.fields = {{"tier", "lead"}, {"area", "north"}};
    later.priority = 1;
    later.acknowledge = false;
    combine(ban.effects, later);
    EXPECT_THAT(ban.effects.tags, ElementsAre("vip", "new"));
    EXPECT_THAT(ban.effects.fields, ElementsAre(Pair("tier", "gold"), Pair("area", "north")));
    EXPECT_EQ(ban.effects.priority, 3) << "what is set stays";
    EXPECT_EQ(ban.effects.acknowledge, false);
}

TEST(Decision, OfSeveralMailboxesTheMostWelcomingStands) {
    Decision refused = said(Action::refuse, "rule", "rule 1: refuse");
    refused.effects.tags = {"refused"};
    refused.rules = {1};
    Decision accepted = said(Action::accept, "", "rule 2: tag a");
    accepted.effects.tags = {"a"};
    accepted.rules = {2};
    Decision also = said(Action::accept, "", "rule 3: tag b");
    also.effects.tags = {"b"};
    also.rules = {3};
    const auto decision = most_welcoming({refused, accepted, also});
    EXPECT_EQ(decision.action, Action::accept);
    EXPECT_EQ(decision.reason, "");
    EXPECT_THAT(decision.effects.tags, ElementsAre("a", "b")) << "nothing of a decision that does not stand";
    EXPECT_THAT(decision.rules, ElementsAre(2, 1, 3));
    EXPECT_EQ(most_welcoming({refused, refused}).evidence, "rule 1: refuse") << "told once";
    EXPECT_EQ(most_welcoming({refused, said(Action::hold, "rule")}).action, Action::hold);
    EXPECT_EQ(most_welcoming({}).action, Action::accept);
}

}  // namespace
}  // namespace policy
