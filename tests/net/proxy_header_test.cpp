#include "net/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

using net::parse_proxy_header;
using net::ProxyHeader;
using enum net::ProxyHeader::Outcome;
using namespace std::string_literals;

namespace {

// Version 2 with the command and family that are given, and so many bytes of addresses.
std::string binary(char command, char family, const std::string& addresses) {
    return "\r\n\r\n\0\r\nQUIT\n"s + command + family + static_cast<char>(addresses.size() >> 8) +
           static_cast<char>(addresses.size() & 255) + addresses;
}

const std::string four = "\xc0\0\x02\x07\x0a\0\0\x01\x30\x39\0\x19"s;
const std::string six =
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"s + std::string(16, '\x01') + "\x30\x39\0\x19"s;
const std::string mapped =
    std::string(10, '\0') + "\xff\xff\xc0\0\x02\x07"s + std::string(16, '\x01') + "\x30\x39\0\x19"s;

struct Case {
    std::string bytes;
    ProxyHeader::Outcome outcome;
    std::string address = {};
};

const Case cases[] = {
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\r\n", client, "192.0.2.7"},
    {"PROXY TCP6 2001:db8::7 ::1 12345 25\r\n", client, "2001:db8::7"},
    {"PROXY TCP6 2001:DB8:0::7 ::1 1 0\r\n", client, "2001:db8::7"},
    {"PROXY TCP6 ::ffff:192.0.2.7 ::1 12345 25\r\n", client, "192.0.2.7"},
    {"PROXY UNKNOWN\r\n", own},
    {"PROXY UNKNOWN anything at all\r\n", own},
    {"PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", own},
    {"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", malformed},
    {"PROXY UNKNOWNX\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\r\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 25 \r\n", malformed},
    {"PROXY TCP4 192.0.2.7  10.0.0.1 12345 25\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 65536\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 12345 025\r\n", malformed},
    {"PROXY TCP4 192.0.2.7 10.0.0.1 -1 25\r\n", malformed},
    {"PROXY TCP4 192.0.2.256 10.0.0.1 12345 25\r\n", malformed},
    {"PROXY TCP4 ::1 10.0.0.1 12345 25\r\n", malformed},
    {"PROXY TCP6 192.0.2.7 10.0.0.1 12345 25\r\n", malformed},
    {"PROXY TCP6 fe80::1%eth0 ::1 12345 25\r\n", malformed},
    {"PROXY TCP4 192.0.2.7\0 10.0.0.1 12345 25\r\n"s, malformed},
    {"PROXY UDP4 192.0.2.7 10.0.0.1 12345 25\r\n", malformed},
    {"proxy TCP4 192.0.2.7 10.0.0.1 12345 25\r\n", malformed},
    {"EHLO client.example\r\n", malformed},
    {binary('\x21', '\x11', four), client, "192.0.2.7"},
    {binary('\x21', '\x11', four + "\x04\0\x01x"s), client, "192.0.2.7"},
    {binary('\x21', '\x21', six), client, "2001:db8::7"},
    {binary('\x21', '\x21', mapped), client, "192.0.2.7"},
    {binary('\x20', '\x11', four), own},
    {binary('\x20', '\0', ""), own},
    {binary('\x21', '\0', ""), own},
    {binary('\x21', '\x31', std::string(216, 'x')), own},
    {binary('\x21', '\x11', four + std::string(4068, 'x')), client, "192.0.2.7"},
    {binary('\x21', '\x11', four + std::string(4069, 'x')), malformed},
    {binary('\x21', '\x11', four.substr(1)), malformed},
    {binary('\x21', '\x21', four), malformed},
    {binary('\x21', '\x12', four), malformed},
    {binary('\x22', '\x11', four), malformed},
    {binary('\x11', '\x11', four), malformed},
    {"\r\n\r\n\0\r\nQUIX\n\x21\x11\0\x0c"s + four, malformed},
};

// As the connection reads it: never more than was asked for.
ProxyHeader read(const std::string& bytes, std::size_t& taken) {
    ProxyHeader header = parse_proxy_header({});
    for (taken = 0; header.outcome == incomplete;) {
        EXPECT_GT(header.missing, 0U);
        if (taken + header.missing > bytes.size()) break;
        taken += header.missing;
        header = parse_proxy_header(std::string_view(bytes).substr(0, taken));
    }
    return header;
}

}  // namespace

TEST(ProxyHeader, says_whose_connection_it_is) {
    for (const Case& each : cases) {
        SCOPED_TRACE(testing::PrintToString(each.bytes.substr(0, 80)));
        std::size_t taken = 0;
        ProxyHeader header = read(each.bytes, taken);
        EXPECT_EQ(header.outcome, each.outcome);
        EXPECT_EQ(header.address, each.address);
    }
}

// What stands behind is not the header's: it may be a TLS handshake.
TEST(ProxyHeader, nothing_behind_it_is_asked_for) {
    for (const Case& each : cases) {
        if (each.outcome == malformed) continue;
        SCOPED_TRACE(testing::PrintToString(each.bytes.substr(0, 80)));
        std::size_t taken = 0;
        EXPECT_EQ(read(each.bytes + "\x16\x03\x01 and more, and more", taken).outcome, each.outcome);
        EXPECT_EQ(taken, each.bytes.size());
    }
}

TEST(ProxyHeader, every_beginning_is_incomplete) {
    for (const Case& each : cases) {
        if (each.outcome == malformed) continue;
        for (std::size_t size = 0; size < each.bytes.size(); ++size) {
            ProxyHeader header = parse_proxy_header(std::string_view(each.bytes).substr(0, size));
            ASSERT_EQ(header.outcome, incomplete) << size << " of " << testing::PrintToString(each.bytes);
            ASSERT_LE(size + header.missing, each.bytes.size());
        }
    }
}
