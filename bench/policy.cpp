// What verifying a sender costs, and signing what we send, beside libopendkim on the same mails in the same
// process. ./dev bench policy
//
// Both get their keys from memory. Neither remembers a verifying key from one mail to the next; to sign, ours
// reads its key once, as the daemon does, and libopendkim, whose interface takes the PEM, for each mail.
// Rounds are interleaved, so that what else the machine does meets both; of each the median round counts.
#include "auth/authenticate.hpp"
#include "auth/dkim.hpp"
#include "auth/dkim_sign.hpp"
#include "mail/read.hpp"
#include "net/unbound_resolver.hpp"
#include "tests/support/dkim_signer.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/opendkim.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using Mails = std::vector<std::string>;

double median(std::vector<double> seconds) {
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2),
                     seconds.end());
    return seconds[seconds.size() / 2];
}

// What a person sends, of about that many octets: text, then a file in base64.
std::string unsigned_mail(std::size_t number, std::size_t octets) {
    std::string mail = fmt::format(
        "Received: from mx.client.example (mx.client.example [192.0.2.1])\r\n\tby relay.client.example with "
        "ESMTPS id "
        "{0}\r\n\tfor <support@desk.example>; Tue, 3 Mar 2026 10:00:00 +0100\r\n"
        "From: =?utf-8?Q?J=C3=B6rg_Doe?= <joerg@client.example>\r\nTo: Support <support@desk.example>\r\n"
        "Subject: =?utf-8?Q?Re:_The_printer_f=C3=BCr_floor?= {0}\r\nDate: Tue, 3 Mar 2026 09:59:59 +0100\r\n"
        "Message-ID: <{0}.a@client.example>\r\nIn-Reply-To: <{0}.b@desk.example>\r\n"
        "References: <{0}.c@desk.example>\r\n <{0}.b@desk.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nX-Mailer: a mail program\r\n\r\n",
        number);
    for (std::size_t line = 0; mail.size() < octets; ++line)
        mail += mail.size() < 8192
                    ? fmt::format(
                          "The printer on floor {} stopped after page {}, and the  lamp blinks in red. \r\n",
                          line, number)
                    : "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24sIGJ1dCBieSB0aGlz\r\n";
    return mail;
}

struct Contender {
    std::string name;
    std::function<bool(const std::string&)> succeeds;
    std::vector<double> seconds{};
};

void measure(const std::string& what, const Mails& mails, std::vector<Contender> contenders, int rounds) {
    std::size_t failed = 0;
    for (int round = -1; round < rounds; ++round) {
        for (Contender& one : contenders) {
            const auto begin = std::chrono::steady_clock::now();
            for (const std::string& mail : mails) failed += one.succeeds(mail) ? 0 : 1;
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
            if (round >= 0) one.seconds.push_back(took.count());
        }
    }
    fmt::print("\n{}: {} mails of {:.1f} KB, {} rounds, {} failures\n\n", what, mails.size(),
               static_cast<double>(mails.front().size()) / 1e3, rounds, failed);
    fmt::print("| who | us/mail | ours is |\n| --- | ---: | ---: |\n");
    const double ours = median(contenders.front().seconds);
    for (const Contender& one : contenders) {
        const double seconds = median(one.seconds);
        fmt::print("| {} | {:.1f} | {:.2f} of its time |\n", one.name,
                   1e6 * seconds / static_cast<double>(mails.size()), ours / seconds);
    }
}

boost::asio::awaitable<std::size_t> authenticate_all(const Mails& mails, net::Resolver& resolver) {
    auth::AuthenticateOptions options;
    options.host_name = "mx.desk.example";
    std::size_t passed = 0;
    for (const std::string& mail : mails) {
        const auth::Authentication found =
            co_await auth::authenticate({"192.0.2.1",
                                         "mx.client.example",
                                         {"joerg", "client.example"},
                                         mail,
                                         auth::author_of(mail::read_header(mail)),
                                         std::nullopt},
                                        options, resolver);
        passed += found.spf.result == auth::Result::pass && found.dkim.front().result == auth::Result::pass &&
                          found.dmarc.result == auth::Result::pass
                      ? 1
                      : 0;
    }
    co_return passed;
}

