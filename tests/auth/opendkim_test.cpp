// libopendkim as an oracle: what it signs verifies here, what we sign verifies there, and of mails that were
// changed on the way both say the same.
#include "tests/support/opendkim.hpp"

#include "auth/dkim.hpp"
#include "auth/dkim_sign.hpp"
#include "tests/support/dkim_signer.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <random>

namespace {

class OpenDkimOracle : public testing::Test {
  protected:
    std::mt19937 random{20260303};
    test::DkimSigner rsa{auth::KeyType::rsa, 1024}, edwards{auth::KeyType::ed25519};
    test::OpenDkim rsa_oracle{rsa.record()}, edwards_oracle{edwards.record()};
    test::FakeDns rsa_dns, edwards_dns;

    void SetUp() override {
        rsa_dns.txt("s1._domainkey.client.example", rsa.record());
        edwards_dns.txt("s1._domainkey.client.example", edwards.record());
    }

    std::size_t below(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
    }

    // Blanks of all sorts between words, folds in fields, lines of nothing but blanks in bodies.
    std::string words(std::size_t most, const std::vector<std::string>& between) {
        std::string out;
        const std::size_t count = below(most + 1);
        for (std::size_t i = 0; i < count; ++i) {
            out.append(1 + below(12), static_cast<char>('!' + below(94)));
            out += between[below(between.size())];
        }
        return out;
    }
    std::string any_mail() {
        // It refuses a mail whose From has no address.
        std::string out = std::string("From:") + (below(2) == 0 ? " Ann\r\n\t " : "\t Ann  B ") +
                          "<ann@client.example>\r\n";
        const std::vector<std::string> names = {"To", "Subject", "Date",        "Message-ID",
                                                "Cc", "X-One",   "mime-version"};
        const std::vector<std::string> in_fields = {" ",     "  ",      "\t",      " \t ",
                                                    "\r\n ", "\r\n\t ", " \r\n  ", ""};
        for (std::size_t i = below(12); i > 0; --i)
            out += names[below(names.size())] + std::string(below(3) == 0 ? " " : "") + ":" +
                   std::string(below(3), ' ') + "x" + words(8, in_fields) + "y\r\n";
        out += "\r\n";
        const std::vector<std::string> in_bodies = {" ",        "  ",          "\t",       "\r\n", " \r\n",
                                                    "\r\n\r\n", "\r\n \t\r\n", "\xC3\xA9", "",     "\r\n."};
        for (std::size_t i = below(20); i > 0; --i) out += words(20, in_bodies);
        out += "\r\n";  // it takes no body whose last line has no end; by SMTP none comes
        for (std::size_t i = below(4); i > 0; --i) out += "\r\n";
        return out;
    }
    std::string verdict(const std::string& mail, test::FakeDns& dns) {
        const auto found =
            test::run(auth::verify_dkim(mail, dns, test::soon(), std::chrono::system_clock::now()));
        return found.empty() ? "none"
                             : std::string(auth::name(found[0].result)) +
                                   (found[0].why.empty() ? "" : ": " + found[0].why);
    }
};

TEST_F(OpenDkimOracle, EachVerifiesWhatTheOtherSigns) {
    std::size_t ours = 0, theirs = 0, total = 0;
    for (std::size_t i = 0; i < 400; ++i) {
        // With Ed25519 and a simple header it doesn't verify even its own.
        const bool ed25519 = i % 8 < 4;
        const test::OpenDkim::Way way{i % 2 == 0 || ed25519, i % 4 < 2, ed25519, -1};
        const test::OpenDkim& oracle = way.ed25519 ? edwards_oracle : rsa_oracle;
        const test::DkimSigner& signer = way.ed25519 ? edwards : rsa;
        test::FakeDns& dns = way.ed25519 ? edwards_dns : rsa_dns;
        const std::string mail = any_mail();
        const std::string by_them = oracle.sign(mail, signer.private_pem(), way);
        const std::string by_us =
            signer.sign(mail, std::string("v=1; a=") + (way.ed25519 ? "ed25519" : "rsa") +
                                  "-sha256; c=" + (way.relaxed_header ? "relaxed/" : "simple/") +
                                  (way.relaxed_body ? "relaxed" : "simple") +
                                  "; d=client.example; s=s1; h=from:to:to:cc:subject:x-one:x-none");
        ++total;
        EXPECT_EQ(verdict(by_them, dns), "pass") << by_them;
        EXPECT_EQ(oracle.verify(by_us), "pass") << by_us;
        ours += verdict(by_them, dns) == "pass" ? 1 : 0;
        theirs += oracle.verify(by_us) == "pass" ? 1 : 0;
    }
    std::cout << "libopendkim's signatures that verify here: " << ours << " of " << total
              << "; ours that verify there: " << theirs << " of " << total << '\n';
}

TEST_F(OpenDkimOracle, WhatLeavesTheDeskVerifiesThere) {
    const auto key_of = [](const test::DkimSigner& signer) {
        return std::vector{
            std::make_shared<const auth::DkimKey>(auth::DkimKey{"client.example", "s1", signer.key()})};
    };
    const auto rsa_key = key_of(rsa), edwards_key = key_of(edwards);
    const auto now = std::chrono::system_clock::now();
    std::size_t there = 0, here = 0, total = 0;
    for (std::size_t i = 0; i < 600; ++i) {
        const bool ed25519 = i % 2 == 0;
        std::string mail = any_mail();
        if (i % 7 == 0) mail += std::string(below(5000), 'x') + "\t \r\n";
        if (i % 11 == 0) mail = mail.substr(0, mail.find("\r\n\r\n") + 4);  // no body at all
        mail.insert(0, auth::sign_all(ed25519 ? edwards_key : rsa_key, mail, now));
        ++total;
        there += (ed25519 ? edwards_oracle : rsa_oracle).verify(mail) == "pass" ? 1 : 0;
        here += verdict(mail, ed25519 ? edwards_dns : rsa_dns) == "pass" ? 1 : 0;
        EXPECT_EQ(here, total) << mail;
        ASSERT_EQ(there, total) << mail;
    }
    std::cout << "what leaves the desk: " << there << " of " << total << " verify by libopendkim\n";
}

TEST_F(OpenDkimOracle, BothSayTheSameOfChangedMails) {
    std::size_t passed = 0, total = 0;
    for (std::size_t i = 0; i < 3000; ++i) {
        const bool ed25519 = i % 8 < 4;
        const test::OpenDkim::Way way{i % 2 == 0 || ed25519, i % 4 < 2, ed25519, -1};
        const test::OpenDkim& oracle = way.ed25519 ? edwards_oracle : rsa_oracle;
        std::string mail = oracle.sign(any_mail(), (way.ed25519 ? edwards : rsa).private_pem(), way);
        // Anywhere behind the signature field; its own tags are tried one by one in dkim_test.cpp.
        const std::size_t from = mail.find("\r\nFrom") + 2, at = from + below(mail.size() - from);
        const std::vector<std::string> pieces = {" ",     "\t",    "  ", "a",       "\r\n",
                                                 "\r\n ", " \r\n", ":",  "X: y\r\n"};
        const std::string piece = pieces[below(pieces.size())];
        switch (below(4)) {
            case 0:
                mail.insert(at, piece);
                break;
            case 1:
                mail.erase(at, 1);
                break;
            case 2:
                mail.replace(at, 1, piece);
                break;
            default:
                mail.insert(mail.find("\r\n", at) == std::string::npos ? mail.size() : mail.find("\r\n", at),
                            piece);
        }
        // Line ends are whole when a mail has come by SMTP.
        std::string whole;
        for (std::size_t c = 0; c < mail.size(); ++c) {
            if (mail[c] == '\r' && (c + 1 == mail.size() || mail[c + 1] != '\n')) continue;
            if (mail[c] == '\n' && !whole.ends_with('\r')) continue;
            whole += mail[c];
        }
        if (!whole.ends_with("\r\n")) whole += "\r\n";
        const std::string found = verdict(whole, way.ed25519 ? edwards_dns : rsa_dns);
        const std::string expected = oracle.verify(whole);
        if (expected.starts_with("status")) continue;  // to it this is no mail, and nothing is said of it
        ++total;
        passed += expected == "pass" ? 1 : 0;
        EXPECT_EQ(found == "pass", expected == "pass") << "here " << found << ", there " << expected << "\n"
                                                       << whole;
    }
    std::cout << total << " changed mails, of which " << passed << " verify all the same\n";
    EXPECT_GT(total, 1500U);
    EXPECT_GT(passed, total / 20);
    EXPECT_LT(passed, total);
}

}  // namespace
