// DMARC as RFC 9989 has it: which record speaks, what it asks for, and what is aligned.
#include "auth/dmarc.hpp"

#include "mail/read.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

using namespace std::literals;
using auth::Result;
using Policy = auth::Dmarc::Policy;

namespace {

auth::Spf spf(const std::string& domain, Result result = Result::pass) {
    auth::Spf value;
    value.result = result;
    value.domain = domain;
    return value;
}

std::vector<auth::DkimSignature> signatures(const std::vector<std::string>& domains,
                                            Result result = Result::pass) {
    std::vector<auth::DkimSignature> values;
    for (const std::string& domain : domains) {
        values.emplace_back();
        values.back().domain = domain;
        values.back().result = result;
    }
    return values;
}

auth::Dmarc evaluate(test::FakeDns& dns, const auth::Author& author, const auth::Spf& of_spf,
                     const std::vector<auth::DkimSignature>& dkim, std::chrono::milliseconds within = 5s) {
    const auto deadline = test::soon(within);
    auto records = test::run(auth::discover_dmarc(author.domain, dns, deadline));
    return test::run(auth::evaluate_dmarc(author, of_spf, dkim, std::move(records), dns, deadline));
}

auth::Dmarc unproved(test::FakeDns& dns, const std::string& author) {
    return evaluate(dns, {author, true}, {}, {});
}

// A mail whose signature is of `identifier`, under a record of the author's that asks for reject.
bool dkim_aligned(test::FakeDns& dns, const std::string& author, const std::string& identifier) {
    const auth::Dmarc dmarc = evaluate(dns, {author, true}, {}, signatures({identifier}));
    EXPECT_EQ(dmarc.result, dmarc.dkim_aligned ? Result::pass : Result::fail) << author << " " << identifier;
    const auth::Dmarc by_spf = evaluate(dns, {author, true}, spf(identifier), {});
    EXPECT_EQ(by_spf.spf_aligned, dmarc.dkim_aligned) << author << " " << identifier;
    return dmarc.dkim_aligned;
}

TEST(Dmarc, reads_records) {
    using auth::parse_dmarc_record;
    const auto full = parse_dmarc_record(
        "v=DMARC1; p=Reject;sp = quarantine ; np=none; adkim=s; aspf=S; t=y; psd=n; pct=20; "
        "rua=mailto:a@x.example; x=y");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->policy, Policy::reject);
    EXPECT_EQ(full->subdomains, Policy::quarantine);
    EXPECT_EQ(full->non_existent, Policy::none);
    EXPECT_TRUE(full->strict_dkim && full->strict_spf && full->testing && full->wants_reports &&
                !full->bad_policy);
    EXPECT_EQ(full->suffix, auth::DmarcRecord::Suffix::no);
    for (const char* text : {"v=DMARC1", "V = DMARC1 ;", "v=DMARC1;;p=none", "v=DMARC1; p"})
        EXPECT_TRUE(parse_dmarc_record(text)) << text;
    for (const char* text : {"", "v=DMARC2; p=none", "v=dmarc1; p=none", "p=none; v=DMARC1",
                             "v=DMARC1 p=none", "vDMARC1", "v=spf1 -all", ";v=DMARC1"}) {
        EXPECT_FALSE(parse_dmarc_record(text)) << text;
    }
    EXPECT_EQ(parse_dmarc_record("v=DMARC1; p=reject; p=none")->policy, Policy::reject);
    EXPECT_EQ(parse_dmarc_record("v=DMARC1; pp=reject; p=none")->policy, Policy::none);
    EXPECT_TRUE(parse_dmarc_record("v=DMARC1; p=block")->bad_policy);
    EXPECT_TRUE(parse_dmarc_record("v=DMARC1; p=reject; np=")->bad_policy);
    EXPECT_FALSE(parse_dmarc_record("v=DMARC1; rua=")->wants_reports);
    EXPECT_FALSE(parse_dmarc_record("v=DMARC1; rua=reports, :x, mailto:")->wants_reports);
    EXPECT_TRUE(parse_dmarc_record("v=DMARC1; rua=nobody, mailto:a@x.example!10m")->wants_reports);
    EXPECT_FALSE(parse_dmarc_record("v=DMARC1; p=none;" + std::string(20'000, ' ')));
}

TEST(Dmarc, no_record_no_word) {
    test::FakeDns dns;
    const auth::Dmarc dmarc = evaluate(dns, {"mail.example.com", true}, spf("mail.example.com"), {});
    EXPECT_EQ(dmarc.result, Result::none);
    EXPECT_TRUE(dmarc.spf_aligned) << "of itself it is";
    EXPECT_EQ(dmarc.organizational_domain, "mail.example.com");
    EXPECT_EQ(dmarc.policy_domain, "");
    EXPECT_FALSE(evaluate(dns, {"mail.example.com", true}, spf("example.com"), {}).spf_aligned);
    EXPECT_FALSE(evaluate(dns, {"example.com", true}, spf("mail.example.com"), {}).spf_aligned);
}

TEST(Dmarc, walks_up_with_eight_queries_at_most) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject");
    const auth::Dmarc near = unproved(dns, "a.b.example.com");
    EXPECT_EQ(near.policy_domain, "example.com");
    EXPECT_EQ(dns.asked, (std::vector<std::string>{"TXT _dmarc.a.b.example.com", "TXT _dmarc.b.example.com",
                                                   "TXT _dmarc.example.com", "TXT _dmarc.com"}));
    dns.asked.clear();
    const auth::Dmarc far = unproved(dns, "z.y.x.w.v.u.t.s.r.q.a.mail.example.com");
    EXPECT_EQ(far.policy_domain, "example.com");
    EXPECT_EQ(dns.queries(), 8U);
    EXPECT_EQ(dns.asked[1], "TXT _dmarc.s.r.q.a.mail.example.com");
    dns.asked.clear();
    (void)unproved(dns, "b.c.d.e.f.g.example.com");  // eight labels
    EXPECT_EQ(dns.queries(), 8U);
    EXPECT_EQ(dns.asked[1], "TXT _dmarc.c.d.e.f.g.example.com");
}

TEST(Dmarc, which_policy_speaks) {
    test::FakeDns dns;
    dns.txt("_dmarc.all.example", "v=DMARC1; p=reject; sp=quarantine; np=none").exists("sub.all.example");
    dns.txt("_dmarc.own.all.example", "v=DMARC1; p=none; sp=reject");
    dns.txt("_dmarc.nosp.example", "v=DMARC1; p=quarantine; np=reject").exists("sub.nosp.example");
    dns.txt("_dmarc.nonp.example", "v=DMARC1; p=reject; sp=none");
    dns.txt("_dmarc.plain.example", "v=DMARC1; p=reject");
    dns.txt("_dmarc.test.example", "v=DMARC1; p=reject; sp=quarantine; t=y").exists("sub.test.example");
    dns.txt("_dmarc.pct.example", "v=DMARC1; p=reject; pct=0");
    dns.txt("_dmarc.reports.example", "v=DMARC1; p=oops; rua=mailto:a@reports.example");
    dns.txt("_dmarc.badsp.example", "v=DMARC1; p=reject; sp=oops; rua=mailto:a@reports.example");
    const struct {
        const char* author;
        const char* policy_domain;
        Policy policy;
    } table[] = {
        {"all.example", "all.example", Policy::reject},
        {"sub.all.example", "all.example", Policy::quarantine},
        {"gone.all.example", "all.example", Policy::none},
        {"own.all.example", "own.all.example", Policy::none},
        // The organizational domain's record speaks, not the one between (§4.10.1).
        {"below.own.all.example", "all.example", Policy::none},
        {"sub.nosp.example", "nosp.example", Policy::quarantine},
        {"gone.nosp.example", "nosp.example", Policy::reject},
        {"sub.nonp.example", "nonp.example", Policy::none},
        {"gone.nonp.example", "nonp.example", Policy::none},
        {"gone.plain.example", "plain.example", Policy::reject},
        {"test.example", "test.example", Policy::quarantine},
        {"sub.test.example", "test.example", Policy::none},
        {"pct.example", "pct.example", Policy::reject},
        {"reports.example", "reports.example", Policy::none},
        {"badsp.example", "badsp.example", Policy::none},
    };
    for (const auto& row : table) {
        const auth::Dmarc dmarc = unproved(dns, row.author);
        EXPECT_EQ(dmarc.result, Result::fail) << row.author;
        EXPECT_EQ(dmarc.policy_domain, row.policy_domain) << row.author;
        EXPECT_EQ(dmarc.policy, row.policy) << row.author;
    }
}

TEST(Dmarc, records_that_say_nothing) {
    test::FakeDns dns;
    dns.txt("_dmarc.nop.example", "v=DMARC1; sp=reject").txt("_dmarc.bad.example", "v=DMARC1; p=oops");
    dns.txt("_dmarc.two.example", "v=DMARC1; p=reject").txt("_dmarc.two.example", "v=DMARC1; p=none");
    dns.txt("_dmarc.other.example", "v=spf1 -all")
        .record("_dmarc.torn.example", net::RecordType::txt, "\x40v=DMARC1");
    for (const char* author :
         {"nop.example", "bad.example", "two.example", "other.example", "torn.example"}) {
        EXPECT_EQ(unproved(dns, author).result, Result::none) << author;
        EXPECT_EQ(unproved(dns, author).policy_domain, "") << author;
    }
    // Among others' records the one counts.
    dns.txt("_dmarc.other.example", "v=DMARC1; p=reject");
    EXPECT_EQ(unproved(dns, "other.example").result, Result::fail);
    // A level whose two records are discarded is passed over.
    dns.txt("_dmarc.sub.two.example", "v=DMARC1; p=quarantine");
    EXPECT_EQ(unproved(dns, "x.sub.two.example").policy_domain, "sub.two.example");
}

TEST(Dmarc, public_suffixes_by_their_own_word) {
    test::FakeDns dns;
    dns.txt("_dmarc.bank", "v=DMARC1; p=reject; sp=quarantine; psd=y");
    dns.txt("_dmarc.good.bank", "v=DMARC1; p=reject");
    // The suffix speaks for who has no record; organizations under it have nothing in common.
    auth::Dmarc dmarc = unproved(dns, "mail.bad.bank");
    EXPECT_EQ(dmarc.policy_domain, "bank");
    EXPECT_EQ(dmarc.organizational_domain, "bad.bank");
    EXPECT_EQ(dmarc.policy, Policy::quarantine);
    EXPECT_EQ(unproved(dns, "mail.good.bank").policy_domain, "good.bank");
    EXPECT_TRUE(dkim_aligned(dns, "mail.good.bank", "good.bank"));
    EXPECT_TRUE(dkim_aligned(dns, "good.bank", "mail.good.bank"));
    EXPECT_TRUE(dkim_aligned(dns, "a.bad.bank", "b.bad.bank"));
    EXPECT_FALSE(dkim_aligned(dns, "good.bank", "bad.bank"));
    EXPECT_FALSE(dkim_aligned(dns, "good.bank", "bank"));
    EXPECT_FALSE(dkim_aligned(dns, "bad.bank", "bank"));
    // Mail of the suffix itself.
    dmarc = unproved(dns, "bank");
    EXPECT_EQ(dmarc.organizational_domain, "bank");
    EXPECT_EQ(dmarc.policy, Policy::reject);
    EXPECT_FALSE(dkim_aligned(dns, "bank", "good.bank"));
    // One with two labels, under a name too long to be asked for label by label.
    dns.txt("_dmarc.f.g.bank.example", "v=DMARC1; p=none; psd=y");
    dmarc = unproved(dns, "x.a.b.c.d.e.f.g.bank.example");
    EXPECT_EQ(dmarc.organizational_domain, "e.f.g.bank.example");
    EXPECT_EQ(dmarc.policy_domain, "f.g.bank.example");
    dns.txt("_dmarc.b.c.d.e.f.bank.example", "v=DMARC1; p=none; psd=y");
    dmarc = unproved(dns, "z.y.x.b.c.d.e.f.bank.example");
    EXPECT_EQ(dmarc.organizational_domain, "x.b.c.d.e.f.bank.example");
    EXPECT_EQ(dmarc.policy_domain, "b.c.d.e.f.bank.example");
}

TEST(Dmarc, an_organization_below_an_organization) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject")
        .txt("_dmarc.uni.example.com", "v=DMARC1; p=reject; psd=n");
    EXPECT_EQ(unproved(dns, "lab.uni.example.com").organizational_domain, "uni.example.com");
    EXPECT_TRUE(dkim_aligned(dns, "lab.uni.example.com", "uni.example.com"));
    EXPECT_FALSE(dkim_aligned(dns, "example.com", "uni.example.com"));
    EXPECT_FALSE(dkim_aligned(dns, "uni.example.com", "example.com"));
    EXPECT_TRUE(dkim_aligned(dns, "www.example.com", "example.com"));
}

// libopendmarc drops a first label of one letter and takes these for aligned.
TEST(Dmarc, labels_are_compared_whole) {
    test::FakeDns dns;
    for (const char* organization : {"example.com", "bank.co.uk", "bank.de"}) {
        dns.txt("_dmarc."s + organization, "v=DMARC1; p=reject");
    }
    const std::pair<const char*, const char*> others[] = {
        {"example.com", "x.com"},
        {"example.com", "x.y.com"},
        {"example.com", "a.b.c.com"},
        {"example.com", "com"},
        {"example.com", "xexample.com"},
        {"example.com", "example.com.evil.example"},
        {"bank.co.uk", "z.co.uk"},
        {"bank.co.uk", "co.uk"},
        {"bank.de", "z.de"},
        {"example.com", "ample.com"},
        {"mail.example.com", "il.example.com.example"},
        {"example.com", "example.co"},
        {"example.com", ""},
        {"x.com", "example.com"},
    };
    dns.txt("_dmarc.x.com", "v=DMARC1; p=reject").txt("_dmarc.mail.example.com", "v=DMARC1; p=reject");
    for (const auto& [author, identifier] : others)
        EXPECT_FALSE(dkim_aligned(dns, author, identifier)) << author << " " << identifier;
    EXPECT_TRUE(dkim_aligned(dns, "example.com", "e.example.com"));
    EXPECT_TRUE(dkim_aligned(dns, "e.example.com", "x.example.com"));
}

TEST(Dmarc, strict_is_the_same_name) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject; adkim=s; aspf=s");
    dns.txt("_dmarc.mixed.example", "v=DMARC1; p=reject; adkim=s");
    EXPECT_TRUE(dkim_aligned(dns, "example.com", "example.com"));
    EXPECT_FALSE(dkim_aligned(dns, "example.com", "mail.example.com"));
    EXPECT_FALSE(dkim_aligned(dns, "mail.example.com", "example.com"));
    EXPECT_EQ(evaluate(dns, {"mixed.example", true}, spf("m.mixed.example"), {}).result, Result::pass);
    EXPECT_EQ(evaluate(dns, {"mixed.example", true}, {}, signatures({"m.mixed.example"})).result,
              Result::fail);
}

