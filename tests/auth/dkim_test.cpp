// What a DKIM signature is worth, rule by rule.
#include "auth/dkim.hpp"

#include "tests/support/dkim_signer.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

namespace {

using auth::DkimSignature;
using auth::Result;
using test::DkimSigner;

const DkimSigner& rsa() {
    static const DkimSigner signer;
    return signer;
}

const DkimSigner& edwards() {
    static const DkimSigner signer(auth::KeyType::ed25519);
    return signer;
}

const std::string mail =
    "Received: from mx.client.example\r\n\tby mx.desk.example; Tue, 3 Mar 2026 10:00:00 +0100\r\n"
    "From: Ann  <ann@client.example>\r\nTo: support@desk.example\r\nSubject: My printer\r\n is on fire\r\n"
    "\r\nPlease  help. \r\n\r\nAnn\r\n\r\n\r\n";

const std::string tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.example; s=s1; h=from:to:subject";
constexpr std::time_t today = 1'772'528'400;  // 3 March 2026

class Dkim : public testing::Test {
  protected:
    test::FakeDns dns;

    void SetUp() override { dns.txt("s1._domainkey.client.example", rsa().record()); }

    std::vector<DkimSignature> all(const std::string& raw) {
        return test::run(
            auth::verify_dkim(raw, dns, test::soon(), std::chrono::system_clock::from_time_t(today)));
    }
    std::string verdict(const std::string& raw) {
        const std::vector<DkimSignature> found = all(raw);
        if (found.size() != 1) return std::to_string(found.size()) + " signatures";
        std::string text(auth::name(found[0].result));
        return found[0].why.empty() ? text : text + ": " + found[0].why;
    }
    std::string signed_with(const std::string& with) { return verdict(rsa().sign(mail, with)); }
};

std::string changed(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST_F(Dkim, WhatIsReported) {
    dns.txt("s1._domainkey.client.example", rsa().record());
    const auto found = all(
        rsa().sign(mail, changed(tags, "d=client.example", "d=Client.Example; i=ann@News.client.example")));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].result, Result::pass);
    EXPECT_EQ(found[0].domain, "client.example");
    EXPECT_EQ(found[0].selector, "s1");
    EXPECT_EQ(found[0].identity, "ann@News.client.example");
    EXPECT_EQ(found[0].algorithm, "rsa-sha256");
    EXPECT_EQ(found[0].b.size(), 8U);
    EXPECT_FALSE(found[0].testing);
    EXPECT_EQ(found[0].why, "");
    EXPECT_EQ(all(rsa().sign(mail, tags))[0].identity, "@client.example");
    EXPECT_TRUE(all(mail).empty());
    EXPECT_TRUE(all("").empty());
}

TEST_F(Dkim, EveryAlgorithmAndCanonicalization) {
    dns.txt("e1._domainkey.client.example", edwards().record());
    for (const char* const how : {"", "c=simple; ", "c=relaxed; ", "c=simple/simple; ", "c=simple/relaxed; ",
                                  "c=relaxed/simple; ", "c=relaxed/relaxed; "}) {
        const std::string rest = std::string(how) + "d=client.example; h=from:to:subject";
        EXPECT_EQ(verdict(rsa().sign(mail, "v=1; a=rsa-sha256; s=s1; " + rest)), "pass") << how;
        EXPECT_EQ(verdict(edwards().sign(mail, "v=1; a=ed25519-sha256; s=e1; " + rest)), "pass") << how;
        EXPECT_EQ(verdict(rsa().sign(mail, "v=1; a=rsa-sha1; s=s1; " + rest)), "policy: signed with rsa-sha1")
            << how;
    }
}

TEST_F(Dkim, WhatMayChangeOnTheWay) {
    const std::string good = rsa().sign(mail, tags);
    const std::string strict = rsa().sign(mail, changed(tags, "relaxed/relaxed", "simple/simple"));
    struct Case {
        const char *what, *by, *relaxed, *simple;
    };
    const std::string body = "fail: the body was changed", header = "fail: the signature does not match";
    const Case cases[] = {
        {"Received:", "X-Another: one\r\nReceived:", "pass", "pass"},
        {"Subject: My", "subject :  My", "pass", header.c_str()},
        {"printer\r\n is", "printer is", "pass", header.c_str()},
        {"on fire", "on  fire", "pass", header.c_str()},
        {"on fire", "on water", header.c_str(), header.c_str()},
        {"<ann@", "<bob@", header.c_str(), header.c_str()},
        {"To: support@desk.example\r\n", "", header.c_str(), header.c_str()},
        {"help. \r\n", "help.\r\n", "pass", body.c_str()},
        {"Please  help", "Please help", "pass", body.c_str()},
        {"Ann\r\n\r\n\r\n", "Ann\r\n", "pass", "pass"},
        {"Please", "Don't", body.c_str(), body.c_str()},
        {"Ann\r\n\r\n", "Ann\r\n\r\nx", body.c_str(), body.c_str()},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(verdict(changed(good, one.what, one.by)), one.relaxed) << one.what << " -> " << one.by;
        EXPECT_EQ(verdict(changed(strict, one.what, one.by)), one.simple) << one.what << " -> " << one.by;
    }
    std::string imported = good;
    std::erase(imported, '\r');
    EXPECT_EQ(verdict(imported), "pass");
    imported = strict;
    std::erase(imported, '\r');
    EXPECT_EQ(verdict(imported), "pass");
}

