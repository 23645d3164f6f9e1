// Each TLS policy of the client against servers with good and bad certificates, over loopback.
#include "smtp/delivery_client.hpp"

#include "tests/support/authority.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using smtp::TlsPolicy;
using smtp::TlsUse;
using test::Authority;
using test::ScriptedServer;
using test::tlsa;
using Peer = test::ScriptedServer::Peer;
using Proof = smtp::ServerFacts::Proof;
using testing::HasSubstr;

namespace {

constexpr const char* host = "mx.other.example";

TlsPolicy policy_of(TlsUse use, const net::TlsContext& context, std::vector<net::TlsaRecord> records = {},
                    std::vector<std::string> names = {host}) {
    TlsPolicy policy;
    policy.use = use;
    policy.names = std::move(names);
    policy.tlsa = std::move(records);
    policy.context = context;
    return policy;
}

struct Result {
    bool ready = false, plain_text_may_work = false, tls = false;
    Proof proof = Proof::none;
    std::string why, server_name, version;
};

asio::awaitable<Result> reach(std::uint16_t port, smtp::ClientOptions options) {
    smtp::DeliveryClient client(co_await asio::this_coro::executor, std::move(options));
    net::ServerAddress address{.address = "127.0.0.1", .port = port};
    const smtp::Opened opened = co_await client.open(std::move(address));
    co_await client.quit();
    Result result{opened.ready,
                  opened.plain_text_may_work,
                  client.server().tls.has_value(),
                  client.server().proof,
                  opened.failure.reply.text,
                  {},
                  {}};
    if (result.tls) result.version = client.server().tls->version;
    if (!opened.ready) EXPECT_EQ(opened.failure.fate, smtp::Fate::deferred);
    if (!opened.ready) EXPECT_EQ(opened.failure.phase, smtp::Phase::tls);
    co_return result;
}

// `heard`: what the server read, in plain text and under TLS.
Result open(const Authority::Certificate& certificate, TlsPolicy policy, std::string* heard = nullptr) {
    std::string asked_for;
    const bool implicit = policy.implicit;
    ScriptedServer server([&](Peer& peer) {
        if (!implicit) {
            peer.say("220 mx\r\n");
            peer.answer({"250-mx.other.example\r\n250 STARTTLS", "220 go"});
        }
        if (!peer.start_tls(certificate.chain_file, certificate.key_file)) return;
        const char* name = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
        asked_for = name ? name : "";
        if (implicit) peer.say("220 mx\r\n");
        peer.answer({"250 mx.other.example"});
        peer.hear_all();
    });
    smtp::ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls = std::move(policy);
    Result result = test::run(reach(server.port(), std::move(options)));
    const std::string all = server.heard();
    if (heard) *heard = all;
    result.server_name = asked_for;
    return result;
}

}  // namespace

TEST(DeliveryTls, H03_policies_and_certificates) {
    Authority authority, stranger;
    const net::TlsContext ours = net::TlsContext::client(authority.ca_file());
    const Authority::Certificate good = authority.issue({host}),
                                 other_name = authority.issue({"mx2.other.example"}),
                                 expired = authority.issue({host}, true), unknown = stranger.issue({host}),
                                 self_signed = authority.self_signed({host}),
                                 wildcard = authority.issue({"*.other.example"}),
                                 partial = authority.issue({"m*.other.example"}),
                                 wide = authority.issue({"*.example"});
    using enum TlsUse;
    const struct {
        const char* what;
        const Authority::Certificate& certificate;
        bool verified;
        std::string why;
    } cases[] = {
        {"good", good, true, ""},
        {"wildcard", wildcard, true, ""},
        {"another name", other_name, false, "hostname mismatch"},
        {"part of a label", partial, false, "hostname mismatch"},
        {"a wildcard for two labels", wide, false, "hostname mismatch"},
        {"expired", expired, false, "certificate has expired"},
        {"another authority", unknown, false, "certificate signature failure"},
        {"self-signed", self_signed, false, "self-signed certificate"},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.what);
        for (const TlsUse use : {opportunistic, required_unverified}) {
            const Result result = open(each.certificate, policy_of(use, ours));
            EXPECT_TRUE(result.ready) << result.why;
            EXPECT_TRUE(result.tls);
            EXPECT_EQ(result.proof, Proof::none) << "nobody looked";
        }
        std::string heard;
        const Result result = open(each.certificate, policy_of(verified_name, ours), &heard);
        EXPECT_EQ(result.ready, each.verified) << result.why;
        EXPECT_FALSE(result.plain_text_may_work);
        EXPECT_THAT(result.why, HasSubstr(each.why));
        if (each.verified) {
            EXPECT_EQ(result.proof, Proof::name);
            EXPECT_EQ(result.server_name, host);
        } else {
            EXPECT_EQ(heard, "EHLO desk.ours.example\r\nSTARTTLS\r\n") << "not a word to whom it may be";
        }
    }
}

