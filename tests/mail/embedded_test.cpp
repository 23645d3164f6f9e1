#include "mail/embedded.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;

std::string yenc(const std::string& content) {
    std::string out;
    for (const char c : content) {
        const auto byte = static_cast<char>(c + 42);
        if (byte == '\0' || byte == '\n' || byte == '\r' || byte == '=') {
            out += '=';
            out += static_cast<char>(byte + 64);
        } else {
            out += byte;
        }
    }
    return out;
}

TEST(EmbeddedFiles, LeaveTheText) {
    const struct {
        std::string text, name, content, rest;
    } cases[] = {
        {"Hi\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", "cat.txt", "Cat", "Hi\nbye\n"},
        {"begin 644 cat.txt\r\n#0V%T\r\n \r\nend\r\n", "cat.txt", "Cat", ""},
        {"begin 644 cat.txt\n#0V%T\n\nend", "cat.txt", "Cat", ""},  // the blank of the terminator was trimmed
        {"begin 0644 a b.txt\n#0V%T\nend\n", "a b.txt", "Cat", ""},
        {"begin-base64 644 cat.txt\nQ2F0\n====\nbye", "cat.txt", "Cat", "bye"},
        {"a\n=ybegin line=128 size=3 name=my cat.bin \n" + yenc("C\x13t") + "\n=yend size=3\nb\n",
         "my cat.bin", "C\x13t", "a\nb\n"},
        {"=ybegin line=128 size=3 name=c\r\n" + yenc("Cat") + "\r\n=yend size=3 crc32=a6130548\r\n", "c",
         "Cat", ""},
    };
    for (const auto& test : cases) {
        const mail::EmbeddedFiles found = mail::extract_files(test.text, 10);
        ASSERT_EQ(found.files.size(), 1u) << test.text;
        EXPECT_EQ(found.files[0].name, test.name);
        EXPECT_EQ(found.files[0].content, test.content);
        EXPECT_EQ(found.rest, test.rest);
        EXPECT_FALSE(found.files[0].partial);
    }
}

TEST(EmbeddedFiles, WhatIsNotWholeStaysText) {
    const std::string cases[] = {
        "begin 644 the meeting\nwith a cup of tea\nend\n",
        "begin the meeting\nend\n",
        "begin 644 cut.txt\n#0V%T\n",
        "begin 644 empty.txt\n`\nend\n",
        "begin 644 x\n#0V%T\n`\n#0V%T\nend\n",
        "begin 644 x\n#0V%T extra and more\n`\nend\n",
        "begin 644 bomb\nM" + std::string(45 / 3 * 4, '`') + "\nM\nM\nM\nM\nM\nM\nM\nM\nM\nend\n",
        "begin-base64 644 x\nnot base64!\n====\n",
        "=ybegin line=128 size=3 name=c\nabc\n",
        "=ybegin line=128 size=3 name=c\nabc\n=yend size=4\n",
        "=ybegin line=128 size=3 name=c\n" + yenc("Cat") + "\n=yend size=3 crc32=00000000\n",
        "=ybegin size=3 name=c\n" + yenc("Cat") + "\n=yend size=3\n",
    };
    for (const std::string& text : cases) EXPECT_TRUE(mail::extract_files(text, 10).files.empty()) << text;
}

TEST(EmbeddedFiles, OnePartOfSeveralIsKeptAsOne) {
    const auto found =
        mail::extract_files("=ybegin part=2 total=3 line=128 size=9 name=c.bin\n=ypart begin=4 end=6\n" +
                                yenc("Cat") + "\n=yend size=3 part=2 pcrc32=a6130548\n",
                            10);
    ASSERT_EQ(found.files.size(), 1u);
    EXPECT_TRUE(found.files[0].partial);
    EXPECT_EQ(found.files[0].content, "Cat");
}

TEST(EmbeddedFiles, AreCounted) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += "begin 644 cat.txt\n#0V%T\n`\nend\n";
    const auto found = mail::extract_files(text, 5);
    EXPECT_EQ(found.files.size(), 5u);
    EXPECT_EQ(found.rest.size(), text.size() / 20 * 15);
}

}  // namespace
