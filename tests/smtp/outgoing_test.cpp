#include "smtp/outgoing.hpp"

#include "smtp/data_reader.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace {

smtp::OutgoingMail mail_of(std::string content, std::string fields = {}) {
    smtp::OutgoingMail mail;
    mail.fields = std::move(fields);
    mail.content = std::make_shared<const std::string>(std::move(content));
    return mail;
}

std::string wire(const smtp::OutgoingMail& mail, std::size_t piece) {
    std::string all;
    for (smtp::ContentWriter writer(mail); !writer.done();) {
        const std::string_view part = writer.next(piece);
        EXPECT_LE(part.size(), piece + 6);
        all += part;
    }
    return all;
}

}  // namespace

TEST(ContentWriter, H18_doubles_dots_wherever_the_pieces_are_cut) {
    const struct {
        std::string fields, content, wire;
    } cases[] = {
        {"", "", ".\r\n"},
        {"", "a\r\n", "a\r\n.\r\n"},
        {"", "a", "a\r\n.\r\n"},
        {"", ".", "..\r\n.\r\n"},
        {"", ".\r\n", "..\r\n.\r\n"},
        {"", "..\r\n.\r\n...", "...\r\n..\r\n....\r\n.\r\n"},
        {"A: b\r\n", ".\r\n", "A: b\r\n..\r\n.\r\n"},
        {"A: .\r\n", "x.\r\n.x\r\n\r\n.\r\n", "A: .\r\nx.\r\n..x\r\n\r\n..\r\n.\r\n"},
    };
    for (const auto& each : cases)
        for (std::size_t piece = 1; piece < 20; ++piece)
            EXPECT_EQ(wire(mail_of(each.content, each.fields), piece), each.wire) << each.content << piece;
}

TEST(ContentWriter, our_own_server_reads_back_what_was_given) {
    std::string content;
    unsigned seed = 7;
    for (int i = 0; i < 20'000; ++i) {
        seed = seed * 1664525U + 1013904223U;
        content += std::string_view(".\r\nx").substr((seed >> 24) % 4, 1) == "\r" ? "\r\n" : ".x.";
        if ((seed >> 20) % 3 == 0) content += "\r\n";
    }
    content += "\r\n";
    for (const std::size_t piece : {7UL, 4096UL, 32768UL}) {
        const std::string sent = wire(mail_of(content), piece);
        smtp::DataReader reader(smtp::ContentLimits{});
        EXPECT_EQ(reader.feed(sent), sent.size());
        EXPECT_TRUE(reader.done());
        EXPECT_EQ(reader.take(), content);
    }
}

TEST(Outgoing, H18_says_what_must_not_be_sent) {
    const struct {
        std::string content, fault;
    } cases[] = {
        {"a\r\n\r\nb\r\n", ""},
        {"", ""},
        {"no end", ""},
        {"a\nb\r\n", "it has a bare LF"},
        {"\n", "it has a bare LF"},
        {"a\rb\r\n", "it has a bare CR"},
        {"a\r", "it has a bare CR"},
        {"a\r\r\n", "it has a bare CR"},
        {"a\n.\r\nMAIL FROM:<b@other.example>\r\n", "it has a bare LF"},
        {"a\r\n.\r", "it has a bare CR"},
        {std::string("a\0b", 3), "it has a NUL"},
        {std::string(998, 'x') + "\r\n", ""},
        {std::string(998, 'x'), ""},
        {std::string(999, 'x') + "\r\n", "it has a line over 998 octets"},
        {std::string(999, 'x'), "it has a line over 998 octets"},
    };
    for (const auto& each : cases)
        EXPECT_EQ(smtp::examine(mail_of(each.content)).fault, each.fault) << each.content;
    EXPECT_EQ(smtp::examine(mail_of("a\r\n", "DKIM-Signature: x")).fault, "its fields have no end");
    EXPECT_EQ(smtp::examine(mail_of("a\r\n", "A: b\nC: d\r\n")).fault, "it has a bare LF");
}

TEST(Outgoing, knows_size_and_kind_of_the_content) {
    EXPECT_EQ(smtp::examine(mail_of("..\r\nab\r\n", "A: b\r\n")).size, 14U);
    EXPECT_EQ(smtp::examine(mail_of("ab")).size, 4U);
    EXPECT_FALSE(smtp::examine(mail_of("ab\r\n")).eight_bit);
    EXPECT_TRUE(smtp::examine(mail_of("a\xc3\xa9\r\n")).eight_bit);
    EXPECT_TRUE(smtp::examine(mail_of("a\r\n", "A: \xc3\xa9\r\n")).eight_bit);
}

TEST(Outgoing, H19_takes_no_address_that_could_end_its_command) {
    const struct {
        std::string address, wire;
    } cases[] = {
        {"a@b.example", "a@b.example"},
        {"a..b.@B.Example", "a..b.@b.example"},
        {"a+b=c/d@b.example", "a+b=c/d@b.example"},
        {"\"a b\"@b.example", "\"a b\"@b.example"},
        {R"("a\"b@c\\"@b.example)", R"("a\"b@c\\"@b.example)"},
        {"a@b\xc3\xbc"
         "cher.example",
         "a@xn--bcher-kva.example"},
        {"\xc3\xbc@b.example", "\xc3\xbc@b.example"},
        {"a@[192.0.2.1]", "a@[192.0.2.1]"},
        {"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
        {"Postmaster", "Postmaster"},
        {"", ""},
        {"a", ""},
        {"@b.example", ""},
        {"a@", ""},
        {"a@b.example\r\nDATA", ""},
        {"a\r\nDATA@b.example", ""},
        {"\"a\r\nDATA\"@b.example", ""},
        {std::string("a\0@b.example", 12), ""},
        {"a@b.example> SIZE=1", ""},
        {"a>b@c.example", ""},
        {"<a@b.example>", ""},
        {"\"a>b\"@c.example", ""},
        {"a b@c.example", ""},
        {"a@b@c.example", ""},
        {R"("a\"@b.example)", ""},
        {R"("a"b"@b.example)", ""},
        {R"("a\\"b"@b.example)", ""},
        {"a@[192.0.2.1> X]", ""},
        {"a@b example", ""},
        {"\xff@b.example", ""},
        {std::string(250, 'a') + "@b.example", ""},
    };
    for (const auto& each : cases)
        EXPECT_EQ(smtp::address_on_the_wire(each.address).value_or(""), each.wire) << each.address;
}