TEST_F(Dkim, SignaturesThatAreNone) {
    struct Case {
        const char *what, *by, *verdict;
    };
    const Case cases[] = {
        {"v=1; ", "", "neutral: v= is not 1"},
        {"v=1", "v=2", "neutral: v= is not 1"},
        {"v=1", "v=1; v=1", "neutral: malformed"},
        {"v=1", "v=1; ; x=2", "neutral: malformed"},
        {"a=rsa-sha256", "a=rsa-md5", "neutral: an unknown algorithm in a="},
        {"a=rsa-sha256; ", "", "neutral: an unknown algorithm in a="},
        {"relaxed/relaxed", "relaxed/fancy", "neutral: an unknown canonicalization in c="},
        {"relaxed/relaxed", "", "neutral: an unknown canonicalization in c="},
        {"d=client.example; ", "", "neutral: d= is no domain"},
        {"client.example", "client..example", "neutral: d= is no domain"},
        {"client.example", "client.example.", "neutral: d= is no domain"},
        {"client.example", "client example", "neutral: d= is no domain"},
        {"s=s1; ", "", "neutral: s= is no selector"},
        {"s=s1", "s=s 1", "neutral: s= is no selector"},
        {"h=from:to:subject", "h=to:subject", "neutral: From is not signed"},
        {"; h=from:to:subject", "", "neutral: h= is missing"},
        {"h=from", "l=x; h=from", "neutral: l= is no number"},
        {"h=from", "l=-1; h=from", "neutral: l= is no number"},
        {"h=from", "t=now; h=from", "neutral: t= is no time"},
        {"h=from", "t=200; x=100; h=from", "neutral: x= is before t="},
        {"h=from", "q=dns/txt2; h=from", "neutral: an unknown way to a key in q="},
        {"h=from", "q=x/y:dns/txt; h=from", "pass"},
        {"h=from", "i=ann; h=from", "neutral: i= is no address"},
        {"h=from", "i=@example; h=from", "neutral: i= is not of the domain in d="},
        {"h=from", "i=@evilclient.example; h=from", "neutral: i= is not of the domain in d="},
        {"h=from", "i=@sub.client.example; h=from", "pass"},
        {"h=from", "z=From:x|To:y; unknown=1; h=from", "pass"},
    };
    for (const Case& one : cases)
        EXPECT_EQ(signed_with(changed(tags, one.what, one.by)), one.verdict) << one.what << " -> " << one.by;
    const std::string good = rsa().sign(mail, tags);
    EXPECT_EQ(verdict(changed(good, "\tb=", "\tb=!")), "neutral: b= is not base64");
    EXPECT_EQ(verdict(changed(good, "\tb=", "\tx=")), "neutral: b= is missing");
    EXPECT_EQ(verdict(changed(good, "bh=", "bx=")), "neutral: bh= is missing");
    std::string names = "h=from";
    for (std::size_t i = 0; i < auth::max_signed_fields; ++i) names += ":x";
    EXPECT_EQ(signed_with(changed(tags, "h=from", names)), "neutral: h= names too many fields");
}

// RFC 6376 §5.4.2: fields are taken from the last up, and one that is not there is signed as absent.
TEST_F(Dkim, RepeatedAndAbsentFields) {
    const std::string twice = "To: first@desk.example\r\n" + mail;
    const std::string once = rsa().sign(twice, tags);  // signs the last To only
    EXPECT_EQ(verdict(once), "pass");
    EXPECT_EQ(verdict(changed(once, "first@", "other@")), "pass");
    EXPECT_EQ(verdict(changed(once, "support@", "other@")), "fail: the signature does not match");
    const std::string both = rsa().sign(twice, changed(tags, "h=from:to", "h=from:to:to:to:cc"));
    EXPECT_EQ(verdict(both), "pass");
    EXPECT_EQ(verdict(changed(both, "first@", "other@")), "fail: the signature does not match");
    EXPECT_EQ(verdict(changed(both, "Received:", "To: one@more.example\r\nReceived:")),
              "fail: the signature does not match");
    EXPECT_EQ(verdict(changed(both, "Received:", "Cc: one@more.example\r\nReceived:")),
              "fail: the signature does not match");
}

