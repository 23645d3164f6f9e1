#include "net/dns.hpp"

#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

using namespace std::literals;
using net::RecordType;

TEST(Dns, strings_of_a_text_record_are_joined) {
    EXPECT_EQ(net::text_of("\3abc"sv), "abc");
    EXPECT_EQ(net::text_of("\3abc\0\2de"sv), "abcde");
    EXPECT_EQ(net::text_of("\0"sv), "");
    EXPECT_EQ(net::text_of("\3a\0b"sv), "a\0b"s);
    const std::string longest(65535 - 257, 'x');
    EXPECT_EQ(net::text_of(test::text_rdata({longest})), longest);
    for (const auto rdata : {""sv, "\1"sv, "\3ab"sv, "\3abc\4abc"sv, "\xff"sv}) {
        EXPECT_FALSE(net::text_of(rdata)) << rdata;
    }
}

TEST(Dns, addresses) {
    EXPECT_EQ(net::address_of(RecordType::a, "\xc0\0\2\1"sv)->to_string(), "192.0.2.1");
    EXPECT_EQ(net::address_of(RecordType::aaaa, test::address_rdata("2001:db8::1"))->to_string(),
              "2001:db8::1");
    EXPECT_FALSE(net::address_of(RecordType::a, "\xc0\0\2"sv));
    EXPECT_FALSE(net::address_of(RecordType::a, test::address_rdata("2001:db8::1")));
    EXPECT_FALSE(net::address_of(RecordType::aaaa, "\xc0\0\2\1"sv));
    EXPECT_FALSE(net::address_of(RecordType::aaaa, ""sv));
    EXPECT_FALSE(net::address_of(RecordType::txt, "\xc0\0\2\1"sv));
}

TEST(Dns, names) {
    EXPECT_EQ(net::name_of("\4Mail\7EXAMPLE\0"sv), "mail.example");
    EXPECT_EQ(net::name_of("\0"sv), "");
    const std::string label(63, 'a');
    EXPECT_EQ(net::name_of("\x3f" + label + "\0"s), label);
    // 255 octets on the wire is the longest name that there is.
    const std::string three = label + "." + label + "." + label;
    EXPECT_TRUE(net::name_of(test::name_rdata(three + "." + std::string(61, 'a'))));
    EXPECT_FALSE(net::name_of(test::name_rdata(three + "." + std::string(62, 'a'))));
    for (const auto rdata :
         {""sv, "\4mail"sv, "\4mai"sv, "\4mail\0\0"sv, "\4mail\0x"sv, "\xc0\x0c"sv, "\x40"sv, "\4a.bc\0"sv,
          "\4a\\bc\0"sv, "\4a bc\0"sv, "\4a\0bc\0"sv, "\4a\nbc\0"sv, "\4a\xffzz\0"sv}) {
        EXPECT_FALSE(net::name_of(rdata)) << rdata;
    }
}

TEST(Dns, mail_exchangers) {
    const auto exchanger = net::mail_exchanger_of("\1\2\2mx\7example\0"sv);
    ASSERT_TRUE(exchanger);
    EXPECT_EQ(exchanger->preference, 258);
    EXPECT_EQ(exchanger->name, "mx.example");
    EXPECT_EQ(net::mail_exchanger_of("\0\0\0"sv)->name, "");
    for (const auto rdata : {""sv, "\0"sv, "\0\1"sv, "\0\1\2mx"sv, "\0\1\2mx\0x"sv}) {
        EXPECT_FALSE(net::mail_exchanger_of(rdata));
    }
}

TEST(Dns, which_names_can_be_asked_for) {
    const std::string label(63, 'a');
    const std::string three = label + "." + label + "." + label + ".";
    for (const std::string& name : {"a"s, "a."s, "_dmarc.example.com"s, "foo:bar/baz.example"s,
                                    "a b.example"s, label, three + std::string(61, 'a')}) {
        EXPECT_TRUE(net::is_domain_name(name)) << name;
    }
    for (const std::string& name :
         {""s, "."s, ".a"s, "a..b"s, "a.."s, "a" + label, "a" + label + ".b", three + std::string(62, 'a'),
          "a\tb"s, "a\0b"s, "a\\b"s, "\xc3\xa4.example"s}) {
        EXPECT_FALSE(net::is_domain_name(name)) << name;
    }
}

TEST(Dns, H16_TLSA_records_hold_any_numbers_and_are_never_empty) {
    const auto record = net::tlsa_of(std::string_view("\3\1\1abc", 6));
    ASSERT_TRUE(record);
    EXPECT_EQ(*record, (net::TlsaRecord{3, 1, 1, "abc"}));
    const auto odd = net::tlsa_of(std::string_view("\xff\x80\0\0", 4));
    ASSERT_TRUE(odd);
    EXPECT_EQ(*odd, (net::TlsaRecord{255, 128, 0, std::string(1, '\0')}));
    for (std::size_t length = 0; length < 4; ++length)
        EXPECT_FALSE(net::tlsa_of(std::string_view("\3\1\1abc").substr(0, length)));
}

// What other tests stand on.
TEST(Dns, an_address_backwards) {
    const auto of = [](const char* text) { return net::backwards(boost::asio::ip::make_address(text)); };
    EXPECT_EQ(of("192.0.2.99"), "99.2.0.192");
    EXPECT_EQ(of("2001:db8::567:89ab"), "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2");
    const auto name = [](const char* text) { return net::reverse_name(boost::asio::ip::make_address(text)); };
    EXPECT_EQ(name("192.0.2.99"), "99.2.0.192.in-addr.arpa");
    EXPECT_EQ(name("::1"), of("::1") + ".ip6.arpa");
}

TEST(FakeDns, answers_like_a_resolver) {
    using Status = net::DnsAnswer::Status;
    test::FakeDns dns;
    dns.txt("Example.COM", "hello")
        .cname("alias.example.com", "example.com.")
        .a("deep.below.example.com", "2001:db8::1");
    dns.fails("broken.example")
        .fails("example.com", RecordType::mx)
        .secure("example.com")
        .cname("loop.example", "loop.example");
    dns.silent("silent.example").slow("slow.example", 1ms).txt("slow.example", "late");
    const auto look = [&](const std::string& name, RecordType type) {
        return test::run(dns.look_up(name, type, test::soon(20ms)));
    };
    const auto text = look("alias.EXAMPLE.com.", RecordType::txt);
    ASSERT_EQ(text.status, Status::found);
    EXPECT_EQ(net::text_of(text.records.at(0)), "hello");
    EXPECT_FALSE(text.secure) << "the alias is not signed";
    EXPECT_TRUE(look("example.com", RecordType::txt).secure);
    EXPECT_EQ(look("example.com", RecordType::a).status, Status::no_records);
    EXPECT_EQ(look("below.example.com", RecordType::a).status, Status::no_records);
    EXPECT_EQ(look("nobody.example.com", RecordType::a).status, Status::no_name);
    EXPECT_EQ(look("a..b", RecordType::a).status, Status::no_name);
    EXPECT_EQ(look("example.com", RecordType::mx).status, Status::failed);
    EXPECT_EQ(look("broken.example", RecordType::a).status, Status::failed);
    EXPECT_EQ(look("loop.example", RecordType::a).status, Status::failed);
    EXPECT_EQ(look("silent.example", RecordType::a).status, Status::failed);
    EXPECT_EQ(look("slow.example", RecordType::txt).status, Status::found);
    EXPECT_EQ(dns.asked.front(), "TXT alias.EXAMPLE.com.");
    EXPECT_EQ(dns.queries(), 11U);
}
