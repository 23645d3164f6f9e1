// What leaves the desk is signed so that others can verify it, and so that nothing can be added to it.
#include "auth/dkim_sign.hpp"

#include "auth/dkim.hpp"
#include "auth/key_record.hpp"
#include "mail/text.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

using auth::KeyType;
using auth::PrivateKey;

const std::string mail =
    "From: Support <support@desk.example>\r\nTo: Ann <ann@client.example>\r\nSubject: Re: My printer\r\n"
    "Message-ID: <1@desk.example>\r\nReferences: <a@client.example>\r\n <b@client.example>\r\n"
    "Auto-Submitted: auto-replied\r\nX-Other: free\r\n\r\nTurn it  off. \r\n\r\n\r\n";
constexpr std::time_t today = 1'795'000'000;
const auto now = std::chrono::system_clock::from_time_t(today);

using Keys = std::vector<std::shared_ptr<const auth::DkimKey>>;

const Keys& both() {
    static const Keys keys = {std::make_shared<const auth::DkimKey>(
                                  auth::DkimKey{"desk.example", "r1", PrivateKey::make(KeyType::rsa)}),
                              std::make_shared<const auth::DkimKey>(
                                  auth::DkimKey{"desk.example", "e1", PrivateKey::make(KeyType::ed25519)})};
    return keys;
}

std::string verdicts(const std::string& raw, std::time_t when = today) {
    test::FakeDns dns;
    for (const auto& key : both())
        dns.txt(auth::dkim_record_name(key->domain, key->selector), auth::dkim_record(key->key));
    std::string text;
    for (const auto& one :
         test::run(auth::verify_dkim(raw, dns, test::soon(), std::chrono::system_clock::from_time_t(when))))
        text.append(text.empty() ? "" : " ").append(auth::name(one.result));
    return text;
}

std::string changed(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST(DkimSign, BothSignaturesStandOnOneMail) {
    const std::string field = auth::sign_all(both(), mail, now);
    EXPECT_EQ(verdicts(field + mail), "pass pass");
    EXPECT_LT(field.find("a=rsa-sha256"), field.find("a=ed25519-sha256"));
    EXPECT_EQ(auth::sign_all({}, mail, now), "");
}

TEST(DkimSign, LinesAreFoldedAndTheHeaderStaysSmall) {
    const std::string field = auth::sign_all(both(), mail, now);
    EXPECT_LT(field.size(), 1600U);
    std::string_view rest = field;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        ASSERT_NE(end, std::string_view::npos);
        EXPECT_LE(end, 78U) << rest.substr(0, end);
        EXPECT_TRUE(rest.starts_with("DKIM-Signature:") || rest.starts_with("\t")) << rest.substr(0, end);
        EXPECT_NE(mail::trim(rest.substr(0, end)), "");
        rest.remove_prefix(end + 2);
    }
}

TEST(DkimSign, WhatAReaderSeesCannotBeChangedNorAdded) {
    const std::string whole = auth::sign_all(both(), mail, now) + mail;
    for (const char* const field :
         {"From: Eve <eve@bad.example>", "To: eve@bad.example", "Cc: eve@bad.example", "Subject: Pay here",
          "Reply-To: eve@bad.example", "Date: Tue, 3 Mar 2026 10:00:00 +0100", "Message-ID: <2@bad.example>",
          "In-Reply-To: <2@bad.example>", "References: <2@bad.example>", "MIME-Version: 1.0",
          "Content-Type: text/html", "Content-Transfer-Encoding: base64"}) {
        EXPECT_EQ(verdicts(std::string(field) + "\r\n" + whole).find("pass"), std::string::npos) << field;
        EXPECT_EQ(verdicts(changed(whole, "X-Other: free", field)).find("pass"), std::string::npos) << field;
    }
    for (const auto& [what, by] : {std::pair("Re: My printer", "Re: My money"), std::pair("off.", "off!"),
                                   std::pair("auto-replied", "no"), std::pair("ann@client", "bob@client")})
        EXPECT_EQ(verdicts(changed(whole, what, by)), "fail fail") << what;
}

