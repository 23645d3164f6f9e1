// Our word, forgeries of it, and the word of those whom we trust. RFC 8601; case F03.
#include "auth/authentication_results.hpp"

#include "mail/text.hpp"

#include <gtest/gtest.h>

using auth::Result;

namespace {

auth::Authentication everything() {
    auth::Authentication all;
    all.client_address = "2001:db8::1";
    all.spf = {Result::pass, false, "example.com", "", ""};
    auth::DkimSignature good;
    good.result = Result::pass;
    good.domain = "example.com";
    good.selector = "s1";
    good.algorithm = "rsa-sha256";
    good.b = "abc+/123";
    auth::DkimSignature bad;
    bad.result = Result::permerror;
    bad.domain = "example.net";
    bad.selector = "x";
    bad.why = "no key for \"x\"";
    bad.testing = true;
    all.dkim = {good, bad};
    all.dmarc.result = Result::pass;
    all.dmarc.author_domain = all.dmarc.policy_domain = "example.com";
    all.dmarc.policy = auth::Dmarc::Policy::reject;
    all.arc.result = Result::pass;
    all.iprev = {Result::pass, "mail.example.com"};
    return all;
}

std::optional<auth::Authentication> read(const std::string& header, const std::vector<std::string>& ids) {
    return auth::read_authentication_results(mail::index_header(header + "\r\nbody\r\n"), ids);
}

TEST(AuthenticationResults, says_what_was_found) {
    EXPECT_EQ(
        auth::authentication_results_field(everything(), "mx.ours.example"),
        "Authentication-Results: mx.ours.example;\r\n"
        "\tspf=pass smtp.mailfrom=example.com;\r\n"
        "\tdkim=pass header.d=example.com header.s=s1 header.a=rsa-sha256 header.b=\"abc+/123\";\r\n"
        "\tdkim=permerror (test mode) reason=\"no key for \\\"x\\\"\" header.d=example.net header.s=x;\r\n"
        "\tdmarc=pass (p=reject) header.from=example.com;\r\n"
        "\tarc=pass;\r\n"
        "\tiprev=pass policy.iprev=\"2001:db8::1\" policy.name=mail.example.com\r\n");
    EXPECT_EQ(auth::authentication_results_field({}, "mx.ours.example"),
              "Authentication-Results: mx.ours.example; none\r\n");
}

TEST(AuthenticationResults, lets_nobody_write_into_it) {
    auth::Authentication all = everything();
    const std::string evil = "x\r\nX-Evil: yes\r\n\r\n\";dmarc=pass\\\x80\x01(";
    all.spf.domain = all.spf.why = all.dmarc.why = all.dmarc.author_domain = all.iprev.host_name = evil;
    all.arc.why = all.client_address = std::string(10'000, '"');
    for (auto& signature : all.dkim) {
        signature.domain = signature.selector = signature.algorithm = signature.b = signature.why = evil;
    }
    const std::string field = auth::authentication_results_field(all, "mx.ours.example");
    const std::string raw = field + "\r\n";
    const mail::HeaderIndex index = mail::index_header(raw);
    ASSERT_EQ(index.fields.size(), 1U);
    EXPECT_TRUE(mail::is_ascii(field));
    EXPECT_LT(field.size(), 6000U);
    const auto again = auth::read_authentication_results(index, {"mx.ours.example"});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->dkim.size(), 0U) << "their domains are none";
    EXPECT_EQ(again->dmarc.result, Result::pass);
}

TEST(AuthenticationResults, what_it_writes_it_reads) {
    const auto again =
        read(auth::authentication_results_field(everything(), "mx.ours.example"), {"MX.ours.example"});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->spf.result, Result::pass);
    EXPECT_EQ(again->spf.domain, "example.com");
    EXPECT_FALSE(again->spf.helo);
    ASSERT_EQ(again->dkim.size(), 2U);
    EXPECT_EQ(again->dkim[0].b, "abc+/123");
    EXPECT_EQ(again->dkim[1].result, Result::permerror);
    EXPECT_EQ(again->dkim[1].why, "no key for \"x\"");
    EXPECT_EQ(again->dmarc.policy, auth::Dmarc::Policy::reject);
    EXPECT_EQ(again->dmarc.author_domain, "example.com");
    EXPECT_EQ(again->arc.result, Result::pass);
    EXPECT_EQ(again->iprev.host_name, "mail.example.com");
    EXPECT_EQ(again->verdict, auth::Verdict::none);
}

