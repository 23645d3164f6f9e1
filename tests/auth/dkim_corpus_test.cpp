// Signatures that others made: the RFCs' own examples, and the sets of chasquid and mailauth.
#include "auth/dkim.hpp"

#include "tests/support/corpora.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace {

namespace json = boost::json;

std::string verdicts(const std::string& raw, net::Resolver& dns) {
    std::string out;
    for (const auth::DkimSignature& one : test::run(auth::verify_dkim(
             raw, dns, test::soon(), std::chrono::system_clock::from_time_t(1'772'528'400))))
        out.append(out.empty() ? "" : " ").append(auth::name(one.result));
    return out;
}

const std::string dinner =
    "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\nHi.\r\n\r\n";

// RFC 8463 appendix A.3
TEST(DkimVectors, Rfc8463) {
    test::FakeDns dns;
    dns.txt("brisbane._domainkey.football.example.com",
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    dns.txt(
        "test._domainkey.football.example.com",
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bd"
        "OKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLz"
        "BfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
    EXPECT_EQ(verdicts("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                       " d=football.example.com; i=@football.example.com;\r\n"
                       " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                       " subject : date : message-id : from : subject : date;\r\n"
                       " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                       " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
                       " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
                       "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                       " d=football.example.com; i=@football.example.com;\r\n"
                       " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
                       " date : message-id : from : subject : date;\r\n"
                       " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                       " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
                       " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
                       " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n" +
                           dinner + "We lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n",
                       dns),
              "pass pass");
}

// RFC 6376 appendix A.2, its key from appendix C
TEST(DkimVectors, Rfc6376) {
    test::FakeDns dns;
    dns.txt(
        "brisbane._domainkey.example.com",
        "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC"
        "jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBc"
        "WToIMmPSPDdQPNUYckcQ2QIDAQAB");
    EXPECT_EQ(verdicts("DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
                       "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
                       "      h=Received : From : To : Subject : Date : Message-ID;\r\n"
                       "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                       "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
                       "      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
                       "      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
                       "      4bmp/YzhwvcubU4=;\r\n"
                       "Received: from client1.football.example.com  [192.0.2.1]\r\n"
                       "      by submitserver.example.com with SUBMISSION;\r\n"
                       "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n" +
                           dinner + "We lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n",
                       dns),
              "pass");
}

// `name: text`, a backslash at the end of a line goes on with the next; TEMPERROR and PERMERROR are answers.
void read_chasquid(const std::string& text, test::FakeDns& dns) {
    std::istringstream lines(text);
    std::string line, whole;
    while (std::getline(lines, line)) {
        const bool more = line.ends_with('\\');
        whole += more ? line.substr(0, line.size() - 1) : line;
        if (more) continue;
        if (const std::size_t colon = whole.find(": "); colon != std::string::npos) {
            const std::string name = whole.substr(0, colon), value = whole.substr(colon + 2);
            if (value.find("TEMPERROR") != std::string::npos)
                dns.fails(name);
            else if (value.find("PERMERROR") == std::string::npos)
                dns.txt(name, value);
        }
        whole.clear();
    }
}

TEST(DkimCorpus, Chasquid) {
    const auto folder = test::corpora() / "auth-dkim-chasquid";
    if (!exists(folder)) GTEST_SKIP() << "there is no " << folder;
    struct Case {
        const char *mail, *dns, *verdicts;
    };
    const Case cases[] = {
        {"01-rfc8463", "01-rfc8463", "pass pass"},
        // There five are looked at, here ten; the mail has seven.
        {"02-too_many_headers", "01-rfc8463", "pass pass pass pass pass pass pass"},
        {"03-bad_message", "01-rfc8463", ""},
        {"04-bad_dkim_signature_header", "01-rfc8463", "neutral"},
        {"05-dns_temp_error", "05-dns_temp_error", "temperror pass"},
        {"06-dns_perm_error", "06-dns_perm_error", "permerror pass"},
        {"01-rfc8463", "07-algo_mismatch", "pass pass"},
        {"08-our_signature", "08-our_signature", "pass pass pass"},
        // l= leaves half of the body unsigned: there a pass, here none.
        {"09-limited_body", "08-our_signature", "policy pass pass"},
        {"01-rfc8463", "10-strict_domain_check_pass", "pass pass"},
        {"11-strict_domain_check_fail", "11-strict_domain_check_fail", "permerror"},
    };
    for (const Case& one : cases) {
        test::FakeDns dns;
        read_chasquid(test::contents(folder / (std::string(one.dns) + ".dns")), dns);
        EXPECT_EQ(verdicts(test::contents(folder / (std::string(one.mail) + ".msg")), dns), one.verdicts)
            << one.mail;
    }
}

TEST(DkimCorpus, Mailauth) {
    const auto folder = test::corpora() / "auth-mailauth";
    if (!exists(folder)) GTEST_SKIP() << "there is no " << folder;
    test::FakeDns dns;
    const json::value zone = json::parse(test::contents(folder / "dkim/ec/fixtures/dns.json"));
    for (const auto& [name, records] : zone.as_object()) {
        std::string text;
        for (const json::value& piece : records.at("TXT").as_array().at(0).as_array())
            text += std::string(piece.as_string());
        dns.txt(std::string(name), text);
    }
    EXPECT_EQ(verdicts(test::contents(folder / "dkim/ec/fixtures/signed.eml"), dns), "pass pass");
    // Real mails, whose keys are not in the set: every signature's body is as it was signed.
    std::size_t signatures = 0, sound = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "fixtures")) {
        if (entry.path().extension() != ".eml") continue;
        const std::string raw = test::contents(entry.path());
        const std::string found = verdicts(raw, dns);
        sound += auth::DkimCheck(raw).key_names().size();
        signatures +=
            found.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(found.begin(), found.end(), ' '));
        EXPECT_EQ(found.find("fail"), std::string::npos) << entry.path() << ": " << found;
        EXPECT_EQ(found.find("neutral"), std::string::npos) << entry.path() << ": " << found;
    }
    std::cout << "mailauth: " << sound << " of " << signatures << " bodies as they were signed\n";
    EXPECT_EQ(signatures, 17U);
}

}  // namespace
