// What `ticketgate domain check` makes of DNS: a domain that has all, and each thing that it may lack.
#include "daemon/domain_check.hpp"

#include "daemon/zone_line.hpp"
#include "tests/outbound/fake_https.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/fake_dns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace program;
using Grade = Finding::Grade;
using testing::HasSubstr;

struct DomainCheck : testing::Test {
    test::FakeDns dns;
    test::FakeHttps web;
    DomainQuestion question{.domain = "acme.example",
                            .bounce_domain = "acme.example",
                            .reply_domain = "acme.example",
                            .host_name = "mx.acme.example",
                            .mail_hosts = {"mx.acme.example"},
                            .addresses = {},
                            .smarthost = {},
                            .keys = {},
                            .certificate = std::nullopt};

    void SetUp() override {
        static const auth::PrivateKey rsa = auth::PrivateKey::make(auth::KeyType::rsa);
        question.keys.push_back({{"acme.example", "r1", rsa}, {}, true, {}});
        dns.a("mx.acme.example", "192.0.2.5")
            .ptr("192.0.2.5", "mx.acme.example")
            .mx("acme.example", 10, "mx.acme.example")
            .txt("acme.example", "v=spf1 ip4:192.0.2.5 -all")
            .txt("r1._domainkey.acme.example", auth::dkim_record(rsa))
            .txt("_dmarc.acme.example", "v=DMARC1; p=reject")
            .txt("_mta-sts.acme.example", "v=STSv1; id=20261122");
        policy("enforce", "mx.acme.example");
    }

    void policy(const std::string& mode, const std::string& host) {
        web.answers["mta-sts.acme.example/.well-known/mta-sts.txt"] = {
            200, "text/plain", "version: STSv1\nmode: " + mode + "\nmx: " + host + "\nmax_age: 604800\n"};
    }
    std::vector<Finding> check() { return test::run(check_domain(question, dns, web, test::soon())); }
    // "MX good, SPF missing": in their order, those of one kind once.
    std::string grades() {
        std::string text;
        for (const Finding& one : check())
            text += (text.empty() ? "" : ", ") + one.what + " " + std::string(name(one.grade));
        return text;
    }
    Finding one(const std::string& what, std::size_t number = 0) {
        for (const Finding& found : check())
            if (found.what == what && number-- == 0) return found;
        ADD_FAILURE() << "nothing is said of " << what;
        return {};
    }
    void expect(const std::string& what, Grade grade, const char* words, const std::string& record = "") {
        const Finding found = one(what);
        EXPECT_EQ(name(found.grade), name(grade)) << found.words;
        EXPECT_THAT(found.words, HasSubstr(words));
        EXPECT_EQ(found.record, record);
    }
};

TEST_F(DomainCheck, ADomainThatHasAll) {
    EXPECT_EQ(grades(), "MX good, SPF good, DKIM good, DMARC good, PTR good, MTA-STS good");
}

TEST_F(DomainCheck, WhatDnsDoesNotTellIsUnknown) {
    for (const char* const name :
         {"acme.example", "r1._domainkey.acme.example", "_dmarc.acme.example", "_mta-sts.acme.example"})
        dns.fails(name);
    EXPECT_EQ(grades(), "MX unknown, SPF unknown, DKIM unknown, DMARC unknown, PTR good, MTA-STS unknown");
}

TEST_F(DomainCheck, AHostWithoutAnAddress) {
    dns.forget("mx.acme.example");
    expect("address", Grade::missing, "has no address in DNS", "mx.acme.example. IN A ADDRESS");
}

TEST_F(DomainCheck, MailThatComesElsewhere) {
    const std::string record = "acme.example. IN MX 10 mx.acme.example.";
    dns.forget("acme.example");
    dns.txt("acme.example", "v=spf1 ip4:192.0.2.5 -all");
    expect("MX", Grade::missing, "has no MX record; bounces and answers to mail of acme.example come there",
           record);
    dns.mx("acme.example", 10, "mail.other.example");
    expect("MX", Grade::missing, "brought to mail.other.example, not to mx.acme.example", record);
    dns.a("mail.other.example", "192.0.2.5");
    expect("MX", Grade::good, "comes to mail.other.example");
    question.mail_hosts = {"relay.acme.example"};
    dns.forget("mail.other.example");
    expect("MX", Grade::missing, "not to relay.acme.example", "acme.example. IN MX 10 relay.acme.example.");
    question.mail_hosts = {"MAIL.other.example"};
    expect("MX", Grade::good, "comes to mail.other.example");
}

TEST_F(DomainCheck, ANullMx) {
    dns.forget("acme.example");
    dns.mx("acme.example", 0, "");
    expect("MX", Grade::missing, "brought to nobody (null MX)", "acme.example. IN MX 10 mx.acme.example.");
}

