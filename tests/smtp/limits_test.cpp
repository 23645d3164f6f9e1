// The limits of docs/smtp.md over real connections, each under a configuration of its own.
#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::SmtpClient;
using test::TestServer;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

void open_data(SmtpClient& client) {
    ASSERT_THAT(client.reply(), StartsWith("220"));
    ASSERT_THAT(client.ask("EHLO client.example"), StartsWith("250"));
    ASSERT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("DATA"), StartsWith("354"));
}

std::string content(std::size_t size) {
    std::string text = "Subject: large\r\n\r\n";
    for (std::size_t line = 0; text.size() < size; ++line) text += "line " + std::to_string(line) + "\r\n";
    return text;
}

// A small message from somebody else is taken.
void expect_others_served(TestServer& server) {
    SmtpClient other(server.port);
    open_data(other);
    EXPECT_THAT(other.ask("Subject: small\r\n\r\nx\r\n."), StartsWith("250"));
}

}  // namespace

TEST(Limits, E02_connections_of_one_address_and_network) {
    smtp::Options options;
    options.clients.sessions = 3;
    options.clients.network_factor = 2;
    TestServer server(options);
    std::vector<std::unique_ptr<SmtpClient>> held;
    for (const char* from : {"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.2"}) {
        held.push_back(std::make_unique<SmtpClient>(server.port, "127.0.0.1", from));
        EXPECT_THAT(held.back()->reply(), StartsWith("220"));
    }
    SmtpClient fourth(server.port);
    EXPECT_EQ(fourth.reply(), "421 4.7.0 Too much from your address, try again later\r\n");
    EXPECT_EQ(fourth.reply(), "");
    SmtpClient neighbour(server.port, "127.0.0.1", "127.0.0.3");
    EXPECT_THAT(neighbour.reply(), StartsWith("421 4.7.0"));
    SmtpClient stranger(server.port, "127.0.0.1", "127.0.1.1");
    EXPECT_THAT(stranger.reply(), StartsWith("220"));
    held.front()->ask("QUIT");
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    SmtpClient again(server.port);
    EXPECT_THAT(again.reply(), StartsWith("220"));
    EXPECT_EQ(server.probe.count("refused address_sessions"), 1U);
    EXPECT_EQ(server.probe.count("refused network_sessions"), 1U);
    EXPECT_EQ(server.standing().clients, 6U) << "four addresses, two networks";
    EXPECT_THAT(server.log.text(),
                HasSubstr("session_refused session= client=127.0.0.1 limit=address_sessions count=1"));
}

TEST(Limits, E12_handshakes_are_bounded_by_the_rate_of_connections) {
    smtp::Options options;
    options.clients.connections_per_minute = 5;
    TestServer server(options);
    int shaken = 0;
    for (int i = 0; i < 20; ++i) {
        SmtpClient client(server.tls_port);
        shaken += client.start_tls() ? 1 : 0;
    }
    EXPECT_EQ(shaken, 5);
    EXPECT_EQ(server.probe.count("refused connection_rate"), 15U);
    SmtpClient stranger(server.tls_port, "127.0.0.1", "127.0.1.1");
    EXPECT_TRUE(stranger.start_tls());
}

TEST(Limits, E03_commands_of_one_address_over_its_sessions) {
    smtp::Options options;
    options.clients.commands_per_minute = 10;
    TestServer server(options);
    SmtpClient one(server.port), two(server.port);
    one.reply();
    two.reply();
    for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(one.ask("NOOP"), StartsWith("250"));
        EXPECT_THAT(two.ask("NOOP"), StartsWith("250"));
    }
    EXPECT_THAT(two.ask("NOOP"), StartsWith("421 4.7.0"));
    EXPECT_EQ(two.reply(), "");
    EXPECT_EQ(server.probe.count("limited command_rate"), 1U);
}

TEST(Limits, messages_of_one_address_are_put_off) {
    smtp::Options options;
    options.clients.messages_per_minute = 2;
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    for (int i = 0; i < 2; ++i) {
        client.ask("MAIL FROM:<a@other.example>");
        client.ask("RCPT TO:<known@ours.example>");
        client.ask("DATA");
        EXPECT_THAT(client.ask("."), StartsWith("250"));
    }
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("451 4.7.1"));
    EXPECT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("503"));
    EXPECT_EQ(server.probe.count("limited message_rate"), 1U);
}