TEST(DeliveryTls, any_of_the_names_will_do_and_none_is_none) {
    Authority authority;
    const net::TlsContext ours = net::TlsContext::client(authority.ca_file());
    const auto certificate = authority.issue({"other.example", "127.0.0.1"});
    const auto verified = [&](std::vector<std::string> names) {
        return open(certificate, policy_of(TlsUse::verified_name, ours, {}, std::move(names)));
    };
    EXPECT_TRUE(verified({host, "other.example"}).ready);
    EXPECT_EQ(verified({host, "other.example"}).server_name, host);
    EXPECT_TRUE(verified({"OTHER.example"}).ready);
    EXPECT_FALSE(verified({host}).ready);
    EXPECT_FALSE(verified({}).ready) << "nothing is what anybody has";
    EXPECT_FALSE(verified({""}).ready);
    EXPECT_FALSE(verified({host, "127.0.0.1"}).ready);
    EXPECT_TRUE(verified({"127.0.0.1"}).ready);
    EXPECT_EQ(verified({"127.0.0.1"}).server_name, "") << "no address in SNI (RFC 6066 §3)";
    EXPECT_FALSE(verified({"127.0.0.2"}).ready);
}

TEST(DeliveryTls, the_roots_of_the_system_know_no_authority_of_ours) {
    Authority authority;
    const auto certificate = authority.issue({host});
    EXPECT_FALSE(open(certificate, policy_of(TlsUse::verified_name, net::TlsContext::client())).ready);
}

TEST(DeliveryTls, DANE) {
    Authority authority, stranger;
    // Where DANE is in force, other roots count for nothing.
    const net::TlsContext none = net::TlsContext::client(stranger.ca_file());
    const auto good = authority.issue({host}), other_name = authority.issue({"mx2.other.example"}),
               expired = authority.issue({host}, true),
               self_signed = authority.self_signed({"anything.example"}),
               next_hop = authority.issue({"other.example"}), strange = stranger.issue({host});
    const auto with = [&](const Authority::Certificate& certificate, std::vector<net::TlsaRecord> records) {
        return open(certificate,
                    policy_of(TlsUse::dane, none, std::move(records), {std::string(host), "other.example"}));
    };
    // DANE-EE names a key or a certificate, whoever issued it, whatever it says and how old it is.
    for (const auto& certificate : {good, other_name, expired, self_signed})
        for (const auto& record : {tlsa(3, 1, 1, certificate.key_der), tlsa(3, 1, 2, certificate.key_der),
                                   tlsa(3, 1, 0, certificate.key_der), tlsa(3, 0, 1, certificate.der),
                                   tlsa(3, 0, 0, certificate.der)}) {
            const Result result = with(certificate, {record});
            EXPECT_TRUE(result.ready) << result.why;
            EXPECT_EQ(result.proof, Proof::dane);
            EXPECT_EQ(result.server_name, host);
        }
    EXPECT_TRUE(with(good, {tlsa(3, 1, 1, self_signed.key_der), tlsa(3, 1, 1, good.key_der)}).ready)
        << "a roll-over";
    // DANE-TA names the issuer; then name and date count.
    for (const auto& record : {tlsa(2, 0, 1, authority.der()), tlsa(2, 0, 0, authority.der())}) {
        EXPECT_TRUE(with(good, {record}).ready);
        EXPECT_TRUE(with(next_hop, {record}).ready) << "RFC 7672 §3.2.2: the next hop's name will do";
        EXPECT_FALSE(with(other_name, {record}).ready);
        EXPECT_FALSE(with(expired, {record}).ready);
        EXPECT_FALSE(with(strange, {record}).ready);
    }
    // Mismatches.
    for (const auto& record : {tlsa(3, 1, 1, self_signed.key_der), tlsa(3, 0, 1, good.key_der),
                               tlsa(2, 0, 1, good.der), tlsa(2, 0, 1, stranger.der())}) {
        const Result result = with(good, {record});
        EXPECT_FALSE(result.ready);
        EXPECT_FALSE(result.plain_text_may_work);
        EXPECT_THAT(result.why, HasSubstr("the certificate: "));
    }
    // In force as well where the roots would do.
    const net::TlsContext ours = net::TlsContext::client(authority.ca_file());
    EXPECT_FALSE(open(good, policy_of(TlsUse::dane, ours, {tlsa(3, 1, 1, self_signed.key_der)})).ready);
    EXPECT_FALSE(open(good, policy_of(TlsUse::dane, ours, {tlsa(2, 0, 1, authority.der())}, {})).ready)
        << "no name";
}

