// The rules of smtp/opening.hpp in memory: what a server says, and what the client does.
#include "smtp/opening.hpp"

#include "mail/encode.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using smtp::ClientOptions;
using smtp::Credentials;
using smtp::Fate;
using smtp::Opening;
using smtp::TlsUse;
using Do = smtp::Opening::Step::Do;

namespace {

ClientOptions options_of(TlsUse use = TlsUse::opportunistic, bool implicit = false) {
    ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls.use = use;
    options.tls.implicit = implicit;
    return options;
}

ClientOptions with_password(ClientOptions options, bool even_in_plain_text = false) {
    options.credentials = Credentials{Credentials::Mechanism::automatic, "desk", "pw", even_in_plain_text};
    return options;
}

std::string told(const Opening::Step& step) {
    switch (step.what) {
        case Do::send:
            return step.line.substr(0, step.line.size() - 2) + "; ";
        case Do::start_tls:
            return "(tls) ";
        case Do::ready:
            return "ready";
        case Do::fail:
            return "fail";
        default:
            return "";
    }
}

// What the client says to these replies. "!why": no TLS came about; a + in front: more bytes stand behind it.
std::string dialogue(Opening& opening, const std::vector<std::string>& replies) {
    Opening::Step step = opening.begin();
    std::string said = told(step);
    for (std::string reply : replies) {
        if (step.what == Do::start_tls && reply.starts_with('!')) {
            step = opening.on_tls_failure(reply.substr(1));
            said += told(step);
            continue;
        }
        if (step.what == Do::start_tls) {
            step = opening.on_tls();
            said += told(step);
        }
        const bool more = reply.starts_with('+');
        if (more) reply.erase(0, 1);
        EXPECT_TRUE(step.what == Do::read || step.what == Do::send) << "nothing is awaited: " << reply;
        step = opening.on_reply(
            {std::stoi(reply.substr(0, 3)), reply.substr(std::min<std::size_t>(4, reply.size()))}, more);
        said += told(step);
    }
    return said;
}

// "fate phase code status text", and whether plain text may be tried.
std::string failure(const Opening& opening) {
    const auto& [fate, phase, reply] = opening.outcome().failure;
    return std::string(fate == Fate::failed     ? "failed "
                       : fate == Fate::deferred ? "deferred "
                                                : "? ") +
           std::string(name_of(phase)) + " " + std::to_string(reply.code) + " " + reply.status + " " +
           reply.text + (opening.outcome().plain_text_may_work ? " (plain)" : "");
}

}  // namespace

TEST(Opening, says_EHLO_and_is_ready) {
    const ClientOptions options = options_of();
    Opening opening(options);
    EXPECT_EQ(dialogue(opening, {"220 mx.other.example ESMTP",
                                 "250 mx.other.example\nPIPELINING\nSIZE 1000\n8BITMIME"}),
              "EHLO desk.ours.example; ready");
    EXPECT_EQ(opening.server_name(), "mx.other.example");
    EXPECT_TRUE(opening.extensions().pipelining);
    EXPECT_TRUE(opening.extensions().eight_bit_mime);
    EXPECT_FALSE(opening.extensions().smtputf8);
    EXPECT_EQ(opening.extensions().size, 1000U);
}

