// Which questions a router asks of DNS and the web, and the routes that come of the answers.
#include "outbound/configured_router.hpp"

#include "tests/outbound/fake_https.hpp"
#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::literals;
using net::RecordType;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string good_tlsa = "\3\1\1" + std::string(32, 'x');

class Routing : public ::testing::Test {
  protected:
    Routing() {
        dns_.mx("example.com", 10, "mx.example.com").a("mx.example.com", "192.0.2.1");
        options_.own_names = {"mx.ours.example"};
    }
    void sign_everything() {
        for (const char* name : {"example.com", "mx.example.com", "_25._tcp.mx.example.com"})
            dns_.secure(name);
    }
    void publish_sts(const std::string& mx, const std::string& mode = "enforce") {
        dns_.txt("_mta-sts.example.com", "v=STSv1; id=1");
        web_.answers["mta-sts.example.com/.well-known/mta-sts.txt"] = {
            200, "text/plain", "version: STSv1\nmode: " + mode + "\nmx: " + mx + "\nmax_age: 86400\n"};
    }
    ConfiguredRouter& router() {
        StsOptions sts;
        sts.told = [this](const std::string& domain, const std::string& what) {
            told_.push_back(domain + ": " + what);
        };
        if (!router_) router_ = std::make_unique<ConfiguredRouter>(resolver_, web_, options_, 1, sts);
        return *router_;
    }
    Routed route(const std::string& destination = "example.com", const std::string& sender = "ours.example",
                 std::chrono::milliseconds within = 10s) {
        return test::run(router().route(sender, destination, test::soon(within)));
    }
    std::vector<std::string> outcome(const std::string& destination = "example.com",
                                     const std::string& sender = "ours.example",
                                     std::chrono::milliseconds within = 10s) {
        const Routed routed = route(destination, sender, within);
        if (routed.has_error()) {
            const Refused& no = routed.error();
            return {(no.permanent ? "permanent " : "temporary ") + no.status + " " + no.phase + ": " +
                    no.words};
        }
        std::vector<std::string> lines;
        for (const Hop& hop : routed->hops)
            lines.push_back(hop.host + " " + hop.endpoint.address + ":" + std::to_string(hop.endpoint.port) +
                            " " + hop.tls_policy);
        return lines;
    }

    test::FakeDns dns_;
    test::FakeHttps web_;
    net::Resolver* resolver_ = &dns_;
    RouteOptions options_;
    std::unique_ptr<ConfiguredRouter> router_;
    std::vector<std::string> told_;
};

TEST_F(Routing, directly) {
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"));
    EXPECT_THAT(dns_.asked, Not(Contains(HasSubstr("TLSA")))) << "nothing is signed";
    const Routed routed = route();
    ASSERT_TRUE(routed);
    EXPECT_FALSE(routed->smarthost);
    EXPECT_TRUE(routed->verp);
    EXPECT_EQ(routed->lane.name, "example.com");
    EXPECT_EQ(routed->hops[0].tls.use, smtp::TlsUse::opportunistic);
}

TEST_F(Routing, what_dns_can_do) {  // H12, H14
    dns_.a("bare.example", "192.0.2.2").a("six.example", "2001:db8::6");
    dns_.mx("null.example", 0, "").fails("away.example").exists("empty.example");
    dns_.mx("halfway.example", 10, "mx.away.example").fails("mx.away.example");
    dns_.mx("alias.example", 10, "cname.example").cname("cname.example", "mx.example.com");
    dns_.mx("loop.example", 10, "one.example")
        .cname("one.example", "two.example")
        .cname("two.example", "one.example");
    dns_.mx("ours-too.example", 10, "mx.ours.example");
    dns_.silent("silent.example");
    for (int i = 0; i < 100; ++i)
        dns_.mx("hundred.example", 10, "h" + std::to_string(i) + ".example")
            .a("h" + std::to_string(i) + ".example", "192.0.2." + std::to_string(i));
    const std::pair<const char*, const char*> table[] = {
        {"bare.example", "bare.example 192.0.2.2:25 opportunistic"},
        {"six.example", "six.example 2001:db8::6:25 opportunistic"},
        {"null.example", "permanent 5.1.10"},
        {"nowhere.example", "permanent 5.1.2"},
        {"a..b", "permanent 5.1.2"},
        {"", "permanent 5.1.2"},
        {"empty.example", "permanent 5.4.4"},
        {"away.example", "temporary 4.4.3"},
        {"halfway.example", "temporary 4.4.3"},
        {"alias.example", "cname.example 192.0.2.1:25 opportunistic"},
        {"loop.example", "temporary 4.4.3"},
        {"ours-too.example", "permanent 5.4.6"},
        {"mx.ours.example", "permanent 5.1.2"},
    };
    for (const auto& [destination, expected] : table)
        EXPECT_THAT(outcome(destination), ElementsAre(testing::StartsWith(expected))) << destination;
    EXPECT_THAT(outcome("silent.example", "ours.example", 20ms), ElementsAre(HasSubstr("temporary 4.4.3")));
    dns_.asked.clear();
    EXPECT_EQ(outcome("hundred.example").size(), 5U);
    EXPECT_LE(dns_.asked.size(), 22U) << "a hundred hosts are not asked for";
}

