// What the openspf suite leaves open: bounds, trouble with DNS, time, odd senders. RFC 7208, RFC 8616.
#include "auth/spf.hpp"

#include "auth/spf_macro.hpp"
#include "auth/spf_record.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

using namespace std::literals;
using auth::Result;

namespace {

auth::Spf check(test::FakeDns& dns, const std::string& client, const std::string& local,
                const std::string& domain, const std::string& helo = "helo.example",
                std::chrono::milliseconds within = 5s) {
    auth::SpfQuestion question{boost::asio::ip::make_address(client), helo, local, domain, "mx.ours.example"};
    return test::run(auth::check_spf(question, dns, test::soon(within)));
}

Result of_record(const std::string& record, const std::string& client = "192.0.2.1") {
    test::FakeDns dns;
    dns.txt("example.com", record);
    return check(dns, client, "ann", "example.com").result;
}

TEST(Spf, says_what_it_asked_and_why_it_failed) {
    test::FakeDns dns;
    dns.txt("example.com", "v=spf1 -all exp=why.%{d}")
        .txt("why.example.com", "%{i} may not send for %{o}%_(%{s})");
    const auth::Spf spf = check(dns, "192.0.2.1", "ann", "Example.COM.");
    EXPECT_EQ(spf.result, Result::fail);
    EXPECT_EQ(spf.domain, "example.com");
    EXPECT_FALSE(spf.helo);
    EXPECT_EQ(spf.explanation, "192.0.2.1 may not send for example.com (ann@example.com)");
}

TEST(Spf, null_reverse_path_is_postmaster_at_the_helo_name) {
    test::FakeDns dns;
    dns.txt("helo.example", "v=spf1 exists:%{l}.%{o}.ok.example -all")
        .a("postmaster.helo.example.ok.example", "127.0.0.2");
    const auth::Spf spf = check(dns, "192.0.2.1", "", "");
    EXPECT_EQ(spf.result, Result::pass);
    EXPECT_TRUE(spf.helo);
    EXPECT_EQ(spf.domain, "helo.example");
}

TEST(Spf, names_that_are_none_ask_nothing) {
    test::FakeDns dns;
    for (const std::string& domain :
         {"localhost"s, "[192.0.2.1]"s, "a..example"s, "."s, std::string(64, 'a') + ".example",
          "a\nb.example"s, "a\\b.example"s, "\xff.example"s, std::string(300, 'a')}) {
        const auth::Spf spf = check(dns, "192.0.2.1", "ann", domain);
        EXPECT_EQ(spf.result, Result::none) << domain;
        EXPECT_NE(spf.why, "");
    }
    EXPECT_EQ(dns.queries(), 0U);
}

TEST(Spf, international_names_are_asked_for_as_a_labels) {
    test::FakeDns dns;
    dns.txt("xn--bcher-kva.example", "v=spf1 ip4:192.0.2.0/24 exists:%{l}.ok.example -all");
    const auth::Spf spf = check(dns, "192.0.2.1", "ann",
                                "B\xc3\xbc"
                                "cher.example");
    EXPECT_EQ(spf.result, Result::pass);
    EXPECT_EQ(spf.domain, "xn--bcher-kva.example");
    // RFC 8616 §4: a local part that isn't ASCII matches no macro.
    EXPECT_EQ(check(dns, "198.51.100.1", "\xc3\xa4", "xn--bcher-kva.example").result, Result::fail);
}

struct Syntax {
    const char* record;
    Result result;  // for the client 192.0.2.1
};
TEST(Spf, grammar) {
    const Syntax table[] = {
        {"v=spf1", Result::neutral},
        {"V=SPF1 +ALL", Result::pass},
        {"v=spf1 ~all", Result::softfail},
        {"v=spf1 ?all", Result::neutral},
        {"v=spf1  -all  ", Result::fail},
        {"v=spf1\t-all", Result::none},
        {"v=spf2.0/pra +all", Result::none},
        {" v=spf1 +all", Result::none},
        {"v=spf1 IP4:192.0.2.1 -all", Result::pass},
        {"v=spf1 ip4:192.0.2.0/24 -all", Result::pass},
        {"v=spf1 ip4:192.0.3.0/23 -all", Result::pass},
        {"v=spf1 ip4:192.0.3.0/24 -all", Result::fail},
        {"v=spf1 ip4:0.0.0.0/0 -all", Result::pass},
        {"v=spf1 ip6:::/0 -all", Result::fail},
        {"v=spf1 ip6:::ffff:192.0.2.1 -all", Result::fail},
        {"v=spf1 ip4:192.0.2.1/33 -all", Result::permerror},
        {"v=spf1 ip4:192.0.2.1/032 -all", Result::permerror},
        {"v=spf1 ip4:192.0.2.1/ -all", Result::permerror},
        {"v=spf1 ip4:192.0.2 -all", Result::permerror},
        {"v=spf1 ip4:192.0.2.01 -all", Result::permerror},
        {"v=spf1 ip4:192.0.2.1. -all", Result::permerror},
        {"v=spf1 ip4:192.0.2.1.1 -all", Result::permerror},
        {"v=spf1 ip4:0x7f.1 -all", Result::permerror},
        {"v=spf1 ip4 -all", Result::permerror},
        {"v=spf1 ip6:fe80::1%25eth0 -all", Result::permerror},
        {"v=spf1 ip6:192.0.2.1 -all", Result::permerror},
        {"v=spf1 all:example.com", Result::permerror},
        {"v=spf1 ++all", Result::permerror},
        {"v=spf1 + all", Result::permerror},
        {"v=spf1 unknown:example.com -all", Result::permerror},
        {"v=spf1 moo.cow-far_out=man:dog/cat +all", Result::pass},
        {"v=spf1 1moo=x +all", Result::permerror},
        {"v=spf1 =x +all", Result::permerror},
        {"v=spf1 moo=%{z} +all", Result::permerror},
        {"v=spf1 exp= +all", Result::permerror},
        {"v=spf1 redirect= +all", Result::permerror},
        {"v=spf1 exp=a.example exp=b.example +all", Result::permerror},
        {"v=spf1 redirect=a.example REDIRECT=b.example +all", Result::permerror},
        {"v=spf1 redirect=a.example +all", Result::pass},
        {"v=spf1 exists:%{c}.example +all", Result::permerror},
        {"v=spf1 exists:%{i0}.example +all", Result::permerror},
        {"v=spf1 exists:%{i.example +all", Result::permerror},
        {"v=spf1 exists:%{} +all", Result::permerror},
        {"v=spf1 exists:% +all", Result::permerror},
        {"v=spf1 exists:a.example% +all", Result::permerror},
        {"v=spf1 a:a.-example +all", Result::permerror},
        {"v=spf1 a:a.example- +all", Result::permerror},
        {"v=spf1 a:a.1 +all", Result::permerror},
    };
    for (const Syntax& row : table) EXPECT_EQ(of_record(row.record), row.result) << row.record;
    EXPECT_EQ(of_record("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.1"), Result::pass);
    EXPECT_EQ(of_record("v=spf1 ip6:2001:db8::/33 -all", "2001:db8:7fff::1"), Result::pass);
    EXPECT_EQ(of_record("v=spf1 ip6:2001:db8::/33 -all", "2001:db8:8000::1"), Result::fail);
    EXPECT_EQ(of_record("v=spf1 ip4:192.0.2.1 -all\x80"), Result::permerror);
    EXPECT_EQ(of_record("v=spf1 -all\0"s), Result::permerror);
}

TEST(Spf, a_record_without_end_is_malformed) {
    std::string record = "v=spf1";
    while (record.size() < auth::max_spf_record - 8) record += " ?a:x.y";
    EXPECT_TRUE(auth::parse_spf_record(record));
    EXPECT_FALSE(auth::parse_spf_record(record + std::string(16, ' ')));
}

TEST(Spf, terms_that_ask_are_counted_over_all_includes) {
    test::FakeDns dns;
    // Nine ways nine deep would be 387,420,489 look-ups.
    for (int depth = 0; depth < 9; ++depth) {
        std::string record = "v=spf1";
        for (int way = 0; way < 9; ++way) record += " include:l" + std::to_string(depth + 1) + ".example.com";
        dns.txt("l" + std::to_string(depth) + ".example.com", record + " ?all");
    }
    dns.txt("l9.example.com", "v=spf1 ?all");
    const auth::Spf spf = check(dns, "192.0.2.1", "ann", "l0.example.com");
    EXPECT_EQ(spf.result, Result::permerror);
    EXPECT_LE(dns.queries(), 11U);
    // A record that includes itself, and one that redirects to itself.
    for (const char* record : {"v=spf1 include:loop.example", "v=spf1 redirect=loop.example"}) {
        test::FakeDns looped;
        looped.txt("loop.example", record);
        EXPECT_EQ(check(looped, "192.0.2.1", "ann", "loop.example").result, Result::permerror) << record;
        EXPECT_LE(looped.queries(), 11U);
    }
}

TEST(Spf, exactly_ten_terms_are_allowed) {
    for (const int terms : {10, 11}) {
        test::FakeDns dns;
        std::string record = "v=spf1";
        for (int i = 0; i < terms; ++i) record += " a:host.example.com";
        dns.txt("example.com", record + " ip4:192.0.2.1 -all").a("host.example.com", "198.51.100.1");
        EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result,
                  terms == 10 ? Result::pass : Result::permerror);
    }
}

