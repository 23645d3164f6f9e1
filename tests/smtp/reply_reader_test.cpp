#include "smtp/reply_reader.hpp"

#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <string>

using smtp::ReplyReader;
using State = smtp::ReplyReader::State;

namespace {

// What comes of the bytes: "CODE text" with | between lines, "malformed" or "more"; and how much was taken.
std::string read(const std::string& bytes, std::size_t* taken = nullptr) {
    ReplyReader reader;
    const std::size_t count = reader.feed(bytes);
    if (taken) *taken = count;
    if (reader.state() == State::malformed) return "malformed";
    if (reader.state() == State::more) return "more";
    smtp::ServerReply reply = reader.take();
    for (char& c : reply.text)
        if (c == '\n') c = '|';
    return std::to_string(reply.code) + " " + reply.text;
}

std::string shown(int code, const std::string& text) {
    const smtp::RemoteReply reply = smtp::ServerReply{code, text}.shown();
    return std::to_string(reply.code) + "/" + reply.status + "/" + reply.text;
}

}  // namespace

TEST(ReplyReader, reads_replies_of_one_line_and_of_many) {
    const struct {
        std::string bytes, read;
    } cases[] = {
        {"250 ok\r\n", "250 ok"},
        {"250\r\n", "250 "},
        {"250 \r\n", "250 "},
        {"250-a\r\n250-b\r\n250 c\r\n", "250 a|b|c"},
        {"250-a\r\n250\r\n", "250 a|"},
        {"250-a\n250 b\n", "250 a|b"},
        {"550 5.1.1  two  blanks \r\n", "550 5.1.1  two  blanks "},
        {"250-a\r\n", "more"},
        {"250 ok\r", "more"},
        {"", "more"},
    };
    for (const auto& each : cases) EXPECT_EQ(read(each.bytes), each.read) << each.bytes;
}

TEST(ReplyReader, leaves_what_follows_the_reply) {
    std::size_t taken = 0;
    EXPECT_EQ(read("220 ready\r\n250-fake\r\n", &taken), "220 ready");
    EXPECT_EQ(taken, 11U);
}

TEST(ReplyReader, H01_calls_malformed_what_is_no_reply) {
    for (const std::string& bytes :
         {std::string("250-x\r\n550 y\r\n"), std::string("25\r\n"), std::string("\r\n"),
          std::string("hello\r\n"), std::string("2500 x\r\n"), std::string("250=x\r\n"),
          std::string("150 x\r\n"), std::string("650 x\r\n"), std::string("2\0000 x\r\n", 8),
          std::string("\0\n", 2), std::string(" 250 x\r\n"), std::string("250-x\r\n\r\n250 y\r\n")})
        EXPECT_EQ(read(bytes), "malformed") << bytes;
}

TEST(ReplyReader, H01_a_reply_without_end_is_bounded) {
    std::string lines;
    for (int i = 0; i < 1'000'000; ++i) lines += "250-x\r\n";
    std::size_t taken = 0;
    EXPECT_EQ(read(lines, &taken), "malformed");
    EXPECT_EQ(taken, 101 * 7U);

    ReplyReader reader;
    const std::string piece(1024 * 1024, 'x');
    reader.feed("250 ");
    reader.feed(piece);
    EXPECT_EQ(reader.state(), State::malformed);
}

TEST(ReplyReader, a_long_line_is_cut_and_a_NUL_in_it_does_no_harm) {
    const std::string cut = read("550 " + std::string(5000, 'x') + "\r\n");
    EXPECT_EQ(cut.size(), ReplyReader::max_line);
    EXPECT_EQ(read(std::string("550 a\0b\r\n", 9)), std::string("550 a\0b", 7));
}

TEST(ReplyReader, in_pieces_as_at_once) {
    const std::string bytes = "250-a\r\n250-SIZE 5\r\n250 c\r\n354 go\r\n";
    ReplyReader reader;
    std::string got;
    for (std::size_t at = 0; at < bytes.size();) {
        at += reader.feed(std::string_view(bytes).substr(at, 1));
        if (reader.state() == State::complete) got += reader.take().text + ";";
    }
    EXPECT_EQ(got, "a\nSIZE 5\nc;go;");
}

TEST(ServerReply, its_status_stands_beside_its_words) {
    EXPECT_EQ(shown(550, "5.1.1 no such user"), "550/5.1.1/no such user");
    EXPECT_EQ(shown(550, "5.1.1 no such\n5.1.1 user"), "550/5.1.1/no such user");
    EXPECT_EQ(shown(550, "5.1.1"), "550/5.1.1/");
    EXPECT_EQ(shown(550, "5.111.222 x"), "550/5.111.222/x");
    // What is none, or contradicts the code, stays a word.
    for (const std::string text : {"4.1.1 x", "5.1 x", "5.1.1.1 x", "5.1111.1 x", "15.1.1 x", "5.1.1x y",
                                   "5..1 x", ".5.1 x", "no", ""})
        EXPECT_EQ(shown(550, text), "550//" + text) << text;
}

TEST(ServerReply, H17_its_words_are_safe_to_show) {
    EXPECT_EQ(shown(550, "a\tb\x01\x1b[31mc\x7f d"), "550//a b [31mc d");
    EXPECT_EQ(shown(550, "caf\xc3\xa9 <b>&amp;</b>"), "550//caf\xc3\xa9 <b>&amp;</b>");
    EXPECT_EQ(shown(550, "bad \xff\xfe bytes"), "550//bad \xef\xbf\xbd bytes");
    EXPECT_EQ(shown(550, "turned \xe2\x80\xae round"), "550//turned round");
    EXPECT_EQ(shown(550, std::string("a\0b", 3)), "550//ab");
    const std::string long_text = smtp::ServerReply{550, std::string(9000, '\xff')}.shown().text;
    EXPECT_LE(long_text.size(), 1000U);
    EXPECT_TRUE(mail::is_utf8(long_text));
    std::string accents;
    for (int i = 0; i < 2000; ++i) accents += "x\xc3\xa9";
    const std::string cut = smtp::ServerReply{550, accents}.shown().text;
    EXPECT_GE(cut.size(), 997U);
    EXPECT_LE(cut.size(), 1000U);
    EXPECT_TRUE(mail::is_utf8(cut));
}
