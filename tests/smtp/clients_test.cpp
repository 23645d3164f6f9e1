#include "smtp/clients.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using smtp::ClientLimits;
using smtp::Clients;

namespace {

struct At {
    Clients clients;
    ClientLimits limits;
    Clients::Time now = Clients::Time() + 24h;
    std::vector<Clients::Session> open;

    std::string connect(const std::string& address) {
        auto [limit, session] = clients.admit(address, limits, now);
        if (limit.empty()) open.push_back(std::move(session));
        return std::string(limit);
    }
};

}  // namespace

TEST(Clients, E02_sessions_of_an_address_and_a_network) {
    At at;
    at.limits.sessions = 2;
    at.limits.network_factor = 2;
    for (const char* address : {"192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"})
        EXPECT_EQ(at.connect(address), "") << address;
    EXPECT_EQ(at.connect("192.0.2.1"), "address_sessions");
    EXPECT_EQ(at.connect("192.0.2.4"), "network_sessions");
    EXPECT_EQ(at.connect("192.0.3.1"), "");
    at.open.pop_back();
    at.open.pop_back();
    EXPECT_EQ(at.connect("192.0.2.4"), "") << "a session that ended counts no more";
}

TEST(Clients, an_ipv6_customer_is_one_address) {
    At at;
    at.limits.sessions = 1;
    at.limits.network_factor = 2;
    EXPECT_EQ(at.connect("2001:db8:1:1::1"), "");
    EXPECT_EQ(at.connect("2001:db8:1:1:ffff::2"), "address_sessions");
    EXPECT_EQ(at.connect("2001:db8:1:2::1"), "");
    EXPECT_EQ(at.connect("2001:db8:1:3::1"), "network_sessions");
    EXPECT_EQ(at.connect("2001:db8:2::1"), "");
    EXPECT_EQ(at.connect("::ffff:192.0.2.1"), "");
    EXPECT_EQ(at.connect("192.0.2.1"), "address_sessions") << "mapped or not";
}

TEST(Clients, rates_leak_away_evenly) {
    At at;
    at.limits.connections_per_minute = 6;
    for (int i = 0; i < 6; ++i) EXPECT_EQ(at.connect("192.0.2.1"), "");
    EXPECT_EQ(at.connect("192.0.2.1"), "connection_rate");
    at.now += 9s;
    EXPECT_EQ(at.connect("192.0.2.1"), "connection_rate");
    at.now += 2s;
    EXPECT_EQ(at.connect("192.0.2.1"), "");
    EXPECT_EQ(at.connect("192.0.2.1"), "connection_rate");
    at.now += 1min;
    for (int i = 0; i < 6; ++i) EXPECT_EQ(at.connect("192.0.2.1"), "");
}

TEST(Clients, a_network_may_do_a_multiple) {
    At at;
    at.limits.messages_per_minute = 2;
    at.limits.network_factor = 2;
    for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) at.connect(address);
    int sent = 0;
    for (auto& session : at.open)
        for (int i = 0; i < 3; ++i) sent += session.message(at.now) ? 1 : 0;
    EXPECT_EQ(sent, 4);
}

TEST(Clients, E04_conduct_counts_at_the_next_connection) {
    At at;
    at.limits.errors_per_hour = 3;
    at.limits.refused_recipients_per_hour = 2;
    at.connect("192.0.2.1");
    at.connect("198.51.100.1");
    for (int i = 0; i < 10; ++i) at.open[0].error(at.now);
    for (int i = 0; i < 10; ++i) at.open[1].refused_recipient(at.now);
    EXPECT_EQ(at.connect("192.0.2.1"), "errors");
    EXPECT_EQ(at.connect("198.51.100.1"), "refused_recipients");
    EXPECT_EQ(at.connect("192.0.2.2"), "");
    at.now += 1h;
    EXPECT_EQ(at.connect("192.0.2.1"), "") << "nothing is held against anybody for long";
}

TEST(Clients, nothing_is_no_limit) {
    At at;
    at.limits = {0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(at.connect("192.0.2.1"), "");
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(at.open[0].message(at.now) && at.open[0].command(at.now));
    Clients::Session nobody;
    EXPECT_TRUE(nobody.message(at.now));
    nobody.error(at.now);
}

TEST(Clients, memory_is_bounded) {
    At at;
    EXPECT_EQ(at.connect("203.0.113.1"), "");
    for (int i = 0; i < 120'000; ++i) {
        const std::string address =
            "2001:db8:" + std::to_string(i % 10'000) + ":" + std::to_string(i / 10'000) + "::1";
        (void)at.clients.admit(address, at.limits, at.now);
        ASSERT_LE(at.clients.size(), 100'002U);
    }
    at.limits.sessions = 1;
    EXPECT_EQ(at.connect("203.0.113.1"), "address_sessions") << "who is here is not forgotten";
    at.now += 2h;
    for (int i = 0; i < 60'000; ++i)
        (void)at.clients.admit("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                                   std::to_string(i & 255),
                               at.limits, at.now);
    EXPECT_LE(at.clients.size(), 100'002U);
}
