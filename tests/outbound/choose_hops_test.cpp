// Which servers are tried, and with what TLS: rows H03, H11, H13, H14 and H16 as far as routing decides them.
#include "outbound/choose_hops.hpp"

#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace outbound {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Demand = Dane::Demand;
using Status = net::DnsAnswer::Status;
using smtp::TlsUse;

const net::DnsAnswer nothing{.status = Status::no_records};
const net::DnsAnswer broken{.status = Status::failed, .why = "SERVFAIL"};

net::DnsAnswer addresses(const std::vector<std::string>& texts, bool secure = false) {
    net::DnsAnswer answer{.status = Status::found, .secure = secure};
    for (const std::string& text : texts) answer.records.push_back(test::address_rdata(text));
    return answer;
}

HostFacts host(const std::string& name, const std::string& address, std::uint16_t preference = 10) {
    return {.host = {preference, name}, .ipv4 = addresses({address}), .ipv6 = nothing, .dane = {}};
}

HostFacts with(Demand demand, HostFacts facts) {
    facts.dane.demand = demand;
    if (demand == Demand::match) facts.dane.records = {{3, 1, 1, std::string(32, 'x')}};
    return facts;
}

struct Case {
    DomainFacts facts{.domain = "example.com", .hosts = {}, .sts = {}, .verified_hosts = {}};
    HopOptions options;

    Case& of(std::vector<HostFacts> hosts) {
        facts.hosts = std::move(hosts);
        return *this;
    }
    Case& sts(StsPolicy::Mode mode, std::vector<std::string> mx) {
        facts.sts = StsPolicy{mode, std::move(mx), std::chrono::hours(1)};
        return *this;
    }
    Case& choice(TlsChoice chosen, std::vector<std::string> hosts = {}) {
        facts.choice = chosen;
        facts.verified_hosts = std::move(hosts);
        return *this;
    }
    // "mx.example 192.0.2.1 opportunistic", or one "temporary 4.4.3 resolve: words".
    [[nodiscard]] std::vector<std::string> outcome(unsigned seed = 1) const {
        Random random(seed);
        const auto hops = choose_hops(facts, options, random);
        if (hops.has_error()) {
            const Refused& no = hops.error();
            EXPECT_EQ(no.permanent, no.code >= 500);
            EXPECT_EQ(no.permanent, no.status.starts_with('5'));
            return {(no.permanent ? "permanent " : "temporary ") + no.status + " " + no.phase + ": " +
                    no.words};
        }
        std::vector<std::string> lines;
        for (const Hop& hop : *hops)
            lines.push_back(hop.host + " " + hop.endpoint.address + " " + hop.tls_policy);
        return lines;
    }
};

TEST(ChooseHops, in_the_order_of_the_hosts) {
    EXPECT_THAT(Case().of({host("a.example", "192.0.2.1"), host("b.example", "192.0.2.2", 20)}).outcome(),
                ElementsAre("a.example 192.0.2.1 opportunistic", "b.example 192.0.2.2 opportunistic"));
}

TEST(ChooseHops, hosts_without_addresses_are_passed_over) {
    HostFacts none{
        .host = {5, "none.example"}, .ipv4 = nothing, .ipv6 = {.status = Status::no_name}, .dane = {}};
    EXPECT_THAT(Case().of({none, host("b.example", "192.0.2.2")}).outcome(),
                ElementsAre("b.example 192.0.2.2 opportunistic"));
    EXPECT_THAT(
        Case().of({none}).outcome(),
        ElementsAre("permanent 5.4.4 resolve: no mail server of example.com has an address to send to"));
    HostFacts away{.host = {5, "away.example"}, .ipv4 = broken, .ipv6 = nothing, .dane = {}};
    EXPECT_THAT(Case().of({none, away}).outcome(),
                ElementsAre("temporary 4.4.3 resolve: the addresses of away.example can't be had: SERVFAIL"));
    EXPECT_THAT(Case().of({away, host("b.example", "192.0.2.2")}).outcome(),
                ElementsAre("b.example 192.0.2.2 opportunistic"));
    HostFacts half{
        .host = {5, "half.example"}, .ipv4 = broken, .ipv6 = addresses({"2001:db8::1"}), .dane = {}};
    EXPECT_THAT(Case().of({half}).outcome(), ElementsAre("half.example 2001:db8::1 opportunistic"));
}