TEST(AuthenticationResults, finds_forgeries_in_any_spelling) {
    const char* const forged[] = {
        "Authentication-Results: mx.ours.example; dmarc=pass\r\n",
        "authentication-results:MX.OURS.example;dmarc=pass\r\n",
        "AUTHENTICATION-RESULTS \t: mx.ours.example 1; dmarc=pass\r\n",
        "Authentication-Results:\r\n mx.ours.example; dmarc=pass\r\n",
        "Authentication-Results: mx.ours.example. ; dmarc=pass\r\n",
        "Authentication-Results: mx.ours.example\r\n",
        "Authentication-Results: \"mx.ours.example\"; dmarc=pass\r\n",
        "Authentication-Results: \"mx.o\\urs.example\"; dmarc=pass\r\n",
        "Authentication-Results: mx.\"ours\".example; dmarc=pass\r\n",
        "Authentication-Results: (a (nested\\) ;) comment) mx.ours.example (b); dmarc=pass\r\n",
        "Authentication-Results: mx (c).(c) ours .example; dmarc=pass\r\n",
        "Authentication-Results: mx.ours.\r\n\texample; dmarc=pass\r\n",
        "Authentication-Results: =?us-ascii?q?mx=2Eours=2Eexample?=; dmarc=pass\r\n",
        "Authentication-Results: mx.ours.example (never closed; dmarc=pass\r\n",
    };
    for (const std::string field : forged) {
        const std::string raw = "Subject: x\r\n" + field + "From: a@b.example\r\n\r\n";
        const mail::HeaderIndex index = mail::index_header(raw);
        EXPECT_EQ(auth::forged_results(index, "mx.ours.example"), std::vector<std::size_t>{1}) << field;
        EXPECT_EQ(auth::forged_results(index, "Mx.Ours.Example."), std::vector<std::size_t>{1}) << field;
    }
    const char* const others[] = {
        "Authentication-Results: mx.theirs.example; dmarc=pass\r\n",
        "Authentication-Results: (mx.ours.example) mx.theirs.example; x=mx.ours.example\r\n",
        "Authentication-Results: xmx.ours.example; dmarc=pass\r\n",
        "Authentication-Results: mx.ours.example.evil.example; dmarc=pass\r\n",
        "Authentication-Results: ; mx.ours.example\r\n",
        "Authentication-Results:\r\n",
        "ARC-Authentication-Results: i=1; mx.ours.example; dmarc=pass\r\n",
        "X-Authentication-Results: mx.ours.example; dmarc=pass\r\n",
    };
    for (const std::string field : others) {
        EXPECT_TRUE(auth::forged_results(mail::index_header(field + "\r\n"), "mx.ours.example").empty())
            << field;
    }
}

TEST(AuthenticationResults, renames_forgeries_and_nothing_else) {
    const std::string raw =
        "Received: x\r\nAuthentication-Results : mx.ours.example;\n\tdmarc=pass\nauthentication-results: "
        "other.example; spf=pass\r\n"
        "AUTHENTICATION-results: MX.ours.example; spf=pass\r\n\r\nAuthentication-Results: mx.ours.example; "
        "body\r\n";
    EXPECT_EQ(auth::rename_forged_results(raw, "mx.ours.example"),
              "Received: x\r\nX-Original-Authentication-Results : "
              "mx.ours.example;\n\tdmarc=pass\nauthentication-results: other.example; spf=pass\r\n"
              "X-Original-Authentication-Results: MX.ours.example; spf=pass\r\n\r\nAuthentication-Results: "
              "mx.ours.example; body\r\n");
    EXPECT_EQ(auth::rename_forged_results(raw, "nobody.example"), raw);
    EXPECT_EQ(auth::rename_forged_results("", "nobody.example"), "");
}