TEST(Limits, E04_unknown_recipients_are_slowed_then_sent_away_and_remembered) {
    smtp::Options options;
    options.max_refused_recipients = 8;
    options.slow_down = 50ms;
    options.clients.refused_recipients_per_hour = 8;
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    client.ask("MAIL FROM:<a@other.example>");
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 7; ++i)
        EXPECT_THAT(client.ask("RCPT TO:<guess@ours.example>"), StartsWith("550 5.1.1"));
    EXPECT_THAT(client.ask("RCPT TO:<guess@ours.example>"), StartsWith("421 4.7.0"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 6 * 50ms);
    EXPECT_EQ(server.probe.count("limited slowed"), 6U);
    EXPECT_EQ(server.probe.count("limited refused_recipients"), 1U);
    SmtpClient again(server.port);
    EXPECT_THAT(again.reply(), StartsWith("421 4.7.0"));
    SmtpClient stranger(server.port, "127.0.0.1", "127.0.1.1");
    EXPECT_THAT(stranger.reply(), StartsWith("220"));
}

TEST(Limits, slowing_down_ends_when_the_server_does) {
    smtp::Options options;
    options.max_refused_recipients = 4;
    options.slow_down = 1h;
    TestServer server(options);
    SmtpClient client(server.port);
    client.reply();
    client.ask("EHLO x");
    client.ask("MAIL FROM:<a@other.example>");
    client.ask("RCPT TO:<guess@ours.example>");
    client.send("RCPT TO:<guess@ours.example>\r\n");
    ASSERT_TRUE(server.probe.wait_for("limited slowed", 1));
    server.begin_stop(10s);
    EXPECT_THAT(client.reply(), StartsWith("550"));
    EXPECT_THAT(client.reply(), StartsWith("421 4.3.2"));
    server.wait_stopped();
}

TEST(Limits, nothing_is_counted_for_exempt_networks) {
    smtp::Options options;
    options.clients = {1, 1, 1, 1, 1, 1, 1};
    ASSERT_TRUE(options.exempt_networks.add("127.0.0.0/8"));
    TestServer server(options);
    SmtpClient one(server.port), two(server.port);
    open_data(one);
    open_data(two);
    EXPECT_EQ(server.standing().clients, 0U);
}

TEST(Limits, E01_a_session_has_an_end) {
    smtp::Options options;
    options.timeouts.session = 100ms;
    TestServer server(options);
    SmtpClient busy(server.port), idle(server.port);
    busy.reply();
    idle.reply();
    std::string last = "250";
    while (last.starts_with("250")) last = busy.ask("NOOP");
    EXPECT_THAT(last, StartsWith("421 4."));  // so many commands, or so long
    EXPECT_THAT(idle.reply(), StartsWith("421 4.4.2 This session has lasted long enough"));
}

TEST(Limits, E01_content_that_trickles_has_a_deadline) {
    smtp::Options options;
    options.timeouts.data = 200ms;
    TestServer server(options);
    SmtpClient client(server.port);
    open_data(client);
    client.send("Subject: x\r\n\r\n");
    // Each byte in time, and the whole is not; a write fails once the server has closed.
    while (server.probe.count("reply 421") == 0 && client.send("x")) std::this_thread::yield();
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_EQ(server.probe.count("limited data_timeout"), 1U);
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Limits, C06_a_handshake_that_trickles_has_a_deadline) {
    smtp::Options options;
    options.timeouts.tls_handshake = 100ms;
    TestServer server(options);
    SmtpClient client(server.tls_port);
    const std::string hello("\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", 11);
    for (std::size_t i = 0; server.probe.count("closed") == 0; ++i) {
        if (!client.send(i < hello.size() ? hello.substr(i, 1) : "x")) break;
        std::this_thread::yield();
    }
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_EQ(server.probe.count("tls_failed"), 1U);
}