TEST_F(DomainCheck, WhereBouncesAndAnswersArriveElsewhereTheDomainsOwnMxIsAdvice) {
    question.bounce_domain = "bounce.acme.example";
    question.reply_domain = "reply.acme.example";
    dns.mx("bounce.acme.example", 10, "mx.acme.example")
        .txt("bounce.acme.example", "v=spf1 ip4:192.0.2.5 -all");
    dns.forget("acme.example");
    EXPECT_EQ(one("MX", 0).grade, Grade::advice);
    EXPECT_EQ(one("MX", 1).grade, Grade::good) << "of bounces";
    EXPECT_EQ(one("MX", 2).grade, Grade::missing);
    EXPECT_THAT(one("MX", 2).words, HasSubstr("answers to mail of acme.example"));
    EXPECT_EQ(one("SPF").grade, Grade::good) << "of the bounce domain";
}

TEST_F(DomainCheck, AnAddressThatSpfDoesNotPermit) {
    question.addresses = {boost::asio::ip::make_address("192.0.2.5"),
                          boost::asio::ip::make_address("192.0.2.77"),
                          boost::asio::ip::make_address("2001:db8::7")};
    expect("SPF", Grade::missing, "does not permit ip4:192.0.2.77 ip6:2001:db8::7 (fail)",
           R"(acme.example. IN TXT "v=spf1 ip4:192.0.2.77 ip6:2001:db8::7 ip4:192.0.2.5 -all")");
    dns.forget("acme.example");
    dns.mx("acme.example", 10, "mx.acme.example");
    question.addresses.pop_back();
    expect("SPF", Grade::missing, "has no SPF record",
           R"(acme.example. IN TXT "v=spf1 ip4:192.0.2.5 ip4:192.0.2.77 ~all")");
}

TEST_F(DomainCheck, WhatASmarthostSendsFromIsToBeSaid) {
    question.smarthost = "relay.example:587";
    expect("SPF", Grade::advice, "leaves by relay.example:587; say with --address");
    EXPECT_THAT(grades(), testing::Not(HasSubstr("PTR")));
    question.addresses = {boost::asio::ip::make_address("192.0.2.5")};
    EXPECT_EQ(one("SPF").grade, Grade::good);
}

TEST_F(DomainCheck, AnSpfRecordThatIsNone) {
    dns.txt("acme.example", "v=spf1 -all");  // two of them
    EXPECT_THAT(one("SPF").words, HasSubstr("permerror"));
}

TEST_F(DomainCheck, DkimKeysThatDnsHasNotAsTheyAre) {
    const std::string record =
        zone_text_line("r1._domainkey.acme.example", auth::dkim_record(question.keys[0].key.key));
    dns.forget("r1._domainkey.acme.example");
    expect("DKIM", Grade::missing, "has no key record", record);
    dns.txt("r1._domainkey.acme.example", auth::dkim_record(auth::PrivateKey::make(auth::KeyType::ed25519)));
    expect("DKIM", Grade::missing, "is not our key (another key)", record);
    dns.forget("r1._domainkey.acme.example");
    dns.txt("r1._domainkey.acme.example", "v=DKIM1; p=");
    expect("DKIM", Grade::missing, "is not our key (", record);
    EXPECT_EQ(one("DMARC").grade, Grade::advice) << "by SPF alone";
    dns.forget("r1._domainkey.acme.example");
    dns.txt("r1._domainkey.acme.example", "t=y; " + auth::dkim_record(question.keys[0].key.key).substr(8));
    expect("DKIM", Grade::advice, "t=y", record);
}

TEST_F(DomainCheck, KeysThatDoNotSignYetNorAnyMore) {
    question.keys[0].active = false;
    expect("DKIM", Grade::advice,
           "has the key; it does not sign yet: ticketgate domain dkim activate acme.example");
    EXPECT_EQ(one("DKIM", 1).grade, Grade::missing);
    EXPECT_THAT(one("DKIM", 1).words, HasSubstr("no key signs mail of acme.example"));
    question.keys[0].retired = std::chrono::system_clock::now();
    expect("DKIM", Grade::missing, "ticketgate domain dkim add acme.example");
}

TEST_F(DomainCheck, Dmarc) {
    dns.forget("_dmarc.acme.example");
    expect("DMARC", Grade::advice, "has no DMARC record",
           R"(_dmarc.acme.example. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@acme.example")");
    dns.txt("_dmarc.acme.example", "v=DMARC1; p=none");
    expect("DMARC", Grade::advice, "ask for quarantine or reject");
    dns.forget("_dmarc.acme.example");
    dns.txt("_dmarc.acme.example", "v=DMARC1; p=reject");
    question.bounce_domain = "other.example";
    expect("DMARC", Grade::good, "ours does by DKIM");
    question.keys.clear();
    expect("DMARC", Grade::missing, "passes neither by DKIM nor by its bounce domain other.example");
}