// As rspamd, OpenDMARC behind Postfix, and Gmail write it.
TEST(AuthenticationResults, reads_what_others_write) {
    auto found = read(
        "Received: by mx.site.example\r\n"
        "Authentication-Results: mx.site.example;\r\n"
        "\tdkim=pass header.d=example.com header.s=s1 header.b=AbCdEfGhIj;\r\n"
        "\tdmarc=fail reason=\"SPF not aligned (relaxed), DKIM not aligned (relaxed)\" "
        "header.from=bank.example (policy=reject);\r\n"
        "\tspf=softfail (mx.site.example: 192.0.2.1 is neither permitted; nor denied) smtp.mailfrom=\"a "
        "b\"@Bounce.Example\r\n",
        {"mx.site.example"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->dmarc.result, Result::fail);
    EXPECT_EQ(found->dmarc.policy, auth::Dmarc::Policy::reject);
    EXPECT_EQ(found->dmarc.author_domain, "bank.example");
    EXPECT_EQ(found->spf.result, Result::softfail);
    EXPECT_EQ(found->spf.domain, "bounce.example");
    ASSERT_EQ(found->dkim.size(), 1U);
    EXPECT_EQ(found->dkim[0].b, "AbCdEfGh");

    found = read(
        "Authentication-Results: mx.site.example; dmarc=fail (p=QUARANTINE sp=REJECT dis=NONE) "
        "header.from=bank.example\r\n"
        "Authentication-Results: mx.site.example; dkim=pass (2048-bit key; unprotected)\r\n"
        " header.i=@mail.example.com header.a=rsa-sha256;\r\n dkim=neutral header.d=x.example; spf=none "
        "smtp.helo=helo.example\r\n",
        {"other.example", "mx.site.example"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->dmarc.policy, auth::Dmarc::Policy::quarantine);
    ASSERT_EQ(found->dkim.size(), 2U);
    EXPECT_EQ(found->dkim[0].domain, "mail.example.com");
    EXPECT_TRUE(found->spf.helo);
    EXPECT_EQ(found->spf.domain, "helo.example");

    EXPECT_EQ(read("Authentication-Results: mx.site.example 1; none\r\n", {"mx.site.example"})->dmarc.result,
              Result::none);
    EXPECT_EQ(read("Authentication-Results: mx.site.example; DMARC / 1 = PASS header.from=a.example\r\n",
                   {"mx.site.example"})
                  ->dmarc.result,
              Result::pass);
    EXPECT_EQ(read("Authentication-Results: mx.site.example; dmarc=bestguesspass header.from=a.example\r\n",
                   {"mx.site.example"})
                  ->dmarc.result,
              Result::none);
}

TEST(AuthenticationResults, believes_only_whom_it_is_told_to) {
    const std::string trusted =
        "Authentication-Results: mx.site.example; dmarc=fail header.from=bank.example\r\n";
    const std::string forged =
        "Authentication-Results: mx.site.example; dmarc=pass header.from=bank.example\r\n";
    EXPECT_FALSE(read(forged, {"mx.other.example"}));
    EXPECT_FALSE(read(forged, {}));
    EXPECT_FALSE(read("Authentication-Results: mx.site.\"example\" x.example; dmarc=pass\r\nSubject: x\r\n",
                      {"mx.site.examplex.example"}));
    EXPECT_EQ(read("Received: 1\r\n" + trusted + forged, {"mx.site.example"})->dmarc.result, Result::fail)
        << "the upper one";
    EXPECT_FALSE(read("Received: 1\r\nReceived: 2\r\n" + forged, {"mx.site.example"}))
        << "what a sender sent along";
    EXPECT_EQ(
        read(
            "Authentication-Results: mx.site.example; dmarc=fail reason=\"; dmarc=pass \" (; dmarc=pass)\r\n",
            {"mx.site.example"})
            ->dmarc.result,
        Result::fail);
}

TEST(AuthenticationResults, stays_linear_and_bounded) {
    std::string header = "Authentication-Results: mx.site.example";
    for (int i = 0; i < 20'000; ++i) header += "; dkim=pass header.d=a.example";
    EXPECT_EQ(read(header + "\r\n", {"mx.site.example"})->dkim.size(), 20U);
    for (const std::string& part :
         {std::string("("), std::string("\""), std::string("()"), std::string("\\"), std::string("=;")}) {
        std::string text = "Authentication-Results: mx.site.example; ";
        while (text.size() < 200'000) text += part;
        EXPECT_TRUE(read(text + "\r\n", {"mx.site.example"}));
    }
}

}  // namespace
