// What is composed is read back by our own reader, as somebody else's would.
#include "mail/notice.hpp"

#include "mail/kind.hpp"
#include "mail/read.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mail {
namespace {

Notice notice() {
    return {.from = {"support", "desk.example"},
            .from_name = "Acme Support",
            .to = {"ann", "client.example"},
            .subject = "We have your mail",
            .text = "Hello Ann,\n\nthank you.\n",
            .unique = "abc123",
            .installation = "1f2e",
            .answers = "first@client.example",
            .date = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + std::chrono::hours(13)};
}

void expect_well_formed(const std::string& mail) {
    std::size_t begin = 0;
    while (begin < mail.size()) {
        const auto end = mail.find("\r\n", begin);
        ASSERT_NE(end, std::string::npos) << "every line ends with CRLF";
        const std::string_view line(mail.data() + begin, end - begin);
        EXPECT_EQ(line.find_first_of("\r\n"), std::string_view::npos);
        EXPECT_LE(line.size(), 998U);
        EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
        begin = end + 2;
    }
}

TEST(Notice, SaysWhatNoMachineMayAnswer) {
    const std::string mail = compose(notice());
    expect_well_formed(mail);
    EXPECT_EQ(mail,
              "Date: Mon, 5 Jan 2026 13:00:00 +0000\r\n"
              "From: \"Acme Support\" <support@desk.example>\r\n"
              "To: <ann@client.example>\r\n"
              "Subject: We have your mail\r\n"
              "Message-ID: <abc123.1f2e.tg@desk.example>\r\n"
              "In-Reply-To: <first@client.example>\r\n"
              "References: <first@client.example>\r\n"
              "Auto-Submitted: auto-replied\r\n"
              "X-Auto-Response-Suppress: All\r\n"
              "X-Ticketgate-Loop: 1f2e\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "Hello Ann,\r\n\r\nthank you.\r\n");
    EXPECT_EQ(read_message(mail).kind, Kind::auto_reply) << "to anybody else";
    const Header header = read_header(mail);
    EXPECT_EQ(read_kind(mail, header, {.reverse_path = "", .installation = "1f2e"}).kind, Kind::loop)
        << "to us";
}

TEST(Notice, AnyTextArrivesAsItWas) {
    for (const std::string& text :
         {std::string("Grüße aus München\n"), std::string("a = b\n.\nFrom me\n trailing \t\n"), std::string(),
          std::string(5000, 'x') + "\n", std::string("no end"), std::string("dos\r\nlines\r\n")}) {
        Notice one = notice();
        one.text = text;
        const std::string mail = compose(one);
        expect_well_formed(mail);
        std::string expected = text;
        std::erase(expected, '\r');
        while (expected.ends_with('\n')) expected.pop_back();
        std::string found = read_message(mail).text;
        std::erase(found, '\r');
        while (found.ends_with('\n')) found.pop_back();
        EXPECT_EQ(found, expected);
    }
}

TEST(Notice, NamesAndSubjectsOfAnyScript) {
    for (const std::string& name : {std::string("Jörg \"der\" Müller"), std::string("O'Neil \\ \"x\""),
                                    std::string("サポート窓口担当者の名前はとても長いので折り返しが必要です"),
                                    std::string("=?utf-8?Q?trick?="), std::string(200, 'y')}) {
        Notice one = notice();
        one.from_name = one.subject = name;
        const std::string mail = compose(one);
        expect_well_formed(mail);
        const Header header = read_header(mail);
        EXPECT_EQ(header.subject, name);
        ASSERT_TRUE(header.from);
        EXPECT_EQ(header.from->name, name);
        EXPECT_EQ(header.from->address, "support@desk.example");
    }
}

// F05 and RFC 5322 §2.2: nothing that strangers wrote begins a line of ours.
TEST(Notice, NothingBeginsAFieldOfItsOwn) {
    Notice one = notice();
    one.subject = "x\r\nBcc: victim@other.example\r\n\r\nbody";
    one.from_name = "y\nBcc: victim@other.example";
    one.answers = "id@x>\r\nBcc: <victim@other.example";
    one.text = "\xff\xfe\0\r\rx";
    const std::string mail = compose(one);
    expect_well_formed(mail);
    EXPECT_EQ(mail.find("\r\nBcc"), std::string::npos);
    EXPECT_EQ(mail.find("In-Reply-To"), std::string::npos) << "no id, so it is not named";
    EXPECT_EQ(mail.find("\r\n\r\n"), mail.find("Content-Transfer-Encoding: base64\r\n\r\n") + 33);
}

}  // namespace
}  // namespace mail
