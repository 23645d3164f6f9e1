#include "desk/recipients.hpp"

#include "mail/read.hpp"

#include <gmock/gmock.h>

namespace desk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Who : testing::Test {
    mail::Header header;
    Answered answered{
        .mail = &header,
        .participants = {"ann@client.example", "bob@client.example", "eve@other.example"},
        .leads_to_us = [](const mail::Mailbox& mailbox) { return mailbox.domain == "desk.example"; }};

    void came(const std::string& fields) { header = mail::read_header(fields + "\r\n\r\n"); }

    static std::vector<std::string> shown(const std::vector<Recipient>& list) {
        std::vector<std::string> texts;
        for (const auto& [name, mailbox] : list) texts.push_back(name + "<" + mailbox.str() + ">");
        return texts;
    }
};

TEST_F(Who, TheAuthorAndTheOthersWhoSpeakHere) {
    came(
        "From: Ann <ann@client.example>\r\nTo: support@desk.example, Bob <bob@client.example>\r\n"
        "Cc: Eve <eve@other.example>, newcomer@x.example, r-abc@desk.example, ann@client.example");
    const auto recipients = default_recipients(answered);
    EXPECT_THAT(shown(recipients.to), ElementsAre("Ann<ann@client.example>"));
    EXPECT_THAT(shown(recipients.cc), ElementsAre("Bob<bob@client.example>", "Eve<eve@other.example>"));
    EXPECT_THAT(recipients.warnings, IsEmpty());
}

TEST_F(Who, WhereAnswersAreAskedForIsHonouredAndTold) {
    came("From: Ann <ann@client.example>\r\nReply-To: <team@client.example>");
    EXPECT_THAT(shown(default_recipients(answered).to), ElementsAre("<team@client.example>"));
    EXPECT_THAT(default_recipients(answered).warnings, IsEmpty());

    came("From: Ann <ann@client.example>\r\nReply-To: <ann@evil.example>");
    const auto recipients = default_recipients(answered);
    EXPECT_THAT(shown(recipients.to), ElementsAre("<ann@evil.example>"));
    EXPECT_THAT(recipients.warnings, ElementsAre(HasSubstr("in another domain")));

    came("From: Ann <ann@client.example>\r\nReply-To: support@desk.example");
    EXPECT_THAT(shown(default_recipients(answered).to), ElementsAre("Ann<ann@client.example>")) << "no loop";
}

TEST_F(Who, AMarkedMailDecidesNotWhereTheAnswerGoes) {
    answered.is_marked = true;
    for (const char* elsewhere : {"ann@evil.example", "ann2@client.example"}) {
        came("From: Ann <ann@client.example>\r\nReply-To: <" + std::string(elsewhere) + ">");
        const auto recipients = default_recipients(answered);
        EXPECT_THAT(shown(recipients.to), ElementsAre("Ann<ann@client.example>"));
        EXPECT_THAT(recipients.warnings, ElementsAre(HasSubstr("nobody vouches"))) << elsewhere;
        EXPECT_FALSE(recipients.diverted);
    }
    came("From: Ann <ann@client.example>\r\nReply-To: <ann@client.example>");
    EXPECT_THAT(default_recipients(answered).warnings, IsEmpty());
    came("From: Ann <ann@client.example>\r\nReply-To: <bob@client.example>");
    EXPECT_THAT(shown(default_recipients(answered).to), ElementsAre("<bob@client.example>"))
        << "he speaks here";
    came("From: Ann <ann@client.example>\r\nReply-To: <eve@other.example>");
    EXPECT_TRUE(default_recipients(answered).diverted);
}

TEST_F(Who, OursGoesToTheSameAgain) {
    came("From: Desk <support@desk.example>\r\nTo: Ann <ann@client.example>\r\nCc: bob@client.example");
    answered.is_ours = true;
    EXPECT_THAT(shown(default_recipients(answered).to), ElementsAre("Ann<ann@client.example>"));
    EXPECT_THAT(shown(default_recipients(answered).cc), ElementsAre("<bob@client.example>"));
}

TEST_F(Who, TheTicketsPersonWhereNoMailSaysMore) {
    answered.mail = nullptr;
    EXPECT_THAT(default_recipients(answered).to, IsEmpty());
    answered.person = Recipient{"Ann", {"ann", "client.example"}};
    EXPECT_THAT(shown(default_recipients(answered).to), ElementsAre("Ann<ann@client.example>"));
    answered.person = Recipient{"Zoe", {"zoe", "client.example"}};
    EXPECT_THAT(default_recipients(answered).to, IsEmpty()) << "a newcomer";
}

TEST_F(Who, AnAgentNamesOthers) {
    came("From: Ann <ann@client.example>\r\nCc: bob@client.example");
    const auto defaults = default_recipients(answered);
    const auto more =
        chosen_recipients(defaults, {}, {"Zoe <zoe@new.example>", "bob@client.example"}, answered);
    ASSERT_TRUE(more);
    EXPECT_THAT(shown(more->cc), ElementsAre("<bob@client.example>", "Zoe<zoe@new.example>"));
    const auto others = chosen_recipients(defaults, {"zoe@new.example"}, {}, answered);
    ASSERT_TRUE(others);
    EXPECT_THAT(shown(others->to), ElementsAre("<zoe@new.example>"));
    EXPECT_THAT(others->cc, IsEmpty());
}

TEST_F(Who, WhatCanNotBeWrittenToIsRefused) {
    const auto refusal = [&](const std::vector<std::string>& to) {
        const auto chosen = chosen_recipients({}, to, {}, answered);
        return chosen ? std::string() : chosen.error().text;
    };
    EXPECT_THAT(refusal({}), HasSubstr("--to"));
    EXPECT_THAT(refusal({"sales@DESK.example"}), HasSubstr("loop"));
    // H19: nothing that could end a command or a field.
    for (const std::string& text : std::vector<std::string>{
             "ann@client.example\r\nRCPT TO:<x@y.example>", "ann@client.example\n", "a b", "Ann", "", "<>",
             "ann@", "@client.example", "ann@[192.0.2.1]", "\xff@client.example", "\"a\rb\"@client.example",
             "ann@client.example, bob@client.example", std::string("ann\0@client.example", 19)})
        EXPECT_THAT(refusal({text}), HasSubstr("no address")) << testing::PrintToString(text);
    std::vector<std::string> many;
    for (std::size_t i = 0; i <= max_recipients; ++i)
        many.push_back("a" + std::to_string(i) + "@client.example");
    EXPECT_THAT(refusal(many), HasSubstr("at most"));
}

TEST_F(Who, WhatStrangersWroteNeverBreaksOut) {
    came("From: Ann <ann@client.example>\r\nReply-To: \"x\\\r\n\ry\"@client.example, <bob@client.example>");
    for (const auto& recipient : default_recipients(answered).to)
        EXPECT_EQ(recipient.mailbox.str().find_first_of("\r\n"), std::string::npos);
}

}  // namespace
}  // namespace desk