TEST(ChooseHops, targets_of_ours_are_refused_unless_configured) {  // H13
    for (const char* target : {"127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.169.254", "224.0.0.1"}) {
        Case one;
        one.of({host("trap.example", target)});
        EXPECT_THAT(one.outcome(),
                    ElementsAre(AllOf(HasSubstr("permanent 5.4.4 policy:"), HasSubstr(target))));
        one.of({host("trap.example", target), host("good.example", "192.0.2.1")});
        EXPECT_THAT(one.outcome(), ElementsAre("good.example 192.0.2.1 opportunistic"));
        ASSERT_TRUE(one.options.allowed_targets.add(std::string(target) + "/32"));
        EXPECT_EQ(one.outcome().size(), 2U);
    }
    HostFacts six{.host = {5, "six.example"}, .ipv4 = nothing, .ipv6 = addresses({"::1"}), .dane = {}};
    EXPECT_THAT(Case().of({six}).outcome(), ElementsAre(HasSubstr("permanent 5.4.4")));
}

TEST(ChooseHops, our_own_address_ends_the_list) {  // H11, H13
    Case one;
    ASSERT_TRUE(one.options.own_addresses.add("192.0.2.25"));
    one.of({host("a.example", "192.0.2.1", 10), host("alias.example", "192.0.2.25", 20),
            host("c.example", "192.0.2.3", 20), host("d.example", "192.0.2.4", 30)});
    EXPECT_THAT(one.outcome(), ElementsAre("a.example 192.0.2.1 opportunistic"));
    // Whichever of one preference stands first.
    one.of({host("c.example", "192.0.2.3", 20), host("alias.example", "192.0.2.25", 20)});
    EXPECT_THAT(one.outcome(), ElementsAre(HasSubstr("permanent 5.4.6 resolve: mail for example.com loops")));
    ASSERT_TRUE(one.options.allowed_targets.add("192.0.2.25"));
    EXPECT_EQ(one.outcome().size(), 2U);
}

TEST(ChooseHops, caps) {  // H14
    std::vector<HostFacts> many;
    for (int i = 0; i < 10; ++i) {
        const std::string n = std::to_string(i);
        many.push_back(host("mx" + n + ".example", "192.0.2." + n));
        many.back().ipv6 = addresses({"2001:db8::" + n});
    }
    const auto hops = Case().of(many).outcome();
    EXPECT_EQ(hops.size(), 10U);
    EXPECT_THAT(hops.back(), HasSubstr("mx4.example"));

    HostFacts wide = host("wide.example", "192.0.2.1");
    std::vector<std::string> all;
    for (int i = 0; i < 50; ++i) all.push_back("192.0.2." + std::to_string(i));
    wide.ipv4 = addresses(all);
    EXPECT_EQ(Case().of({wide}).outcome().size(), 4U);
}

TEST(ChooseHops, families) {
    HostFacts both{.host = {5, "mx.example"},
                   .ipv4 = addresses({"192.0.2.1", "192.0.2.2"}),
                   .ipv6 = addresses({"2001:db8::1"}),
                   .dane = {}};
    const auto families = [&](IpPreference preference) {
        Case one;
        one.options.preference = preference;
        std::string order;
        Random random(3);
        const auto hops = choose_hops(one.of({both}).facts, one.options, random);
        if (!hops) return std::string("none");
        for (const Hop& hop : *hops) order += hop.endpoint.address.find(':') == std::string::npos ? '4' : '6';
        return order;
    };
    EXPECT_EQ(families(IpPreference::ipv6_first), "644");
    EXPECT_EQ(families(IpPreference::ipv4_first), "464");
    EXPECT_EQ(families(IpPreference::ipv4_only), "44");
    EXPECT_EQ(families(IpPreference::ipv6_only), "6");
    both.ipv6 = nothing;
    EXPECT_EQ(families(IpPreference::ipv6_only), "none");
    both.ipv4 = nothing;
    both.ipv6 = addresses({"2001:db8::1"});
    EXPECT_EQ(families(IpPreference::ipv4_first), "6") << "IPv6-only hosts, H14";

    std::set<std::vector<std::string>> orders;
    HostFacts two{.host = {5, "mx.example"},
                  .ipv4 = addresses({"192.0.2.1", "192.0.2.2"}),
                  .ipv6 = nothing,
                  .dane = {}};
    for (unsigned seed = 0; seed < 50; ++seed) orders.insert(Case().of({two}).outcome(seed));
    EXPECT_EQ(orders.size(), 2U);
}

