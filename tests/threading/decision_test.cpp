// The whole table, as docs/threading.md has it for people, and the principles behind it.
#include "threading/decision.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace threading {
namespace {

using auth::Verdict;

// How much a mail is let in, most first.
int openness(Outcome outcome) {
    switch (outcome) {
        case Outcome::join:
            return 3;
        case Outcome::join_marked:
            return 2;
        case Outcome::link:
        case Outcome::open:
            return 1;
        case Outcome::hold:
            return 0;
    }
    return -1;
}

TEST(DecisionTable, IsTheOneInTheDocumentation) {
    std::ifstream file(TICKETGATE_SOURCE_DIR "/docs/threading.md");
    ASSERT_TRUE(file);
    // | proof | author | pass | none | temperror | fail |
    std::map<std::string, std::vector<std::string>> documented;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        std::vector<std::string> words;
        for (std::string cell; std::getline(cells, cell, '|');) {
            std::istringstream word(cell);
            if (std::string text; word >> text) words.push_back(text);
        }
        if (words.size() == 6) documented[words[0] + "/" + words[1]] = {words.begin() + 2, words.end()};
    }
    int cells = 0;
    for (const Proof proof : proofs)
        for (const Author author : authors) {
            const auto key = std::string(name(proof)) + "/" + std::string(name(author));
            ASSERT_EQ(documented[key].size(), verdicts.size()) << key << " is missing in docs/threading.md";
            for (std::size_t i = 0; i < verdicts.size(); ++i, ++cells)
                EXPECT_EQ(documented[key][i], name(decide(proof, verdicts[i], author))) << key << " " << i;
        }
    EXPECT_EQ(cells, 72);
}

TEST(DecisionTable, WhatFailsVerificationNeverSpeaks) {
    for (const Proof proof : proofs)
        for (const Author author : authors) EXPECT_EQ(decide(proof, Verdict::fail, author), Outcome::hold);
}

TEST(DecisionTable, NothingUnverifiedJoinsUnmarked) {
    for (const Proof proof : proofs)
        for (const Author author : authors)
            for (const Verdict verdict : {Verdict::none, Verdict::temperror})
                EXPECT_NE(decide(proof, verdict, author), Outcome::join) << row(proof, verdict, author);
}

TEST(DecisionTable, ANewcomerNeverJoinsUnmarked) {
    for (const Proof proof : proofs)
        for (const Verdict verdict : verdicts)
            EXPECT_NE(decide(proof, verdict, Author::newcomer), Outcome::join)
                << row(proof, verdict, Author::newcomer);
}

TEST(DecisionTable, AWorseVerdictNeverOpensADoor) {
    for (const Proof proof : proofs)
        for (const Author author : authors)
            for (std::size_t i = 1; i < verdicts.size(); ++i)
                EXPECT_LE(openness(decide(proof, verdicts[i], author)),
                          openness(decide(proof, verdicts[i - 1], author)))
                    << row(proof, verdicts[i], author);
}

TEST(DecisionTable, AParticipantIsTrustedNoLessThanANewcomer) {
    for (const Proof proof : proofs)
        for (const Verdict verdict : verdicts)
            EXPECT_GE(openness(decide(proof, verdict, Author::participant)),
                      openness(decide(proof, verdict, Author::newcomer)));
}

TEST(DecisionTable, WithoutAProofNothingIsJoined) {
    for (const Author author : authors)
        for (const Verdict verdict : verdicts) {
            EXPECT_LE(openness(decide(Proof::none, verdict, author)), 1);
            EXPECT_LE(openness(decide(Proof::same_id, verdict, author)), 1);
        }
}

TEST(DecisionTable, TheSubjectAloneNeverLetsAStrangerIn) {
    for (const Verdict verdict : verdicts)
        EXPECT_LE(openness(decide(Proof::short_id, verdict, Author::newcomer)), 1);
    EXPECT_EQ(decide(Proof::short_id, Verdict::none, Author::participant), Outcome::link);
}

TEST(DecisionTable, ARowSaysWhatWasDecided) {
    EXPECT_EQ(row(Proof::stored_id, Verdict::none, Author::participant),
              "stored_id/none/participant: join_marked");
}

}  // namespace
}  // namespace threading
