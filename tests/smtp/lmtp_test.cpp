// LMTP (RFC 2033) over real connections: what the dialogues tests/dialogs/lmtp_* don't show.
#include "net/unix_socket.hpp"
#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

using namespace std::chrono_literals;
using test::SmtpClient;
using test::TestServer;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

void begin(SmtpClient& client) {
    ASSERT_THAT(client.reply(), StartsWith("220 mx.ours.example LMTP"));
    ASSERT_THAT(client.ask("LHLO relay.example"), StartsWith("250"));
}

void deliver(SmtpClient& client, const std::string& content = "Subject: x\r\n\r\nb") {
    ASSERT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("RCPT TO:<second@ours.example>"), StartsWith("250"));
    ASSERT_THAT(client.ask("DATA"), StartsWith("354"));
    EXPECT_THAT(client.ask(content + "\r\n."), StartsWith("250"));
    EXPECT_THAT(client.reply(), StartsWith("250"));
}

class Folder {
  public:
    Folder() { folder_ = mkdtemp(pattern_.data()); }
    ~Folder() { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string socket() const { return folder_ + "/lmtp.sock"; }

  private:
    std::string pattern_ = (std::filesystem::temp_directory_path() / "ticketgate-XXXXXX").string(), folder_;
};

}  // namespace

TEST(Lmtp, over_a_unix_socket) {
    const Folder folder;
    TestServer server;
    server.adopt(net::listen_at(folder.socket(), {}), smtp::Service::lmtp);
    SmtpClient client(folder.socket());
    begin(client);
    deliver(client);
    const auto stored = server.sink.stored().back();
    EXPECT_EQ(stored.client_address, "");
    EXPECT_EQ(stored.helo, "relay.example");
    EXPECT_EQ(stored.protocol, "LMTP");
    EXPECT_FALSE(stored.refusable);
    EXPECT_EQ(server.probe.count("accepted"), 2U);
    server.begin_stop(10s);
    EXPECT_THAT(client.reply(), StartsWith("421 4.3.2"));
    server.wait_stopped();
    EXPECT_THROW(SmtpClient late(folder.socket()), std::system_error);
}

TEST(Lmtp, over_tcp_and_under_tls) {
    TestServer server;
    SmtpClient client(server.lmtp_port);
    begin(client);
    ASSERT_THAT(client.ask("STARTTLS"), StartsWith("220"));
    ASSERT_TRUE(client.start_tls());
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("503 5.5.1 Say LHLO first"));
    EXPECT_THAT(client.ask("LHLO relay.example"), Not(HasSubstr("STARTTLS")));
    deliver(client);
    EXPECT_EQ(server.sink.stored().back().protocol, "LMTPS");
    EXPECT_EQ(server.sink.stored().back().client_address, "") << "the relay's is not the sender's";
    EXPECT_THAT(client.ask("MAIL FROM:<\xc3\xa4@other.example> SMTPUTF8"), StartsWith("250"));
    EXPECT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("DATA"), StartsWith("354"));
    EXPECT_THAT(client.ask("."), StartsWith("250"));
    EXPECT_EQ(server.sink.stored().back().protocol, "UTF8LMTPS");
}

// Everybody's mail comes from the one in front.
TEST(Lmtp, limits_by_client_do_not_count) {
    smtp::Options options;
    options.clients = {1, 1, 1, 1, 1, 1, 1};
    options.max_errors = options.max_refused_recipients = options.max_idle_commands = 2;
    options.slow_down = 1h;
    TestServer server(options);
    SmtpClient one(server.lmtp_port), two(server.lmtp_port);
    begin(one);
    begin(two);
    for (int i = 0; i < 5; ++i) EXPECT_THAT(one.ask("NOOP"), StartsWith("250"));
    for (int i = 0; i < 5; ++i) EXPECT_THAT(one.ask("FOO"), StartsWith("500"));
    EXPECT_THAT(one.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    for (int i = 0; i < 5; ++i) EXPECT_THAT(one.ask("RCPT TO:<nobody@ours.example>"), StartsWith("550"));
    one.ask("RSET");
    for (int i = 0; i < 3; ++i) deliver(one);
    deliver(two);
}

TEST(Lmtp, only_from_networks_that_may) {
    TestServer server;
    SmtpClient stranger(server.lmtp_port, "127.0.0.1", "127.0.0.2");  // 127.0.0.1 may
    EXPECT_EQ(stranger.reply(), "421 4.7.0 This port is for mail servers of this site\r\n");
    EXPECT_EQ(stranger.reply(), "");
    EXPECT_EQ(server.probe.count("refused lmtp_networks"), 1U);
}

// A proxy in front of SMTP is none in front of LMTP.
TEST(Lmtp, no_proxy_header_is_awaited) {
    smtp::Options options;
    ASSERT_TRUE(options.proxy_networks.add("127.0.0.0/8"));
    TestServer server(options);
    SmtpClient client(server.lmtp_port);
    begin(client);
}

TEST(Lmtp, content_is_held_whole_also_when_it_went_to_a_file) {
    smtp::Options options;
    options.content.max_size = 300'000;
    options.spool_above = 16'384;
    TestServer server(options);
    SmtpClient client(server.lmtp_port);
    begin(client);
    std::string content = "Subject: x\r\n\r\n";
    while (content.size() < 400'000) content += "line line line line line line line line\r\n";
    deliver(client, content);
    const auto stored = server.sink.stored().back();
    EXPECT_EQ(stored.objection, "message_size");
    EXPECT_EQ(stored.raw, content.substr(0, 300'000));
    EXPECT_EQ(server.probe.count("limited message_size"), 1U);
    EXPECT_THAT(server.log.text(), HasSubstr("limit=message_size"));
    EXPECT_EQ(server.standing().memory, 0U);
    EXPECT_EQ(server.standing().spooled, 0U);
}

// No room is our trouble, and passes: the relay keeps the mail.
TEST(Lmtp, no_room_is_452_for_each_recipient) {
    smtp::Options options;
    options.spool_above = 16'384;
    options.spool_folder = "/nowhere";
    TestServer server(options);
    SmtpClient client(server.lmtp_port);
    begin(client);
    client.ask("MAIL FROM:<a@other.example>");
    client.ask("RCPT TO:<known@ours.example>");
    client.ask("RCPT TO:<second@ours.example>");
    client.ask("DATA");
    EXPECT_THAT(client.ask(std::string(100'000, 'x') + "\r\n."), StartsWith("452 4.3.1"));
    EXPECT_THAT(client.reply(), StartsWith("452 4.3.1"));
    EXPECT_THAT(client.ask("NOOP"), StartsWith("250"));
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Lmtp, smtp_is_not_spoken_over_unix_sockets) {
    const Folder folder;
    boost::asio::io_context context;
    test::FakeDirectory directory;
    test::FakeSink sink;
    test::CountingProbe probe;
    test::RecordingLog log;
    smtp::Server server(context.get_executor(), {}, {directory, sink, probe, log});
    EXPECT_THROW(server.adopt(net::listen_at(folder.socket(), {}), smtp::Service::smtp), std::runtime_error);
}