TEST(Spf, two_terms_may_find_nothing) {
    for (const int terms : {2, 3}) {
        test::FakeDns dns;
        std::string record = "v=spf1";
        for (int i = 0; i < terms; ++i) record += " exists:nothing" + std::to_string(i) + ".example";
        dns.txt("example.com", record + " -all");
        EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result,
                  terms == 2 ? Result::fail : Result::permerror);
    }
}

TEST(Spf, exchangers_are_at_most_ten) {
    for (const int count : {10, 11}) {
        test::FakeDns dns;
        dns.txt("example.com", "v=spf1 mx -all");
        for (int i = 0; i < count; ++i) {
            const std::string host = "mx" + std::to_string(i) + ".example.com";
            dns.mx("example.com", 10, host).a(host, "192.0.2." + std::to_string(i));
        }
        EXPECT_EQ(check(dns, "192.0.2.9", "ann", "example.com").result,
                  count == 10 ? Result::pass : Result::permerror);
    }
}

TEST(Spf, an_address_with_many_names_is_asked_about_once) {
    test::FakeDns dns;
    dns.txt("example.com",
            "v=spf1 ptr:a.example ptr:b.example exists:%{p}.%{p}.c.example ptr:host.example -all");
    for (int i = 0; i < 100; ++i) {
        const std::string host = "n" + std::to_string(i) + ".host.example";
        dns.ptr("192.0.2.1", host).a(host, i == 9 || i == 10 ? "192.0.2.1" : "192.0.2.2");
    }
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result, Result::pass);
    EXPECT_EQ(dns.queries(), 1U + 1U + 10U + 1U);
    // Its look-ups failing is no match and no error.
    dns.fails("1.2.0.192.in-addr.arpa");
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result, Result::fail);
}

