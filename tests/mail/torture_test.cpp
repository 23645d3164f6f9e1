// smtp-cases E06 to E10, F01, F02: what is sent to break a reader. The limits on time are generous; only
// what is quadratic can miss them.
#include "mail/header_index.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

#if defined(__has_feature) && (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
constexpr double slow = 10;
#else
constexpr double slow = 1;
#endif

std::string repeated(const std::string& piece, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + piece.size());
    while (text.size() < bytes) text += piece;
    return text;
}

void expect_sound(const std::string& what, const std::string& raw) {
    const auto begin = std::chrono::steady_clock::now();
    const mail::Message message = mail::read_message(raw);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 5.0 * slow) << what;
    const auto sound = [&](const std::string& text) {
        EXPECT_TRUE(mail::is_utf8(text)) << what;
        EXPECT_EQ(text.find('\0'), std::string::npos) << what;
    };
    sound(message.header.subject);
    sound(message.text);
    sound(message.html);
    for (const auto& address : message.header.from_all) {
        sound(address.name);
        sound(address.address);
    }
    for (const auto& attachment : message.attachments) {
        sound(attachment.name);
        sound(attachment.type);
        sound(attachment.content_id);
    }
    for (const auto& id : message.header.references) sound(id);
}

TEST(Torture, Header) {
    for (const char* field : {"Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References",
                              "Content-Type", "Content-Disposition", "Content-Transfer-Encoding"})
        for (const char* piece : {"(", "\"", "<", "=?utf-8?Q?=ff?= ", "\\", "a@b,", "<a@b> ", ";a*0*=x",
                                  "\xff", "\r\n ", "9", " "})
            expect_sound(std::string(field) + ": " + piece,
                         std::string(field) + ": x/y; " + repeated(piece, 1'000'000) + "\r\n\r\nbody");
    expect_sound("100,000 lines", repeated("X: y\r\n", 600'000) + "\r\nbody");
    expect_sound("lines without colon", repeated("x\r\n", 600'000) + "\r\nbody");
    expect_sound("empty names", repeated(":\r\n", 600'000) + "\r\nbody");
}

TEST(Torture, Bodies) {
    for (const char* piece :
         {"\r\n", ".", "\n", "\r", "--\r\n", "", "A", "=\r\n", "= ", "=", "\xff", "&", "<a"})
        for (const char* type : {"text/plain", "text/html", "multipart/mixed; boundary=\"------\""})
            for (const char* encoding : {"7bit", "base64", "quoted-printable", "x-uuencode"})
                expect_sound(std::string(type) + " " + encoding + " " + piece,
                             "Content-Type: " + std::string(type) +
                                 "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" +
                                 repeated(*piece == '\0' ? std::string(1, '\0') : piece, 500'000));
    expect_sound("25 MB of line ends", "A: b\r\n\r\n" + repeated("\r\n", 25'000'000));
    expect_sound("one base64 line of 20 MB",
                 "Content-Transfer-Encoding: base64\r\n\r\n" + repeated("QUJD", 20'000'000));
    expect_sound("padded base64 groups",
                 "Content-Transfer-Encoding: base64\r\n\r\n" + repeated("QQ==", 1'000'000));
    expect_sound("padded base64 lines",
                 "Content-Transfer-Encoding: base64\r\n\r\n" + repeated("QQ==\r\n", 1'000'000));
}

TEST(Torture, Structure) {
    const std::string dashes(69, '-');
    expect_sound("near misses of a boundary", "Content-Type: multipart/mixed; boundary=\"" + dashes +
                                                  "x\"\r\n\r\n" +
                                                  repeated("--" + dashes + "y\r\n", 5'000'000));
    expect_sound("one line of dashes", "Content-Type: multipart/mixed; boundary=\"" + dashes + "\"\r\n\r\n" +
                                           repeated("-", 5'000'000));
    expect_sound("100,000 parts",
                 "Content-Type: multipart/mixed; boundary=B\r\n\r\n" + repeated("--B\r\n\r\n\r\n", 900'000));
    std::string nested;
    for (int i = 0; i < 40000; ++i)
        nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                  std::to_string(i) + "\r\n";
    expect_sound("nested 40,000 deep", nested);
    expect_sound("nested with one boundary",
                 repeated("Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n", 2'300'000));
    expect_sound("message/rfc822 100,000 deep", repeated("Content-Type: message/rfc822\r\n\r\n", 3'200'000));
    expect_sound(
        "forwarded and forwarded",
        repeated(
            "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n",
            1'000'000));
    // 30 open multiparts and a body of near misses: 30 comparisons a line, not more
    std::string open;
    for (int i = 0; i < 29; ++i)
        open += "Content-Type: multipart/mixed; boundary=" + dashes + std::to_string(i + 10) + "\r\n\r\n--" +
                dashes + std::to_string(i + 10) + "\r\n";
    expect_sound("30 open boundaries", open + "\r\n" + repeated("--" + dashes + "zz\r\n", 3'000'000));
}

TEST(Torture, ManyForwardedMailsAreReadOnceADepth) {
    // each level holds many forwarded mails without text: the search for one must not branch without end
    std::string level = "Subject: x\r\n\r\n";
    for (int depth = 0; depth < 12; ++depth) {
        const std::string boundary = "b" + std::to_string(depth);
        std::string mail = "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n";
        for (int i = 0; i < 2; ++i)
            mail += "--" + boundary + "\r\nContent-Type: message/rfc822\r\n\r\n" + level + "\r\n";
        level = mail + "--" + boundary + "--\r\n";
    }
    expect_sound("a tree of forwarded mails", level);
}

TEST(Torture, ReadHeaderTouchesTheHeaderOnly) {
    const std::string raw = "Subject: x\r\n\r\n" + repeated("body ", 50'000'000);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(mail::read_header(raw).subject, "x");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 5.0 * slow);
}

}  // namespace