TEST_F(Routing, literals) {
    EXPECT_THAT(outcome("[192.0.2.9]"), ElementsAre("192.0.2.9 192.0.2.9:25 opportunistic"));
    EXPECT_THAT(outcome("[ipv6:2001:db8::9]"), ElementsAre("2001:db8::9 2001:db8::9:25 opportunistic"));
    EXPECT_THAT(outcome("[127.0.0.1]"), ElementsAre(HasSubstr("permanent 5.4.4 policy:")));
    EXPECT_THAT(outcome("[ipv6:::1]"), ElementsAre(HasSubstr("permanent 5.4.4 policy:")));
    EXPECT_THAT(outcome("[ipv6:::ffff:127.0.0.1]"), ElementsAre(HasSubstr("permanent 5.4.4 policy:")));
    EXPECT_THAT(outcome("[example]"), ElementsAre(HasSubstr("permanent 5.1.2")));
    EXPECT_TRUE(dns_.asked.empty());
}

TEST_F(Routing, dane_where_all_is_signed) {
    sign_everything();
    dns_.record("_25._tcp.mx.example.com", RecordType::tlsa, good_tlsa);
    publish_sts("elsewhere.example");
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 dane")) << "DANE wins over MTA-STS";
    EXPECT_THAT(route()->hops[0].tls.names, ElementsAre("mx.example.com", "example.com"));
}

TEST_F(Routing, dane_needs_every_signature) {
    dns_.record("_25._tcp.mx.example.com", RecordType::tlsa, good_tlsa);
    dns_.secure("mx.example.com").secure("_25._tcp.mx.example.com");
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"))
        << "the MX is not signed";
    EXPECT_THAT(dns_.asked, Not(Contains("TLSA _25._tcp.mx.example.com")));
    dns_.secure("example.com");
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 dane"));
}

TEST_F(Routing, tlsa_that_can_not_be_had_or_used) {
    sign_everything();
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic")) << "there are none";
    dns_.record("_25._tcp.mx.example.com", RecordType::tlsa, "\3\1\1short");
    EXPECT_EQ(route()->hops.at(0).tls.use, smtp::TlsUse::required_unverified);
    dns_.fails("_25._tcp.mx.example.com");
    EXPECT_THAT(outcome(),
                ElementsAre("temporary 4.7.5 policy: the TLSA records of mx.example.com can't be had"));
    dns_.mx("example.com", 20, "mx2.example.com").a("mx2.example.com", "192.0.2.2");
    EXPECT_THAT(outcome(), ElementsAre("mx2.example.com 192.0.2.2:25 opportunistic"));
    options_.dane = false;
    router_.reset();
    EXPECT_EQ(outcome().size(), 2U) << "switched off, nobody looks";
}