TEST(Spf, ptr_matches_whole_labels) {
    test::FakeDns dns;
    dns.txt("example.com", "v=spf1 ptr -all")
        .ptr("192.0.2.1", "evilexample.com")
        .a("evilexample.com", "192.0.2.1");
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result, Result::fail);
    dns.ptr("192.0.2.1", "Mail.EXAMPLE.com").a("mail.example.com", "192.0.2.1");
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result, Result::pass);
}

TEST(Spf, trouble_with_dns_is_temperror) {
    for (const char* record : {"v=spf1 a:broken.example -all", "v=spf1 mx:broken.example -all",
                               "v=spf1 mx:half.example -all", "v=spf1 exists:broken.example -all",
                               "v=spf1 include:broken.example -all", "v=spf1 redirect=broken.example"}) {
        test::FakeDns dns;
        dns.txt("example.com", record).fails("broken.example").mx("half.example", 10, "broken.example");
        const auth::Spf spf = check(dns, "192.0.2.1", "ann", "example.com");
        EXPECT_EQ(spf.result, Result::temperror) << record;
        EXPECT_EQ(spf.why, "broken.example: SERVFAIL");
    }
    test::FakeDns dns;
    dns.txt("example.com", "v=spf1 -all exp=broken.example").fails("broken.example");
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com").result, Result::fail) << "no words is no error";
}