TEST_F(Dkim, FromAboveTheSignedOne) {
    const std::string good = rsa().sign(mail, tags);
    EXPECT_EQ(verdict("From: boss@client.example\r\n" + good),
              "policy: there is a From field above the signed one");
    EXPECT_EQ(verdict(changed(good, "Received:", "FROM : boss@client.example\r\nReceived:")),
              "policy: there is a From field above the signed one");
    const std::string oversigned = rsa().sign(mail, changed(tags, "h=from", "h=from:from"));
    EXPECT_EQ(verdict(oversigned), "pass");
    EXPECT_EQ(verdict("From: boss@client.example\r\n" + oversigned), "fail: the signature does not match");
}

// A second signature over the first, and one that signs all signatures there will ever be.
TEST_F(Dkim, SignaturesOfSignatures) {
    const std::string first = rsa().sign(mail, tags);
    const std::string second =
        rsa().sign(first, changed(tags, "h=from", "h=dkim-signature:dkim-signature:from"));
    const auto found = all(second);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].result, Result::pass);
    EXPECT_EQ(found[1].result, Result::pass);
}

TEST_F(Dkim, PartOfTheBody) {
    const std::string canonical = "Please help.\r\n\r\nAnn\r\n";
    const auto with_length = [&](std::size_t length) {
        return rsa().sign(mail, changed(tags, "h=from", "l=" + std::to_string(length) + "; h=from"));
    };
    EXPECT_EQ(verdict(with_length(canonical.size())), "pass");
    EXPECT_EQ(verdict(with_length(canonical.size()) + "<h1>Send money</h1>\r\n"),
              "policy: only 21 of 46 octets of the body are signed");
    EXPECT_EQ(verdict(with_length(5)), "policy: only 5 of 21 octets of the body are signed");
    EXPECT_EQ(verdict(with_length(0)), "policy: only 0 of 21 octets of the body are signed");
    EXPECT_EQ(verdict(changed(with_length(canonical.size()), "\r\n\r\nAnn", "")),
              "fail: the body is shorter than l=");
    EXPECT_EQ(verdict(changed(with_length(5), "Please", "Police")), "fail: the body was changed");
    EXPECT_EQ(verdict(rsa().sign("From: a@client.example\r\n\r\n", changed(tags, "h=from", "l=0; h=from"))),
              "pass");
    // Several of them cost one reading.
    const auto found = all(rsa().sign(with_length(21), changed(tags, "h=from", "l=5; h=from")));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].result, Result::policy);
    EXPECT_EQ(found[1].result, Result::pass);
}

TEST_F(Dkim, Times) {
    const auto times = [&](std::time_t made, std::time_t expires) {
        return signed_with(changed(
            tags, "h=from",
            "t=" + std::to_string(today + made) + "; x=" + std::to_string(today + expires) + "; h=from"));
    };
    EXPECT_EQ(times(-100, 100), "pass");
    EXPECT_EQ(times(-1000, -300), "pass");
    EXPECT_EQ(times(-1000, -301), "policy: the signature has expired");
    EXPECT_EQ(times(300, 1000), "pass");
    EXPECT_EQ(times(301, 1000), "policy: the signature is from the future");
    EXPECT_EQ(signed_with(changed(tags, "h=from", "x=99999999999999999999999; h=from")), "pass");
}

TEST_F(Dkim, Keys) {
    const std::string name = "s1._domainkey.client.example", good = rsa().sign(mail, tags);
    struct Case {
        std::string record, verdict;
    };
    const DkimSigner other, weak(auth::KeyType::rsa, 768);
    const Case cases[] = {
        {rsa().record(), "pass"},
        {"p=" + rsa().public_key(), "pass"},
        {rsa().record("h=sha1:sha256; s=email; t=s"), "pass"},
        {rsa().record("h=sha1"), "permerror: the key is not for this hash"},
        {rsa().record("s=tlsrpt"), "permerror: the key is not for mail"},
        {"v=DKIM1; p=", "permerror: the key is revoked"},
        {"v=DKIM1; p=QUJD", "permerror: the key is malformed, or too long"},
        {"v=spf1 -all", "permerror: the record is no DKIM1 key"},
        {edwards().record(), "permerror: the key is of another type"},
        {other.record(), "fail: the signature does not match"},
        {weak.record(), "fail: the signature does not match"},
    };
    for (const Case& one : cases) {
        dns.forget(name);
        dns.txt(name, one.record);
        EXPECT_EQ(verdict(good), one.verdict) << one.record;
    }
    dns.forget(name);
    dns.txt(name, weak.record());
    EXPECT_EQ(verdict(weak.sign(mail, tags)), "policy: the key has less than 1024 bits");
    dns.forget(name);
    dns.txt(name, rsa().record("t=s"));
    EXPECT_EQ(signed_with(changed(tags, "h=from", "i=@sub.client.example; h=from")),
              "permerror: the key is not for subdomains");
    dns.forget(name);
    dns.txt(name, rsa().record("t=y"));
    EXPECT_EQ(verdict(good), "pass");
    EXPECT_TRUE(all(good)[0].testing);
}