TEST(Opening, reads_extensions_in_any_spelling) {
    const auto read = [](const std::string& lines) { return smtp::read_extensions({250, "mx\n" + lines}); };
    EXPECT_EQ(read("size").size, 0U);
    EXPECT_EQ(read("SIZE 0").size, 0U);
    EXPECT_EQ(read("SIZE x").size, 0U);
    EXPECT_EQ(read("SIZE 99999999999999999999999").size, 0U);
    EXPECT_FALSE(read("SIZEX 5").size);
    EXPECT_TRUE(read("smtputf8").smtputf8);
    EXPECT_FALSE(read("XPIPELINING\nPIPELININGX").pipelining);
    for (const std::string line :
         {"AUTH PLAIN LOGIN scram-sha-256 XOAUTH2", "AUTH=PLAIN LOGIN SCRAM-SHA-256 XOAUTH2",
          "AUTH  PLAIN\nAUTH=LOGIN\nAUTH SCRAM-SHA-256  XOAUTH2 "}) {
        const auto auth = read(line).auth;
        EXPECT_TRUE(auth.plain && auth.login && auth.scram_sha_256 && auth.xoauth2) << line;
    }
    EXPECT_FALSE(read("AUTH PLAINX SCRAM-SHA-256-PLUS").auth.plain);
    // The first line is a name, whatever it looks like.
    EXPECT_FALSE(smtp::read_extensions({250, "PIPELINING"}).pipelining);
}

TEST(Opening, H03_TLS_by_policy) {
    const std::string ehlo = "EHLO desk.ours.example; ";
    const std::string with = "250 mx\nSTARTTLS", without = "250 mx";
    using enum TlsUse;
    const struct {
        TlsUse use;
        std::vector<std::string> replies;
        std::string said, failure;
    } cases[] = {
        {none, {with}, ehlo + "ready", ""},
        {opportunistic, {without}, ehlo + "ready", ""},
        {opportunistic, {with, "220 go", without}, ehlo + "STARTTLS; (tls) " + ehlo + "ready", ""},
        {opportunistic, {with, "454 not now"}, ehlo + "STARTTLS; ready", ""},
        {opportunistic, {with, "502 what"}, ehlo + "STARTTLS; ready", ""},
        {opportunistic, {with, "421 bye"}, ehlo + "STARTTLS; fail", "deferred tls 421  bye"},
        {opportunistic,
         {with, "220 go", "!no shared cipher"},
         ehlo + "STARTTLS; (tls) fail",
         "deferred tls 0 4.7.5 the TLS handshake failed: no shared cipher (plain)"},
        // H02, also where nobody insists on TLS: somebody is at work there.
        {opportunistic,
         {with, "+220 go"},
         ehlo + "STARTTLS; fail",
         "deferred tls 0 4.7.5 there is plain text behind the server's answer to STARTTLS"},
        // TLS starts once, whatever is offered inside it.
        {opportunistic, {with, "220 go", with}, ehlo + "STARTTLS; (tls) " + ehlo + "ready", ""},
    };
    for (const auto& each : cases) {
        const ClientOptions options = options_of(each.use);
        Opening opening(options);
        std::vector<std::string> all = {"220 mx hello"};
        all.insert(all.end(), each.replies.begin(), each.replies.end());
        EXPECT_EQ(dialogue(opening, all), each.said);
        EXPECT_EQ(opening.outcome().ready, each.failure.empty());
        if (!each.failure.empty()) EXPECT_EQ(failure(opening), each.failure);
    }
    for (const TlsUse use : {required_unverified, verified_name, dane}) {
        const ClientOptions options = options_of(use);
        Opening not_offered(options), refused(options), failing(options), injected(options), no_ehlo(options);
        EXPECT_EQ(dialogue(not_offered, {"220 mx", without}), ehlo + "fail");
        EXPECT_EQ(failure(not_offered),
                  "deferred tls 0 4.7.4 TLS is required, but the server does not offer it");
        EXPECT_EQ(dialogue(refused, {"220 mx", with, "454 4.7.0 not now"}), ehlo + "STARTTLS; fail");
        EXPECT_EQ(failure(refused), "deferred tls 454 4.7.0 not now");
        EXPECT_EQ(dialogue(failing, {"220 mx", with, "220 go", "!wrong name"}),
                  ehlo + "STARTTLS; (tls) fail");
        EXPECT_EQ(failure(failing), "deferred tls 0 4.7.5 the TLS handshake failed: wrong name");
        EXPECT_EQ(dialogue(injected, {"220 mx", with, "+220 go"}), ehlo + "STARTTLS; fail");
        EXPECT_EQ(dialogue(no_ehlo, {"220 mx", "502 what", "250 mx"}), ehlo + "HELO desk.ours.example; fail");
        EXPECT_EQ(failure(no_ehlo), failure(not_offered));
    }
}

