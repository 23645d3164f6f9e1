#include "tickets/ban.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace std::chrono;
using tickets::BanKind;
using tickets::BanLength;

tickets::Time at(year_month_day day, minutes time = 0min) {
    return sys_days(day) + time;
}

std::string value(const std::optional<tickets::BanSubject>& subject) {
    return subject ? subject->value : "(none)";
}

TEST(BanSubject, AnAddressHasOneFormInEverySpelling) {
    for (const char* spelling : {"evil@x.example", "EVIL@X.EXAMPLE", "\"evil\"@x.example",
                                 "\"e\\vil\"@x.example", "evil@x.example.", "\"EVIL\"@X.example."})
        EXPECT_EQ(value(tickets::banned_address(spelling, false)), "evil@x.example") << spelling;
    EXPECT_EQ(value(tickets::banned_address("j\u00d6rg@b\u00fccher.example", false)),
              "j\u00f6rg@xn--bcher-kva.example");
    EXPECT_EQ(value(tickets::banned_address("jo\u0308rg@xn--BCHER-kva.example", false)),
              "j\u00f6rg@xn--bcher-kva.example");
    EXPECT_EQ(value(tickets::banned_address("\"a b\"@x.example", false)), "\"a b\"@x.example");
}

TEST(BanSubject, PlusAddressingIsAChoice) {
    EXPECT_EQ(value(tickets::banned_address("evil+a@x.example", false)), "evil+a@x.example");
    EXPECT_EQ(value(tickets::banned_address("evil+a@x.example", true)), "evil@x.example");
    EXPECT_EQ(value(tickets::banned_address("\"evil+a b\"@x.example", true)), "evil@x.example");
    EXPECT_EQ(value(tickets::banned_address("+a@x.example", true)), "+a@x.example");
    EXPECT_EQ(value(tickets::banned_address("evil@a+b.example", true)), "(none)");
}

TEST(BanSubject, WhatIsNoneIsRefused) {
    for (const char* text :
         {"", "evil", "@x.example", "evil@", "evil@-x-", "evil@[192.0.2.1]", "a\nb@x.example"})
        EXPECT_FALSE(tickets::banned_address(text, false)) << text;
    for (const char* text : {"", "-x-", "a..b", "evil@x.example", "192.0.2.0/24"})
        EXPECT_FALSE(tickets::banned_domain(text, true)) << text;
    for (const char* text : {"", "x.example", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/24x",
                             "0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/15", "2001:db8::/129"})
        EXPECT_FALSE(tickets::banned_network(text)) << text;
}

TEST(BanSubject, DomainsAndNetworksHaveOneForm) {
    EXPECT_EQ(value(tickets::banned_domain("B\u00dccher.Example.", true)), "xn--bcher-kva.example");
    const struct {
        const char *given, *expected;
    } networks[] = {
        {"192.0.2.77", "192.0.2.77/32"},           {"192.0.2.77/24", "192.0.2.0/24"},
        {"::ffff:192.0.2.77/120", "192.0.2.0/24"}, {"2001:DB8:0::1", "2001:db8::1/128"},
        {"2001:db8:ff::/33", "2001:db8::/33"},     {"10.0.0.0/8", "10.0.0.0/8"},
    };
    for (const auto& [given, expected] : networks)
        EXPECT_EQ(value(tickets::banned_network(given)), expected) << given;
}

TEST(BanSubject, ReadsWellForPeople) {
    EXPECT_EQ(tickets::banned_domain("x.example", true)->str(), "domain x.example and its subdomains");
    EXPECT_EQ(tickets::banned_address("a@x.example", true)->str(),
              "address a@x.example and its plus-addresses");
}