TEST(DeliveryTls, H16_records_that_nobody_can_use_mean_TLS_without_proof) {
    Authority authority;
    const net::TlsContext context = net::TlsContext::client();
    const auto certificate = authority.self_signed({host});
    const std::string digest = tlsa(3, 1, 1, certificate.key_der).data;
    const std::vector<net::TlsaRecord> unusable = {
        {0, 1, 1, digest},
        {1, 1, 1, digest},
        {4, 1, 1, digest},
        {255, 1, 1, digest},
        {3, 2, 1, digest},
        {3, 255, 1, digest},
        {3, 1, 3, digest},
        {3, 1, 255, digest},
        {3, 1, 1, ""},
        {3, 1, 1, "abc"},
        {3, 1, 1, digest.substr(1)},
        {3, 1, 1, digest + "x"},
        {3, 1, 2, digest},
        {3, 0, 0, "no certificate"},
        {2, 0, 0, certificate.der.substr(0, 40)},
        {3, 1, 0, std::string(60'000, 'x')},
    };
    const Result result = open(certificate, policy_of(TlsUse::dane, context, unusable));
    EXPECT_TRUE(result.ready) << result.why;
    EXPECT_TRUE(result.tls);
    EXPECT_EQ(result.proof, Proof::none);
    for (const net::TlsaRecord& record : unusable) {
        auto with_a_good_one = std::vector{record, tlsa(3, 1, 1, certificate.key_der)};
        EXPECT_EQ(open(certificate, policy_of(TlsUse::dane, context, with_a_good_one)).proof, Proof::dane);
        auto with_a_bad_one = std::vector{record, tlsa(3, 1, 1, "another key")};
        EXPECT_FALSE(open(certificate, policy_of(TlsUse::dane, context, with_a_bad_one)).ready);
    }
}

TEST(DeliveryTls, implicit_TLS) {
    Authority authority;
    const auto good = authority.issue({host}), bad = authority.issue({"mx2.other.example"});
    TlsPolicy policy = policy_of(TlsUse::verified_name, net::TlsContext::client(authority.ca_file()));
    policy.implicit = true;
    const Result result = open(good, policy);
    EXPECT_TRUE(result.ready) << result.why;
    EXPECT_EQ(result.proof, Proof::name);
    EXPECT_EQ(result.version, "TLSv1.3");
    EXPECT_FALSE(open(bad, policy).ready);
}

TEST(DeliveryTls, a_handshake_that_fails_is_told_apart) {
    Authority authority;
    for (const bool required : {false, true}) {
        ScriptedServer server([](Peer& peer) {
            peer.say("220 mx\r\n");
            peer.answer({"250-mx.other.example\r\n250 STARTTLS", "220 go"});
            peer.say("I was only joking\r\n");
            peer.hear_all();
        });
        smtp::ClientOptions options;
        options.host_name = "desk.ours.example";
        options.tls = policy_of(required ? TlsUse::required_unverified : TlsUse::opportunistic,
                                net::TlsContext::client());
        const Result result = test::run(reach(server.port(), options));
        EXPECT_FALSE(result.ready);
        // What came in one segment with the 220 is no handshake either: then nothing may be tried.
        if (required) EXPECT_FALSE(result.plain_text_may_work);
        if (result.why.starts_with("the TLS handshake failed: "))
            EXPECT_EQ(result.plain_text_may_work, !required);
    }
}

TEST(DeliveryTls, a_mail_under_TLS_behind_a_log_in) {
    Authority authority;
    const auto certificate = authority.issue({host});
    std::string content;
    ScriptedServer server([&](Peer& peer) {
        peer.say("220 mx\r\n");
        peer.answer({"250-mx.other.example\r\n250 STARTTLS", "220 go"});
        if (!peer.start_tls(certificate.chain_file, certificate.key_file)) return;
        peer.answer({"250-mx.other.example\r\n250-PIPELINING\r\n250 AUTH PLAIN", "235 welcome"});
        peer.answer({"250 ok", "250 ok", "354 go"});
        content = peer.hear_content();
        peer.say("250 taken\r\n");
        peer.hear();
    });
    smtp::ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls = policy_of(TlsUse::verified_name, net::TlsContext::client(authority.ca_file()));
    options.credentials = smtp::Credentials{.user = "desk", .secret = "pw"};
    const auto deliver = [](std::uint16_t port, smtp::ClientOptions with) -> asio::awaitable<smtp::Fate> {
        smtp::DeliveryClient client(co_await asio::this_coro::executor, std::move(with));
        net::ServerAddress address{.address = "127.0.0.1", .port = port};
        const smtp::Opened opened = co_await client.open(std::move(address));
        EXPECT_TRUE(opened.ready) << opened.failure.reply.text;
        smtp::OutgoingMail mail;
        mail.recipients = {"a@other.example"};
        mail.content = std::make_shared<const std::string>([] {
            std::string lines;
            for (int i = 0; i < 20'000; ++i) lines += ".line\r\n";
            return lines;
        }());
        const smtp::DeliveryResult result = co_await client.deliver(std::move(mail));
        co_await client.quit();
        co_return result.recipients.at(0).fate;
    };
    EXPECT_EQ(test::run(deliver(server.port(), options)), smtp::Fate::sent);
    EXPECT_THAT(server.heard(), HasSubstr("AUTH PLAIN AGRlc2sAcHc=\r\nMAIL FROM:<>"));
    EXPECT_EQ(content.size(), 20'000U * 8 + 3);
}

TEST(TlsContext, a_client_names_the_file_of_roots_that_it_cannot_read) {
    try {
        (void)net::TlsContext::client("/nowhere/ca.pem");
        ADD_FAILURE() << "taken";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "TLS: cannot read certificates from /nowhere/ca.pem");
    }
}
