#include "smtp/command.hpp"

#include <gtest/gtest.h>

#include <limits>

using smtp::parse_command;
using smtp::Verb;

TEST(Command, verb_is_read_in_any_case) {
    EXPECT_EQ(parse_command("StartTLS").verb, Verb::starttls);
    EXPECT_EQ(parse_command("quit").verb, Verb::quit);
    EXPECT_EQ(parse_command("QUITE").verb, Verb::unknown);
    EXPECT_EQ(parse_command("").verb, Verb::unknown);
}

TEST(Command, mail_has_typed_parameters) {
    auto command = parse_command("MAIL FROM:<Ann@Client.Example> SIZE=1234 body=8BITMIME SMTPUTF8");
    ASSERT_FALSE(command.refusal);
    EXPECT_EQ(command.path.mailbox.local_part, "Ann");
    EXPECT_EQ(command.path.mailbox.domain, "client.example");
    EXPECT_EQ(command.size, 1234U);
    EXPECT_TRUE(command.smtputf8);
}

TEST(Command, size_past_64_bits_is_only_very_big) {
    EXPECT_EQ(parse_command("MAIL FROM:<> SIZE=99999999999999999999").size,
              std::numeric_limits<std::uint64_t>::max());
}

TEST(Command, trailing_blanks_are_tolerated) {
    EXPECT_FALSE(parse_command("QUIT  ").refusal);
    EXPECT_FALSE(parse_command("MAIL FROM:<>  ").refusal);
}

TEST(Command, names_of_verbs_are_a_fixed_vocabulary) {
    EXPECT_EQ(name(parse_command("rcpt TO:<a@b.example>").verb), "RCPT");
    EXPECT_EQ(name(parse_command("BDAT 1").verb), "BDAT");
    EXPECT_EQ(name(parse_command("GET /").verb), "unknown");
    EXPECT_EQ(name(parse_command("whatever").verb), "unknown");
}

TEST(Reply, has_its_code_on_every_line) {
    smtp::Reply reply{250, "2.0.0", "one\ntwo"};
    EXPECT_EQ(reply.wire(), "250-2.0.0 one\r\n250 2.0.0 two\r\n");
    EXPECT_EQ((smtp::Reply{354, "", "Go"}.wire()), "354 Go\r\n");
}

TEST(Reply, cannot_become_two_replies) {
    EXPECT_EQ((smtp::Reply{550, "5.0.0", "a\rb\x01\xff"}.wire()), "550 5.0.0 a?b??\r\n");
}