TEST_F(Routing, tlsa_of_an_alias) {  // RFC 7672 §2.2.2
    struct Row {
        const char* why;
        bool signed_alias, signed_end;
        std::string at_end, at_alias;  // RDATA, "fails" or none
        std::string policy;            // and the names of the certificate
    };
    const std::string unusable = "\3\1\1short";
    const std::string no = "temporary 4.7.5 policy: the TLSA records of mx.example.com can't be had";
    const Row rows[] = {
        {"where it leads", true, true, good_tlsa, "", "dane host.example.net example.com"},
        {"before its own", true, true, good_tlsa, "fails", "dane host.example.net example.com"},
        {"its own, where there are none", true, true, "", good_tlsa, "dane mx.example.com example.com"},
        {"unusable ones are some", true, true, unusable, good_tlsa, "dane mx.example.com"},
        {"which nobody may hold back", true, true, "fails", good_tlsa, no},
        {"those neither", true, true, "", "fails", no},
        {"none at all", true, true, "", "", "opportunistic mx.example.com"},
        {"the end is not signed", true, false, good_tlsa, good_tlsa, "opportunistic mx.example.com"},
        {"the alias is not signed", false, true, good_tlsa, good_tlsa, "opportunistic mx.example.com"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.why);
        dns_ = {};
        router_.reset();
        dns_.mx("example.com", 10, "mx.example.com").secure("example.com");
        dns_.cname("mx.example.com", "Host.example.net").a("host.example.net", "192.0.2.1");
        if (row.signed_alias) dns_.secure("mx.example.com");
        if (row.signed_end) dns_.secure("host.example.net");
        for (const auto& [host, tlsa] :
             {std::pair("host.example.net", row.at_end), {"mx.example.com", row.at_alias}}) {
            const std::string name = std::string("_25._tcp.") + host;
            if (tlsa == "fails")
                dns_.fails(name);
            else if (!tlsa.empty())
                dns_.record(name, RecordType::tlsa, tlsa).secure(name);
        }
        const Routed routed = route();
        if (routed.has_error()) {
            EXPECT_THAT(outcome(), ElementsAre(row.policy));
            continue;
        }
        std::string found = routed->hops.at(0).tls_policy;
        for (const std::string& name : routed->hops[0].tls.names) found += " " + name;
        EXPECT_EQ(found, row.policy);
        EXPECT_EQ(routed->hops[0].host, "mx.example.com");
    }
}

TEST_F(Routing, tlsa_records_are_those_of_the_port) {
    options_.hops.port = 2525;
    dns_.secure("example.com").secure("mx.example.com").secure("_2525._tcp.mx.example.com");
    dns_.record("_2525._tcp.mx.example.com", RecordType::tlsa, good_tlsa);
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:2525 dane"));
}

TEST_F(Routing, mta_sts) {
    publish_sts("*.example.com");
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 sts"));
    EXPECT_EQ(route()->hops[0].tls.use, smtp::TlsUse::verified_name);
    EXPECT_THAT(route()->hops[0].tls.names, ElementsAre("mx.example.com"));
    EXPECT_EQ(web_.asked.size(), 1U);
}

TEST_F(Routing, mta_sts_that_names_other_servers) {
    publish_sts("elsewhere.example");
    EXPECT_THAT(outcome(),
                ElementsAre(HasSubstr("temporary 4.7.5 policy: mx.example.com is no mail server")));
    options_.mta_sts = false;
    router_.reset();
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"));
}

TEST_F(Routing, mta_sts_that_is_tried_out) {
    publish_sts("elsewhere.example", "testing");
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"));
    EXPECT_THAT(told_, ElementsAre("example.com: the policy, in mode testing, does not name mx.example.com"));
}

TEST_F(Routing, mta_sts_that_can_not_be_had) {
    publish_sts("mx.example.com");
    web_.answers.clear();
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"));
    EXPECT_EQ(outcome().size(), 1U);
    EXPECT_THAT(told_, ElementsAre("example.com: the policy can't be had: no connection")) << "once";
}

TEST_F(Routing, rules_for_a_destination) {
    publish_sts("elsewhere.example");
    options_.limits = {.connections = 2, .messages_per_connection = 3, .rate_per_minute = 4};
    options_.destinations["example.com"] = {
        .tls = TlsChoice::verified, .hosts = {"*.example.com"}, .limits = {.connections = 9}};
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 verified"));
    EXPECT_EQ(router().lane("ours.example", "example.com").limits.connections, 9U);
    EXPECT_EQ(router().lane("ours.example", "example.org").limits.connections, 2U);
    options_.destinations["example.com"].tls = TlsChoice::off;
    router().set_options(options_);
    dns_.asked.clear();
    EXPECT_THAT(outcome(), ElementsAre("mx.example.com 192.0.2.1:25 plain"));
    EXPECT_THAT(dns_.asked, ElementsAre("MX example.com", "A mx.example.com", "AAAA mx.example.com"));
}

