// What is composed is read back by our own reader; that others agree is composed_mails_test.py's matter.
#include "mail/compose.hpp"

#include "mail/encode.hpp"
#include "mail/encoded_word.hpp"
#include "mail/header_index.hpp"
#include "mail/mime_tree.hpp"
#include "mail/read.hpp"
#include "mail/sha256.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"
#include "tests/mail/any_composition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <random>

namespace mail {
namespace {

using namespace std::string_literals;

Composition answer() {
    return {.from = {"Bob of Acme", "support@acme.example"},
            .to = {{"Ann", "ann@client.example"}},
            .cc = {},
            .reply_to = {},
            .subject = "Re: My printer is on fire",
            .text = "Hello Ann,\n\nuse water.\n",
            .html = {},
            .attachments = {},
            .message_id = "abc123.1f2e.tg@acme.example",
            .in_reply_to = "first@client.example",
            .references = {"ticket.1f2e.tg@acme.example", "first@client.example"},
            .thread_index = {},
            .thread_topic = {},
            .extra = {},
            .date = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + std::chrono::hours(13)};
}

std::string bytes_of(const Composition& mail) {
    auto bytes = compose(mail);
    EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().text);
    if (!bytes) return {};
    EXPECT_EQ(any::ill_form(mail, *bytes), "");
    return *std::move(bytes);
}

std::string reason(const Composition& mail) {
    const auto bytes = compose(mail);
    return bytes ? "sent" : bytes.error().text;
}

std::size_t longest_line(std::string_view bytes) {
    std::size_t longest = 0;
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = std::min(bytes.find("\r\n", begin), bytes.size());
        longest = std::max(longest, end - begin);
        begin = end + 2;
    }
    return longest;
}

// The raw value of a field.
std::string field(const std::string& bytes, std::string_view name) {
    const HeaderIndex index = index_header(bytes);
    const Field* const found = index.find(name);
    return found == nullptr ? "none" : std::string(trim(found->value));
}

