// The openspf project's suite for RFC 7208: every case of it, over a DNS in memory.
#include "auth/spf.hpp"

#include "mail/text.hpp"
#include "tests/support/fake_dns.hpp"

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
using net::RecordType;

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

std::string strings(const json::value& value) {
    if (value.is_string()) return test::text_rdata({text(value)});
    std::vector<std::string> parts;
    for (const json::value& part : value.as_array()) parts.push_back(text(part));
    return test::text_rdata(parts);
}

// One name of the suite's zones. "SPF" records stand for TXT where no TXT is given; TIMEOUT is for all other
// types.
void add(test::FakeDns& dns, const std::string& name, const json::array& records) {
    std::set<RecordType> given;
    bool txt_given = false, times_out = false;
    for (const json::value& record : records) {
        if (record.is_object() && record.as_object().contains("TXT")) txt_given = true;
    }
    dns.exists(name);
    for (const json::value& record : records) {
        if (record.is_string()) {
            times_out = true;
            continue;
        }
        const auto& [type, value] = *record.as_object().begin();
        if (type == "TXT" ? value != "NONE" : type == "SPF" && !txt_given) {
            dns.record(name, RecordType::txt, strings(value));
            given.insert(RecordType::txt);
        } else if (type == "A" || type == "AAAA") {
            dns.a(name, text(value));
            given.insert(type == "A" ? RecordType::a : RecordType::aaaa);
        } else if (type == "MX") {
            const json::array& pair = value.as_array();
            dns.mx(name, static_cast<std::uint16_t>(pair[0].to_number<int>()), text(pair[1]));
            given.insert(RecordType::mx);
        } else if (type == "PTR") {
            dns.record(name, RecordType::ptr, test::name_rdata(text(value)));
            given.insert(RecordType::ptr);
        } else if (type == "CNAME") {
            dns.cname(name, text(value));
        }
    }
    for (const auto type :
         {RecordType::a, RecordType::aaaa, RecordType::mx, RecordType::txt, RecordType::ptr}) {
        if (times_out && !given.contains(type)) dns.fails(name, type);
    }
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
            add(dns, std::string(name), records.as_array());
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
