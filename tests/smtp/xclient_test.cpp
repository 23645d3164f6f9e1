// Relays that say by XCLIENT or XFORWARD for whom they speak: the attributes, and what follows from them over
// real connections. The dialogue itself: tests/dialogs/XCLIENT_*, XFORWARD_*.
#include "smtp/xclient.hpp"

#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using smtp::NamedClient;
using smtp::Naming;
using test::SmtpClient;
using test::TestServer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

smtp::Options behind_relays() {
    smtp::Options options;
    if (!options.xclient_networks.add("127.0.0.0/8")) throw std::logic_error("no network");
    return options;
}

void deliver(SmtpClient& client, std::string_view before = "") {
    EXPECT_THAT(client.ask("EHLO client.example"), StartsWith("250"));
    if (!before.empty()) {
        EXPECT_THAT(client.ask(std::string(before)), StartsWith("250"));
    }
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("RCPT TO:<known@ours.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("DATA"), StartsWith("354"));
    EXPECT_THAT(client.ask("Subject: x\r\n\r\nb\r\n."), StartsWith("250"));
}

}  // namespace

TEST(Attributes, what_is_mentioned_replaces_what_was_there) {
    NamedClient client;
    ASSERT_TRUE(smtp::read_attributes("NAME=a.example ADDR=192.0.2.7 HELO=a", Naming::xforward, client));
    ASSERT_TRUE(smtp::read_attributes("  helo=b+2bc   Ident=4F=x ", Naming::xforward, client));
    EXPECT_EQ(client.name, "a.example");
    EXPECT_EQ(client.address, "192.0.2.7");
    EXPECT_EQ(client.helo, "b+c");
    EXPECT_EQ(client.ident, "4F=x");
    EXPECT_FALSE(client.protocol);
    ASSERT_TRUE(smtp::read_attributes("ADDR=[unavailable] NAME=[TEMPUNAVAIL]", Naming::xforward, client));
    EXPECT_EQ(client.address, "");
    EXPECT_EQ(client.name, "");
}

TEST(Attributes, half_of_a_malformed_command_is_nothing) {
    NamedClient client;
    EXPECT_FALSE(smtp::read_attributes("NAME=a.example ADDR=192.0.2", Naming::xclient, client));
    EXPECT_FALSE(smtp::read_attributes("", Naming::xclient, client));
    EXPECT_FALSE(smtp::read_attributes("   ", Naming::xclient, client));
    EXPECT_FALSE(client.name);
}

TEST(Attributes, values) {
    struct Case {
        std::string_view text;
        std::optional<std::string> address;  // nothing: refused
    };
    for (const auto& [text, address] :
         {Case{"ADDR=192.0.2.7", "192.0.2.7"}, Case{"ADDR=IPV6:2001:db8::1", "2001:db8::1"},
          Case{"ADDR=Ipv6:2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
          Case{"ADDR=IPV6:::ffff:192.0.2.7", "192.0.2.7"}, Case{"ADDR=+31+39+32.0.2.7", "192.0.2.7"},
          Case{"ADDR=::1", {}}, Case{"ADDR=IPV6:1.2.3.4", {}}, Case{"ADDR=IPV6:", {}},
          Case{"ADDR=1.2.3.4.5", {}}, Case{"ADDR=1.2.3", {}}, Case{"ADDR=localhost", {}},
          Case{"ADDR=1.2.3.4+00", {}}, Case{"ADDR=1.2.3.4+", {}}, Case{"ADDR=1.2.3.4+2", {}},
          Case{"ADDR=1.2.3.4+-1", {}}, Case{"ADDR", {}}, Case{"ADDR=", {}}, Case{"ADDR=[UNAVAILABLE", {}}}) {
        NamedClient client;
        EXPECT_EQ(smtp::read_attributes(text, Naming::xclient, client), address.has_value()) << text;
        EXPECT_EQ(client.address, address) << text;
    }
}

TEST(Attributes, a_value_is_bounded_and_can_be_logged) {
    NamedClient client;
    const std::string longest(smtp::longest_attribute, 'x');
    EXPECT_TRUE(smtp::read_attributes("HELO=" + longest, Naming::xclient, client));
    EXPECT_FALSE(smtp::read_attributes("HELO=x" + longest, Naming::xclient, client));
    for (const char* control : {"+00", "+0A", "+0D", "+1B", "\x1f", "\t"})
        EXPECT_FALSE(smtp::read_attributes("HELO=a" + std::string(control), Naming::xclient, client));
    EXPECT_TRUE(smtp::read_attributes("HELO=\xc3\xa4+FF+7f", Naming::xclient, client));
    EXPECT_EQ(client.helo, "????");
}

TEST(Xclient, the_client_that_is_named_is_the_one) {
    TestServer server(behind_relays());
    {
        SmtpClient client(server.port);
        EXPECT_THAT(client.reply(), StartsWith("220"));
        EXPECT_THAT(client.ask("XCLIENT ADDR=192.0.2.7 LOGIN=ann NAME=a.example"), StartsWith("220"));
        deliver(client);
    }
    EXPECT_EQ(server.sink.stored().back().client_address, "192.0.2.7");
    EXPECT_EQ(server.sink.stored().back().helo, "client.example");
    ASSERT_TRUE(server.probe.wait_for("closed", 1));
    EXPECT_THAT(server.log.text(),
                HasSubstr(" client=192.0.2.7 relay=127.0.0.1 name=a.example helo= login=ann\n"));
    EXPECT_THAT(server.log.text(), HasSubstr(" client=192.0.2.7 commands="));
    EXPECT_EQ(server.probe.count("command XCLIENT"), 1U);
}

TEST(Xclient, limits_are_those_of_the_client_that_is_named) {
    smtp::Options options = behind_relays();
    ASSERT_TRUE(options.exempt_networks.add("127.0.0.0/8"));
    options.clients.sessions = 1;
    options.max_errors = 2;
    TestServer server(options);
    SmtpClient one(server.port), same(server.port), other(server.port);
    for (SmtpClient* each : {&one, &same, &other}) EXPECT_THAT(each->reply(), StartsWith("220"));
    EXPECT_THAT(one.ask("XCLIENT ADDR=192.0.2.7"), StartsWith("220"));
    EXPECT_THAT(one.ask("XCLIENT ADDR=192.0.2.7"), StartsWith("220")) << "its own place is free again";
    EXPECT_THAT(same.ask("XCLIENT ADDR=192.0.2.7"), StartsWith("421 4.7.0"));
    EXPECT_EQ(same.reply(), "");
    EXPECT_EQ(server.probe.count("refused address_sessions"), 1U);
    EXPECT_THAT(other.ask("XCLIENT ADDR=192.0.2.8"), StartsWith("220"));
    EXPECT_THAT(other.ask("NONSENSE"), StartsWith("500"));
    EXPECT_THAT(other.ask("NONSENSE"), StartsWith("421 4.7.0")) << "the relay is exempt, its client is not";
}

TEST(Xclient, is_named_again_under_tls) {
    TestServer server(behind_relays());
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.ask("EHLO relay.example"), HasSubstr("STARTTLS"));
    EXPECT_THAT(client.ask("STARTTLS"), StartsWith("220"));
    ASSERT_TRUE(client.start_tls());
    EXPECT_THAT(client.ask("XCLIENT ADDR=192.0.2.7 PROTO=ESMTP HELO=a.example"), StartsWith("220"));
    EXPECT_THAT(client.ask("STARTTLS"), StartsWith("503")) << "TLS goes on";
    deliver(client);
    EXPECT_TRUE(server.sink.stored().back().tls);
    EXPECT_EQ(server.sink.stored().back().protocol, "ESMTPS");
}

