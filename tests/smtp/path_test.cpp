#include "smtp/path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

std::optional<mail::Mailbox> recipient(std::string_view text) {
    auto path = smtp::take_forward_path(text);
    if (!path || !text.empty()) return std::nullopt;
    return path->mailbox;
}

}  // namespace

TEST(Path, leaves_what_follows) {
    std::string_view text = "<a@b.example> SIZE=1";
    ASSERT_TRUE(smtp::take_reverse_path(text));
    EXPECT_EQ(text, " SIZE=1");
}

TEST(Path, null_path_is_for_senders_only) {
    std::string_view sender = "<>", again = "<>";
    auto path = smtp::take_reverse_path(sender);
    ASSERT_TRUE(path);
    EXPECT_TRUE(path->null());
    EXPECT_FALSE(smtp::take_forward_path(again));
}

TEST(Path, quotes_are_no_part_of_the_local_part) {
    EXPECT_EQ(recipient(R"(<"known"@ours.example>)"), (mail::Mailbox{"known", "ours.example"}));
    EXPECT_EQ(recipient(R"(<"a\"b\\c d"@ours.example>)"), (mail::Mailbox{R"(a"b\c d)", "ours.example"}));
    EXPECT_EQ(recipient(R"(<""@ours.example>)"), (mail::Mailbox{"", "ours.example"}));
}

TEST(Path, route_is_ignored) {
    EXPECT_EQ(recipient("<@a.example,@[IPv6:::1]:known@ours.example>"),
              (mail::Mailbox{"known", "ours.example"}));
    EXPECT_FALSE(recipient("<@a.example known@ours.example>"));
}

TEST(Path, literals_are_addresses) {
    EXPECT_EQ(recipient("<a@[IPv6:2001:DB8::1]>"), (mail::Mailbox{"a", "[ipv6:2001:db8::1]"}));
    for (const char* bad :
         {"<a@[1.2.3]>", "<a@[1.2.3.4.5]>", "<a@[IPv6:1.2.3.4]>", "<a@[IPv6:::1%eth0]>", "<a@[1.2.3.4>"})
        EXPECT_FALSE(recipient(bad)) << bad;
}

TEST(Path, limits_of_rfc_5321) {
    auto path = [](std::size_t local, std::size_t domain) {
        std::string name;
        while (name.size() < domain) name += name.size() % 50 == 49 ? '.' : 'd';
        return "<" + std::string(local, 'a') + "@" + name + ">";
    };
    EXPECT_TRUE(recipient(path(64, 100)));
    EXPECT_FALSE(recipient(path(65, 100)));
    EXPECT_TRUE(recipient(path(4, 248)));    // 255 octets
    EXPECT_FALSE(recipient(path(20, 240)));  // 263
}

TEST(Path, non_ascii_needs_smtputf8_and_must_be_utf8) {
    std::string_view text = "<\xc3\xbc@b.example>";
    auto path = smtp::take_reverse_path(text);
    ASSERT_TRUE(path);
    EXPECT_TRUE(path->non_ascii);
    for (const char* bad : {"<\xff@b.example>", "<\xc0\xaf@b.example>", "<\xed\xa0\x80@b.example>",
                            "<\xf4\x90\x80\x80@b.example>", "<\xc3@b.example>", "<\x80@b.example>"})
        EXPECT_FALSE(recipient(bad)) << bad;
}

TEST(Path, control_characters_are_nowhere) {
    for (char c = 1; c < ' '; ++c) {
        EXPECT_FALSE(recipient(std::string("<a") + c + "@b.example>"));
        EXPECT_FALSE(recipient(std::string("<\"a") + c + "\"@b.example>"));
        EXPECT_FALSE(recipient(std::string("<a@b") + c + ".example>"));
    }
    EXPECT_FALSE(recipient("<\"a\x7f\"@b.example>"));
}
