// What a chain of ARC sets is worth.
#include "auth/arc.hpp"

#include "tests/support/dkim_signer.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

namespace {

using test::DkimSigner;

const DkimSigner& signer() {
    static const DkimSigner one(auth::KeyType::rsa, 1024);
    return one;
}

const std::string mail =
    "From: Ann <ann@client.example>\r\nTo: support@desk.example\r\nSubject: My printer\r\n\r\nPlease "
    "help.\r\n";

std::string domain(std::size_t instance) {
    return "list" + std::to_string(instance) + ".example";
}

std::string chain_of(std::size_t sets) {
    std::string out = mail;
    for (std::size_t i = 1; i <= sets; ++i) out = signer().seal(out, i, domain(i), i == 1 ? "none" : "pass");
    return out;
}

class Arc : public testing::Test {
  protected:
    test::FakeDns dns;

    void SetUp() override {
        for (std::size_t i = 1; i <= auth::max_arc_sets + 1; ++i)
            dns.txt("s1._domainkey." + domain(i), signer().record());
    }
    auth::Arc all(const std::string& raw) {
        return test::run(
            auth::verify_arc(raw, dns, test::soon(), std::chrono::system_clock::from_time_t(1'772'528'400)));
    }
    std::string verdict(const std::string& raw) {
        const auth::Arc arc = all(raw);
        std::string text(auth::name(arc.result));
        return arc.why.empty() ? text : text + ": " + arc.why;
    }
};

std::string changed(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST_F(Arc, WhatIsReported) {
    const auth::Arc arc = all(chain_of(3));
    EXPECT_EQ(arc.result, auth::Result::pass) << arc.why;
    EXPECT_EQ(arc.sealers, (std::vector<std::string>{"list1.example", "list2.example", "list3.example"}));
    EXPECT_EQ(arc.author_results, "mx.list1.example; dmarc=fail");
    EXPECT_EQ(verdict(mail), "none");
    EXPECT_EQ(verdict(""), "none");
}

TEST_F(Arc, ChangesOnTheWay) {
    const std::string two = chain_of(2);
    EXPECT_EQ(verdict(changed(two, "To: support", "To: other")), "pass");  // it is not signed
    EXPECT_EQ(verdict(changed(two, "Please", "Don't")), "fail: message signature 2: the body was changed");
    EXPECT_EQ(verdict(changed(two, "My printer", "My ink")),
              "fail: message signature 2: the signature does not match");
    EXPECT_EQ(verdict(changed(two, "list1.example; dmarc=fail", "list1.example; dmarc=pass")),
              "fail: seal 2: the signature does not match");
    // Who seals what he changed himself: the older message signature need not hold.
    EXPECT_EQ(verdict(signer().seal(changed(chain_of(1), "Please", "[list] Please"), 2, domain(2), "pass")),
              "pass");
    // The last sealer has a word about those before him, and it is taken.
    EXPECT_EQ(verdict(signer().seal(chain_of(1), 2, domain(2), "fail")),
              "fail: the last sealer found the chain broken");
    EXPECT_EQ(verdict(signer().seal(mail, 1, domain(1), "pass")), "fail: a seal says what it can't (cv=)");
}

TEST_F(Arc, SetsThatAreNone) {
    const std::string two = chain_of(2);
    for (const char* const name : {"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"}) {
        EXPECT_EQ(verdict(changed(two, name, "X-Arc")), "fail: a set is incomplete") << name;
        EXPECT_EQ(verdict(changed(two, std::string(name) + ": i=2", std::string(name) + ": i=1")),
                  "fail: the sets are not in sequence")
            << name;
        EXPECT_EQ(verdict(changed(two, std::string(name) + ": i=2", std::string(name) + ": i=9")),
                  "fail: the sets are not in sequence")
            << name;
    }
    EXPECT_EQ(verdict("ARC-Seal: what?\r\n\r\n"), "fail: a set is incomplete");
    EXPECT_EQ(verdict(changed(two, "a=rsa-sha256", "a=rsa-sha1")), "fail: a seal: signed with sha1");
}

TEST_F(Arc, NoMoreThanFifty) {
    const std::string fifty = chain_of(auth::max_arc_sets);
    dns.asked.clear();
    EXPECT_EQ(verdict(fifty), "pass");
    EXPECT_EQ(dns.queries(), auth::max_arc_sets);  // each key once
    EXPECT_EQ(verdict(signer().seal(fifty, auth::max_arc_sets + 1, domain(auth::max_arc_sets + 1), "pass")),
              "fail: there are more than 50 sets");
}

TEST_F(Arc, JunkCostsNoLookUps) {
    const std::string many = chain_of(20);
    dns.asked.clear();
    EXPECT_EQ(all(changed(many, "Please", "Don't")).result, auth::Result::fail);
    EXPECT_EQ(dns.queries(), 0U);
    EXPECT_EQ(all(changed(many, "My printer", "My ink")).result, auth::Result::fail);
    EXPECT_EQ(dns.queries(), 1U);  // message signature and seal of the newest set have one key
}

TEST_F(Arc, TroubleWithDns) {
    const std::string two = chain_of(2);
    dns.fails("s1._domainkey.list1.example");
    EXPECT_EQ(all(two).result, auth::Result::temperror);
    dns.fails("s1._domainkey.list2.example");
    EXPECT_EQ(all(two).result, auth::Result::temperror);
    dns.forget("s1._domainkey.list2.example");
    EXPECT_EQ(verdict(two), "fail: message signature 2: there is no such key");
}

TEST_F(Arc, PartOfTheBodyAndExpiry) {
    const auto with = [&](const std::string& tag) {
        std::string one = signer().seal(mail, 1, domain(1), "none");
        return one.find("h=from") == std::string::npos ? one : changed(one, "h=from", tag + "h=from");
    };
    EXPECT_EQ(verdict(with("l=5; ")), "fail: message signature 1: the body was changed");
    EXPECT_EQ(verdict(with("x=1; ")), "fail: message signature 1: it has expired");
    EXPECT_EQ(verdict(with("l=14; ") + "more\r\n"),
              "fail: message signature 1: not all of the body is signed");
}

}  // namespace
