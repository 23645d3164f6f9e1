// The client against servers that do what they like (group H), over loopback.
#include "smtp/delivery_client.hpp"

#include "tests/support/fake_dns.hpp"
#include "tests/support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace asio = boost::asio;
using smtp::DeliveryClient;
using smtp::Fate;
using smtp::Phase;
using test::ScriptedServer;
using Peer = test::ScriptedServer::Peer;
using testing::HasSubstr;

namespace {

smtp::ClientOptions options_of() {
    smtp::ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls.use = smtp::TlsUse::none;
    return options;
}

smtp::OutgoingMail mail_to(std::vector<std::string> recipients,
                           std::string content = "Subject: x\r\n\r\nbody\r\n") {
    smtp::OutgoingMail mail;
    mail.reverse_path = "desk@ours.example";
    mail.recipients = std::move(recipients);
    mail.content = std::make_shared<const std::string>(std::move(content));
    return mail;
}

struct Session {
    smtp::Opened opened;
    std::vector<smtp::DeliveryResult> results;
    smtp::ServerFacts facts;
    std::string text;  // of the first recipient's result, or of the failure to open
};

asio::awaitable<Session> hold(std::uint16_t port, smtp::ClientOptions options,
                              std::vector<smtp::OutgoingMail> mails) {
    DeliveryClient client(co_await asio::this_coro::executor, std::move(options));
    Session session;
    net::ServerAddress server{.address = "127.0.0.1", .port = port};
    session.opened = co_await client.open(std::move(server));
    session.facts = client.server();
    session.text = session.opened.failure.reply.text;
    if (session.opened.ready) {
        for (smtp::OutgoingMail& mail : mails) {
            session.results.push_back(co_await client.deliver(std::move(mail)));
            if (!session.results.back().reusable) break;
        }
        session.text = session.results.front().recipients.front().reply.text;
    }
    co_await client.quit();
    co_return session;
}

Session deliver(ScriptedServer& server, smtp::ClientOptions options = options_of(),
                std::vector<smtp::OutgoingMail> mails = {mail_to({"a@other.example"})}) {
    return test::run(hold(server.port(), std::move(options), std::move(mails)));
}

const smtp::RecipientResult& only(const Session& session) {
    return session.results.at(0).recipients.at(0);
}

constexpr std::string_view greeting = "220 mx.other.example\r\n";
constexpr std::string_view pipelining = "250-mx.other.example\r\n250 PIPELINING\r\n";

// Up to where MAIL is awaited.
void open(Peer& peer, std::string_view extensions = "250 mx.other.example\r\n") {
    peer.say(greeting);
    peer.hear();
    peer.say(extensions);
}

}  // namespace

