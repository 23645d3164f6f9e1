#include "outbound/mta_sts.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outbound {
namespace {

using testing::ElementsAre;
using Mode = StsPolicy::Mode;
using Status = net::DnsAnswer::Status;

std::string id_of(const std::vector<std::string>& texts) {
    net::DnsAnswer answer{.status = texts.empty() ? Status::no_records : Status::found};
    for (const std::string& text : texts) answer.records.push_back(test::text_rdata({text}));
    return sts_id(answer).value_or("none");
}

TEST(MtaSts, the_record) {
    const std::pair<std::vector<std::string>, const char*> table[] = {
        {{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z"},
        {{"v=STSv1;id=1"}, "1"},
        {{"v=STSv1 ; \tid=1 ; x-more.it=2"}, "1"},
        {{"v=spf1 -all", "v=STSv1; id=2"}, "2"},
        {{}, "none"},
        {{"v=STSv1; id=1", "v=STSv1; id=1"}, "none"},
        {{"v=STSv2; id=1"}, "none"},
        {{"v=STSv11; id=1"}, "none"},
        {{"V=STSv1; id=1"}, "none"},
        {{"v=STSv1"}, "none"},
        {{"v=STSv1;"}, "none"},
        {{"v=STSv1; id="}, "none"},
        {{"v=STSv1; id=a-b"}, "none"},
        {{"v=STSv1; id=1; id=2"}, "none"},
        {{"v=STSv1; id=" + std::string(32, '7')}, "77777777777777777777777777777777"},
        {{"v=STSv1; id=" + std::string(33, '7')}, "none"},
        {{"id=1; v=STSv1"}, "none"},
    };
    for (const auto& [texts, id] : table) EXPECT_EQ(id_of(texts), id) << testing::PrintToString(texts);
    EXPECT_EQ(sts_id({.status = Status::failed}), std::nullopt);
}

TEST(MtaSts, a_policy) {
    const auto policy = parse_sts_policy(
        "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: *.Example.NET\r\nmx:b\xc3\xbc"
        "cher.example\r\nmax_age: 604800\r\n");
    ASSERT_TRUE(policy) << policy.error();
    EXPECT_EQ(policy->mode, Mode::enforce);
    EXPECT_THAT(policy->mx, ElementsAre("mx1.example.com", "*.example.net", "xn--bcher-kva.example"));
    EXPECT_EQ(policy->max_age, std::chrono::hours(24 * 7));
}

std::string outcome(const std::string& text) {
    const auto policy = parse_sts_policy(text);
    if (policy.has_error()) return policy.error();
    static const std::map<Mode, std::string> names{
        {Mode::none, "none"}, {Mode::testing, "testing"}, {Mode::enforce, "enforce"}};
    return names.at(policy->mode) + " " + std::to_string(policy->mx.size()) + " " +
           std::to_string(policy->max_age.count());
}

TEST(MtaSts, other_policies) {
    const std::string head = "version: STSv1\nmode: enforce\nmx: a.example\n";
    const std::pair<std::string, const char*> table[] = {
        {head + "max_age: 1", "enforce 1 1"},
        {head + "max_age: 1\n\n\n", "enforce 1 1"},
        {head + "max_age:\t1 \nnew_thing: of 2030\n", "enforce 1 1"},
        {"version: STSv1\nmode: testing\nmx: a.example\nmax_age: 9\n", "testing 1 9"},
        {"version: STSv1\nmode: none\nmax_age: 9\n", "none 0 9"},
        {"mode: none\nmax_age: 9\nversion: STSv1\n", "none 0 9"},
        {head + "max_age: 31557601\n", "enforce 1 31557600"},
        {head + "max_age: 9999999999\n", "enforce 1 31557600"},
        {head + "max_age: 99999999999\n", "it has no max_age"},
        {head + "max_age: -1\n", "it has no max_age"},
        {head + "max_age: 1d\n", "it has no max_age"},
        {head + "max_age:\n", "it has no max_age"},
        {head, "it has no max_age"},
        {head + "mode: none\nmax_age: 1\nmax_age: 2\n", "enforce 1 1"},
        {"version: STSv1\nmode: enforce\nmax_age: 9\n", "it has no mx"},
        {"version: STSv1\nmode: ENFORCE\nmx: a.example\nmax_age: 9\n", "it has no mode"},
        {"version: STSv1\nmx: a.example\nmax_age: 9\n", "it has no mode"},
        {"version: STSv2\nmode: none\nmax_age: 9\n", "its version is not STSv1"},
        {"mode: none\nmax_age: 9\n", "its version is not STSv1"},
        {"", "its version is not STSv1"},
        {"<html>\n", "a line has no colon"},
        {"<!doctype html>: no\n", "its version is not STSv1"},
        {head + "mx: *\nmax_age: 1", "an mx is no host name"},
        {head + "mx: *.*.example\nmax_age: 1", "an mx is no host name"},
        {head + "mx: a*.example\nmax_age: 1", "an mx is no host name"},
        {head + "mx:\nmax_age: 1", "an mx is no host name"},
        {head + "mx: a b\nmax_age: 1", "an mx is no host name"},
        {std::string(64 * 1024 + 1, '\n'), "it is longer than 64 KB"},
        {std::string("version: STSv1\0\nmode: none\nmax_age: 1\n", 38), "its version is not STSv1"},
    };
    for (const auto& [text, expected] : table) EXPECT_EQ(outcome(text), expected) << text;

    std::string many = "version: STSv1\nmode: enforce\nmax_age: 1\n";
    for (int i = 0; i < 201; ++i) many += "mx: a.example\n";
    EXPECT_EQ(outcome(many), "it has more than 200 mx");
}

TEST(MtaSts, hosts_that_match) {
    const std::tuple<const char*, const char*, bool> table[] = {
        {"mx.example.com", "mx.example.com", true},
        {"mx.example.com", "*.example.com", true},
        {"example.com", "*.example.com", false},
        {"a.b.example.com", "*.example.com", false},
        {"mx.example.com", "example.com", false},
        {".example.com", "*.example.com", false},
        {"mx.example.com", "*.com", false},
        {"mx.evilexample.com", "*.example.com", false},
        {"mx.example.com.evil", "mx.example.com", false},
        {"", "mx.example.com", false},
        {"mx", "*.mx", false},
    };
    for (const auto& [host, pattern, matches] : table)
        EXPECT_EQ(matches_pattern(host, pattern), matches) << host << " " << pattern;
    EXPECT_TRUE(matches_any("mx.b.example", {"a.example", "*.b.example"}));
    EXPECT_FALSE(matches_any("mx.b.example", {}));
}

}  // namespace
}  // namespace outbound
