// Whole mails, from their bytes to what the desk shows.
#include "mail/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

mail::Message read(const std::string& name) {
    std::ifstream input(std::string(TICKETGATE_SOURCE_DIR) + "/tests/mail/" + name, std::ios::binary);
    EXPECT_TRUE(input.is_open()) << name;
    return mail::read_message(std::string{std::istreambuf_iterator<char>(input), {}});
}

TEST(Fixture, ReplyWithPicture) {
    const mail::Message message = read("reply_with_picture.eml");
    const mail::Header& header = message.header;
    EXPECT_EQ(header.subject, "AW: Rechnung f\u00fcr M\u00e4rz");
    EXPECT_EQ(header.from, (mail::NamedAddress{"J\u00f6rg M\u00fcller", "joerg@customer.example"}));
    EXPECT_THAT(header.to, ElementsAre(mail::NamedAddress{"Support, Desk", "support@desk.example"}));
    EXPECT_THAT(header.cc, ElementsAre(mail::NamedAddress{"", "anna@customer.example"},
                                       mail::NamedAddress{"Lee, Bo", "bo@customer.example"}));
    EXPECT_EQ(header.date, "2026-03-02T09:15:00+01:00");
    EXPECT_EQ(header.message_id, "reply-1@customer.example");
    EXPECT_THAT(header.in_reply_to, ElementsAre("first@desk.example"));
    EXPECT_THAT(header.references, ElementsAre("root@customer.example", "first@desk.example"));
    EXPECT_THAT(header.warnings, IsEmpty());
    EXPECT_EQ(
        message.text,
        "Gr\u00fc\u00dfe aus K\u00f6ln, der Betrag stimmt nicht: siehe Bild, das zeigt die falsche Summe.");
    EXPECT_EQ(message.html, "<p>Gr\u00fc\u00dfe aus K\u00f6ln</p><img src=\"cid:picture@customer.example\">");
    ASSERT_EQ(message.attachments.size(), 2u);
    EXPECT_EQ(message.attachments[0].name, "gr\u00f6\u00dfe.png");
    EXPECT_EQ(message.attachments[0].content_id, "picture@customer.example");
    EXPECT_TRUE(message.attachments[0].is_inline);
    EXPECT_EQ(message.attachments[0].content, "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(message.attachments[1].name, "Rechnung M\u00e4rz.pdf");
    EXPECT_FALSE(message.attachments[1].is_inline);
}

TEST(Fixture, OldClient) {
    const mail::Message message = read("old_client.eml");
    EXPECT_EQ(message.header.from, (mail::NamedAddress{"Joe of the \"old\" client", "joe@client.example"}));
    EXPECT_EQ(message.header.subject, "Re: caf\u00e9 \u201cclosed\u201d");
    EXPECT_THAT(message.header.in_reply_to, ElementsAre("4412.1029938047@desk.example"));
    EXPECT_EQ(message.header.date, "2002-08-22T12:36:00-04:00");
    EXPECT_EQ(message.text, "Still closed.\n");
}

TEST(Fixture, HtmlOnly) {
    const mail::Message message = read("html_only.eml");
    EXPECT_EQ(message.text,
              "Hello,\n\nyour order 42 is on its way <https://shop.example/42>.\n\nPrice  5 \u20ac\n");
    EXPECT_EQ(message.header.date, "2026-03-03T10:00:00-00:00");
}

TEST(Fixture, UnclosedInnerPartHidesNothing) {
    const mail::Message message = read("unclosed.eml");
    EXPECT_EQ(message.text, "The text.");
    ASSERT_EQ(message.attachments.size(), 1u);
    EXPECT_EQ(message.attachments[0].content, "payload");
    EXPECT_THAT(message.header.warnings, Contains("unclosed_multipart"));
}

TEST(Fixture, ForwardOnly) {
    const mail::Message message = read("forward_only.eml");
    EXPECT_EQ(message.text, "My printer is broken.\n");
    ASSERT_EQ(message.attachments.size(), 1u);
    EXPECT_EQ(message.attachments[0].name, "It is broken.eml");
    EXPECT_EQ(message.header.message_id, std::nullopt);
}

}  // namespace
