#include "mail/file_name.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;
using testing::Contains;
using testing::Not;

std::string mixed(const std::string& parts, const std::string& type = "mixed") {
    return "From: a@x.example\r\nContent-Type: multipart/" + type + "; boundary=B\r\n\r\n" + parts +
           "--B--\r\n";
}

TEST(ReadHeader, TakesTheFirstFromField) {
    const auto header =
        mail::read_header("From: Joe <a@x.example>, <b@y.example>\r\nFrom: c@z.example\r\n\r\n");
    ASSERT_TRUE(header.from);
    EXPECT_EQ(header.from->address, "a@x.example");
    EXPECT_EQ(header.from_all.size(), 3u);
    EXPECT_THAT(header.warnings, Contains("several_from"));
}

TEST(ReadHeader, MissingAndBadFieldsAreWarnings) {
    const auto header = mail::read_header("Date: now\r\nMessage-ID: <>\r\n\r\n");
    EXPECT_FALSE(header.from);
    EXPECT_FALSE(header.date);
    EXPECT_FALSE(header.message_id);
    EXPECT_THAT(header.warnings, testing::UnorderedElementsAre("bad_date", "bad_message_id", "no_from"));
}

TEST(ReadHeader, RawBytesFollowTheCharsetOfTheMail) {
    EXPECT_EQ(
        mail::read_header("Subject: \xcf\xf0\xe8\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n")
            .subject,
        "\u041f\u0440\u0438");
    EXPECT_EQ(mail::read_header("Subject: a\0b\xff\r\n\r\n"s).subject, "ab\u00ff");
    // of an encoded-word, and of a part
    EXPECT_EQ(
        mail::read_header("Subject: \xef\xf0\xe8\r\nFrom: =?koi8-r?Q?=EF?= <a@x.example>\r\n\r\n").subject,
        "\u041e\u041f\u0425");
    EXPECT_EQ(mail::read_header("Subject: \xe7\xfeN\r\n\r\n--B\r\nContent-Type: text/plain; "
                                "charset=\"iso-8859-9\"\r\n")
                  .subject,
              "\u00e7\u015fN");
    // one that cannot be is no hint
    EXPECT_EQ(
        mail::read_header("Subject: caf\xe9\r\nContent-Type: text/plain; charset=euc-kr\r\n\r\n").subject,
        "caf\u00e9");
}

TEST(ReadHeader, OfRepeatedFieldsTheFirstCounts) {
    const auto header = mail::read_header(
        "Subject: one\r\nSubject: two\r\nDate: 1 Jan 2001 00:00:00 Z\r\nDate: 1 Jan 2002 00:00:00 Z\r\n"
        "Message-ID: <a@x>\r\nMessage-ID: <b@x>\r\nTo: a@x.example\r\nTo: b@x.example\r\n\r\n");
    EXPECT_EQ(header.subject, "one");
    EXPECT_EQ(header.date, "2001-01-01T00:00:00+00:00");
    EXPECT_EQ(header.message_id, "a@x");
    EXPECT_EQ(header.to.size(), 2u);
}

// RFC 5322 appendix A.6.3: blanks and comments wherever the obsolete syntax takes them.
TEST(ReadHeader, ReadsObsoleteSyntax) {
    const auto header = mail::read_header(
        "From  : John Doe <jdoe@machine(comment).  example>\r\nTo    : Mary Smith\r\n  \r\n"
        "          <mary@example.net>\r\nSubject     : Saying Hello\r\n"
        "Date  : Fri, 21 Nov 1997 09(comment):   55  :  06 -0600\r\n"
        "Message-ID  : <1234   @   local(blah)  .machine .example>\r\n\r\nHello.");
    ASSERT_TRUE(header.from);
    EXPECT_EQ(*header.from, (mail::NamedAddress{"John Doe", "jdoe@machine.example"}));
    ASSERT_EQ(header.to.size(), 1u);
    EXPECT_EQ(header.to[0], (mail::NamedAddress{"Mary Smith", "mary@example.net"}));
    EXPECT_EQ(header.subject, "Saying Hello");
    EXPECT_EQ(header.date, "1997-11-21T09:55:06-06:00");
    EXPECT_EQ(header.message_id, "1234@local.machine.example");
}

