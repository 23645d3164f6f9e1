#include "smtp/received.hpp"

#include <gtest/gtest.h>

namespace {

smtp::ReceivedMessage message() {
    smtp::ReceivedMessage message;
    message.client_address = "192.0.2.7";
    message.helo = "client.example";
    message.protocol = "ESMTPS";
    message.tls = smtp::TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384"};
    message.recipients = {{{"known", "ours.example"}, {1, 1}}};
    message.received_at = std::chrono::system_clock::from_time_t(1795352705);
    return message;
}

}  // namespace

TEST(Received, is_the_field_of_rfc_5321) {
    EXPECT_EQ(smtp::received_field(message(), "mx.ours.example", "r7"),
              "Received: from client.example ([192.0.2.7])\r\n"
              "\tby mx.ours.example with ESMTPS id r7\r\n"
              "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384)\r\n"
              "\tfor <known@ours.example>;\r\n"
              "\tSun, 22 Nov 2026 13:05:05 +0000\r\n");
}

TEST(Received, names_no_recipient_among_several) {
    auto two = message();
    two.recipients.push_back({{"second", "ours.example"}, {1, 2}});
    EXPECT_EQ(smtp::received_field(two, "mx", "r").find("ours.example"), std::string::npos);
}

TEST(Received, marks_ipv6) {
    auto six = message();
    six.client_address = "2001:db8::1";
    EXPECT_NE(smtp::received_field(six, "mx", "r").find("([IPv6:2001:db8::1])"), std::string::npos);
}

TEST(Received, has_no_address_of_a_client_that_came_over_a_unix_socket) {
    auto local = message();
    local.client_address.clear();
    local.protocol = "LMTP";
    EXPECT_TRUE(smtp::received_field(local, "mx", "r")
                    .starts_with("Received: from client.example\r\n\tby mx with LMTP id r"));
}

TEST(Received, F10_ehlo_name_cannot_leave_its_place) {
    auto evil = message();
    evil.helo = "a()<>\"\x07;\r\nX: y\xff";
    std::string field = smtp::received_field(evil, "mx", "r");
    EXPECT_TRUE(field.starts_with("Received: from a?????????X:?y? ([192.0.2.7])\r\n")) << field;
    evil.helo.assign(1000, 'h');
    EXPECT_LT(smtp::received_field(evil, "mx", "r").find("\r\n"), 998U);
}