TEST(ChooseHops, sources) {
    Case one;
    one.options.sources = {boost::asio::ip::make_address("192.0.2.250"),
                           boost::asio::ip::make_address("192.0.2.251")};
    one.of({host("a.example", "192.0.2.1")});
    one.facts.hosts[0].ipv6 = addresses({"2001:db8::1"});
    std::set<std::string> used;
    for (unsigned seed = 0; seed < 50; ++seed) {
        Random random(seed);
        const auto hops = choose_hops(one.facts, one.options, random);
        ASSERT_TRUE(hops);
        EXPECT_EQ(hops->at(0).source, std::nullopt) << "none of IPv6";
        used.insert(hops->at(1).source.value().to_string());
    }
    EXPECT_THAT(used, ElementsAre("192.0.2.250", "192.0.2.251"));
}

// What TLS a host gets: choice of the operator x DANE x MTA-STS.
TEST(ChooseHops, tls) {
    using enum TlsChoice;
    using Mode = StsPolicy::Mode;
    const auto sts = [](Mode mode, const char* mx) { return StsPolicy{mode, {mx}, std::chrono::hours(1)}; };
    const auto fits = sts(Mode::enforce, "*.example"), other = sts(Mode::enforce, "mx.other.example");
    const auto tests = sts(Mode::testing, "mx.other.example"), off_duty = sts(Mode::none, "mx.other.example");
    struct Row {
        TlsChoice choice;
        Demand dane;
        std::optional<StsPolicy> sts;
        const char* policy;  // or "wait"
        TlsUse use;
    };
    const Row table[] = {
        {policy, Demand::none, {}, "opportunistic", TlsUse::opportunistic},
        {policy, Demand::match, {}, "dane", TlsUse::dane},
        {policy, Demand::encrypt, {}, "dane", TlsUse::required_unverified},
        {policy, Demand::not_known, {}, "wait", {}},
        {policy, Demand::none, fits, "sts", TlsUse::verified_name},
        {policy, Demand::none, other, "wait", {}},
        {policy, Demand::none, tests, "opportunistic", TlsUse::opportunistic},
        {policy, Demand::none, off_duty, "opportunistic", TlsUse::opportunistic},
        {policy, Demand::match, other, "dane", TlsUse::dane},
        {policy, Demand::encrypt, other, "wait", {}},
        {policy, Demand::encrypt, fits, "sts", TlsUse::verified_name},
        {verified, Demand::encrypt, {}, "verified", TlsUse::verified_name},
        {required, Demand::encrypt, {}, "dane", TlsUse::required_unverified},
        {policy, Demand::not_known, fits, "wait", {}},
        {off, Demand::match, fits, "plain", TlsUse::none},
        {opportunistic, Demand::match, other, "opportunistic", TlsUse::opportunistic},
        {opportunistic, Demand::not_known, {}, "opportunistic", TlsUse::opportunistic},
        {required, Demand::none, {}, "required", TlsUse::required_unverified},
        {required, Demand::match, {}, "dane", TlsUse::dane},
        {required, Demand::none, fits, "sts", TlsUse::verified_name},
        {required, Demand::none, other, "wait", {}},
        {required, Demand::none, tests, "required", TlsUse::required_unverified},
        {verified, Demand::none, {}, "verified", TlsUse::verified_name},
        {verified, Demand::none, other, "verified", TlsUse::verified_name},
        {verified, Demand::match, {}, "dane", TlsUse::dane},
        {verified, Demand::not_known, {}, "wait", {}},
    };
    for (const Row& row : table) {
        SCOPED_TRACE(row.policy + (" of row " + std::to_string(&row - table)));
        Case one;
        one.of({with(row.dane, host("mx.example", "192.0.2.1"))});
        one.facts.sts = row.sts;
        one.choice(row.choice, {"mx.example"});
        Random random(1);
        const auto hops = choose_hops(one.facts, one.options, random);
        if (row.policy == std::string("wait")) {
            ASSERT_TRUE(hops.has_error());
            EXPECT_FALSE(hops.error().permanent);
            EXPECT_EQ(hops.error().status, "4.7.5");
            EXPECT_EQ(hops.error().phase, "policy");
            continue;
        }
        ASSERT_TRUE(hops) << hops.error().words;
        const Hop& hop = hops->at(0);
        EXPECT_EQ(hop.tls_policy, row.policy);
        EXPECT_EQ(hop.tls.use, row.use);
        EXPECT_EQ(hop.tls.names.at(0), "mx.example");
        EXPECT_EQ(hop.tls.tlsa.size(), row.use == TlsUse::dane ? 1U : 0U);
        EXPECT_EQ(hop.tls.names.size(), row.use == TlsUse::dane ? 2U : 1U)
            << "the domain is a name only there";
    }
    Case one;
    one.of({host("mx.example", "192.0.2.1")}).choice(verified, {"mx.other.example"});
    EXPECT_THAT(one.outcome(),
                ElementsAre(HasSubstr("temporary 4.7.5 policy: mx.example is no mail server")));
}

