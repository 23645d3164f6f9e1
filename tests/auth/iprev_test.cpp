#include "auth/iprev.hpp"

#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

using auth::Result;

namespace {

auth::Iprev check(test::FakeDns& dns, const std::string& address) {
    return test::run(auth::check_iprev(boost::asio::ip::make_address(address), dns, test::soon()));
}

TEST(Iprev, a_name_that_leads_back) {
    test::FakeDns dns;
    dns.ptr("192.0.2.1", "wrong.example").ptr("192.0.2.1", "Mail.Example").a("wrong.example", "192.0.2.2");
    dns.a("mail.example", "192.0.2.9").a("mail.example", "192.0.2.1");
    for (const char* address : {"192.0.2.1", "::ffff:192.0.2.1"}) {
        const auth::Iprev iprev = check(dns, address);
        EXPECT_EQ(iprev.result, Result::pass);
        EXPECT_EQ(iprev.host_name, "mail.example");
    }
    dns.ptr("2001:db8::1", "six.example").a("six.example", "2001:db8::1").a("six.example", "192.0.2.1");
    EXPECT_EQ(check(dns, "2001:db8::1").host_name, "six.example");
}

TEST(Iprev, what_does_not_lead_back) {
    test::FakeDns dns;
    dns.ptr("192.0.2.1", "wrong.example").a("wrong.example", "192.0.2.2");
    EXPECT_EQ(check(dns, "192.0.2.1").result, Result::fail);
    EXPECT_EQ(check(dns, "192.0.2.1").host_name, "");
    EXPECT_EQ(check(dns, "192.0.2.7").result, Result::permerror);
    dns.ptr("192.0.2.8", "broken.example").fails("broken.example").fails("9.2.0.192.in-addr.arpa");
    EXPECT_EQ(check(dns, "192.0.2.8").result, Result::temperror);
    EXPECT_EQ(check(dns, "192.0.2.9").result, Result::temperror);
}

}  // namespace