TEST(Dmarc, one_of_many_signatures_is_enough) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject");
    EXPECT_EQ(evaluate(dns, {"example.com", true}, spf("list.example", Result::pass),
                       signatures({"list.example", "esp.example", "example.com"}))
                  .result,
              Result::pass);
    for (const auto result :
         {Result::none, Result::neutral, Result::policy, Result::fail, Result::softfail, Result::permerror}) {
        EXPECT_EQ(evaluate(dns, {"example.com", true}, spf("example.com", result),
                           signatures({"example.com"}, result))
                      .result,
                  Result::fail);
    }
    // A bound: what a sender may make us ask about his own subdomains.
    std::vector<std::string> many;
    for (int i = 0; i < 50; ++i) many.push_back("a.b.c.d.e.f.s" + std::to_string(i) + ".example.com");
    dns.asked.clear();
    (void)evaluate(dns, {"example.com", true}, {}, signatures(many));
    EXPECT_LE(dns.queries(), 80U);
}

TEST(Dmarc, trouble_with_dns_is_temperror) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject").fails("_dmarc.broken.example");
    auth::Dmarc dmarc = unproved(dns, "sub.broken.example");
    EXPECT_EQ(dmarc.result, Result::temperror);
    EXPECT_EQ(dmarc.why, "_dmarc.broken.example: SERVFAIL");
    // What might have proved it could not be decided.
    EXPECT_EQ(evaluate(dns, {"example.com", true}, spf("m.example.com", Result::temperror), {}).result,
              Result::temperror);
    EXPECT_EQ(evaluate(dns, {"example.com", true}, {}, signatures({"example.com"}, Result::temperror)).result,
              Result::temperror);
    EXPECT_EQ(evaluate(dns, {"example.com", true}, spf("evil.example", Result::temperror), {}).result,
              Result::fail)
        << "somebody else's trouble changes nothing";
    EXPECT_EQ(
        evaluate(dns, {"example.com", true}, spf("x.example", Result::temperror), signatures({"example.com"}))
            .result,
        Result::pass);
    // Its own record is known, the one above it isn't: that is enough for its own name.
    dns.txt("_dmarc.sub.broken.example", "v=DMARC1; p=reject");
    EXPECT_EQ(evaluate(dns, {"sub.broken.example", true}, spf("sub.broken.example"), {}).result,
              Result::pass);
    EXPECT_EQ(evaluate(dns, {"sub.broken.example", true}, spf("broken.example"), {}).result,
              Result::temperror);
    EXPECT_EQ(evaluate(dns, {"sub.broken.example", true}, spf("evil.com"), {}).result, Result::fail);
    // Aligned with itself, whatever the record says.
    EXPECT_TRUE(evaluate(dns, {"broken.example", true}, spf("broken.example"), {}).spf_aligned);
    // Whether the name exists decides the policy, and isn't known.
    dns.txt("_dmarc.np.example", "v=DMARC1; p=none; np=reject").fails("x.np.example");
    EXPECT_EQ(unproved(dns, "x.np.example").result, Result::temperror);
    dns.silent("_dmarc.silent.example");
    EXPECT_EQ(evaluate(dns, {"silent.example", true}, {}, {}, 20ms).result, Result::temperror);
}

