// The openspf project's suite for RFC 7208: every case of it, over a DNS in memory.
#include "auth/spf.hpp"

#include "mail/text.hpp"
#include "tests/support/spf_zone.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

auth::Spf check(test::FakeDns& dns, const json::object& test) {
    auth::SpfQuestion question;
    question.client = boost::asio::ip::make_address(text(test.at("host")));
    question.helo = text(test.at("helo"));
    const std::string sender = text(test.at("mailfrom"));
    const std::size_t at = sender.rfind('@');
    question.local_part = sender.substr(0, at == std::string::npos ? 0 : at);
    question.domain = sender.substr(at == std::string::npos ? 0 : at + 1);
    question.receiver = "receiver.example";
    return test::run(auth::check_spf(question, dns, test::soon()));
}

TEST(OpenSpf, every_case) {
    const char* const named = std::getenv("CORPORA");
    const fs::path corpora =
        named != nullptr ? fs::path(named) : fs::path(TICKETGATE_SOURCE_DIR) / "../shared/corpora";
    const fs::path file = corpora / "auth-spf-openspf" / "rfc7208-tests.json";
    if (!fs::exists(file)) GTEST_SKIP() << file << " is missing; CORPORA names the folder of the sets";
    std::ifstream input(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(input), {}};
    std::size_t cases = 0, passed = 0;
    const json::value scenarios = json::parse(bytes);
    for (const json::value& scenario : scenarios.as_array()) {
        test::FakeDns dns;
        for (const auto& [name, records] : scenario.at("zonedata").as_object()) {
            test::add_spf_zone(dns, std::string(name), records.as_array());
        }
        for (const auto& [name, value] : scenario.at("tests").as_object()) {
            const json::object& test = value.as_object();
            const auth::Spf spf = check(dns, test);
            const std::string got(auth::name(spf.result));
            const json::value& expected = test.at("result");
            bool good = false;
            if (expected.is_string()) good = expected.as_string() == got;
            if (expected.is_array()) {
                for (const json::value& one : expected.as_array()) good = good || one.as_string() == got;
            }
            EXPECT_TRUE(good) << scenario.at("description") << ", " << name << ": " << got << " (" << spf.why
                              << ") instead of " << expected;
            if (const json::value* words = test.if_contains("explanation"); words != nullptr && good) {
                // Hexadecimal digits are written in either case.
                good = mail::iequals(spf.explanation, text(*words) == "DEFAULT" ? "" : text(*words));
                EXPECT_TRUE(good) << name << ": " << spf.explanation << " instead of " << *words;
            }
            ++cases;
            passed += good ? 1 : 0;
        }
    }
    std::cout << "openspf: " << passed << " of " << cases << " cases\n";
    EXPECT_EQ(cases, 203U);
}

}  // namespace
