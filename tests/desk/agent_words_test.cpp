// The commands at the top of what an agent writes from their own mail program.
#include "desk/agent_words.hpp"

#include <gtest/gtest.h>

namespace desk {
namespace {

struct Case {
    const char* text;
    bool note;
    const char *status, *assignee, *words;
};

TEST(AgentWords, CommandsAtTheTopAreTakenOut) {
    for (const Case& each : std::vector<Case>{
             {"Hello Ann\n\n/resolve is no command here\n", false, "", "",
              "Hello Ann\n\n/resolve is no command here"},
             {"/resolve\nDone.", false, "Resolved", "", "Done."},
             {"\n  /Resolve \n\nDone.\n", false, "Resolved", "", "Done."},
             {"/resolve", false, "Resolved", "", ""},
             {"/status pending\n/assign Ben Miller\r\n\nI ask.", false, "Pending", "Ben Miller", "I ask."},
             {"/assign none", false, "", "none", ""},
             {"/resolve\n/status open", false, "Open", "", ""},
             {"/note ask her tomorrow", true, "", "", "ask her tomorrow"},
             {"/note\nline one\nline two", true, "", "", "line one\nline two"},
             {"/note first\nmore\n", true, "", "", "first\nmore"},
             {"/note\n/resolve\nwe are done", true, "Resolved", "", "we are done"},
             {"//etc/hosts is the file", false, "", "", "/etc/hosts is the file"},
         }) {
        const auto words = read_agents_words(each.text, false);
        EXPECT_EQ(words.problem, "") << each.text;
        EXPECT_EQ(words.note, each.note) << each.text;
        EXPECT_EQ(words.status.value_or(""), each.status) << each.text;
        EXPECT_EQ(words.assignee.value_or(""), each.assignee) << each.text;
        EXPECT_EQ(words.text, each.words) << each.text;
    }
}

TEST(AgentWords, WhatIsNoCommandStopsAllOfIt) {
    for (const char* text :
         {"/resolved\nDone.", "/\nDone.", "/status\nDone.", "/status closed", "/assign",
          "/resolve now please\nDone.", "/resolve\n/close", "", " \n\n", "/note", "/note \n \n"})
        EXPECT_NE(read_agents_words(text, false).problem, "") << text;
    const auto long_one = read_agents_words("/" + std::string(100'000, 'x'), false);
    EXPECT_LT(long_one.problem.size(), 300U);
}

TEST(AgentWords, FilesAreSomethingToSay) {
    for (const char* text : {"", " \n\n", "/note", "/resolve"}) {
        const auto words = read_agents_words(text, true);
        EXPECT_EQ(words.problem, "") << text;
        EXPECT_EQ(words.text, "") << text;
    }
    EXPECT_NE(read_agents_words("/close", true).problem, "");
}

}  // namespace
}  // namespace desk