TEST(Dmarc, has_one_author) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject");
    EXPECT_EQ(evaluate(dns, {"", true}, spf("example.com"), {}).result, Result::permerror);
    const auth::Dmarc two = evaluate(dns, {"example.com", false}, spf("example.com"), {});
    EXPECT_EQ(two.result, Result::permerror);
    EXPECT_EQ(two.author_domain, "example.com");
    EXPECT_EQ(evaluate(dns, {"example.com", false}, {}, {}).result, Result::fail);
}

TEST(Dmarc, asks_for_each_name_once) {
    test::FakeDns dns;
    dns.txt("_dmarc.example.com", "v=DMARC1; p=reject");
    (void)evaluate(dns, {"a.example.com", true}, spf("b.example.com"),
                   signatures({"b.example.com", "example.com", "x.com"}));
    EXPECT_EQ(dns.asked, (std::vector<std::string>{"TXT _dmarc.a.example.com", "TXT _dmarc.example.com",
                                                   "TXT _dmarc.com", "TXT _dmarc.b.example.com"}));
}

// F04: whatever stands in From, the ticket and DMARC speak of the same author, and tricks are not alone.
TEST(Dmarc, tricks_with_from) {
    const struct {
        std::string header;
        const char* domain;
        bool alone;
    } table[] = {
        {"From: Ann <ann@Example.COM>\r\n", "example.com", true},
        {"From : ann@example.com\r\n", "example.com", true},
        {"From\t:\r\n ann@example.com\r\n", "example.com", true},
        {"From: ann@b\xc3\xbc"
         "cher.example\r\n",
         "xn--bcher-kva.example", true},
        {"From: ann@example.com.\r\n", "example.com", true},
        {"From: ann@bank.example\r\nFrom: eve@evil.example\r\n", "bank.example", false},
        {"From : ann@bank.example\r\nFrom: eve@evil.example\r\n", "bank.example", false},
        {"From: <ann@bank.example>, <eve@evil.example>\r\n", "bank.example", false},
        {"From: g: ann@bank.example, eve@evil.example;\r\n", "bank.example", false},
        {"From: ann@bank.example (eve@evil.example)\r\n", "bank.example", true},
        {"From: \"ann@bank.example\" <eve@evil.example>\r\n", "evil.example", true},
        {"From: ann@[192.0.2.1]\r\n", "", true},
        {"From: ann\r\n", "", true},
        {"From: \r\n", "", true},
        {"Subject: nobody\r\n", "", true},
        {"From: ann@a..b\r\n", "", true},
    };
    for (const auto& row : table) {
        const mail::Header header = mail::read_header(row.header + "\r\nbody\r\n");
        const auth::Author author = auth::author_of(header);
        EXPECT_EQ(author.domain, row.domain) << row.header;
        EXPECT_EQ(author.alone, row.alone) << row.header;
    }
}

}  // namespace