// Eight messages of 8 MB at once where 32 MB may be held (four times the largest message): all are taken, and
// the limit holds at each moment.
TEST(Limits, memory_over_all_sessions_stays_below_its_limit) {
    smtp::Options options;
    options.content.max_size = 8 * megabyte;
    options.memory = 1;
    options.spool_above = 64 * 1024;
    TestServer server(options);
    const std::string text = content(7 * megabyte);
    std::vector<std::future<std::string>> sent;
    for (int i = 0; i < 8; ++i)
        sent.push_back(std::async(std::launch::async, [&] {
            SmtpClient client(server.port);
            open_data(client);
            client.send(text);
            return client.ask(".");
        }));
    std::size_t most_memory = 0, most_spooled = 0;
    for (auto& each : sent)
        while (each.wait_for(0s) != std::future_status::ready) {
            const auto standing = server.standing();
            EXPECT_EQ(standing.memory_max, 32 * megabyte);
            most_memory = std::max(most_memory, standing.memory);
            most_spooled = std::max(most_spooled, standing.spooled);
        }
    for (auto& each : sent) EXPECT_THAT(each.get(), StartsWith("250"));
    EXPECT_LE(most_memory, 32 * megabyte);
    EXPECT_GT(most_spooled, megabyte);
    for (const auto& message : server.sink.stored()) EXPECT_TRUE(message.raw == text);
    EXPECT_EQ(server.standing().memory, 0U);
    EXPECT_EQ(server.standing().spooled, 0U);
}

TEST(Limits, content_that_finds_no_room_in_memory_goes_to_a_file_and_then_waits) {
    smtp::Options options;
    options.content.max_size = megabyte;
    options.memory = 1;
    options.spool_above = megabyte;
    TestServer server(options);
    std::vector<std::unique_ptr<SmtpClient>> clients;
    for (int i = 0; i < 6; ++i) {  // each 512 KB in memory, of 2 MB for what comes in
        clients.push_back(std::make_unique<SmtpClient>(server.port));
        open_data(*clients.back());
        clients.back()->send(content(400 * 1024));
        ASSERT_TRUE(server.probe.wait_for("bytes", static_cast<std::size_t>(i + 1) * 400 * 1024));
    }
    EXPECT_LE(server.standing().memory, 2 * megabyte);
    EXPECT_GT(server.standing().spooled, 0U);
    expect_others_served(server);
    for (auto& client : clients) EXPECT_THAT(client->ask("."), StartsWith("250"));
    EXPECT_EQ(server.standing().memory, 0U);
}

TEST(Limits, E14_no_place_for_a_large_message_is_told_and_small_ones_come_in) {
    smtp::Options options;
    options.spool_above = 64 * 1024;
    options.spool_folder = "/nowhere";
    TestServer server(options);
    SmtpClient client(server.port);
    open_data(client);
    client.send(content(megabyte));
    EXPECT_THAT(client.ask("."), StartsWith("452 4.3.1"));
    EXPECT_THAT(server.log.text(), HasSubstr("reason=No such file or directory"));
    EXPECT_EQ(server.probe.count("limited memory"), 1U);
    expect_others_served(server);
}

TEST(Limits, E14_a_disk_that_fills_up_is_survived) {
    smtp::Options options;
    options.spool_above = 64 * 1024;
    TestServer server(options);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit little{300 * 1024, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
    SmtpClient client(server.port);
    open_data(client);
    client.send(content(megabyte));
    const std::string reply = client.ask(".");
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_THAT(reply, StartsWith("452 4.3.1"));
    EXPECT_EQ(server.standing().spooled, 0U);
    EXPECT_TRUE(server.sink.stored().empty());
    SmtpClient again(server.port);
    open_data(again);
    again.send(content(megabyte));
    EXPECT_THAT(again.ask("."), StartsWith("250"));
}

TEST(Limits, a_disk_that_hangs_holds_up_only_who_needs_it) {
    smtp::Options options;
    options.spool_above = 64 * 1024;
    TestServer server(options);
    std::promise<void> disk;
    boost::asio::post(server.files, [waits = disk.get_future().share()] { waits.wait(); });
    SmtpClient large(server.port);
    open_data(large);
    const std::string text = content(megabyte);
    auto sent = std::async(std::launch::async, [&] {
        large.send(text);
        return large.ask(".");
    });
    ASSERT_TRUE(server.probe.wait_for("bytes", 64 * 1024));
    for (int i = 0; i < 5; ++i) expect_others_served(server);
    EXPECT_EQ(sent.wait_for(0s), std::future_status::timeout);
    disk.set_value();
    EXPECT_THAT(sent.get(), StartsWith("250"));
    EXPECT_TRUE(server.sink.stored().back().raw == text);
}