TEST(ChooseHops, a_host_that_fits_no_policy_does_not_keep_the_others) {
    Case one;
    one.of({host("evil.example", "192.0.2.6", 1),
            with(Demand::not_known, host("mx.example.com", "192.0.2.1", 2)),
            host("mx2.example.com", "192.0.2.2", 3)});
    one.sts(StsPolicy::Mode::enforce, {"*.example.com"});
    EXPECT_THAT(one.outcome(), ElementsAre("mx2.example.com 192.0.2.2 sts"));
    one.of({host("evil.example", "192.0.2.6"), host("evil2.example", "192.0.2.7")});
    EXPECT_THAT(one.outcome(), ElementsAre("temporary 4.7.5 policy: evil.example is no mail server that the "
                                           "MTA-STS policy of example.com names"));
}

TEST(ChooseHops, what_may_change_is_not_final) {
    Case one;
    one.of({host("trap.example", "127.0.0.1"), with(Demand::not_known, host("mx.example", "192.0.2.1"))});
    EXPECT_THAT(one.outcome(), ElementsAre(HasSubstr("temporary 4.7.5")));
    ASSERT_TRUE(one.options.own_addresses.add("192.0.2.25"));
    one.of({{.host = {1, "away.example"}, .ipv4 = broken, .ipv6 = broken, .dane = {}},
            host("ours.example", "192.0.2.25", 20)});
    EXPECT_THAT(one.outcome(), ElementsAre(HasSubstr("temporary 4.4.3")));
}

TEST(ChooseHops, when_tlsa_records_are_asked_for) {
    const auto secure = addresses({"192.0.2.1"}, true), insecure = addresses({"192.0.2.1"});
    const net::DnsAnswer none{.status = Status::no_records, .secure = true};
    const auto asked = [](const net::DnsAnswer& four, const net::DnsAnswer& six) {
        return has_secure_addresses({.host = {}, .ipv4 = four, .ipv6 = six, .dane = {}});
    };
    EXPECT_TRUE(asked(secure, none));
    EXPECT_TRUE(asked(none, addresses({"2001:db8::1"}, true)));
    EXPECT_TRUE(asked(secure, broken)) << "the half that is there";
    EXPECT_FALSE(asked(insecure, none));
    EXPECT_FALSE(asked(secure, nothing)) << "a denial that nobody signed";
    EXPECT_FALSE(asked(none, none)) << "nothing to connect to";
    EXPECT_FALSE(asked(broken, broken));
}

}  // namespace
}  // namespace outbound