TEST(ReadMessage, Text) {
    const struct {
        std::string raw;
        std::string text;
    } cases[] = {
        {"Subject: x\r\n\r\none\r\ntwo\r\n", "one\ntwo\n"},
        {"Subject: x\r\rone\rtwo", "one\ntwo"},
        {"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n", "Hello"},
        {"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
         "quoted-printable\r\n\r\nGr=FC=DF",
         "Gr\u00fc\u00df"},
        {"Content-Type: text/plain\r\n\r\nGr\xfc\xdf", "Gr\u00fc\u00df"},
        {"Content-Type: text/plain\r\n\r\na\0b"s, "ab"},
        {"Content-Type: text/html\r\n\r\n<p>Hi</p>", "Hi\n"},
        {mixed("--B\r\n\r\none\r\n--B\r\n\r\ntwo\r\n"), "one\ntwo"},
        {mixed("--B\r\nContent-Type: text/plain\r\n\r\nplain\r\n--B\r\nContent-Type: "
               "text/html\r\n\r\n<p>html\r\n",
               "alternative"),
         "plain"},
        {mixed(
             "--B\r\nContent-Type: text/plain\r\n\r\n \r\n--B\r\nContent-Type: text/html\r\n\r\n<p>html\r\n",
             "alternative"),
         "html\n"},
        {mixed("--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: f\r\n\r\nforwarded\r\n"), "forwarded"},
        {mixed("--B\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: "
               "base64\r\n\r\nU3ViamVjdDogZgoKYmFzZTY0\r\n"),
         "base64"},
        {mixed("--B\r\n\r\nSubject: f\r\n\r\ndigested\r\n", "digest"), "digested"},
        {"Content-Type: multipart/mixed; boundary=B\r\n\r\nno part at all", "no part at all"},
        {"Content-Type: multipart/mixed\r\n\r\nno boundary", "no boundary"},
        {"Content-Type: text/calendar\r\n\r\nBEGIN", "BEGIN"},
        {"Content-Type: image/png\r\n\r\nbytes", ""},
        {"", ""},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::read_message(test.raw).text, test.text) << test.raw;
}

TEST(ReadMessage, Attachments) {
    const auto message = mail::read_message(mixed(
        "--B\r\n\r\ntext\r\n"
        "--B\r\nContent-Type: Text/Plain; name=notes.txt\r\n\r\nnotes\r\n"
        "--B\r\nContent-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n<p>\r\n"
        "--B\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; "
        "filename=\"../a\\b\\logo.png\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nAP8A\r\n"
        "--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nforwarded\r\n"
        "--B\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
        "filename*=utf-8''%E2%80%AEgpj.exe\r\n\r\nx\r\n"));
    EXPECT_EQ(message.text, "text");
    EXPECT_EQ(message.html, "");
    ASSERT_EQ(message.attachments.size(), 5u);
    EXPECT_EQ(message.attachments[0].name, "notes.txt");
    EXPECT_EQ(message.attachments[0].type, "text/plain");
    EXPECT_EQ(message.attachments[0].content, "notes");
    EXPECT_EQ(message.attachments[1].type, "text/html");
    EXPECT_EQ(message.attachments[2].name, "logo.png");
    EXPECT_EQ(message.attachments[2].content_id, "logo@x");
    EXPECT_TRUE(message.attachments[2].is_inline);
    EXPECT_EQ(message.attachments[2].content, "\0\xff\0"s);
    EXPECT_EQ(message.attachments[3].name, "Gr\u00fc\u00dfe.eml");
    EXPECT_EQ(message.attachments[3].content, "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nforwarded");
    EXPECT_EQ(message.attachments[4].name, "gpj.exe");
    EXPECT_FALSE(message.attachments[4].is_inline);
}

TEST(ReadMessage, PastTheBoundsTheOuterHeaderIsKept) {
    std::string chain = "From: a@x.example\r\nSubject: chain\r\n";
    for (int i = 0; i < 100000; ++i) chain += "Content-Type: message/rfc822\r\n\r\n";
    const auto message = mail::read_message(chain);
    EXPECT_EQ(message.header.subject, "chain");
    EXPECT_TRUE(message.too_complex);
    EXPECT_THAT(message.header.warnings, Contains("too_complex"));

    EXPECT_THAT(mail::read_message("From: a@x.example\r\n\r\nfine").header.warnings,
                Not(Contains("too_complex")));
}

TEST(FileName, IsSafe) {
    const struct {
        std::string name;
        std::string expected;
    } cases[] = {
        {"a.txt", "a.txt"},
        {"../../etc/passwd", "passwd"},
        {"C:\\temp\\x.txt", "x.txt"},
        {"a/", "a_"},
        {"..", ""},
        {"...", ""},
        {"CON", "_CON"},
        {"com1.txt", "_com1.txt"},
        {"console.txt", "console.txt"},
        {"a\u202Egpj.exe", "agpj.exe"},
        {"a\x01\x7f"
         "b",
         "ab"},
        {"  a  ", "a"},
        {"ab:c", "ab_c"},
        {"c:evil.txt", "evil.txt"},
        {"x.exe.", "x.exe"},
        {"x.exe. . ", "x.exe"},
        {"con .txt", "_con .txt"},
        {"COM\u00b9.txt", "_COM\u00b9.txt"},
        {"conin$", "_conin$"},
        {"com10.txt", "com10.txt"},
        {"a\u200B\u00AD\u2028\u2064\U000E0041\u0085.txt", "a.txt"},
        {"a\u00A0b.txt", "a b.txt"},
        {"\u2603.txt", "\u2603.txt"},
        {"\u00fc.txt", "\u00fc.txt"},
        {"", ""},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::safe_file_name(test.name), test.expected) << test.name;
    const std::string long_name = mail::safe_file_name(std::string(5000, 'a') + ".pdf");
    EXPECT_EQ(long_name.size(), 255u);
    EXPECT_TRUE(long_name.ends_with("a.pdf"));
    std::string wide;
    for (int i = 0; i < 1000; ++i) wide += "\u00fc";
    EXPECT_TRUE(mail::is_utf8(mail::safe_file_name(wide)));
    EXPECT_LE(mail::safe_file_name(wide).size(), 255u);
}

}  // namespace
