#include "mail/message_id.hpp"

#include "mail/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool no_address(const std::string&) {
    return false;
}

TEST(MessageId, ReadsWhatIsWritten) {
    const struct {
        const char* field;
        const char* expected;
    } cases[] = {
        {"<a@x>", "a@x"},
        {"  < a@ x >  (comment)", "a@x"},
        {"<a\tb@x>", "ab@x"},
        {"a@x", "a@x"},
        {"<a@x", "a@x"},
        {"a@x>", "a@x"},
        {"<a@x <b@y>", "a@x"},
        {"<\"a b\"@x>", "\"ab\"@x"},
        {"<1234   @   local(blah)  .machine .example>", "1234@local.machine.example"},
        {"<a(b)@x>", "a(b)@x"},
        {"<a (b@x>", "a(b@x"},
        {"102.10200000000105", "102.10200000000105"},
        {"PM20008:14:54 AM", "PM20008:14:54AM"},
        {"=?utf-8?q?=3Ca=40x=3E?=", "a@x"},
        {"<>", nullptr},
        {"", nullptr},
        {"   ", nullptr},
    };
    for (const auto& test : cases)
        EXPECT_EQ(mail::parse_message_id(test.field).value_or("none"), test.expected ? test.expected : "none")
            << test.field;
    EXPECT_EQ(mail::parse_message_id("<" + std::string(998, 'a') + ">"), std::string(998, 'a'));
    EXPECT_FALSE(mail::parse_message_id("<" + std::string(999, 'a') + ">"));
    EXPECT_FALSE(mail::parse_message_id(std::string(999, 'a')));
}

TEST(References, InOrderWithoutRepeatsAndBounded) {
    EXPECT_THAT(mail::parse_references("<a@x> <b@x>\t<a@x><c@x>", no_address),
                ElementsAre("a@x", "b@x", "c@x"));
    EXPECT_THAT(mail::parse_references("<a@x>, <b@x>", no_address), ElementsAre("a@x", "b@x"));
    EXPECT_THAT(mail::parse_references("a@x b@x", no_address), ElementsAre("a@x", "b@x"));
    EXPECT_THAT(mail::parse_references("<a@x> <b@x", no_address), ElementsAre("a@x", "b@x"));
    EXPECT_THAT(mail::parse_references("", no_address), IsEmpty());
    std::string many;
    for (int i = 0; i < 10000; ++i) many += "<" + std::to_string(i) + "@x> ";
    const auto ids = mail::parse_references(many, no_address);
    ASSERT_EQ(ids.size(), mail::max_references);
    EXPECT_EQ(ids[0], "0@x");
    EXPECT_EQ(ids[1], "9901@x");
    EXPECT_EQ(ids.back(), "9999@x");
}

TEST(InReplyTo, PhrasesOfOldClientsGiveTheIdAlone) {
    const struct {
        const char* field;
        std::vector<std::string> expected;
    } cases[] = {
        {"<a@x>", {"a@x"}},
        {"<a@x> <b@x>", {"a@x", "b@x"}},
        {"a@x", {"a@x"}},
        {"Message from Joe <joe@x.example> of \"Mon, 1 Jan\" <id@x>", {"id@x"}},
        {"Message from \"Joe of X\" <joe@x.example> of \"Mon\" <id@x>", {"id@x"}},
        {"Message from joe@x.example of \"Mon, 1 Jan\" <id@x>", {"id@x"}},
        {"Your message of \"Mon, 1 Jan 2001\" <id@x>", {"id@x"}},
        {"<id@x> from Joe <joe@y.example>", {"id@x"}},
        {"<id@x> from \"Joe\" at Jan 1", {"id@x"}},
        {"<id@x> (Joe's message of Monday)", {"id@x"}},
        {"Joe <own@x.example> \"Re: hello\" (Jan 1) <id@x>", {"id@x"}},
        {"Joe <other@x.example> \"Re: hello\" (Jan 1) <id@x>", {"id@x"}},
        {"joe@x.example's message of Monday", {}},
        {"Your message of Monday", {}},
        {"<own@x.example>", {}},
    };
    const auto is_own = [](const std::string& token) { return token == "own@x.example"; };
    for (const auto& test : cases)
        EXPECT_EQ(mail::parse_in_reply_to(test.field, is_own), test.expected) << test.field;
}

TEST(InReplyTo, TheMailsOwnAddressesAreNoIds) {
    const auto header = mail::read_header(
        "From: Joe <joe@x.example>\r\nTo: ann@x.example\r\nIn-Reply-To: Ann <Ann@X.example> wrote <id@x>\r\n"
        "References: <joe@x.example> <root@x>\r\n\r\n");
    EXPECT_THAT(header.in_reply_to, ElementsAre("id@x"));
    EXPECT_THAT(header.references, ElementsAre("root@x"));
}

TEST(References, HostileTextIsLinear) {
    for (const char* piece : {"<", "( ", "<a", "<a@b", ">", "a@b ", "<a@b> from ", "<a@b>,"}) {
        std::string text;
        while (text.size() < 250000) text += piece;
        EXPECT_LE(mail::parse_references(text, no_address).size(), mail::max_references) << piece;
        EXPECT_LE(mail::parse_in_reply_to(text, no_address).size(), mail::max_references) << piece;
    }
}

}  // namespace