TEST_F(DomainCheck, AnAddressThatNothingLeadsBackTo) {
    dns.forget("5.2.0.192.in-addr.arpa");
    expect("PTR", Grade::advice, "192.0.2.5 has no name that leads back",
           "5.2.0.192.in-addr.arpa. IN PTR mx.acme.example.");
}

TEST_F(DomainCheck, MtaSts) {
    const std::string record = R"(_mta-sts.acme.example. IN TXT "v=STSv1; id=1")";
    expect("MTA-STS", Grade::good, "the policy of acme.example is in force");
    policy("enforce", "*.other.example");
    expect("MTA-STS", Grade::missing, "does not name mx.acme.example: senders that heed it bring no mail");
    policy("testing", "*.other.example");
    expect("MTA-STS", Grade::advice, "does not name mx.acme.example");
    policy("testing", "*.acme.example");
    expect("MTA-STS", Grade::advice, "only when its mode is enforce");
    web.answers.clear();
    expect("MTA-STS", Grade::advice, "can't be had (no connection)");
    dns.txt("_mta-sts.acme.example", "v=STSv1; id=2");
    expect("MTA-STS", Grade::advice, "several MTA-STS records", record);
    dns.forget("_mta-sts.acme.example");
    expect("MTA-STS", Grade::advice, "has no MTA-STS", record);
}

TEST_F(DomainCheck, DaneWhereTheZoneIsSigned) {
    const test::CertificateFiles certificate("mx.acme.example");
    question.certificate = OwnCertificate::read(certificate.chain_file);
    ASSERT_TRUE(question.certificate);
    const std::string data = question.certificate->record();
    const std::string record = "_25._tcp.mx.acme.example. IN TLSA " + data;
    EXPECT_THAT(grades(), testing::Not(HasSubstr("TLSA"))) << "the zone is not signed";
    dns.secure("acme.example");
    expect("TLSA", Grade::advice, "has no TLSA record", record);

    std::string digest;
    for (std::size_t i = 6; i < data.size(); i += 2)
        digest += static_cast<char>(std::stoi(data.substr(i, 2), nullptr, 16));
    ASSERT_EQ(digest.size(), 32U);
    const std::string at = "_25._tcp.mx.acme.example";
    dns.record(at, net::RecordType::tlsa, std::string("\3\1\1", 3) + std::string(32, 'x'));
    expect("TLSA", Grade::advice, "not signed by DNSSEC");
    dns.secure(at);
    expect("TLSA", Grade::missing, "names none of what smtp.tls_certificate shows", record);
    dns.record(at, net::RecordType::tlsa, std::string("\3\1\1", 3) + digest);
    expect("TLSA", Grade::good, "names our certificate");
    question.certificate.reset();
    expect("TLSA", Grade::good, "is there");
    dns.fails(at);
    expect("TLSA", Grade::unknown, "could not be looked up");
}

TEST(OwnCertificate, ComparesWhatCanBeCompared) {
    EXPECT_FALSE(OwnCertificate::read("/nowhere"));
    const test::CertificateFiles certificate("mx.acme.example");
    EXPECT_FALSE(OwnCertificate::read(certificate.key_file));
    const auto own = OwnCertificate::read(certificate.chain_file);
    ASSERT_TRUE(own);
    using Match = OwnCertificate::Match;
    for (const std::uint8_t usage : {std::uint8_t{0}, std::uint8_t{2}})
        EXPECT_EQ(own->matches({usage, 1, 1, std::string(32, 'x')}), Match::not_comparable);
    for (const net::TlsaRecord& record : {net::TlsaRecord{3, 1, 1, ""}, net::TlsaRecord{4, 1, 1, "x"},
                                          net::TlsaRecord{3, 2, 1, "x"}, net::TlsaRecord{3, 1, 3, "x"}})
        EXPECT_EQ(own->matches(record), Match::no);
}

TEST(ZoneLine, TextsStandInStringsOf255Octets) {
    EXPECT_EQ(zone_line("a.example", "MX", "10 b."), "a.example. IN MX 10 b.");
    EXPECT_EQ(zone_text_line("a.example", ""), R"(a.example. IN TXT "")");
    EXPECT_EQ(zone_text_line("a.example", R"(a "b" \)"), R"(a.example. IN TXT "a \"b\" \\")");
    const std::string x(255, 'x');
    EXPECT_EQ(zone_text_line("a.example", x), "a.example. IN TXT \"" + x + "\"");
    EXPECT_EQ(zone_text_line("a.example", x + "y"), "a.example. IN TXT \"" + x + "\" \"y\"");
}

}  // namespace