TEST(Opening, implicit_TLS_comes_before_the_greeting_and_never_gives_way) {
    const ClientOptions options = options_of(TlsUse::opportunistic, true);
    Opening good(options), bad(options);
    EXPECT_EQ(dialogue(good, {"220 mx", "250 mx\nSTARTTLS"}), "(tls) EHLO desk.ours.example; ready");
    EXPECT_EQ(dialogue(bad, {"!no TLS"}), "(tls) fail");
    EXPECT_EQ(failure(bad), "deferred tls 0 4.7.5 the TLS handshake failed: no TLS");
}

TEST(Opening, H02_what_was_offered_in_plain_text_is_forgotten) {
    const ClientOptions options = with_password(options_of());
    Opening opening(options);
    EXPECT_EQ(dialogue(opening, {"220 mx", "250 mx\nSTARTTLS\nAUTH PLAIN\nPIPELINING", "220 go", "250 mx"}),
              "EHLO desk.ours.example; STARTTLS; (tls) EHLO desk.ours.example; fail");
    EXPECT_FALSE(opening.extensions().pipelining);
    EXPECT_EQ(failure(opening), "deferred auth 0 4.7.0 the server offers no mechanism to log in that suits");
}

TEST(Opening, H04_a_server_that_refuses_the_session) {
    const struct {
        std::vector<std::string> replies;
        std::string failure;
    } cases[] = {
        {{"421 4.3.2 later"}, "deferred greeting 421 4.3.2 later"},
        {{"450 later"}, "deferred greeting 450  later"},
        {{"554 5.7.1 go away"}, "deferred greeting 554 5.7.1 go away"},
        {{"354 what"}, "deferred greeting 354  what"},
        {{"220 mx", "421 later"}, "deferred ehlo 421  later"},
        {{"220 mx", "450 4.7.1 later"}, "deferred ehlo 450 4.7.1 later"},
        {{"220 mx", "550 no", "550 5.7.1 never"}, "failed ehlo 550 5.7.1 never"},
        {{"220 mx", "550 no", "450 later"}, "deferred ehlo 450  later"},
    };
    for (const auto& each : cases) {
        const ClientOptions options = options_of();
        Opening opening(options);
        EXPECT_TRUE(dialogue(opening, each.replies).ends_with("fail"));
        EXPECT_FALSE(opening.outcome().ready);
        EXPECT_EQ(failure(opening), each.failure);
    }
}

TEST(Opening, H10_HELO_where_EHLO_is_unknown) {
    const ClientOptions options = options_of();
    Opening opening(options);
    EXPECT_EQ(dialogue(opening, {"220 mx", "502 what", "250 mx\nPIPELINING"}),
              "EHLO desk.ours.example; HELO desk.ours.example; ready");
    EXPECT_FALSE(opening.extensions().pipelining) << "HELO has no extensions";
}

TEST(Opening, H11_a_server_of_our_own_name_is_ourselves) {
    ClientOptions options = options_of();
    Opening greeted(options), answered(options);
    EXPECT_EQ(dialogue(greeted, {"220 Desk.Ours.Example ESMTP"}), "fail");
    EXPECT_EQ(failure(greeted), "failed greeting 0 5.4.6 mail for Desk.Ours.Example loops back to ourselves");
    EXPECT_EQ(dialogue(answered, {"220 hello", "250 desk.ours.example hello"}),
              "EHLO desk.ours.example; fail");
    EXPECT_EQ(failure(answered), "failed ehlo 0 5.4.6 mail for desk.ours.example loops back to ourselves");
    options.may_be_ourselves = true;
    Opening neighbour(options);
    EXPECT_EQ(dialogue(neighbour, {"220 desk.ours.example", "250 desk.ours.example"}),
              "EHLO desk.ours.example; ready");
}

