// What only shows over real connections: time, pieces, endings, load, TLS.
#include "tests/support/certificate.hpp"
#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <fstream>
#include <memory>
#include <thread>

using namespace std::chrono_literals;
using test::SmtpClient;
using test::TestServer;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

namespace {

void open_data(SmtpClient& client) {
    ASSERT_THAT(client.reply(), StartsWith("220"));
    ASSERT_THAT(client.ask("EHLO client.example"), StartsWith("250"));
    ASSERT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("DATA"), StartsWith("354"));
}

std::size_t resident_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
}

}  // namespace

TEST(Server, message_carries_the_facts_of_its_session) {
    TestServer server;
    SmtpClient client(server.tls_port);
    ASSERT_TRUE(client.start_tls());
    open_data(client);
    EXPECT_EQ(client.ask("Subject: x\r\n\r\nbody\r\n."), "250 2.0.0 Accepted r1\r\n");
    auto stored = server.sink.stored();
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].client_address, "127.0.0.1");
    EXPECT_EQ(stored[0].helo, "client.example");
    EXPECT_EQ(stored[0].protocol, "ESMTPS");
    ASSERT_TRUE(stored[0].tls);
    EXPECT_EQ(stored[0].tls->version, "TLSv1.3");
    EXPECT_EQ(stored[0].session_id.size(), 10U);
    EXPECT_EQ(server.probe.count("accepted"), 1U);
    EXPECT_THAT(server.log.text(), HasSubstr("message_accepted session=" + stored[0].session_id));
    EXPECT_THAT(server.log.text(), Not(HasSubstr("body")));
}

TEST(Server, refusals_carry_the_session_id) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    EXPECT_THAT(client.ask("FOO"), MatchesRegex("500 5.5.1 Command not recognized \\[[0-9a-z]+\\]\r\n"));
}

TEST(Server, refused_recipients_are_counted_by_reason) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    client.ask("MAIL FROM:<>");
    for (const char* to :
         {"nobody@ours.example", "nobody2@ours.example", "a@theirs.example", "known@ours.example"})
        client.ask(std::string("RCPT TO:<") + to + ">");
    EXPECT_EQ(server.probe.count("refused recipient unknown"), 2U);
    EXPECT_EQ(server.probe.count("refused recipient relay"), 1U);
    EXPECT_EQ(server.probe.count("refused recipient other"), 0U);
    client.ask("RSET");
    client.ask("MAIL FROM:<evil@x.example>");
    EXPECT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("550 5.7.1 Not to us ["));
    EXPECT_EQ(server.probe.count("refused recipient banned"), 1U);
}

// RFC 5321 §3.1: QUIT is waited for.
TEST(Server, who_is_not_welcome_hears_it_before_saying_anything) {
    TestServer server;
    server.run([&] { server.directory.no_greeting = smtp::Reply{550, "5.7.1", "Not from there"}; });
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), MatchesRegex("554 5.7.1 Not from there \\[[0-9a-z]+\\]\r\n"));
    for (const char* line : {"EHLO x", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA", "STARTTLS", "NOOP"})
        EXPECT_THAT(client.ask(line), StartsWith("503 5.5.1 ")) << line;
    EXPECT_THAT(client.ask("QUIT"), StartsWith("221 2.0.0 "));
    EXPECT_EQ(client.reply(), "");

    SmtpClient stubborn(server.port);
    stubborn.reply();
    for (int i = 0; i < 9; ++i) EXPECT_THAT(stubborn.ask("EHLO x"), StartsWith("503 5.5.1 "));
    EXPECT_THAT(stubborn.ask("EHLO x"), StartsWith("421 4.7.0 "));
    EXPECT_EQ(server.sink.stored().size(), 0U);
}

TEST(Server, counts_distinct_mailboxes) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    client.ask("MAIL FROM:<a@other.example>");
    for (const char* to : {"known", "alias", "second"})
        client.ask(std::string("RCPT TO:<") + to + "@ours.example>");
    client.ask("DATA");
    EXPECT_THAT(client.ask("."), StartsWith("250"));
    EXPECT_EQ(server.probe.count("accepted"), 2U);
}

// At every place of the read buffer, in every two pieces.
TEST(Server, A17_end_of_data_may_straddle_any_read) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    const std::string end = "\r\n.\r\n";
    std::size_t sent = 0;
    for (std::size_t edge : {4096U, 8192U, 16384U, 65536U}) {
        for (std::size_t cut = 1; cut < end.size(); ++cut) {
            client.ask("MAIL FROM:<a@other.example>");
            client.ask("RCPT TO:<known@ours.example>");
            ASSERT_THAT(client.ask("DATA"), StartsWith("354"));
            std::string content(edge - cut, 'x');
            client.send(content + end.substr(0, cut));
            // The server has read the first piece before the second is sent.
            ASSERT_TRUE(server.probe.wait_for("bytes", sent += edge));
            client.send(end.substr(cut));
            sent += end.size() - cut;
            ASSERT_THAT(client.reply(), StartsWith("250 2.0.0"));
            ASSERT_EQ(server.sink.stored().back().raw.size(), content.size() + 2);
        }
    }
}