Smarthost relay(const std::string& host = "relay.example") {
    Smarthost smarthost;
    smarthost.host = host;
    smarthost.port = 2587;
    smarthost.tls.use = smtp::TlsUse::verified_name;
    smarthost.tls_policy = "verified";
    smarthost.credentials = smtp::Credentials{.user = "desk", .secret = "pw"};
    return smarthost;
}

TEST_F(Routing, a_smarthost_by_sender_domain) {
    dns_.a("relay.example", "10.0.0.7").a("other.example", "192.0.2.8");
    options_.routes["ours.example"] = {.smarthost = relay(), .verp = false, .limits = {.connections = 20}};
    options_.routes["*"] = {.smarthost = relay("other.example"), .limits = {}};
    options_.routes["direct.example"] = {};
    EXPECT_THAT(outcome(), ElementsAre("relay.example 10.0.0.7:2587 verified"))
        << "where the operator says so";
    const Routed routed = route();
    EXPECT_TRUE(routed->smarthost);
    EXPECT_FALSE(routed->verp);
    EXPECT_EQ(routed->credentials->user, "desk");
    EXPECT_EQ(routed->credentials->secret, "pw");
    EXPECT_THAT(routed->hops[0].tls.names, ElementsAre("relay.example"));
    EXPECT_EQ(routed->lane.name, "ours.example by relay.example:2587");
    EXPECT_EQ(routed->lane.limits.connections, 20U);
    EXPECT_THAT(outcome("null.example", "else.example"),
                ElementsAre("other.example 192.0.2.8:2587 verified"));
    EXPECT_THAT(outcome("example.com", "direct.example"),
                ElementsAre("mx.example.com 192.0.2.1:25 opportunistic"));
    EXPECT_EQ(router().lane("else.example", "null.example").name, "* by other.example:2587");
    EXPECT_EQ(router().lane("direct.example", "null.example").name, "null.example");
    EXPECT_THAT(dns_.asked, Not(Contains("MX null.example")));
}

TEST_F(Routing, a_smarthost_that_is_not_found_is_no_reason_to_give_up) {
    dns_.fails("relay.example");
    options_.routes["*"] = {.smarthost = relay(), .limits = {}};
    EXPECT_THAT(outcome(), ElementsAre(HasSubstr("temporary 4.4.3 resolve: the smarthost can't be found")));
    dns_.forget("relay.example");
    EXPECT_THAT(outcome(), ElementsAre(HasSubstr("temporary 4.4.3 resolve: the smarthost can't be found")));
    dns_.a("relay.example", "2001:db8::1");
    options_.hops.preference = IpPreference::ipv4_only;
    router().set_options(options_);
    EXPECT_THAT(outcome(), ElementsAre(HasSubstr("temporary 4.4.3")));
}

TEST_F(Routing, a_smarthost_by_address_needs_no_name_server) {
    options_.routes["ours.example"] = {.smarthost = relay("127.0.0.1"), .limits = {}};
    resolver_ = nullptr;
    EXPECT_THAT(outcome(), ElementsAre("127.0.0.1 127.0.0.1:2587 verified"));
    EXPECT_THAT(outcome("example.com", "else.example"), ElementsAre(HasSubstr("temporary 4.4.3")));
}

TEST_F(Routing, a_smarthost_with_tokens) {
    dns_.a("relay.example", "192.0.2.7");
    Smarthost smarthost = relay();
    smarthost.credentials =
        smtp::Credentials{.mechanism = smtp::Credentials::Mechanism::xoauth2, .user = "desk"};
    smarthost.tokens = TokenSource{{"login.example", 443, "/token"}, "id", "secret", "refresh"};
    options_.routes["*"] = {.smarthost = smarthost, .limits = {}};
    EXPECT_THAT(outcome(),
                ElementsAre("temporary 4.7.0 auth: no access token for the smarthost: login.example: "
                            "no connection"));
    router_.reset();
    web_.answers["login.example/token"] = {200, "application/json", R"({"access_token":"one"})"};
    EXPECT_EQ(route()->credentials->secret, "one");
    web_.answers["login.example/token"].body = R"({"access_token":"two"})";
    EXPECT_EQ(route()->credentials->secret, "one");
    router().credentials_refused("ours.example");
    EXPECT_EQ(route()->credentials->secret, "two");
}

}  // namespace
}  // namespace outbound