TEST_F(Dkim, SeveralKeysUnderOneName) {
    const std::string name = "s1._domainkey.client.example", good = rsa().sign(mail, tags);
    const DkimSigner other;
    dns.forget(name);
    dns.txt(name, "some other text")
        .txt(name, edwards().record())
        .txt(name, other.record())
        .txt(name, rsa().record());
    EXPECT_EQ(verdict(good), "pass");
    EXPECT_EQ(verdict(edwards().sign(mail, changed(tags, "rsa-", "ed25519-"))), "pass");
    dns.forget(name);
    for (std::size_t i = 0; i < auth::max_keys_per_name; ++i) dns.txt(name, "v=DKIM1; p=");
    dns.txt(name, rsa().record());
    EXPECT_EQ(verdict(good), "permerror: the key is revoked");
}

TEST_F(Dkim, TroubleWithDns) {
    const std::string name = "s1._domainkey.client.example", good = rsa().sign(mail, tags);
    dns.forget(name);
    EXPECT_EQ(verdict(good), "permerror: there is no such key");
    dns.exists(name);
    EXPECT_EQ(verdict(good), "permerror: there is no such key");
    dns.fails(name);
    EXPECT_EQ(all(good)[0].result, Result::temperror);
    dns.forget(name);
    dns.silent(name);
    EXPECT_EQ(test::run(auth::verify_dkim(good, dns, test::soon(std::chrono::milliseconds(0)), {}))[0].result,
              Result::temperror);
    // What one domain's DNS does is nothing to another's.
    dns.txt("s2._domainkey.client.example", rsa().record());
    dns.forget(name);
    dns.fails(name);
    const auto both = all(rsa().sign(good, changed(tags, "s=s1", "s=s2")));
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].result, Result::pass);
    EXPECT_EQ(both[1].result, Result::temperror);
}

TEST_F(Dkim, AsksOnlyWhatItMustKnow) {
    const std::string good = rsa().sign(rsa().sign(mail, tags), tags);
    EXPECT_EQ(all(good).size(), 2U);
    EXPECT_EQ(dns.asked, std::vector<std::string>{"TXT s1._domainkey.client.example"});
    dns.asked.clear();
    EXPECT_EQ(all(good + "more").size(), 2U);
    EXPECT_TRUE(dns.asked.empty());
}

TEST_F(Dkim, NoMoreThanTenSignatures) {
    std::string many = mail;
    for (std::size_t i = 0; i < auth::max_signatures + 3; ++i) many = rsa().sign(many, tags);
    const auto found = all(many);
    ASSERT_EQ(found.size(), auth::max_signatures + 1);
    for (std::size_t i = 0; i < auth::max_signatures; ++i) EXPECT_EQ(found[i].result, Result::pass);
    EXPECT_EQ(found.back().result, Result::neutral);
    EXPECT_EQ(found.back().why, "3 more signatures are not looked at");
    EXPECT_EQ(found.back().domain, "");
}

TEST_F(Dkim, HeaderOverItsBound) {
    const std::string good = rsa().sign(mail, tags);
    std::string flood;
    for (std::size_t i = 0; i < mail::max_header_fields; ++i) flood += "X: y\r\n";
    EXPECT_EQ(verdict(changed(good, "Received:", flood + "Received:")), "neutral: the header is too large");
}

TEST_F(Dkim, InternationalDomains) {
    dns.txt("s1._domainkey.xn--bcher-kva.example", rsa().record());
    const auto found = all(rsa().sign(mail, changed(tags, "client.example",
                                                    "B\xC3\xBC"
                                                    "cher.example; i=ann@b\xC3\xBC"
                                                    "cher.example")));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].why, "");
    EXPECT_EQ(found[0].result, Result::pass);
    EXPECT_EQ(found[0].domain, "xn--bcher-kva.example");
}

}  // namespace
