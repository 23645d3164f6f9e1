#include "net/networks.hpp"

#include <gtest/gtest.h>

TEST(Networks, contain_their_addresses) {
    net::Networks networks;
    for (const char* cidr : {"127.0.0.0/8", "192.0.2.128/25", "::1", "2001:db8::/33"})
        EXPECT_TRUE(networks.add(cidr));
    for (const char* in :
         {"127.0.0.1", "127.255.0.9", "192.0.2.200", "::1", "2001:db8:7fff::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(networks.contains(in)) << in;
    for (const char* out : {"128.0.0.1", "192.0.2.127", "::2", "2001:db8:8000::1", "", "nonsense"})
        EXPECT_FALSE(networks.contains(out)) << out;
}

TEST(Networks, refuse_what_is_none) {
    net::Networks networks;
    for (const char* bad :
         {"", "127.0.0.0/33", "::/129", "127.0.0.1/", "127.0.0.1/x", "127.0.0.1/-1", "127.0.0/8", "/8"})
        EXPECT_FALSE(networks.add(bad)) << bad;
    EXPECT_FALSE(networks.contains("127.0.0.1"));
}

TEST(Networks, everything) {
    net::Networks networks;
    ASSERT_TRUE(networks.add("0.0.0.0/0"));
    EXPECT_TRUE(networks.contains("8.8.8.8"));
    EXPECT_FALSE(networks.contains("2001:db8::1"));
}