// All that is asked of a mail, one mail after the other, by libunbound, which has the answers in its cache.
void measure_all(const Mails& mails, const std::string& key_record, int rounds) {
    test::DnsServer server;
    const auto txt = [&](const std::string& name, const std::string& text) {
        std::vector<std::string> pieces;
        for (std::size_t i = 0; i < text.size(); i += 255) pieces.push_back(text.substr(i, 255));
        server.record(name, net::RecordType::txt, test::text_rdata(pieces));
    };
    txt("client.example", "v=spf1 include:relay.example -all");
    txt("relay.example", "v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/28 ~all");
    txt("s1._domainkey.client.example", key_record);
    txt("_dmarc.client.example", "v=DMARC1; p=reject; rua=mailto:dmarc@client.example");
    server.record("1.2.0.192.in-addr.arpa", net::RecordType::ptr, test::name_rdata("mx.client.example"));
    server.record("mx.client.example", net::RecordType::a, test::address_rdata("192.0.2.1"));

    boost::asio::io_context context(1);
    net::ResolverOptions options;
    options.servers = net::ResolverOptions::Servers::forwarders;
    options.forwarders = {server.address()};
    net::UnboundResolver resolver(context.get_executor(), options);
    std::vector<double> seconds;
    std::size_t passed = 0;
    unsigned asked = 0;
    for (int round = -1; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        auto all = boost::asio::co_spawn(context, authenticate_all(mails, resolver), boost::asio::use_future);
        context.restart();
        context.run();
        passed += all.get();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        if (round >= 0) seconds.push_back(took.count());
        if (round < 0) asked = server.queries();
    }
    fmt::print(
        "\nSPF, DKIM, DMARC, ARC and iprev of the first kind, through libunbound: {:.1f} us/mail one after "
        "the other "
        "({} of {} passed; the name server was asked {} times in the first round and {} times since)\n",
        1e6 * median(seconds) / static_cast<double>(mails.size()), passed,
        mails.size() * static_cast<std::size_t>(rounds + 1), asked, server.queries() - asked);
}

void measure_signing(const char* what, const test::DkimSigner& signer, bool ed25519, int rounds) {
    Mails mails(500);
    for (std::size_t i = 0; i < mails.size(); ++i) mails[i] = unsigned_mail(i, 8192);
    const std::vector keys = {
        std::make_shared<const auth::DkimKey>(auth::DkimKey{"client.example", "s1", signer.key()})};
    const test::OpenDkim oracle(signer.record());
    const std::string pem = signer.private_pem(), digest(32, 'd');
    const test::OpenDkim::Way way{.ed25519 = ed25519};
    const auto ours = [&](const std::string& mail) {
        return !auth::sign_all(keys, mail, std::chrono::system_clock::now()).empty();
    };
    const auto theirs = [&](const std::string& mail) { return !oracle.sign(mail, pem, way).empty(); };
    const auto alone = [&](const std::string&) {
        return !signer.key().sign(auth::Hash::sha256, digest).empty();
    };
    measure(what, mails,
            {{"ticketgate", ours}, {"libopendkim", theirs}, {"OpenSSL's signature alone", alone}}, rounds);
}

}  // namespace

int main(int count, char** arguments) {
    int rounds = 9;
    CLI::App program{"Verifies mails, and lets libopendkim verify them too", "ticketgate-policy"};
    program.add_option("--rounds", rounds, "rounds that count; one more goes before them")
        ->check(CLI::Range(1, 1000));
    CLI11_PARSE(program, count, arguments);

    const test::DkimSigner rsa(auth::KeyType::rsa, 2048), edwards(auth::KeyType::ed25519);
    struct Kind {
        const char* name;
        const test::DkimSigner& signer;
        std::string tags;
        std::size_t octets, mails;
    };
    const std::string fields = "; d=client.example; s=s1; h=from:to:subject:date:message-id:from";
    const Kind kinds[] = {
        {"RSA 2048, relaxed/relaxed", rsa, "v=1; a=rsa-sha256; c=relaxed/relaxed" + fields, 8192, 500},
        {"RSA 2048, simple/simple", rsa, "v=1; a=rsa-sha256; c=simple/simple" + fields, 8192, 500},
        {"Ed25519, relaxed/relaxed", edwards, "v=1; a=ed25519-sha256; c=relaxed/relaxed" + fields, 8192, 500},
        {"RSA 2048, relaxed/relaxed", rsa, "v=1; a=rsa-sha256; c=relaxed/relaxed" + fields, 1'000'000, 20},
    };
    bool first = true;
    for (const Kind& kind : kinds) {
        Mails mails(kind.mails);
        for (std::size_t i = 0; i < mails.size(); ++i)
            mails[i] = kind.signer.sign(unsigned_mail(i, kind.octets), kind.tags);
        test::FakeDns dns;
        dns.txt("s1._domainkey.client.example", kind.signer.record());
        const test::OpenDkim oracle(kind.signer.record());
        const auto ours = [&dns](const std::string& mail) {
            const auto found =
                test::run(auth::verify_dkim(mail, dns, test::soon(), std::chrono::system_clock::now()));
            return found.size() == 1 && found.front().result == auth::Result::pass;
        };
        const auto theirs = [&oracle](const std::string& mail) { return oracle.verify(mail) == "pass"; };
        measure(kind.name, mails, {{"ticketgate", ours}, {"libopendkim", theirs}}, rounds);
        if (first) measure_all(mails, kind.signer.record(), rounds);
        first = false;
    }
    measure_signing("Signing, RSA 2048", rsa, false, rounds);
    measure_signing("Signing, Ed25519", edwards, true, rounds);
    return 0;
}