TEST(Spf, ends_with_its_time) {
    test::FakeDns dns;
    dns.txt("example.com", "v=spf1 a:silent.example -all").silent("silent.example").silent("mute.example");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "example.com", "h.example", 20ms).result, Result::temperror);
    EXPECT_EQ(check(dns, "192.0.2.1", "ann", "mute.example", "h.example", 20ms).result, Result::temperror);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST(Spf, malformed_answers_are_no_answers) {
    test::FakeDns dns;
    dns.record("example.com", net::RecordType::txt, "\x20v=spf1 +all").txt("example.com", "v=spf1 a mx -all");
    dns.record("example.com", net::RecordType::a, "\1\2\3")
        .record("example.com", net::RecordType::mx, "\1\2\3");
    EXPECT_EQ(check(dns, "1.2.3.0", "ann", "example.com").result, Result::fail);
}

TEST(Spf, explanations_are_bounded_and_clean) {
    const auto words = [](const std::string& text) {
        test::FakeDns dns;
        dns.txt("example.com", "v=spf1 -all exp=why.example").txt("why.example", text);
        const auth::Spf spf = check(dns, "192.0.2.1", "\xc3\xa4\r\nX: y", "example.com");
        EXPECT_EQ(spf.result, Result::fail);
        return spf.explanation;
    };
    EXPECT_EQ(words("see http://example.com/?u=%{S}&r=%{r}&c=%{c}"),
              "see http://example.com/?u=%C3%A4%0D%0AX%3A%20y%40example.com&r=mx.ours.example&c=192.0.2.1");
    EXPECT_EQ(words("go away, %{l}"), "") << "the sender's own bytes";
    EXPECT_EQ(words("two\r\nlines"), "");
    EXPECT_EQ(words(std::string(501, 'x')), "");
    EXPECT_EQ(words(std::string(500, 'x')), std::string(500, 'x'));
    EXPECT_EQ(words("100% wrong"), "");
    std::string bomb;
    for (int i = 0; i < 4000; ++i) bomb += "%{s}";
    EXPECT_EQ(words(bomb), "");
}

TEST(Spf, expansion_has_an_end) {
    std::string bomb = "v=spf1 exists:";
    for (int i = 0; i < 3000; ++i) bomb += "%{o}";
    EXPECT_EQ(of_record(bomb + ".example -all"), Result::permerror);
}

TEST(Spf, long_names_lose_labels_on_the_left) {
    const std::string label(60, 'x');
    const std::string tail = label + "." + label + "." + label + "." + label + ".example.com";  // 255
    EXPECT_EQ(auth::shorten_name("a.b.c." + tail), tail.substr(61));
    EXPECT_EQ(auth::shorten_name(tail), tail.substr(61));
    EXPECT_EQ(auth::shorten_name("a." + tail.substr(61)), "a." + tail.substr(61));
    const std::string one(300, 'x');
    EXPECT_EQ(auth::shorten_name(one), one);
}

TEST(Spf, macros_as_the_rfc_shows_them) {
    auth::MacroValues values;
    values.local_part = "strong-bad";
    values.sender_domain = values.domain = "email.example.com";
    values.client = boost::asio::ip::make_address("192.0.2.3");
    const std::pair<const char*, const char*> table[] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
        {"%{d99999999999999999999999}", "email.example.com"},
    };
    for (const auto& [text, expected] : table) EXPECT_EQ(auth::expand_macros(text, values), expected) << text;
    values.client = boost::asio::ip::make_address("2001:db8::cb01");
    EXPECT_EQ(auth::expand_macros("%{ir}.%{v}._spf.%{d2}", values),
              "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
}

}  // namespace