TEST(Server, B17_line_without_end_costs_no_memory) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    std::size_t before = resident_kb();
    std::string block(1 << 20, 'x');
    for (int i = 0; i < 100 && client.send(block); ++i) {
    }
    EXPECT_THAT(client.reply(), StartsWith("500 5.5.2"));
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_LT(resident_kb(), before + 20 * 1024);
}

TEST(Server, B28_half_closed_session_gets_every_reply) {
    TestServer server;
    SmtpClient client(server.port);
    std::string replies = client.all_replies(
        "EHLO x\r\nMAIL FROM:<a@other.example>\r\nRCPT TO:<known@ours.example>\r\nDATA\r\n"
        "Subject: x\r\n\r\nb\r\n.\r\nQUIT\r\n",
        true);
    EXPECT_THAT(
        replies,
        HasSubstr("354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Accepted r1\r\n221 2.0.0 Bye\r\n"));
    EXPECT_EQ(server.sink.stored().size(), 1U);
}

TEST(Server, message_is_kept_when_the_peer_does_not_wait_for_the_reply) {
    TestServer server;
    server.sink.hold_back();
    {
        SmtpClient client(server.port);
        open_data(client);
        client.send("Subject: x\r\n\r\nb\r\n.\r\n");
        server.sink.wait_until_asked();
        client.reset();
    }
    server.sink.release();
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_EQ(server.sink.stored().size(), 1U);
    EXPECT_EQ(server.probe.count("accepted"), 1U);
}

TEST(Server, B29_reset_at_every_phase_leaves_nothing) {
    TestServer server;
    const std::vector<std::string> phases = {"",
                                             "EHLO x\r\n",
                                             "MAIL FROM:<>\r\n",
                                             "RCPT TO:<known@ours.example>\r\n",
                                             "DATA\r\n",
                                             "Subject: x\r\n\r\nbody\r\n"};
    for (std::size_t last = 0; last < phases.size(); ++last) {
        SmtpClient client(server.port);
        client.reply();
        for (std::size_t i = 0; i <= last; ++i) client.send(phases[i]);
        client.reset();
        ASSERT_TRUE(server.probe.wait_for("closed", last + 1));
    }
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Server, E01_silence_ends_in_421) {
    smtp::Options options;
    options.timeouts.command = 50ms;
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    EXPECT_THAT(client.reply(), StartsWith("421 4.4.2"));
    EXPECT_EQ(client.reply(), "");
}

TEST(Server, E01_bytes_now_and_then_do_not_buy_time) {
    smtp::Options options;
    options.timeouts.command = 100ms;
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    // Keeps writing until the server has had enough; a write fails once it has closed.
    while (server.probe.count("reply 421") == 0 && client.send("N")) std::this_thread::yield();
    EXPECT_EQ(server.probe.count("reply 421") + server.probe.count("reply 500"), 1U);
}

TEST(Server, E01_silence_in_content_stores_nothing) {
    smtp::Options options;
    options.timeouts.data_block = 50ms;
    TestServer server(options);
    SmtpClient client(server.port);
    open_data(client);
    client.send("Subject: x\r\n\r\nhalf");
    EXPECT_THAT(client.reply(), StartsWith("421 4.4.2"));
    EXPECT_EQ(client.reply(), "");
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Server, C06_silent_handshake_ends) {
    smtp::Options options;
    options.timeouts.tls_handshake = 50ms;
    TestServer server(options);
    SmtpClient client(server.tls_port);
    EXPECT_EQ(client.reply(), "");
    EXPECT_EQ(server.probe.count("tls_failed"), 1U);
}

TEST(Server, C05_plain_text_in_place_of_a_handshake_is_not_answered) {
    TestServer server;
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    client.ask("STARTTLS");
    std::string rest = client.all_replies("EHLO x\r\nEHLO x\r\n", false);
    EXPECT_THAT(rest, Not(HasSubstr("250")));
    EXPECT_THAT(rest, Not(HasSubstr("500")));
}

TEST(Server, C07_old_tls_is_refused) {
    TestServer server;
    SmtpClient old(server.tls_port);
    EXPECT_FALSE(old.start_tls(TLS1_1_VERSION));
    SmtpClient fine(server.tls_port);
    EXPECT_TRUE(fine.start_tls(TLS1_2_VERSION));
    EXPECT_THAT(fine.reply(), StartsWith("220"));
}

