// Everything together: results, their weight, one budget of time.
#include "auth/authenticate.hpp"

#include "mail/read.hpp"
#include "tests/support/dkim_signer.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

using namespace std::literals;
using auth::Result;
using auth::Verdict;

namespace {

const test::DkimSigner& signer() {
    static const test::DkimSigner one(auth::KeyType::rsa, 1024);
    return one;
}

const std::string from_bank = "From: Ann <ann@bank.example>\r\nSubject: hello\r\n\r\nHello.\r\n";

std::string signed_by(const std::string& domain, const std::string& mail = from_bank) {
    return signer().sign(mail,
                         "v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + domain + "; s=s1; h=from:subject");
}

class Authenticate : public ::testing::Test {
  protected:
    Authenticate() {
        dns.txt("_dmarc.bank.example", "v=DMARC1; p=reject").txt("bank.example", "v=spf1 ip4:192.0.2.1 -all");
        dns.txt("evil.example", "v=spf1 +all")
            .ptr("192.0.2.1", "mx.bank.example")
            .a("mx.bank.example", "192.0.2.1");
        for (const char* domain :
             {"bank.example", "evil.example", "shop.example", "list.example", "other.example"}) {
            dns.txt("s1._domainkey."s + domain, signer().record());
        }
    }

    auth::Authentication check(const std::string& raw, const std::string& client = "198.51.100.1",
                               const mail::Mailbox& reverse_path = {"eve", "evil.example"}) {
        auth::MailInQuestion mail{
            client, "helo.example", reverse_path, raw, auth::author_of(mail::read_header(raw)), given};
        return test::run(auth::authenticate(std::move(mail), options, dns));
    }

    test::FakeDns dns;
    auth::AuthenticateOptions options;
    std::optional<auth::Spf> given;
};

TEST_F(Authenticate, a_mail_of_the_author) {
    const auto all = check(signed_by("bank.example"), "192.0.2.1", {"ann", "bank.example"});
    EXPECT_EQ(all.client_address, "192.0.2.1");
    EXPECT_EQ(all.spf.result, Result::pass);
    ASSERT_EQ(all.dkim.size(), 1U);
    EXPECT_EQ(all.dkim[0].result, Result::pass) << all.dkim[0].why;
    EXPECT_EQ(all.dmarc.result, Result::pass);
    EXPECT_TRUE(all.dmarc.spf_aligned && all.dmarc.dkim_aligned);
    EXPECT_EQ(all.iprev.host_name, "mx.bank.example");
    EXPECT_EQ(all.arc.result, Result::none);
    EXPECT_EQ(all.verdict, Verdict::pass);
    // Either is enough.
    EXPECT_EQ(check(from_bank, "192.0.2.1", {"ann", "bank.example"}).verdict, Verdict::pass);
    EXPECT_EQ(check(signed_by("bank.example")).verdict, Verdict::pass);
}

TEST_F(Authenticate, a_mail_of_somebody_else) {
    const auto all = check(signed_by("evil.example"));
    EXPECT_EQ(all.spf.result, Result::pass);
    EXPECT_EQ(all.dkim.at(0).result, Result::pass);
    EXPECT_EQ(all.dmarc.result, Result::fail);
    EXPECT_EQ(all.dmarc.policy, auth::Dmarc::Policy::reject);
    EXPECT_EQ(all.verdict, Verdict::fail);
}

TEST_F(Authenticate, who_has_no_record_is_taken_at_his_own_name) {
    const std::string shop = "From: Bob <bob@shop.example>\r\nSubject: hello\r\n\r\nHello.\r\n";
    dns.txt("shop.example", "v=spf1 ip4:192.0.2.7 -all");
    EXPECT_EQ(check(signed_by("shop.example", shop)).verdict, Verdict::pass);
    EXPECT_EQ(check(shop, "192.0.2.7", {"bob", "shop.example"}).verdict, Verdict::pass);
    EXPECT_EQ(check(shop).verdict, Verdict::none);
    EXPECT_EQ(check(signed_by("evil.example", shop)).verdict, Verdict::none);
    // That SPF alone fails says little: forwarders make it so.
    EXPECT_EQ(check(shop, "192.0.2.8", {"bob", "shop.example"}).verdict, Verdict::none);
}

TEST_F(Authenticate, trouble_with_dns) {
    dns.fails("_dmarc.bank.example");
    EXPECT_EQ(check(from_bank).verdict, Verdict::temperror);
    EXPECT_EQ(check(signed_by("bank.example")).verdict, Verdict::pass)
        << "whatever the record says, it is aligned";
    dns.forget("_dmarc.bank.example");
    dns.txt("_dmarc.bank.example", "v=DMARC1; p=reject").fails("s1._domainkey.bank.example");
    EXPECT_EQ(check(signed_by("bank.example")).verdict, Verdict::temperror);
    EXPECT_EQ(check(signed_by("evil.example")).verdict, Verdict::fail);
}

TEST_F(Authenticate, ends_with_its_budget) {
    options.budget = 30ms;
    for (const char* name :
         {"evil.example", "_dmarc.bank.example", "s1._domainkey.bank.example", "1.100.51.198.in-addr.arpa"}) {
        dns.forget(name);
        dns.silent(name);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto all = check(signed_by("bank.example"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_EQ(all.spf.result, Result::temperror);
    EXPECT_EQ(all.dkim.at(0).result, Result::temperror);
    EXPECT_EQ(all.iprev.result, Result::temperror);
    EXPECT_EQ(all.verdict, Verdict::temperror);
}

TEST_F(Authenticate, takes_an_spf_result_that_is_there) {
    given = auth::Spf{Result::pass, false, "bank.example", "", ""};
    EXPECT_EQ(check(from_bank).verdict, Verdict::pass);
    for (const std::string& asked : dns.asked) EXPECT_NE(asked, "TXT evil.example");
}

TEST_F(Authenticate, tricks_with_from) {
    const std::string two = "From: ann@bank.example\r\nFrom: eve@evil.example\r\nSubject: x\r\n\r\nx\r\n";
    const std::string other = "From: eve@evil.example\r\nFrom: ann@bank.example\r\nSubject: x\r\n\r\nx\r\n";
    EXPECT_EQ(check(two).verdict, Verdict::fail);
    EXPECT_EQ(check(other).verdict, Verdict::none) << "proved, and not the only author";
    EXPECT_EQ(
        check("From: a@bank.example, eve@evil.example\r\n\r\n", "192.0.2.1", {"ann", "bank.example"}).verdict,
        Verdict::none);
    EXPECT_EQ(check("Subject: nobody\r\n\r\nx\r\n").verdict, Verdict::none);
    EXPECT_EQ(check("").verdict, Verdict::none);
}

TEST_F(Authenticate, large_mails_are_hashed_elsewhere) {
    boost::asio::thread_pool workers(1);
    options.workers = workers.get_executor();
    const std::string mail = signed_by("bank.example", from_bank + std::string(100'000, 'x') + "\r\n");
    EXPECT_EQ(check(mail).verdict, Verdict::pass);
    EXPECT_EQ(check(mail + "more\r\n").verdict, Verdict::fail);
}

TEST_F(Authenticate, arc_counts_for_sealers_who_are_trusted) {
    const std::string passed = "spf=pass; dmarc=pass header.from=bank.example";
    const auto relayed = [&](const std::string& found, const std::vector<std::string>& sealers) {
        std::string mail = from_bank;
        for (std::size_t i = 1; i <= sealers.size(); ++i) {
            mail = signer().seal(mail, i, sealers[i - 1], i == 1 ? "none" : "pass",
                                 i == 1 ? found : "dmarc=fail");
        }
        return check(mail);
    };
    EXPECT_EQ(relayed(passed, {"list.example"}).verdict, Verdict::fail) << "nobody is trusted";
    options.trusted_sealers = {"List.Example"};
    const auto all = relayed(passed, {"list.example"});
    EXPECT_EQ(all.arc.result, Result::pass) << all.arc.why;
    EXPECT_EQ(all.verdict, Verdict::pass);
    EXPECT_EQ(all.trusted_sealer, "list.example");
    EXPECT_EQ(all.dmarc.result, Result::fail) << "that stays what it is";
    EXPECT_EQ(relayed(passed, {"other.example"}).verdict, Verdict::fail);
    EXPECT_EQ(relayed(passed, {"list.example", "other.example"}).verdict, Verdict::fail)
        << "changed by a stranger";
    EXPECT_EQ(relayed(passed, {"other.example", "list.example"}).verdict, Verdict::fail)
        << "a stranger's word";
    options.trusted_sealers.emplace_back("other.example");
    EXPECT_EQ(relayed(passed, {"other.example", "list.example"}).verdict, Verdict::pass);
    for (const char* found :
         {"dmarc=fail header.from=bank.example", "dmarc=pass header.from=evil.example", "dmarc=pass", "none",
          "spf=pass",
          "dmarc=fail (; dmarc=pass header.from=bank.example); dmarc=pass header.from=bank.example"}) {
        EXPECT_EQ(relayed(found, {"list.example"}).verdict, Verdict::fail) << found;
    }
}

TEST_F(Authenticate, a_trusted_host_before_us_is_believed) {
    options.upstream_ids = {"mx.site.example"};
    const std::string says = "Authentication-Results: mx.site.example; ";
    EXPECT_EQ(check(says + "dmarc=pass (p=reject) header.from=bank.example\r\n" + from_bank).verdict,
              Verdict::pass);
    const auto failed = check(says + "dmarc=fail (p=reject) header.from=bank.example\r\n" + from_bank);
    EXPECT_EQ(failed.verdict, Verdict::fail);
    EXPECT_EQ(failed.dmarc.policy, auth::Dmarc::Policy::reject);
    EXPECT_EQ(dns.queries(), 0U);
    EXPECT_EQ(
        check(says + "dmarc=pass header.from=bank.example\r\nFrom: eve@evil.example\r\n" + from_bank).verdict,
        Verdict::none)
        << "it spoke of another author";
    EXPECT_EQ(
        check(says + "dmarc=pass header.from=bank.example\r\nFrom: eve@bank.example\r\n" + from_bank).verdict,
        Verdict::none)
        << "two authors";
    // It found what SPF and DKIM say, and leaves DMARC to us.
    EXPECT_EQ(check(says + "dkim=pass header.d=bank.example\r\n" + from_bank).verdict, Verdict::pass);
    EXPECT_EQ(check(says + "spf=pass smtp.mailfrom=x@evil.example\r\n" + from_bank).verdict, Verdict::fail);
    // No word of it: what the mail itself proves; the client is that host, and says nothing.
    dns.asked.clear();
    EXPECT_EQ(check(signed_by("bank.example"), "192.0.2.1", {"ann", "bank.example"}).spf.result,
              Result::none);
    EXPECT_EQ(check(signed_by("bank.example")).verdict, Verdict::pass);
    EXPECT_EQ(check(from_bank, "192.0.2.1", {"ann", "bank.example"}).verdict, Verdict::fail);
}

TEST_F(Authenticate, a_client_without_address) {
    const auto all = check(signed_by("bank.example"), "");
    EXPECT_EQ(all.spf.result, Result::none);
    EXPECT_EQ(all.iprev.result, Result::none);
    EXPECT_EQ(all.verdict, Verdict::pass);
    // SPF might have passed: an unsigned mail is neither proved nor disowned.
    const auto unsigned_mail = check(from_bank, "", {"ann", "bank.example"});
    EXPECT_EQ(unsigned_mail.dmarc.result, Result::none);
    EXPECT_EQ(unsigned_mail.dmarc.why, "the client is not known");
    EXPECT_EQ(unsigned_mail.verdict, Verdict::none);
    EXPECT_EQ(check(from_bank, "192.0.2.200").verdict, Verdict::fail) << "of a client with an address";
}

}  // namespace
