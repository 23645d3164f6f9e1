// smtp-cases E06 to E10, F01, F02: what is sent to break a reader. The limits on time are generous; only
// what is quadratic can miss them.
#include "mail/header_index.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
    EXPECT_LT(took.count(), 1.0 * slow) << what;
    // What comes out is in proportion to what went in, however often a mail unfolds.
    std::size_t size = message.text.size() + message.html.size();
    for (const auto& attachment : message.attachments) size += attachment.content.size();
    EXPECT_LE(size, 20 * raw.size() + 100'000) << what;
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

TEST(Torture, FilesInsideFiles) {
    const auto text = [](const std::string& content, const std::string& fields = "") {
        return fields + "Content-Type: text/plain\r\n\r\n" + content;
    };
    expect_sound("100,000 empty uuencoded files", text(repeated("begin 644 a\nend\n", 1'600'000)));
    expect_sound("100,000 small uuencoded files", text(repeated("begin 644 a\n#0V%T\n`\nend\n", 2'600'000)));
    expect_sound("uuencoded files that never end", text(repeated("begin 644 a\n#0V%T\n", 5'000'000)));
    expect_sound("base64 files that never end", text(repeated("begin-base64 644 a\nQ2F0\n", 5'000'000)));
    expect_sound("uuencoded lines of one letter",
                 text("begin 644 a\n#0V%T\n" + repeated("M\n", 2'000'000) + "end\n"));
    expect_sound("yEnc that never ends", text(repeated("=ybegin line=128 size=3 name=a\nabc\n", 5'000'000)));
    expect_sound("format=flowed blanks",
                 "Content-Type: text/plain; format=flowed\r\n\r\n" + repeated(" \n", 5'000'000));
    expect_sound("format=flowed depths", "Content-Type: text/plain; format=flowed\r\n\r\n" +
                                             repeated(">", 1'000'000) + " \n" + repeated("> \n", 3'000'000));
    expect_sound("a base64 line that is prose",
                 text(repeated("a b c ", 5'000'000), "Content-Transfer-Encoding: base64\r\n"));
    expect_sound("meta elements without end",
                 "Content-Type: text/html\r\n\r\n" + repeated("<meta ", 1'000'000));

    using namespace std::string_literals;
    const std::string tnef = "\x78\x9f\x3e\x22\x01\x00"s;
    const auto attached = [](const std::string& content) {
        return "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + content;
    };
    expect_sound("TNEF attributes of no length",
                 attached(tnef + repeated("\x02\x02\x90\x06\0\0\0\0\0\0\0"s, 2'000'000)));
    expect_sound(
        "TNEF attachments of one byte",
        attached(tnef +
                 repeated("\x02\x02\x90\x06\0\0\0\0\0\0\0\x02\x0f\x80\x06\0\x01\0\0\0b\x62\0"s, 2'000'000)));
    expect_sound("TNEF lengths past the end",
                 attached(tnef + repeated("\x01\x03\x90\x06\0\xff\xff\xff\xff"s, 2'000'000)));
    // a TNEF with compressed RTF that only refers to itself
    const std::string rtf =
        "\0\0\0\0\xff\xff\xff\x7f\x4c\x5a\x46\x75\0\0\0\0"s + repeated("\xff\x00\x0f"s, 3'000'000);
    const auto number = [](std::size_t value) {
        std::string bytes;
        for (int i = 0; i < 4; ++i, value >>= 8) bytes += static_cast<char>(value & 0xFF);
        return bytes;
    };
    const std::string properties = number(1) + number(0x10090102) + number(1) + number(rtf.size()) + rtf;
    expect_sound("compressed RTF",
                 attached(tnef + "\x01\x03\x90\x06\0"s + number(properties.size()) + properties + "\0\0"s));
}

TEST(Torture, Alternatives) {
    std::string nested, many = "Content-Type: multipart/alternative; boundary=B\r\n\r\n";
    for (int i = 0; i < 29; ++i)
        nested += "Content-Type: multipart/alternative; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                  std::to_string(i) + "\r\nContent-Type: text/html\r\n\r\n" + repeated("<b>x</b>", 20'000) +
                  "\r\n--b" + std::to_string(i) + "\r\n";
    expect_sound("alternatives in alternatives", nested + "\r\n\r\nx");
    for (int i = 0; i < 999; ++i)
        many += "--B\r\nContent-Type: text/" + std::string(i % 2 == 0 ? "plain" : "html") + "\r\n\r\n" +
                repeated("<p>" + std::to_string(i), 2'000) + "\r\n";
    expect_sound("a thousand alternatives", many);
    std::string images =
        "Content-Type: multipart/related; boundary=B\r\n\r\n--B\r\nContent-Type: text/html\r\n\r\n" +
        repeated("<img src=\"cid:a@x\">", 2'000'000) + "\r\n";
    for (int i = 0; i < 900; ++i)
        images += "--B\r\nContent-Type: image/png\r\nContent-ID: <a@x>\r\n\r\npng\r\n";
    expect_sound("100,000 references to one part", images);
    std::string layers = "--B\r\n\r\n" + repeated("text ", 200'000) + "\r\n--B--\r\n";
    for (int i = 0; i < 20; ++i)
        layers =
            "--B\r\nContent-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: "
            "quoted-printable\r\n\r\n" +
            layers;
    expect_sound(
        "multiparts encoded as a whole",
        "Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
            layers);
}

TEST(Torture, MemoryIsInProportion) {
    // Each in a process of its own, so that its peak is its own.
    const std::string text = repeated("Some words of a text, and more.\r\n", 8'000'000);
    const std::string mails[] = {
        "Content-Type: text/plain\r\n\r\n" + text,
        "Content-Type: text/plain; format=flowed\r\n\r\n" + text,
        "Content-Type: text/html\r\n\r\n" + text,
        "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            repeated("QUJD", 8'000'000),
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + text,
        "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n" + text,
    };
    for (const std::string& raw : mails) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto peak = [] {
                rusage usage{};
                getrusage(RUSAGE_SELF, &usage);
                return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
            };
            const std::size_t before = peak();
            const mail::Message message = mail::read_message(raw);
            const std::size_t grown = peak() - before;
            _exit(message.header.subject.empty() && grown <= (slow > 1 ? 100 : 12) * raw.size() ? 0 : 1);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << raw.substr(0, 80);
    }
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
