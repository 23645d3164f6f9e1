// DANE through a real resolver that validates a real signed zone.
#include "outbound/configured_router.hpp"

#include "tests/outbound/fake_https.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/signed_zone.hpp"

#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::literals;

const std::string digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(SignedZone, decides_on_dane) {
    const test::SignedZone zone(
        "@ IN MX 10 mx\n@ IN MX 20 weak\n@ IN MX 30 none\nnone IN A 192.0.2.3\n"
        "mx IN A 192.0.2.1\nmx IN AAAA 2001:db8::1\nweak IN A 192.0.2.2\n"
        "_25._tcp.mx IN TLSA 3 1 1 " +
        digest + "\n_25._tcp.weak IN TLSA 3 1 1 abcd\n");
    ASSERT_TRUE(zone.look_up("signed.example", net::RecordType::mx).secure);

    const auto hops_with = [&](const std::string& anchor) {
        boost::asio::io_context context(1);
        net::UnboundResolver resolver(context.get_executor(), zone.options(anchor));
        test::FakeHttps web;
        ConfiguredRouter router(&resolver, web, {}, 1);
        auto routed =
            boost::asio::co_spawn(context, router.route("ours.example", "signed.example", test::soon(20s)),
                                  boost::asio::use_future);
        context.run();
        std::vector<std::string> lines;
        const Routed route = routed.get();
        if (route.has_error()) return std::vector{route.error().status + " " + route.error().words};
        for (const Hop& hop : route->hops) {
            lines.push_back(hop.endpoint.address + " " + hop.tls_policy);
            if (hop.tls.use == smtp::TlsUse::dane) lines.back() += " match";
            if (hop.tls.use == smtp::TlsUse::required_unverified) lines.back() += " encrypt";
        }
        return lines;
    };
    const std::vector<std::string> expected{"2001:db8::1 dane match", "192.0.2.1 dane match",
                                            "192.0.2.2 dane encrypt", "192.0.2.3 opportunistic"};
    EXPECT_EQ(hops_with("anchor"), expected);

    ASSERT_EQ(zone.shell("ldns-keygen -a ECDSAP256SHA256 -k signed.example >wrong && cp $(cat wrong).key "
                         "wrong_anchor"),
              0);
    const auto bogus = hops_with("wrong_anchor");
    ASSERT_EQ(bogus.size(), 1U) << "an answer that is wrong is no answer";
    EXPECT_TRUE(bogus[0].starts_with("4.4.3 the MX records of signed.example can't be had")) << bogus[0];
}

}  // namespace
}  // namespace outbound