TEST(BanLength, IsMinutesToMonthsOrPermanent) {
    for (const char* text : {"1m", "90m", "12h", "5d", "2w", "3mo", "120mo", "permanent"}) {
        const auto length = tickets::parse_ban_length(text);
        ASSERT_TRUE(length) << text;
        EXPECT_EQ(length->str(), text);
    }
    EXPECT_EQ(tickets::parse_ban_length("14d")->str(), "2w");
    for (const char* text :
         {"", "0m", "7", "d", "-1d", "1.5h", "7 d", "121mo", "99999999999d", "7y", "forever", "7D"})
        EXPECT_FALSE(tickets::parse_ban_length(text)) << text;
}

TEST(BanLength, EndsByTheCalendar) {
    const auto begin = at(2027y / January / 31d, 615min);
    EXPECT_EQ(BanLength({.minutes = 90}).end(begin), at(2027y / January / 31d, 705min));
    EXPECT_EQ(BanLength({.months = 1}).end(begin), at(2027y / February / 28d, 615min));
    EXPECT_EQ(BanLength({.months = 13}).end(begin), at(2028y / February / 29d, 615min));
    EXPECT_EQ(BanLength().end(begin), std::nullopt);
}

TEST(Ladder, TheRuleOfTheMostOffencesThatWereReachedApplies) {
    const std::vector<tickets::BanRule> rules{{3, BanLength{}}, {0, {.minutes = 60}}, {1, {.months = 1}}};
    const char* const expected[] = {"1h", "1mo", "1mo", "permanent", "permanent"};
    for (int offences = 0; offences < 5; ++offences)
        EXPECT_EQ(tickets::rule_for(rules, offences)->length.str(), expected[offences]) << offences;
    EXPECT_EQ(tickets::rule_for({}, 7), nullptr);
    const std::vector<tickets::BanRule> late{{2, {.minutes = 60}}};
    EXPECT_EQ(tickets::rule_for(late, 1), nullptr) << "nothing is said of so few";
}

// A clock that ticks by hand.
TEST(Ban, EndsByItselfAtItsTime) {
    auto now = at(2026y / December / 1d);
    const tickets::Ban ban{
        .id = {}, .subject = {}, .reason = "abuse", .begins = now, .ends = BanLength{.minutes = 2}.end(now)};
    EXPECT_TRUE(ban.holds_at(now));
    EXPECT_TRUE(ban.holds_at(now += 119s));
    EXPECT_FALSE(ban.holds_at(now += 1s));
    const tickets::Ban permanent{
        .id = {}, .subject = {}, .reason = "abuse", .begins = now, .ends = std::nullopt};
    EXPECT_TRUE(permanent.holds_at(now + years(100)));
}

TEST(BanWords, TellTheEndToAVerifiedSenderAlone) {
    const auto end = at(2026y / December / 24d, 18h + 30min) + 1s;
    EXPECT_EQ(tickets::ban_words("Go away", end, true), "Go away until 2026-12-24 18:31 UTC");
    EXPECT_EQ(tickets::ban_words("Go away", end, false), "Go away");
    EXPECT_EQ(tickets::ban_words("Go away", std::nullopt, true), "Go away");
    EXPECT_EQ(tickets::ban_words("", std::nullopt, true), "Mail from you is not accepted here");
}

TEST(BanWords, StandInOneLineOfAReply) {
    EXPECT_TRUE(tickets::can_be_ban_words("Call +1 555 0100; we're closed (to you)!"));
    EXPECT_TRUE(tickets::can_be_ban_words(""));
    EXPECT_FALSE(tickets::can_be_ban_words("Go\r\n250 ok"));
    EXPECT_FALSE(tickets::can_be_ban_words("Gr\u00fc\u00dfe"));
    EXPECT_FALSE(tickets::can_be_ban_words(std::string(201, 'a')));
    EXPECT_FALSE(tickets::can_be_ban_reason(""));
    EXPECT_FALSE(tickets::can_be_ban_reason("a\nb"));
    EXPECT_TRUE(tickets::can_be_ban_reason("Beleidigung in drei F\u00e4llen"));
}

}  // namespace
