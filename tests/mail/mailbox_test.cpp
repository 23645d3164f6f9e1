#include "mail/mailbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Mailbox, IsQuotedOnlyWhereItHasToBe) {
    EXPECT_EQ((mail::Mailbox{"joe", "x.example"}.str()), "joe@x.example");
    EXPECT_EQ((mail::Mailbox{"joe.o'neil+a", "x.example"}.str()), "joe.o'neil+a@x.example");
    EXPECT_EQ((mail::Mailbox{"joe smith", "x.example"}.str()), "\"joe smith\"@x.example");
    EXPECT_EQ((mail::Mailbox{"a\"b\\c", "x.example"}.str()), "\"a\\\"b\\\\c\"@x.example");
    EXPECT_EQ((mail::Mailbox{"a..b", "x.example"}.str()), "\"a..b\"@x.example");
    EXPECT_EQ((mail::Mailbox{".a", "x.example"}.str()), "\".a\"@x.example");
    EXPECT_EQ((mail::Mailbox{"a@b", "x.example"}.str()), "\"a@b\"@x.example");
    EXPECT_EQ((mail::Mailbox{"", "x.example"}.str()), "\"\"@x.example");
    EXPECT_EQ((mail::Mailbox{"postmaster", ""}.str()), "postmaster");
    EXPECT_EQ((mail::Mailbox{"j\u00f6rg", "x.example"}.str()), "j\u00f6rg@x.example");
}

TEST(Mailbox, KeyIsOneForEverySpelling) {
    EXPECT_EQ((mail::Mailbox{"EVIL", "x.example"}.key()), "evil@x.example");
    EXPECT_EQ((mail::Mailbox{"J\u00d6RG", "x.example"}.key()), "j\u00f6rg@x.example");
}

TEST(Domain, ToAscii) {
    const struct {
        std::string domain;
        std::string expected;
    } cases[] = {
        {"X.Example", "x.example"},
        {"x.example.", "x.example"},
        {"b\u00fccher.example", "xn--bcher-kva.example"},
        {"B\u00dcCHER.example", "xn--bcher-kva.example"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"stra\u00dfe.example", "xn--strae-oqa.example"},
        {"\u4f8b\u3048.example", "xn--r8jz45g.example"},
        {"a_b.example", "a_b.example"},
        {"localhost", "localhost"},
        {"xn---", ""},
        {"xn--\u00fc.example", ""},
        {"", ""},
        {".", ""},
        {"a..b", ""},
        {".a", ""},
        {"-a.example", ""},
        {"a-.example", ""},
        {"a b.example", ""},
        {"a\x01.example", ""},
        {std::string("a\0b", 3), ""},
        {"\xff\xfe.example", ""},
        {std::string(63, 'a') + ".example", std::string(63, 'a') + ".example"},
        {std::string(64, 'a') + ".example", ""},
    };
    for (const auto& test : cases)
        EXPECT_EQ(mail::domain_to_ascii(test.domain), test.expected) << test.domain;
    std::string longest;
    for (int i = 0; i < 51; ++i) longest += "aaaa.";
    EXPECT_EQ(mail::domain_to_ascii(longest + "a"), "");  // 256 octets
    EXPECT_EQ(mail::domain_to_ascii(longest).size(), 254u);
}

}  // namespace