TEST(Compose, APlainAnswerIsPlain) {
    Composition mail = answer();
    mail.extra = {{"X-Ticketgate-Loop", "1f2e"}};
    EXPECT_EQ(bytes_of(mail),
              "Date: Mon, 5 Jan 2026 13:00:00 +0000\r\n"
              "From: \"Bob of Acme\" <support@acme.example>\r\n"
              "To: \"Ann\" <ann@client.example>\r\n"
              "Subject: Re: My printer is on fire\r\n"
              "Message-ID: <abc123.1f2e.tg@acme.example>\r\n"
              "In-Reply-To: <first@client.example>\r\n"
              "References: <ticket.1f2e.tg@acme.example> <first@client.example>\r\n"
              "X-Ticketgate-Loop: 1f2e\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "Hello Ann,\r\n\r\nuse water.\r\n");
}

// Its shape, as MIME types in the order of the parts.
std::string shape(const std::string& bytes) {
    const MimeTree tree = parse_mime(bytes);
    std::string out;
    const std::function<void(std::size_t)> visit = [&](std::size_t number) {
        const Part& part = tree.parts[number];
        out += part.type.value.substr(part.type.value.find('/') + 1);
        if (part.children.empty()) return;
        out += '(';
        for (const std::size_t child : part.children) {
            visit(child);
            out += child == part.children.back() ? ')' : ' ';
        }
    };
    visit(0);
    return out;
}

TEST(Compose, PartsStandWhereReadersLookForThem) {
    const Attachment image{"logo.png", "image/png", "logo@acme.example", true, "\x89PNG\r\n"};
    const Attachment file{"terms.pdf", "application/pdf", "", false, "%PDF"};
    Composition mail = answer();
    EXPECT_EQ(shape(bytes_of(mail)), "plain");
    mail.attachments = {file};
    EXPECT_EQ(shape(bytes_of(mail)), "mixed(plain pdf)");
    mail.html = "<p>Use <b>water</b>.</p>";
    mail.attachments = {};
    EXPECT_EQ(shape(bytes_of(mail)), "alternative(plain html)");
    mail.attachments = {file, image};
    EXPECT_EQ(shape(bytes_of(mail)), "mixed(alternative(plain html) pdf png)") << "nothing shows the image";
    mail.html += "<img src='CID:logo%40acme.example'>";
    EXPECT_EQ(shape(bytes_of(mail)), "mixed(alternative(plain related(html png)) pdf)");
    mail.html = "<div style=\"background:url(cid:logo@acme.example)\">x</div>";
    mail.attachments = {image};
    EXPECT_EQ(shape(bytes_of(mail)), "alternative(plain related(html png))");
}

TEST(Compose, TheTextIsMadeFromTheHtml) {
    Composition mail = answer();
    mail.text = " \n";
    mail.html = "<p>Use <a href=\"https://water.example/\">water</a>.</p><ul><li>now</ul>";
    const Message message = read_message(bytes_of(mail));
    EXPECT_NE(message.text.find("water <https://water.example/>"), std::string::npos) << message.text;
    const std::string bytes = *compose(mail);
    const MimeTree tree = parse_mime(bytes);
    EXPECT_NE(tree.parts.at(1).body.find("https://water.example/"), std::string::npos)
        << "it stands in the mail";
}

TEST(Compose, ATextHasTheShortestSafeEncoding) {
    const struct {
        std::string text;
        std::string encoding;
    } cases[] = {{"", "7bit"},
                 {"plain\n", "7bit"},
                 {std::string(76, 'x'), "7bit"},
                 {std::string(77, 'x'), "quoted-printable"},
                 {"From me\n", "quoted-printable"},
                 {".\n", "quoted-printable"},
                 {"-- \nBob\n", "quoted-printable"},
                 {"--=_boundary\n", "quoted-printable"},
                 {"a\tb = c\n", "7bit"},
                 {"\x1b[0m and more of plain text\n", "7bit"},
                 {"Viele Grüße aus München, mit einem langen Satz\n", "quoted-printable"},
                 {"Здравствуйте, Анна\n", "base64"},
                 {"👍\n", "base64"}};
    for (const auto& test : cases) {
        Composition mail = answer();
        mail.text = test.text;
        const std::string bytes = bytes_of(mail);
        EXPECT_EQ(field(bytes, "Content-Transfer-Encoding"), test.encoding) << test.text;
        EXPECT_LE(longest_line(bytes), 76U) << test.text;
        EXPECT_EQ(any::difference(mail, bytes), "");
    }
}

// H18.
TEST(Compose, NoTextHarmsTheWire) {
    for (const std::string& text :
         {"a\rb\r\r\nc\n\n\r\n.\r\n..\r\nx"s, "\r\n.\r\nMAIL FROM:<x@y.example>\r\n"s, std::string(5000, 'y'),
          "\0\0\x01\xff"s, std::string(3000, '\t'), std::string(1000, '='), std::string(1000, ' ') + "\n"}) {
        Composition mail = answer();
        mail.text = mail.html = text;
        const std::string bytes = bytes_of(mail);
        EXPECT_LE(longest_line(bytes), 76U);
        EXPECT_EQ(any::difference(mail, bytes), "");
    }
}

TEST(Compose, WordsPartNoCharacterThatAReaderSees) {
    Composition mail = answer();
    const std::string family = "👩‍👩‍👧‍👦", flag = "🇩🇪", letter = "e\u0301\u0302",
                      thumb = "👍🏽", syllable = "\u1100\u1161\u11A8";
    for (const std::string& unit : {family, flag, letter, thumb, syllable, "あ"s}) {
        mail.subject.clear();
        for (int i = 0; i < 20; ++i) mail.subject += unit;
        const std::string value = field(bytes_of(mail), "Subject");
        std::size_t words = 0;
        for (std::size_t at = value.find("?B?"); at != std::string::npos; at = value.find("?B?", at + 1)) {
            const std::string piece = decode_base64(value.substr(at + 3, value.find("?=", at) - at - 3));
            EXPECT_EQ(piece.size() % unit.size(), 0U) << piece;
            ++words;
        }
        EXPECT_GT(words, 1U);
        EXPECT_EQ(read_header(*compose(mail)).subject, mail.subject);
    }
    // One that is longer than a word is parted between characters.
    mail.subject = "e";
    for (int i = 0; i < 100; ++i) mail.subject += "\u0301";
    EXPECT_EQ(any::difference(mail, bytes_of(mail)), "");
}

TEST(Compose, HeaderLinesAreShort) {
    Composition mail = answer();
    mail.subject = "Re: ";
    for (int i = 0; i < 40; ++i) mail.subject += "some words and ";
    mail.from.name = "Jörg Müller-Lüdenscheidt von und zu Größenwahn der Ältere aus Österreich-Ungarn";
    for (int i = 0; i < 60; ++i)
        mail.to.push_back(
            {i % 2 == 0 ? "Ännchen von Tharau" : "Ann", "person" + std::to_string(i) + "@client.example"});
    mail.extra = {{"Auto-Submitted", "no"}, {"X-Long", std::string(20, 'x') + " " + std::string(70, 'y')}};
    const std::string bytes = bytes_of(mail);
    EXPECT_LE(longest_line(bytes), 76U);
    EXPECT_EQ(any::difference(mail, bytes), "");
}

TEST(Compose, AHugeSubjectIsCutBetweenCharacters) {
    Composition mail = answer();
    for (int i = 0; i < 100'000; ++i) mail.subject += "猫";
    const Header header = read_header(bytes_of(mail));
    EXPECT_LE(header.subject.size(), 750U);
    EXPECT_GE(header.subject.size(), 740U);
    EXPECT_TRUE(header.subject.ends_with("猫"));
}

TEST(Compose, TheHeaderBlockStaysSmall) {
    Composition mail = answer();
    mail.subject = std::string(300, 's');
    mail.thread_topic = "a topic";
    mail.references.clear();
    for (int i = 0; i < 200; ++i)
        mail.references.push_back("reference-number-" + std::to_string(i) + "-" + std::string(40, 'r') +
                                  "@client.example");
    mail.in_reply_to = mail.references.back();
    const std::string bytes = bytes_of(mail);
    EXPECT_LT(index_header(bytes).body, 4096U - 1000U) << "signatures have room";
    const Header header = read_header(bytes);
    ASSERT_GT(header.references.size(), 10U);
    EXPECT_EQ(header.references.front(), mail.references.front());
    EXPECT_EQ(header.references.back(), mail.references.back());
    EXPECT_EQ(header.references[1], mail.references[200 - header.references.size() + 1]) << "no gap but one";
    // Ids that nobody needs so long.
    for (std::string& id : mail.references) id += "." + std::string(800, 'l');
    mail.in_reply_to = mail.references.back();
    EXPECT_LT(index_header(bytes_of(mail)).body, 4096U);
    EXPECT_EQ(read_header(*compose(mail)).references.back(), mail.references.back());
}

// H19, field by field.
TEST(Compose, WhatCouldBeginAFieldIsRefused) {
    for (const std::string& evil :
         {"x\r\nBcc: v@other.example"s, "x\nBcc: v@other.example"s, "x\rBcc: v"s, "x\0y"s}) {
        const auto with = [&](const std::function<void(Composition&)>& change) {
            Composition mail = answer();
            change(mail);
            return reason(mail);
        };
        const std::string address = evil + "@client.example";
        EXPECT_NE(with([&](Composition& m) { m.from.address = address; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.to[0].address = address; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.to[0].address = "\"" + evil + "\"@client.example"; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.to[0].address = "ann@" + evil; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.cc = {{"", address}}; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.reply_to = NamedAddress{"", address}; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.subject = evil; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.message_id = evil + "@x"; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.extra = {{"X-One", evil}}; }), "sent");
        EXPECT_NE(with([&](Composition& m) { m.extra = {{evil, "x"}}; }), "sent");
    }
}

TEST(Compose, WhatStrangersWroteNeitherHarmsNorHinders) {
    for (const std::string& evil :
         {"x\r\nBcc: v@other.example"s, "x\nBcc: v@other.example\n\nbody"s, "x\r.\r"s, "x\0>y"s}) {
        Composition mail = answer();
        mail.from.name = mail.to[0].name = evil;
        mail.in_reply_to = evil;
        mail.references = {evil, "good@client.example", "x> <y"};
        mail.thread_topic = mail.thread_index = evil;
        mail.html = "<img src=\"cid:i\">";
        mail.attachments = {{evil, evil, evil, false, "1"},
                            {evil, "text/" + evil, "i", true, "2"},
                            {evil, "multipart/mixed; boundary=x", evil, true, "3"}};
        const std::string bytes = bytes_of(mail);
        EXPECT_EQ(bytes.find("\nBcc"), std::string::npos);
        EXPECT_EQ(field(bytes, "In-Reply-To"), "none");
        EXPECT_EQ(field(bytes, "References"), "<good@client.example>");
        EXPECT_EQ(field(bytes, "Thread-Index"), "none");
        const Message message = read_message(bytes);
        ASSERT_EQ(message.attachments.size(), 3U);
        EXPECT_EQ(
            message.attachments[0].content + message.attachments[1].content + message.attachments[2].content,
            "213");
        for (const Attachment& one : message.attachments) EXPECT_EQ(one.type, "application/octet-stream");
    }
}

TEST(Compose, WhatIsNoAddressIsRefused) {
    for (const std::string& address :
         {""s, "ann"s, "ann@"s, "@client.example"s, "ann@client..example"s, "an n@client.example"s,
          "a@b@client.example"s, "ann@client.example>"s, "ann@-x.example"s, "ann@[1.2.3.4"s, "ann@[x y]"s,
          "ann,bob@client.example"s, std::string(300, 'a') + "@client.example",
          "ann@client.example, bob@client.example"s, "\xff@client.example"s}) {
        Composition mail = answer();
        mail.to[0].address = address;
        EXPECT_NE(reason(mail).find("The recipient"), std::string::npos) << address << ": " << reason(mail);
    }
    Composition mail = answer();
    mail.to[0].address = "x\r\ny@client.example";
    EXPECT_EQ(reason(mail), "The recipient 'x  y@client.example' holds a control character");
}

TEST(Compose, FieldsOfOursAreNobodyElses) {
    for (const std::string& name :
         {"Subject"s, "bcc"s, "Content-Type"s, "DKIM-Signature"s, "X:Y"s, "X Y"s, ""s, "Ü"s}) {
        Composition mail = answer();
        mail.extra = {{name, "x"}};
        EXPECT_NE(reason(mail).find("can't be added"), std::string::npos) << name;
    }
}

TEST(Compose, InternationalAddresses) {
    Composition mail = answer();
    mail.to = {{"Jörg", "jorg@bücher.example"}};
    EXPECT_NE(bytes_of(mail).find("<jorg@xn--bcher-kva.example>"), std::string::npos);
    mail.cc = {{"Jörg", "jörg@bücher.example"}};
    EXPECT_NE(bytes_of(mail).find("<jörg@xn--bcher-kva.example>"), std::string::npos);
    EXPECT_EQ(any::difference(mail, *compose(mail)), "");
}

TEST(Compose, OutlooksThreadGoesOn) {
    Composition mail = answer();
    mail.thread_topic = "Ärger mit dem Drucker";
    const std::string head = "\x01\xDC\x7E\x22\x5A\x00"s + "0123456789abcdef";  // of January 2026
    for (const std::size_t answers : {0U, 1U, 7U}) {
        const std::string parent = head + std::string(5 * answers, 'c');
        std::string base64;
        append_base64(base64, parent);
        mail.thread_index = base64;
        const std::string bytes = bytes_of(mail);
        const std::string child = decode_base64(field(bytes, "Thread-Index"));
        EXPECT_EQ(child.substr(0, parent.size()), parent);
        EXPECT_EQ(child.size(), parent.size() + 5);
        EXPECT_EQ(unstructured(field(bytes, "Thread-Topic")), *mail.thread_topic);
    }
    // Ten seconds after the beginning, in units of 2^18 times 100 ns.
    using namespace std::chrono;
    constexpr std::uint64_t ten_seconds = 100'000'000;
    const std::uint64_t now =
        static_cast<std::uint64_t>(duration_cast<seconds>(mail.date.time_since_epoch()).count() +
                                   11'644'473'600) *
        10'000'000;
    std::string begun;
    for (int shift = 56; shift >= 16; shift -= 8) begun += static_cast<char>((now - ten_seconds) >> shift);
    std::string base64;
    append_base64(base64, begun + "0123456789abcdef");
    mail.thread_index = base64;
    const std::string child = decode_base64(field(bytes_of(mail), "Thread-Index"));
    EXPECT_EQ(hex(child.substr(22)), "0000017d00");
    // What is none, and what is too long.
    for (const std::string& odd :
         {""s, "AdoA"s, base64.substr(0, 28), "<" + base64 + ">"s, "x\ny"s, std::string(9000, 'A')}) {
        mail.thread_index = odd;
        EXPECT_EQ(field(bytes_of(mail), "Thread-Index"), "none") << odd;
    }
    base64.clear();
    append_base64(base64, head + std::string(500, 'c'));
    mail.thread_index = base64;
    EXPECT_EQ(decode_base64(field(bytes_of(mail), "Thread-Index")).size(), 22U + 5 * 40);
    mail.thread_topic = std::string(251, 't');
    EXPECT_EQ(field(bytes_of(mail), "Thread-Topic"), "none") << "half a topic is another one";
}

TEST(Compose, NamesOfFiles) {
    for (const std::string& name : {"plain.pdf"s, "with \"quotes\" and \\ more.txt"s,
                                    "Rechnung für März.pdf"s, std::string(200, 'n') + ".txt", "報告書.xlsx"s,
                                    "=?utf-8?Q?x?=.bin"s, "100%.txt"s, "it's*here.txt"s, "שלום.doc"s}) {
        Composition mail = answer();
        mail.attachments = {{name, "application/octet-stream", "", false, "content"}};
        const std::string bytes = bytes_of(mail);
        EXPECT_LE(longest_line(bytes), 76U) << bytes;
        EXPECT_EQ(any::difference(mail, bytes), "");
    }
}

TEST(Compose, TextFilesSayThatTheyAreUtf8) {
    Composition mail = answer();
    mail.attachments = {{"a.txt", "text/plain", "", false, "Grüße"},
                        {"b.txt", "text/plain", "", false, "\xFC"}};
    const std::string bytes = bytes_of(mail);
    const MimeTree tree = parse_mime(bytes);
    EXPECT_EQ(tree.parts.at(2).type.get("charset"), "utf-8");
    EXPECT_EQ(tree.parts.at(3).type.get("charset"), "");
}

TEST(Compose, AnyMailIsReadBackAsItWas) {
    std::mt19937_64 random(20260105);
    const any::Pick pick = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    for (int i = 0; i < 3000; ++i) {
        const Composition mail =
            any::composition(pick, i % 3 == 0 ? any::Manners::polite : any::Manners::wild);
        const auto bytes = compose(mail);
        ASSERT_TRUE(bytes) << bytes.error().text;
        ASSERT_EQ(any::ill_form(mail, *bytes), "") << *bytes;
        ASSERT_EQ(any::difference(mail, *bytes), "") << *bytes;
        ASSERT_EQ(*compose(mail), *bytes) << "the same again";
    }
}

// An answer of 8 KB with HTML: far below 0.1 ms; this bound holds on a busy machine, and under sanitizers.
TEST(Compose, IsFast) {
    Composition mail = answer();
    while (mail.text.size() < 8192) mail.text += "Some words of an answer, with an ümlaut here and there.\n";
    mail.html = "<p>" + mail.text + "</p>";
    const auto begin = std::chrono::steady_clock::now();
    constexpr int rounds = 200;
    std::size_t bytes = 0;
    for (int i = 0; i < rounds; ++i) bytes += compose(mail)->size();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    RecordProperty("microseconds", static_cast<int>(took.count() / rounds));
    EXPECT_GT(bytes, rounds * 16'000U);
    EXPECT_LT(took.count() / rounds, 5000.0);
}

}  // namespace
}  // namespace mail