TEST(Server, C08_renegotiation_is_refused) {
    TestServer server;
    SmtpClient client(server.tls_port);
    ASSERT_TRUE(client.start_tls(TLS1_2_VERSION));
    client.reply();
    SSL_renegotiate(client.tls());
    EXPECT_NE(SSL_do_handshake(client.tls()), 1);
}

// golang/go#70232 shape: a resumed session must carry mail like any other.
TEST(Server, C11_sessions_resume_by_tickets_or_not_at_all) {
    for (const bool tickets : {true, false}) {
        smtp::Options options;
        options.tls = smtp::TlsFiles{{}, tickets, {}};
        TestServer server(options);
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(nullptr, SSL_SESSION_free);
            for (const bool again : {false, true}) {
                SmtpClient client(server.tls_port);
                ASSERT_TRUE(client.start_tls(version, session.get()));
                open_data(client);
                EXPECT_THAT(client.ask("Subject: x\r\n\r\nbody\r\n."), StartsWith("250"));
                EXPECT_EQ(SSL_session_reused(client.tls()) == 1, again && tickets) << version;
                session.reset(SSL_get1_session(client.tls()));
                client.ask("QUIT");
                SSL_shutdown(client.tls());  // else the session counts as broken
            }
        }
        EXPECT_EQ(server.sink.stored().size(), 4U);
    }
}

TEST(Server, certificate_is_that_of_the_name_that_was_asked_for) {
    const test::CertificateFiles help("help.example"), wild("*.desk.example");
    smtp::Options options;
    options.tls =
        smtp::TlsFiles{{}, true, {{help.chain_file, help.key_file}, {wild.chain_file, wild.key_file}}};
    TestServer server(options);
    const std::vector<std::pair<std::string, std::string>> cases = {{"", "mx.ours.example"},
                                                                    {"mx.ours.example", "mx.ours.example"},
                                                                    {"help.example", "help.example"},
                                                                    {"HELP.example", "help.example"},
                                                                    {"a.desk.example", "a.desk.example"},
                                                                    {"unknown.example", "mx.ours.example"}};
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        for (const auto& [asked, shown] : cases) {
            SmtpClient client(server.tls_port);
            client.server_name = asked;
            ASSERT_TRUE(client.start_tls(version)) << asked;
            const std::unique_ptr<X509, decltype(&X509_free)> certificate(
                SSL_get1_peer_certificate(client.tls()), X509_free);
            EXPECT_EQ(X509_check_host(certificate.get(), shown.c_str(), 0, 0, nullptr), 1) << asked;
            EXPECT_THAT(client.reply(), StartsWith("220"));
        }
}

// A ClientHello with 16 KB of protocol names, in as many records as it has bytes.
TEST(Server, C13_huge_hello_in_records_of_one_byte) {
    TestServer server;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
    std::string protocols;
    while (protocols.size() < 16'000) protocols += "\xff" + std::string(255, 'p');
    SSL_set_alpn_protos(tls.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    SSL_set_connect_state(tls.get());
    BIO* wire = BIO_new(BIO_s_mem());
    SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), wire);
    SSL_do_handshake(tls.get());
    char* bytes = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(wire, &bytes));
    ASSERT_GT(size, protocols.size());
    std::string records;
    for (std::size_t at = 0; at + 5 <= size;) {
        const std::size_t length =
            static_cast<unsigned char>(bytes[at + 3]) * 256U + static_cast<unsigned char>(bytes[at + 4]);
        for (std::size_t i = 0; i < length; ++i)
            records += std::string("\x16\x03\x01\x00\x01", 5) + bytes[at + 5 + i];
        at += 5 + length;
    }
    {
        SmtpClient client(server.tls_port);
        client.send(records);
        char answer = 0;  // a ServerHello or an alert, which is for OpenSSL to say
        EXPECT_LE(::recv(client.socket(), &answer, 1, 0), 1);
        EXPECT_TRUE(answer == 0x16 || answer == 0x15 || answer == 0) << static_cast<int>(answer);
    }
    SmtpClient next(server.tls_port);
    EXPECT_TRUE(next.start_tls());
    EXPECT_THAT(next.reply(), StartsWith("220"));
}

TEST(Server, C09_C10_end_of_tls_in_content_stores_nothing) {
    TestServer server;
    {
        SmtpClient client(server.tls_port);
        ASSERT_TRUE(client.start_tls());
        open_data(client);
        client.send("Subject: x\r\n\r\nhalf");
        SSL_shutdown(client.tls());
        (void)!::send(client.socket(), "\r\n.\r\n", 5, MSG_NOSIGNAL);
        EXPECT_EQ(client.reply(), "");
    }
    {
        SmtpClient client(server.tls_port);
        ASSERT_TRUE(client.start_tls());
        open_data(client);
        client.send("Subject: x\r\n\r\nhalf");
        ::shutdown(client.socket(), SHUT_WR);
        EXPECT_EQ(client.reply(), "");
    }
    ASSERT_TRUE(server.probe.wait_for("closed", 2));
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Server, large_message_arrives_whole) {
    TestServer server;
    std::string content;
    for (int i = 0; content.size() < 20'000'000; ++i) content += "line " + std::to_string(i) + "\r\n";
    for (std::uint16_t port : {server.port, server.tls_port}) {
        SmtpClient client(port);
        if (port == server.tls_port) {
            ASSERT_TRUE(client.start_tls());
        }
        open_data(client);
        client.send(content);
        EXPECT_THAT(client.ask("."), StartsWith("250"));
        EXPECT_TRUE(server.sink.stored().back().raw == content);
    }
}