TEST(DkimSign, WhatRelaysDoOnTheWayDoesNoHarm) {
    const std::string whole = auth::sign_all(both(), mail, now) + mail;
    EXPECT_EQ(verdicts("Received: from a\r\n\tby b\r\n" + whole), "pass pass");
    EXPECT_EQ(verdicts(whole + "\r\n\r\n"), "pass pass");
    EXPECT_EQ(verdicts(changed(whole, "Turn it  off. ", "Turn it off.")), "pass pass");
    EXPECT_EQ(verdicts(changed(whole, "Subject: Re: My printer", "SUBJECT:  Re: \r\n\tMy printer ")),
              "pass pass");
    EXPECT_EQ(verdicts(changed(whole, "free", "changed")), "pass pass") << "not signed";
}

TEST(DkimSign, ASignatureHasNoEnd) {
    EXPECT_EQ(verdicts(auth::sign_all(both(), mail, now) + mail, today + 90'000'000), "pass pass");
}

TEST(DkimSign, AnyBytesAreSigned) {
    for (const std::string& odd :
         {std::string(), std::string("\r\n"), std::string("no header at all"), std::string("From: a\r\n"),
          std::string("From: a\n\nbare\nlines\n"), std::string("From: \xFF\xFE\r\n\r\n\x80\0\x01", 15),
          "From: a\r\n\r\n" + std::string(100'000, 'x')})
        EXPECT_FALSE(auth::sign_all(both(), odd, now).empty());
    EXPECT_EQ(verdicts(auth::sign_all(both(), "From: a\n\nbare\n", now) + "From: a\r\n\r\nbare\r\n"),
              "pass pass");
    const std::string large = "From: a\r\nX: " + std::string(mail::max_header_bytes, 'x') + "\r\n\r\nb\r\n";
    EXPECT_THROW((void)auth::sign_all(both(), large, now), std::runtime_error);
}

TEST(DkimSign, OneKeySignsOnManyThreads) {
    std::vector<std::thread> threads;
    std::vector<std::string> signatures(4);
    for (std::string& one : signatures)
        threads.emplace_back([&one] {
            for (int i = 0; i < 50; ++i) one = auth::sign_all(both(), mail, now);
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : signatures) EXPECT_EQ(one, signatures.front());
    EXPECT_EQ(verdicts(signatures.front() + mail), "pass pass");
}

TEST(PrivateKey, IsReadAgainFromItsPem) {
    for (const KeyType type : {KeyType::rsa, KeyType::ed25519}) {
        const PrivateKey made = PrivateKey::make(type);
        EXPECT_TRUE(made.pem().starts_with("-----BEGIN PRIVATE KEY-----")) << "PKCS#8";
        const auto read = PrivateKey::read(made.pem());
        ASSERT_TRUE(read);
        EXPECT_EQ(read->type(), type);
        EXPECT_EQ(read->public_key(), made.public_key());
        const std::string digest = auth::digest_of(auth::Hash::sha256, "text");
        const auto verifier = auth::PublicKey::read(type, made.public_key());
        ASSERT_TRUE(verifier);
        EXPECT_TRUE(verifier->verifies(auth::Hash::sha256, digest, read->sign(auth::Hash::sha256, digest)));
    }
}

TEST(PrivateKey, OthersAreNone) {
    const std::string pem = PrivateKey::make(KeyType::ed25519).pem();
    for (const std::string& text :
         {std::string(), std::string("spoilt"), pem.substr(0, pem.size() / 2), std::string(100'000, '-'),
          PrivateKey::make(KeyType::rsa, 512).pem(),
          std::string("-----BEGIN EC PRIVATE KEY-----\n"
                      "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n"
                      "AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\n"
                      "EKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==\n-----END EC PRIVATE KEY-----\n")})
        EXPECT_FALSE(PrivateKey::read(text)) << text.substr(0, 40);
}

TEST(DkimRecord, SaysTheKeyAsOthersReadIt) {
    for (const auto& key : both()) {
        const std::string text = auth::dkim_record(key->key);
        const auth::KeyRecord record = auth::read_key_record(text);
        EXPECT_EQ(record.wrong, "");
        EXPECT_EQ(record.type, key->key.type());
        EXPECT_EQ(record.key, key->key.public_key());
    }
    EXPECT_EQ(auth::dkim_record_name("desk.example", "r1"), "r1._domainkey.desk.example");
}

}  // namespace
