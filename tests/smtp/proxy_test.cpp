// Proxies that say for whom they speak, over real connections.
#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::SmtpClient;
using test::TestServer;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

const std::string first_line = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\r\n";
const std::string second_version =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x08\x0a\0\0\x01\x30\x39\0\x19"s;

smtp::Options behind_proxies() {
    smtp::Options options;
    if (!options.proxy_networks.add("127.0.0.0/8")) throw std::logic_error("no network");
    return options;
}

void deliver(SmtpClient& client) {
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.ask("EHLO client.example"), StartsWith("250"));
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("DATA"), StartsWith("354"));
    EXPECT_THAT(client.ask("Subject: x\r\n\r\nb\r\n."), StartsWith("250"));
}

}  // namespace

TEST(Proxy, the_client_that_is_named_is_the_one) {
    TestServer server(behind_proxies());
    for (const auto& [header, address] :
         {std::pair(first_line, "192.0.2.7"), std::pair(second_version, "192.0.2.8"),
          std::pair("PROXY UNKNOWN\r\n"s, "127.0.0.1")}) {
        SmtpClient client(server.port);
        client.send(header);
        deliver(client);
        EXPECT_EQ(server.sink.stored().back().client_address, address);
        EXPECT_THAT(server.log.text(), HasSubstr(address));
    }
}

TEST(Proxy, header_in_single_bytes_and_tls_behind_it) {
    TestServer server(behind_proxies());
    SmtpClient slow(server.port);
    for (char byte : first_line) slow.send(std::string(1, byte));
    deliver(slow);
    SmtpClient implicit(server.tls_port);
    implicit.send(second_version);
    ASSERT_TRUE(implicit.start_tls());
    deliver(implicit);
    EXPECT_EQ(server.sink.stored().back().client_address, "192.0.2.8");
    EXPECT_TRUE(server.sink.stored().back().tls);
}

TEST(Proxy, without_a_sound_header_there_is_no_word) {
    TestServer server(behind_proxies());
    for (const auto& bytes :
         {"EHLO client.example\r\n"s, "PROXY TCP4 192.0.2.7 10.0.0.1 12345\r\n"s,
          "PROXY " + std::string(5000, 'x'), second_version.substr(0, 12) + "\x31\x11\0\x0c"s}) {
        SmtpClient client(server.port);
        EXPECT_EQ(client.all_replies(bytes, true), "") << bytes;
    }
    EXPECT_EQ(server.probe.count("refused proxy_header"), 4U);
    EXPECT_TRUE(server.sink.stored().empty());
}

TEST(Proxy, header_has_a_deadline) {
    smtp::Options options = behind_proxies();
    options.timeouts.proxy_header = 50ms;
    TestServer server(options);
    SmtpClient client(server.port);
    client.send(first_line.substr(0, 20));
    EXPECT_EQ(client.reply(), "");
    EXPECT_EQ(server.probe.count("refused proxy_timeout"), 1U);
}

TEST(Proxy, waiting_for_a_header_does_not_hold_up_the_end) {
    TestServer server(behind_proxies());
    SmtpClient client(server.port);
    client.send("PROXY");
    server.begin_stop(10s);
    EXPECT_EQ(client.reply(), "");
    server.wait_stopped();
}

// A client that could write the header itself would choose its address.
TEST(Proxy, strangers_are_not_believed) {
    smtp::Options options;
    ASSERT_TRUE(options.proxy_networks.add("192.0.2.0/24"));
    TestServer server(options);
    SmtpClient client(server.port);
    client.send(first_line);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.reply(), StartsWith("500"));
    EXPECT_THAT(server.log.text(), Not(HasSubstr("192.0.2.7")));
}

TEST(Proxy, limits_are_those_of_the_client_that_is_named) {
    smtp::Options options = behind_proxies();
    options.clients.sessions = 1;
    TestServer server(options);
    SmtpClient one(server.port), same(server.port), other(server.port);
    one.send(first_line);
    EXPECT_THAT(one.reply(), StartsWith("220"));
    same.send(first_line);
    EXPECT_THAT(same.reply(), StartsWith("421 4.7.0"));
    other.send(second_version);
    EXPECT_THAT(other.reply(), StartsWith("220"));
}