TEST(Server, E05_replies_that_nobody_reads_are_bounded) {
    smtp::Options options;
    options.timeouts.write = 100ms;
    options.max_idle_commands = 0;
    TestServer server(options);
    SmtpClient client(server.port);
    int small = 4096;
    setsockopt(client.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    std::size_t before = resident_kb();
    std::string noops;
    for (int i = 0; i < 10000; ++i) noops += "NOOP\r\n";
    for (int i = 0; i < 1000 && client.send(noops); ++i) {
    }
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_LT(resident_kb(), before + 20 * 1024);
}

TEST(Server, session_over_the_cap_is_told_so) {
    smtp::Options options;
    options.max_sessions = 2;
    TestServer server(options);
    SmtpClient first(server.port), second(server.port);
    first.reply();
    second.reply();
    SmtpClient third(server.port);
    EXPECT_THAT(third.reply(), StartsWith("421 4.7.0"));
    EXPECT_EQ(third.reply(), "");
    first.ask("QUIT");
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    SmtpClient fourth(server.port);
    EXPECT_THAT(fourth.reply(), StartsWith("220"));
    EXPECT_EQ(server.probe.count("refused"), 1U);
}

TEST(Server, exempt_networks_may_err) {
    smtp::Options options;
    options.max_errors = options.max_idle_commands = options.max_refused_recipients = 3;
    ASSERT_TRUE(options.exempt_networks.add("127.0.0.0/8"));
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    for (int i = 0; i < 10; ++i) EXPECT_THAT(client.ask("FOO"), StartsWith("500"));
}

TEST(Server, B30_stopping_says_421_to_who_waits_and_lets_content_finish) {
    TestServer server;
    SmtpClient idle(server.port), busy(server.port);
    idle.reply();
    open_data(busy);
    busy.send("Subject: x\r\n");
    ASSERT_TRUE(server.probe.wait_for("bytes", 12));
    server.begin_stop(10s);
    EXPECT_THAT(idle.reply(), StartsWith("421 4.3.2"));
    EXPECT_EQ(idle.reply(), "");
    busy.send("\r\nrest\r\n.\r\n");
    EXPECT_THAT(busy.reply(), StartsWith("250 2.0.0"));
    EXPECT_THAT(busy.reply(), StartsWith("421 4.3.2"));
    server.wait_stopped();
    EXPECT_EQ(server.sink.stored().size(), 1U);
    EXPECT_ANY_THROW(SmtpClient refused(server.port));
}

TEST(Server, grace_has_an_end) {
    TestServer server;
    SmtpClient busy(server.port);
    open_data(busy);
    busy.send("Subject: x\r\n");
    ASSERT_TRUE(server.probe.wait_for("bytes", 12));
    server.begin_stop(50ms);
    EXPECT_EQ(busy.reply(), "");
    server.wait_stopped();
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Server, E15_accepting_survives_running_out_of_descriptors) {
    TestServer server;
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    SmtpClient first(server.port);
    first.reply();
    // UBSan looks at a type's vtable through a pipe when it meets it first: let it meet all of them now.
    ASSERT_NE(boost::system::error_code(EMFILE, boost::system::system_category()).message(), "");
    SmtpClient(server.port).ask("QUIT");
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    server.run([&] { server.log.event(smtp::EventLog::Level::debug, "warm", "", {}); });
    int probe = ::dup(0);
    rlimit none{static_cast<rlim_t>(probe) + 1, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    ::close(probe);
    SmtpClient third(server.port);  // takes the last descriptor, and waits in the backlog
    while (server.log.text().find("accept_paused") == std::string::npos) std::this_thread::yield();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_THAT(third.reply(), StartsWith("220"));
    EXPECT_THAT(first.ask("NOOP"), StartsWith("250"));
}

TEST(Server, E15_a_thousand_connections_that_are_reset) {
    smtp::Options options;
    options.clients.connections_per_minute = 0;
    TestServer server(options);
    for (int i = 0; i < 1000; ++i) SmtpClient(server.port).reset();
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.ask("QUIT"), StartsWith("221"));
    ASSERT_TRUE(server.probe.wait_for("closed", server.probe.count("opened")));
}
