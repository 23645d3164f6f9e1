#include "outbound/targets.hpp"

#include <gtest/gtest.h>

namespace outbound {
namespace {

namespace ip = boost::asio::ip;

std::string objection(const std::string& address, const net::Networks& allowed = {}) {
    return std::string(target_objection(ip::make_address(address), allowed));
}

TEST(Targets, addresses_that_nobody_of_the_internet_has) {  // H13
    const std::pair<const char*, const char*> table[] = {
        {"127.0.0.1", "a loopback"},
        {"127.255.255.254", "a loopback"},
        {"::1", "a loopback"},
        {"::ffff:127.0.0.1", "a loopback"},
        {"0.0.0.0", "an unspecified"},
        {"0.1.2.3", "an unspecified"},
        {"::", "an unspecified"},
        {"::7f00:1", "an unspecified"},
        {"10.0.0.1", "a private"},
        {"172.16.0.1", "a private"},
        {"172.31.255.255", "a private"},
        {"192.168.1.1", "a private"},
        {"100.64.0.1", "a private"},
        {"::ffff:10.1.2.3", "a private"},
        {"fd12::1", "a private"},
        {"fec0::1", "a private"},
        {"64:ff9b:1::1", "a private"},
        {"169.254.169.254", "a link-local"},
        {"fe80::1", "a link-local"},
        {"224.0.0.1", "a multicast"},
        {"ff02::1", "a multicast"},
        {"255.255.255.255", "a reserved"},
        {"240.0.0.1", "a reserved"},
        {"64:ff9b::7f00:1", "a loopback"},
        {"64:ff9b::a00:1", "a private"},
        {"2002:7f00:1::1", "a loopback"},
        {"2002:c0a8:101::1", "a private"},
        {"192.0.2.1", ""},
        {"172.32.0.1", ""},
        {"100.128.0.1", ""},
        {"8.8.8.8", ""},
        {"2001:db8::1", ""},
        {"2002:c000:201::1", ""},
        {"64:ff9b::c000:201", ""},
        {"2a00:1450::1", ""},
    };
    for (const auto& [address, kind] : table) EXPECT_EQ(objection(address), kind) << address;
}

TEST(Targets, what_the_operator_allows_is_allowed) {
    net::Networks allowed;
    ASSERT_TRUE(allowed.add("127.0.0.0/8"));
    ASSERT_TRUE(allowed.add("fd00::/8"));
    EXPECT_EQ(objection("127.0.0.1", allowed), "");
    EXPECT_EQ(objection("::ffff:127.0.0.1", allowed), "");
    EXPECT_EQ(objection("64:ff9b::7f00:1", allowed), "");
    EXPECT_EQ(objection("fd12::1", allowed), "");
    EXPECT_EQ(objection("10.0.0.1", allowed), "a private");
    EXPECT_EQ(objection("::1", allowed), "a loopback");
}

TEST(Targets, literals) {
    EXPECT_EQ(literal_address("[192.0.2.1]"), ip::make_address("192.0.2.1"));
    EXPECT_EQ(literal_address("[127.0.0.1]"), ip::make_address("127.0.0.1"));
    EXPECT_EQ(literal_address("[IPv6:2001:db8::1]"), ip::make_address("2001:db8::1"));
    EXPECT_EQ(literal_address("[ipv6:::1]"), ip::make_address("::1"));
    for (const char* none :
         {"", "[", "[]", "[192.0.2.1", "192.0.2.1", "[2001:db8::1]", "[ipv6:192.0.2.1]", "[ipv6:fe80::1%lo]",
          "[ipv6:]", "[192.0.2]", "[192.0.2.256]", "[example.com]", "[192.0.2.1 ]", "[ipv6:::1]]"})
        EXPECT_EQ(literal_address(none), std::nullopt) << none;
}

}  // namespace
}  // namespace outbound
