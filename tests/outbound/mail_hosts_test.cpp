#include "outbound/mail_hosts.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace outbound {
namespace {

using testing::ElementsAre;
using Status = net::DnsAnswer::Status;

net::DnsAnswer mx(const std::vector<std::pair<std::uint16_t, std::string>>& hosts) {
    net::DnsAnswer answer{.status = hosts.empty() ? Status::no_records : Status::found};
    for (const auto& [preference, name] : hosts) answer.records.push_back(test::mx_rdata(preference, name));
    return answer;
}

// "mx1 mx2" or "permanent 5.1.10".
std::string outcome(const net::DnsAnswer& answer, unsigned seed = 1) {
    Random random(seed);
    const auto hosts = mail_hosts("example.com", answer, {"mx.ours.example", "ours.example"}, random);
    if (hosts.has_error())
        return (hosts.error().permanent ? "permanent " : "temporary ") + hosts.error().status;
    std::string names;
    for (const MailHost& host : *hosts) names += (names.empty() ? "" : " ") + host.name;
    return names;
}

TEST(MailHosts, what_dns_can_say) {
    const std::pair<net::DnsAnswer, const char*> table[] = {
        {mx({{10, "mx1.example.com"}}), "mx1.example.com"},
        {mx({{20, "b.example"}, {10, "a.example"}, {30, "c.example"}}), "a.example b.example c.example"},
        {mx({}), "example.com"},                                      // H14
        {mx({{0, ""}}), "permanent 5.1.10"},                          // H12
        {mx({{10, ""}}), "permanent 5.1.10"},                         // RFC 7505 wants 0
        {mx({{0, ""}, {10, "mx1.example.com"}}), "mx1.example.com"},  // no null MX amid others
        {{.status = Status::no_name}, "permanent 5.1.2"},
        {{.status = Status::failed, .why = "SERVFAIL"}, "temporary 4.4.3"},
        {mx({{10, "mx.ours.example"}}), "permanent 5.4.6"},                          // H11
        {mx({{10, "MX.Ours.Example"}, {10, "backup.example"}}), "permanent 5.4.6"},  // both of one preference
        {mx({{20, "ours.example"}, {10, "first.example"}, {30, "last.example"}}), "first.example"},
        {mx({{10, "twice.example"}, {20, "other.example"}, {30, "twice.example"}}),
         "twice.example other.example"},
        {mx({{10, "a b.example"}}), "temporary 4.4.3"},
        {mx({{10, "sp;ace.example"}, {20, "good.example"}}), "good.example"},
        {{.status = Status::found, .records = {"", "x", std::string("\0\1\5ab", 5)}}, "temporary 4.4.3"},
    };
    for (const auto& [answer, expected] : table) EXPECT_EQ(outcome(answer), expected);
}

TEST(MailHosts, a_domain_that_is_our_own_host_name) {
    Random random(1);
    const auto hosts = mail_hosts("mx.ours.example", mx({}), {"mx.ours.example"}, random);
    ASSERT_TRUE(hosts.has_error());
    EXPECT_EQ(hosts.error().status, "5.4.6");
    EXPECT_TRUE(hosts.error().permanent);
}

TEST(MailHosts, one_preference_has_any_order) {
    std::set<std::string> orders;
    for (unsigned seed = 0; seed < 100; ++seed)
        orders.insert(outcome(mx({{20, "z.example"}, {10, "a.example"}, {10, "b.example"}}), seed));
    EXPECT_THAT(orders, ElementsAre("a.example b.example z.example", "b.example a.example z.example"));
}

TEST(MailHosts, a_hundred) {  // H14
    std::vector<std::pair<std::uint16_t, std::string>> many;
    for (int i = 0; i < 100; ++i) many.emplace_back(1, "mx" + std::to_string(i) + ".example");
    Random random(7);
    const auto hosts = mail_hosts("example.com", mx(many), {}, random);
    ASSERT_TRUE(hosts);
    EXPECT_EQ(hosts->size(), most_hosts_asked);
}

}  // namespace
}  // namespace outbound