TEST(Xclient, trust_is_in_the_client_that_a_proxy_names) {
    smtp::Options options;
    ASSERT_TRUE(options.proxy_networks.add("127.0.0.0/8"));
    ASSERT_TRUE(options.xclient_networks.add("192.0.2.25"));
    TestServer server(options);
    SmtpClient relay(server.port), stranger(server.port);
    relay.send("PROXY TCP4 192.0.2.25 10.0.0.1 12345 25\r\n");
    stranger.send("PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\r\n");
    for (SmtpClient* each : {&relay, &stranger}) EXPECT_THAT(each->reply(), StartsWith("220"));
    EXPECT_THAT(relay.ask("XCLIENT ADDR=198.51.100.1"), StartsWith("220"));
    EXPECT_THAT(stranger.ask("XCLIENT ADDR=198.51.100.1"), StartsWith("550"));
}

TEST(Xclient, a_client_named_in_a_trusted_network_may_name_nobody) {
    smtp::Options options = behind_relays();
    ASSERT_TRUE(options.xclient_networks.add("192.0.2.0/24"));
    TestServer server(options);
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.ask("XCLIENT ADDR=192.0.2.7"), StartsWith("220"));
    EXPECT_THAT(client.ask("EHLO client.example"), Not(HasSubstr("XCLIENT")));
    EXPECT_THAT(client.ask("XCLIENT ADDR=198.51.100.1"), StartsWith("550"));
}

TEST(Xforward, evidence_is_the_clients_and_limits_are_the_relays) {
    smtp::Options options = behind_relays();
    options.clients.messages_per_minute = 1;
    TestServer server(options);
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    deliver(client, "XFORWARD ADDR=192.0.2.7 HELO=a.example PROTO=ESMTP IDENT=4Fqk3d");
    const smtp::ReceivedMessage message = server.sink.stored().back();
    EXPECT_EQ(message.client_address, "192.0.2.7");
    EXPECT_EQ(message.helo, "a.example");
    EXPECT_EQ(message.protocol, "ESMTP");
    EXPECT_THAT(server.log.text(),
                HasSubstr("message_forwarded session=" + message.session_id +
                          " client=192.0.2.7 relay=127.0.0.1 helo=a.example ident=4Fqk3d\n"));
    EXPECT_THAT(client.ask("XFORWARD ADDR=192.0.2.8"), StartsWith("250"));
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("451 4.7.1"));
}

TEST(Xforward, refused_recipients_are_logged_as_the_clients) {
    TestServer server(behind_relays());
    SmtpClient client(server.port);
    EXPECT_THAT(client.reply(), StartsWith("220"));
    EXPECT_THAT(client.ask("EHLO relay.example"), StartsWith("250"));
    EXPECT_THAT(client.ask("XFORWARD ADDR=192.0.2.7"), StartsWith("250"));
    EXPECT_THAT(client.ask("MAIL FROM:<a@other.example>"), StartsWith("250"));
    EXPECT_THAT(client.ask("RCPT TO:<nobody@ours.example>"), StartsWith("550"));
    EXPECT_THAT(server.log.text(), HasSubstr(" client=192.0.2.7 recipient=nobody@ours.example"));
}