TEST(Opening, logs_in_under_TLS_alone_unless_it_is_told_otherwise) {
    const std::string start = "EHLO desk.ours.example; ", plain = "AUTH PLAIN AGRlc2sAcHc=; ";
    const ClientOptions under_tls = with_password(options_of(TlsUse::required_unverified));
    const ClientOptions never = with_password(options_of()), anyhow = with_password(options_of(), true);
    Opening good(under_tls), refused(under_tls), stopped(never), trusting(anyhow), later(under_tls);
    EXPECT_EQ(dialogue(good, {"220 mx", "250 mx\nSTARTTLS", "220 go", "250 mx\nAUTH PLAIN", "235 2.7.0 ok"}),
              start + "STARTTLS; (tls) " + start + plain + "ready");
    EXPECT_EQ(
        dialogue(refused, {"220 mx", "250 mx\nSTARTTLS", "220 go", "250 mx\nAUTH PLAIN", "535 5.7.8 wrong"}),
        start + "STARTTLS; (tls) " + start + plain + "fail");
    EXPECT_EQ(failure(refused), "deferred auth 535 5.7.8 wrong")
        << "the operator's to mend, so nothing bounces";
    EXPECT_EQ(dialogue(stopped, {"220 mx", "250 mx\nAUTH PLAIN"}), start + "fail");
    EXPECT_EQ(failure(stopped), "deferred auth 0 4.7.0 no TLS, and the credentials are not for plain text");
    EXPECT_EQ(dialogue(trusting, {"220 mx", "250 mx\nAUTH PLAIN", "235 ok"}), start + plain + "ready");
    EXPECT_EQ(
        dialogue(later, {"220 mx", "250 mx\nSTARTTLS", "220 go", "250 mx\nAUTH PLAIN", "454 4.7.0 later"}),
        start + "STARTTLS; (tls) " + start + plain + "fail");
    EXPECT_EQ(failure(later), "deferred auth 454 4.7.0 later");
}

TEST(Opening, a_log_in_that_never_ends_ends) {
    const ClientOptions options = with_password(options_of(), true);
    Opening opening(options);
    EXPECT_EQ(dialogue(opening, {"220 mx", "250 mx\nAUTH LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6",
                                 "334 bW9yZQ==", "334 bW9yZQ=="}),
              "EHLO desk.ours.example; AUTH LOGIN; ZGVzaw==; cHc=; *; fail");
    EXPECT_EQ(failure(opening), "deferred auth 0 4.7.0 the server asks for more than the mechanism has");
}

TEST(Opening, a_server_that_skips_the_proof_of_SCRAM_is_not_believed) {
    const ClientOptions options = with_password(options_of(), true);
    Opening opening(options);
    const std::string said = dialogue(opening, {"220 mx", "250 mx\nAUTH SCRAM-SHA-256 PLAIN", "235 welcome"});
    EXPECT_TRUE(said.ends_with("fail")) << said;
    EXPECT_EQ(failure(opening),
              "deferred auth 0 4.7.0 SCRAM: the server has not proven that it knows the password");
}

TEST(Opening, the_error_of_XOAUTH2_is_told) {
    ClientOptions options = with_password(options_of(), true);
    options.credentials->mechanism = Credentials::Mechanism::xoauth2;
    Opening opening(options);
    EXPECT_EQ(dialogue(opening, {"220 mx", "250 mx\nAUTH XOAUTH2",
                                 "334 " + mail::base64(R"({"status":"400"})"), "535 5.7.8 not accepted"}),
              "EHLO desk.ours.example; AUTH XOAUTH2 dXNlcj1kZXNrAWF1dGg9QmVhcmVyIHB3AQE=; ; fail");
    EXPECT_EQ(failure(opening), R"(deferred auth 535 5.7.8 not accepted ({"status":"400"}))");
}