TEST(DeliveryClient, delivers_and_says_goodbye) {
    std::string content, quit;
    ScriptedServer server([&](Peer& peer) {
        open(peer);
        peer.answer({"250 ok", "250 ok", "354 go"});
        content = peer.hear_content();
        peer.say("250 2.0.0 taken as 42\r\n");
        quit = peer.hear();
    });
    const Session session = deliver(server);
    EXPECT_EQ(
        server.heard(),
        "EHLO desk.ours.example\r\nMAIL FROM:<desk@ours.example>\r\nRCPT TO:<a@other.example>\r\nDATA\r\n"
        "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
    EXPECT_EQ(only(session).fate, Fate::sent);
    EXPECT_EQ(only(session).reply.code, 250);
    EXPECT_EQ(only(session).reply.status, "2.0.0");
    EXPECT_EQ(only(session).reply.text, "taken as 42");
    EXPECT_EQ(session.facts.name, "mx.other.example");
    EXPECT_EQ(session.facts.address, "127.0.0.1");
    EXPECT_FALSE(session.facts.tls);
    EXPECT_EQ(quit, "QUIT");
}

TEST(DeliveryClient, pipelines_and_uses_the_connection_again) {
    ScriptedServer server([](Peer& peer) {
        open(peer, pipelining);
        for (int i = 0; i < 3; ++i) {
            // All three are there before anything is answered.
            peer.hear(), peer.hear(), peer.hear();
            peer.say("250 ok\r\n250 ok\r\n354 go\r\n");
            peer.hear_content();
            peer.say("250 taken\r\n");
        }
        peer.hear();
    });
    const Session session =
        deliver(server, options_of(),
                {mail_to({"a@other.example"}), mail_to({"b@other.example"}), mail_to({"c@other.example"})});
    ASSERT_EQ(session.results.size(), 3U);
    for (const auto& result : session.results) EXPECT_EQ(result.recipients.at(0).fate, Fate::sent);
}

TEST(DeliveryClient, H18_a_large_content_is_dot_stuffed_and_whole) {
    std::string content, stuffed;
    for (int i = 0; i < 200'000; ++i) {
        const std::string line =
            (i % 3 == 0 ? "." : "") + std::string(static_cast<std::size_t>(i % 78), 'x') + "\r\n";
        content += line;
        stuffed += (line.starts_with('.') ? "." : "") + line;
    }
    std::string got;
    ScriptedServer server([&](Peer& peer) {
        open(peer, pipelining);
        peer.answer({"250 ok", "250 ok", "354 go"});
        got = peer.hear_content();
        peer.say("250 taken\r\n");
        peer.hear();
    });
    smtp::OutgoingMail mail = mail_to({"a@other.example"}, content);
    mail.fields = "DKIM-Signature: v=1\r\n";
    const Session session = deliver(server, options_of(), {mail});
    (void)server.heard();
    EXPECT_EQ(only(session).fate, Fate::sent);
    EXPECT_TRUE(got == "DKIM-Signature: v=1\r\n" + stuffed + ".\r\n");
}

TEST(DeliveryClient, H01_answers_that_are_none_cost_little_and_are_temporary) {
    const std::string lines = [] {
        std::string all;
        for (int i = 0; i < 100'000; ++i) all += "220-more and more\r\n";
        return all;
    }();
    const std::string banner(16 * 1024 * 1024, 'x');
    for (const std::string& bytes :
         {lines, banner, "220 " + banner, std::string("25\r\n"), std::string("220-a\r\n550 b\r\n"),
          std::string("\0\0\r\n", 4), std::string("SSH-2.0-OpenSSH\r\n"),
          std::string("HTTP/1.1 400 Bad\r\n\r\n")}) {
        ScriptedServer server([&](Peer& peer) {
            peer.say(bytes);
            peer.hear_all();
        });
        const Session session = deliver(server);
        EXPECT_FALSE(session.opened.ready);
        EXPECT_EQ(session.opened.failure.fate, Fate::deferred);
        EXPECT_EQ(session.opened.failure.phase, Phase::greeting);
        EXPECT_EQ(session.text, "the server's answer is not SMTP");
        EXPECT_EQ(server.heard(), "");
    }
}

TEST(DeliveryClient, H01_the_same_at_every_later_answer) {
    const std::string nonsense = "250-x\r\n550 y\r\n";
    for (std::size_t at = 0; at < 5; ++at) {
        ScriptedServer server([&](Peer& peer) {
            const std::string_view good[] = {"250 mx.other.example\r\n", "250 ok\r\n", "250 ok\r\n",
                                             "354 go\r\n"};
            peer.say(greeting);
            for (std::size_t i = 0; i < at && i < 4; ++i) {
                peer.hear();
                peer.say(good[i]);
            }
            at == 4 ? void(peer.hear_content()) : void(peer.hear());
            peer.say(nonsense);
            peer.hear_all();
        });
        const Session session = deliver(server);
        EXPECT_EQ(session.text, "the server's answer is not SMTP");
        if (at == 0) continue;
        EXPECT_EQ(only(session).fate, at == 4 ? Fate::uncertain : Fate::deferred) << at;
        EXPECT_FALSE(session.results.at(0).reusable);
    }
}

TEST(DeliveryClient, H04_a_QUIT_that_fails_leaves_the_mail_sent) {
    for (const std::string_view goodbye : {"", "500 what\r\n", "421 x\r\n", "nonsense"}) {
        ScriptedServer server([&](Peer& peer) {
            open(peer, pipelining);
            peer.answer({"250 ok", "250 ok", "354 go"});
            peer.hear_content();
            peer.say("250 taken\r\n");
            peer.hear();
            peer.say(goodbye);
            if (goodbye.empty()) peer.reset();
        });
        EXPECT_EQ(only(deliver(server)).fate, Fate::sent);
    }
}

TEST(DeliveryClient, H05_gone_behind_the_final_dot_is_uncertain) {
    for (const bool reset : {false, true}) {
        ScriptedServer server([&](Peer& peer) {
            open(peer, pipelining);
            peer.answer({"250 ok", "250 ok", "354 go"});
            peer.hear_content();
            if (reset) peer.reset();
        });
        const Session session = deliver(server);
        EXPECT_EQ(only(session).fate, Fate::uncertain);
        EXPECT_EQ(only(session).phase, Phase::final_dot);
        EXPECT_EQ(only(session).reply.code, 0);
        EXPECT_EQ(session.text, "the server closed the connection");
        EXPECT_FALSE(session.results.at(0).reusable);
    }
}

TEST(DeliveryClient, H05_half_an_answer_to_the_final_dot_is_none) {
    ScriptedServer server([](Peer& peer) {
        open(peer, pipelining);
        peer.answer({"250 ok", "250 ok", "354 go"});
        peer.hear_content();
        peer.say("250 2.0.0 tak");
    });
    EXPECT_EQ(only(deliver(server)).fate, Fate::uncertain);
}

TEST(DeliveryClient, gone_amid_the_content_is_certain_and_its_last_words_count) {
    const std::string much(30 * 1024 * 1024, 'x');
    std::string content;
    for (std::size_t at = 0; at < much.size(); at += 900) content += much.substr(at, 900) + "\r\n";
    for (const std::string_view words : {"", "552 5.3.4 too much\r\n"}) {
        ScriptedServer server([&](Peer& peer) {
            open(peer, pipelining);
            peer.answer({"250 ok", "250 ok", "354 go"});
            peer.hear();
            peer.say(words);
        });
        const Session session = deliver(server, options_of(), {mail_to({"a@other.example"}, content)});
        // With the content unread the server's end is a RST, which may overtake its words.
        if (only(session).reply.code == 552) {
            EXPECT_EQ(only(session).fate, Fate::failed);
        } else {
            EXPECT_EQ(only(session).fate, Fate::deferred);
        }
        EXPECT_EQ(only(session).phase, Phase::data);
    }
}

TEST(DeliveryClient, H09_each_phase_has_its_deadline) {
    // Silence at: the greeting, EHLO, MAIL, RCPT, DATA, the final dot.
    for (int silent = 0; silent < 6; ++silent) {
        ScriptedServer server([silent](Peer& peer) {
            const std::string_view replies[] = {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n",
                                                "354 go\r\n"};
            for (int i = 0; i < silent; ++i) {
                if (i > 0) peer.hear();
                peer.say(replies[i]);
            }
            peer.hear_all();
        });
        smtp::ClientOptions options = options_of();
        using std::chrono::seconds;
        options.timeouts.greeting = seconds(silent == 0 ? 0 : 60);
        options.timeouts.hello = seconds(silent == 1 ? 0 : 60);
        options.timeouts.mail = seconds(silent == 2 ? 0 : 60);
        options.timeouts.rcpt = seconds(silent == 3 ? 0 : 60);
        options.timeouts.data = seconds(silent == 4 ? 0 : 60);
        options.timeouts.final_dot = seconds(silent == 5 ? 0 : 60);
        const auto began = std::chrono::steady_clock::now();
        const Session session = deliver(server, options);
        EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(30));
        EXPECT_EQ(session.text, "the server did not answer in time") << silent;
        if (silent < 2) {
            EXPECT_EQ(session.opened.failure.fate, Fate::deferred);
            continue;
        }
        EXPECT_EQ(only(session).fate, silent == 5 ? Fate::uncertain : Fate::deferred);
    }
}

TEST(DeliveryClient, H09_a_trickle_meets_the_deadline_of_the_whole) {
    ScriptedServer server([](Peer& peer) {
        // Never idle for long, never done.
        while (peer.say("220-wait\r\n")) {
        }
    });
    smtp::ClientOptions options = options_of();
    options.timeouts.opening = std::chrono::seconds(0);
    EXPECT_FALSE(deliver(server, options).opened.ready);

    ScriptedServer slow([](Peer& peer) {
        open(peer);
        peer.hear_all();
    });
    options = options_of();
    options.timeouts.delivery = std::chrono::seconds(0);
    const Session session = deliver(slow, options);
    EXPECT_EQ(only(session).fate, Fate::deferred);
    EXPECT_EQ(session.text, "the server did not answer in time");
}

TEST(DeliveryClient, a_connection_that_the_server_ended_meanwhile_is_stale) {
    for (const std::string_view goodbye : {"421 4.4.2 idle for too long\r\n", ""}) {
        ScriptedServer server([&](Peer& peer) {
            open(peer, pipelining);
            peer.answer({"250 ok", "250 ok", "354 go"});
            peer.hear_content();
            peer.say("250 taken\r\n");
            if (goodbye.empty()) return;
            peer.hear();
            peer.say(goodbye);
        });
        const Session session =
            deliver(server, options_of(), {mail_to({"a@other.example"}), mail_to({"b@other.example"})});
        ASSERT_EQ(session.results.size(), 2U);
        EXPECT_TRUE(session.results.at(1).stale);
        EXPECT_FALSE(session.results.at(1).reusable);
        EXPECT_EQ(session.results.at(1).recipients.at(0).fate, Fate::deferred);
    }
}

TEST(DeliveryClient, answers_that_nobody_asked_for_end_the_connection) {
    ScriptedServer server([](Peer& peer) {
        open(peer, pipelining);
        peer.answer({"250 ok", "250 ok", "354 go"});
        peer.hear_content();
        peer.say("250 taken\r\n250 and this too\r\n250 and this\r\n354 and this\r\n250 and this\r\n");
        peer.hear_all();
    });
    const Session session =
        deliver(server, options_of(), {mail_to({"a@other.example"}), mail_to({"b@other.example"})});
    ASSERT_EQ(session.results.size(), 1U) << "the second would have been called sent";
    EXPECT_EQ(only(session).fate, Fate::sent);
    EXPECT_FALSE(session.results.at(0).reusable);
}

TEST(DeliveryClient, a_refused_mail_leaves_the_connection_to_the_next) {
    ScriptedServer server([](Peer& peer) {
        open(peer);
        peer.answer({"250 ok", "550 5.1.1 nobody"});
        peer.answer({"250 reset", "250 ok", "250 ok", "354 go"});
        peer.hear_content();
        peer.say("250 taken\r\n");
        peer.hear();
    });
    const Session session =
        deliver(server, options_of(), {mail_to({"a@other.example"}), mail_to({"b@other.example"})});
    ASSERT_EQ(session.results.size(), 2U);
    EXPECT_EQ(session.results.at(0).recipients.at(0).fate, Fate::failed);
    EXPECT_EQ(session.results.at(1).recipients.at(0).fate, Fate::sent);
    EXPECT_THAT(server.heard(), HasSubstr("RCPT TO:<a@other.example>\r\nRSET\r\nMAIL FROM"));
}

TEST(DeliveryClient, a_drop_in_the_middle_of_the_pipeline_keeps_what_was_said) {
    ScriptedServer server([](Peer& peer) {
        open(peer, pipelining);
        for (int i = 0; i < 4; ++i) peer.hear();
        peer.say("250 ok\r\n550 5.1.1 nobody\r\n");
    });
    const Session session = deliver(server, options_of(), {mail_to({"a@other.example", "b@other.example"})});
    EXPECT_EQ(only(session).fate, Fate::failed);
    EXPECT_EQ(session.results.at(0).recipients.at(1).fate, Fate::deferred);
    EXPECT_EQ(session.results.at(0).recipients.at(1).phase, Phase::rcpt);
}

TEST(DeliveryClient, a_refusal_that_comes_with_the_end_is_read) {
    ScriptedServer server([](Peer& peer) { peer.say("554 5.7.1 your address is on a list\r\n"); });
    const Session session = deliver(server);
    EXPECT_EQ(session.opened.failure.reply.code, 554);
    EXPECT_EQ(session.opened.failure.fate, Fate::deferred);
    EXPECT_EQ(session.text, "your address is on a list");
}

TEST(DeliveryClient, H02_plain_text_behind_STARTTLS_is_never_used) {
    ScriptedServer server([](Peer& peer) {
        open(peer, "250-mx.other.example\r\n250 STARTTLS\r\n");
        peer.hear();
        peer.say("220 ready\r\n250-fake\r\n250 AUTH PLAIN\r\n");
        peer.hear_all();
    });
    smtp::ClientOptions options = options_of();
    options.tls.use = smtp::TlsUse::opportunistic;
    options.tls.context = net::TlsContext::client();
    const Session session = deliver(server, options);
    EXPECT_FALSE(session.opened.ready);
    EXPECT_FALSE(session.opened.plain_text_may_work);
    EXPECT_EQ(server.heard(), "EHLO desk.ours.example\r\nSTARTTLS\r\n");
}

TEST(DeliveryClient, nobody_there) {
    std::uint16_t port = 0;
    {
        ScriptedServer server([](Peer&) {});
        port = server.port();
    }
    const Session session = test::run(hold(port, options_of(), {}));
    EXPECT_FALSE(session.opened.ready);
    EXPECT_EQ(session.opened.failure.phase, Phase::connect);
    EXPECT_EQ(session.opened.failure.fate, Fate::deferred);
    EXPECT_EQ(session.opened.failure.reply.status, "4.4.1");
    EXPECT_EQ(session.text, "Connection refused");
}

TEST(DeliveryClient, connects_from_the_address_it_is_given) {
    std::string from;
    ScriptedServer server([&](Peer& peer) {
        from = peer.address();
        peer.say("554 no\r\n");
    });
    smtp::ClientOptions options = options_of();
    options.source = asio::ip::make_address("127.0.0.9");
    EXPECT_EQ(deliver(server, options).opened.failure.reply.code, 554);
    (void)server.heard();
    EXPECT_EQ(from, "127.0.0.9");
    options.source = asio::ip::make_address("192.0.2.1");
    EXPECT_EQ(deliver(server, options).text, "Cannot assign requested address");
}

TEST(DeliveryClient, abort_ends_a_connection_that_nobody_answers) {
    // Its queue is full: what else knocks is not even refused.
    asio::io_context context(1);
    asio::ip::tcp::acceptor full(context, {asio::ip::tcp::v4(), 0}, false);
    full.listen(0);
    std::vector<asio::ip::tcp::socket> others;
    for (int i = 0; i < 4; ++i) {
        others.emplace_back(context, asio::ip::tcp::v4());
        others.back().async_connect(full.local_endpoint(), asio::detached);
    }
    smtp::Opened opened;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            DeliveryClient client(context.get_executor(), options_of());
            asio::steady_timer soon(context, std::chrono::milliseconds(200));
            soon.async_wait([&](boost::system::error_code) { client.abort(); });
            opened = co_await client.open({.address = "127.0.0.1", .port = full.local_endpoint().port()});
        },
        [&](std::exception_ptr) { others.clear(); });
    EXPECT_GT(context.run_for(std::chrono::seconds(10)), 0U);
    EXPECT_TRUE(context.stopped()) << "it still waits";
    EXPECT_FALSE(opened.ready);
    EXPECT_EQ(opened.failure.phase, Phase::connect);
    EXPECT_EQ(opened.failure.reply.text, "stopped");
}

TEST(DeliveryClient, abort_ends_what_is_under_way) {
    asio::io_context context(1);
    std::unique_ptr<DeliveryClient> client;
    ScriptedServer server([&](Peer& peer) {
        open(peer, pipelining);
        peer.answer({"250 ok", "250 ok", "354 go"});
        peer.hear_content();
        asio::post(context, [&] { client->abort(); });
        peer.hear_all();
    });
    client = std::make_unique<DeliveryClient>(context.get_executor(), options_of());
    smtp::DeliveryResult result;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            net::ServerAddress address{.address = "127.0.0.1", .port = server.port()};
            const smtp::Opened opened = co_await client->open(std::move(address));
            EXPECT_TRUE(opened.ready);
            result = co_await client->deliver(mail_to({"a@other.example"}));
            co_await client->quit();
            client.reset();  // with its timer, which the context would wait for
        },
        asio::detached);
    context.run();
    ASSERT_EQ(result.recipients.size(), 1U);
    EXPECT_EQ(result.recipients.at(0).fate, Fate::uncertain) << "the dot had been sent";
}
