#include "mail/address.hpp"

#include "mail/encoded_word.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using List = std::vector<mail::NamedAddress>;

struct Case {
    const char* field;
    List expected;
};

TEST(Address, ReadsWhatIsWritten) {
    const Case cases[] = {
        {"joe@x.example", {{"", "joe@x.example"}}},
        {"Joe <joe@X.Example>", {{"Joe", "joe@x.example"}}},
        {"\"Smith, Joe\" <joe@x.example>, ann@y.example",
         {{"Smith, Joe", "joe@x.example"}, {"", "ann@y.example"}}},
        {"joe@x.example (Joe Smith)", {{"Joe Smith", "joe@x.example"}}},
        {"joe@x.example (Joe (the \\) other) Smith)", {{"Joe (the ) other) Smith", "joe@x.example"}}},
        {"Joe <@a.example,@b.example:joe@x.example>", {{"Joe", "joe@x.example"}}},
        {"Team: joe@x.example, \"A, B\" <ab@x.example>;, z@w.example",
         {{"", "joe@x.example"}, {"A, B", "ab@x.example"}, {"", "z@w.example"}}},
        {"undisclosed-recipients:;", {}},
        {"<Undisclosed-Recipient:;>", {}},
        {"joe . smith @ x . example", {{"", "joe.smith@x.example"}}},
        {"Joe <joe @ x.example>", {{"Joe", "joe@x.example"}}},
        {"\"joe smith\"@x.example", {{"", "\"joe smith\"@x.example"}}},
        {"\"joe\"@x.example", {{"", "joe@x.example"}}},
        {"Smith, Joe <joe@x.example>", {{"Smith, Joe", "joe@x.example"}}},
        {"a@x.example; b@x.example", {{"", "a@x.example"}, {"", "b@x.example"}}},
        {"a@x.example b@x.example", {{"", "a@x.example"}, {"", "b@x.example"}}},
        {"Joe <a@x.example> Ann <b@x.example>", {{"Joe", "a@x.example"}, {"Ann", "b@x.example"}}},
        {"Joe Smith joe@x.example", {{"Joe Smith", "joe@x.example"}}},
        {"Joe <joe@x.example", {{"Joe", "joe@x.example"}}},
        {"Joe <joe@x.example, Ann <ann@x.example>", {{"Joe", "joe@x.example"}, {"Ann", "ann@x.example"}}},
        {"\"Joe <joe@x.example>", {{"Joe", "joe@x.example"}}},
        {"Joe (never closed <joe@x.example>", {{"Joe (never closed", "joe@x.example"}}},
        {"<<joe@x.example>>", {{"", "joe@x.example"}}},
        {"mailto:joe@x.example", {{"", "joe@x.example"}}},
        {"<mailto:joe@x.example>", {{"", "joe@x.example"}}},
        {"MAILER-DAEMON", {{"", "MAILER-DAEMON"}}},
        {"Mail Delivery System", {{"Mail Delivery System", ""}}},
        {"Mail Delivery System <>", {{"Mail Delivery System", ""}}},
        {"joe@[192.0.2.1]", {{"", "joe@[192.0.2.1]"}}},
        {"=?utf-8?Q?J=C3=B6rg?= <j@x.example>", {{"J\u00f6rg", "j@x.example"}}},
        {"\"=?utf-8?Q?J=C3=B6rg?=\" <j@x.example>", {{"J\u00f6rg", "j@x.example"}}},
        {"j@x.example (=?iso-8859-1?Q?J=F6rg?=)", {{"J\u00f6rg", "j@x.example"}}},
        {"=?utf-8?Q?Smith=2C_Joe?= <joe@x.example>", {{"Smith, Joe", "joe@x.example"}}},
        {"J\u00f6rg <j\u00f6rg@x.example>", {{"J\u00f6rg", "j\u00f6rg@x.example"}}},
        {"J\xf6rg <j@x.example>", {{"J\u00f6rg", "j@x.example"}}},
        {"\"joe@x.example\"", {{"", "joe@x.example"}}},
        {"\"Joe <joe@x.example>\", \"ann@x.example\"", {{"Joe", "joe@x.example"}, {"", "ann@x.example"}}},
        {"\"joe@x.example\" <ann@y.example>", {{"joe@x.example", "ann@y.example"}}},
        {"=?utf-8?Q?Smith,_Joe?= <joe@x.example>", {{"Smith, Joe", "joe@x.example"}}},
        {"=?utf-8?Q?Joe:_a@b.example?= <joe@x.example>", {{"Joe: a@b.example", "joe@x.example"}}},
        {"=?utf-8?Q?a@b.example?= joe@x.example", {{"a@b.example", "joe@x.example"}}},
        {"=?utf-8?Q?<a@b.example>?= <joe@x.example>", {{"<a@b.example>", "joe@x.example"}}},
        {"=?utf-8?Q?joe?=@x.example", {{"", "=?utf-8?Q?joe?=@x.example"}}},
        {"= Joe =? <joe@x.example>", {{"= Joe =?", "joe@x.example"}}},
        {"Joe [mailto:joe@x.example]", {{"Joe", "joe@x.example"}}},
        {"<mailto:joe@x.example?subject=hi>", {{"", "joe@x.example"}}},
        {"<a@x.example; b@x.example>", {{"", "a@x.example"}, {"", "b@x.example"}}},
        {"Smith, Joe <joe@x.example>; Jones, Ann <ann@x.example>;",
         {{"Smith, Joe", "joe@x.example"}, {"Jones, Ann", "ann@x.example"}}},
        {"Joe <joe@x.example\xc2\xa0>", {{"Joe", "joe@x.example"}}},
        {"\u200Bjoe@x.example", {{"", "joe@x.example"}}},
        {"joe@x.example <joe@x.example>", {{"joe@x.example", "joe@x.example"}}},
        {"Joe Q. Public <joe@x.example>", {{"Joe Q. Public", "joe@x.example"}}},
        {"Joe \"the man <joe@x.example>", {{"Joe the man", "joe@x.example"}}},
        {"\"Joe\" <joe@x.example> (work)", {{"Joe", "joe@x.example"}}},
        {"<joe@x.example> Joe Smith", {{"Joe Smith", "joe@x.example"}}},
        {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", {{"Pete", "pete@silly.test"}}},
        {"Mary <@m.test,@n.test:mary@x.test>, , jdoe@test   . example",
         {{"Mary", "mary@x.test"}, {"", "jdoe@test.example"}}},
        {"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", {}},
        {"joe@[IPv6:2001:db8::1]", {{"", "joe@[ipv6:2001:db8::1]"}}},
        {"(only a comment)", {}},
        {",, ,", {}},
        {"", {}},
    };
    for (const Case& test : cases)
        EXPECT_EQ(mail::parse_addresses(mail::field_text(test.field)), test.expected)
            << test.field << " gave " << mail::parse_addresses(mail::field_text(test.field)).size();
}

// An encoded-word is text: an address inside one is never taken for the sender's (espoofer A-series).
TEST(Address, NeverReadsAnAddressOutOfAnEncodedWord) {
    const auto found = mail::parse_addresses("=?utf-8?Q?admin=40bank.example=2C?= <mallory@x.example>");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].address, "mallory@x.example");
    EXPECT_EQ(found[0].name, "admin@bank.example,");
}

TEST(Address, ListsAreBounded) {
    std::string list;
    for (int i = 0; i < 20000; ++i) list += "a" + std::to_string(i) + "@x.example, ";
    EXPECT_EQ(mail::parse_addresses(list).size(), mail::max_addresses);
}

TEST(Address, HostileNestingIsLinearAndFlat) {
    for (const char* piece : {"(", "<", "\"", "\\", "((<\"", "\"(", "@", ":", ";", "a b ", "\"\" ", "()",
                              "=?", "=?a?q?", "=?a?q?b?=", "[mailto:", "\"a@b\""}) {
        std::string text;
        while (text.size() < 250000) text += piece;
        EXPECT_LE(mail::parse_addresses(text).size(), mail::max_addresses) << piece;
    }
}

}  // namespace
