// Says what SPF makes of senders, for an oracle that compares (pyspf_test.py): verify_spf ZONES.json
// An array of {"zone": {NAME: RECORDS}, "cases": [[CLIENT, HELO, SENDER]]}. A line for each case: the result,
// and the words of a fail.
#include "auth/spf.hpp"
#include "tests/support/corpora.hpp"
#include "tests/support/spf_zone.hpp"

#include <iostream>

namespace {

std::string text(const boost::json::value& value) {
    return std::string(value.as_string());
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const boost::json::value scenarios = boost::json::parse(test::contents(arguments[1]));
    for (const boost::json::value& scenario : scenarios.as_array()) {
        test::FakeDns dns;
        for (const auto& [name, records] : scenario.at("zone").as_object())
            test::add_spf_zone(dns, std::string(name), records.as_array());
        for (const boost::json::value& one : scenario.at("cases").as_array()) {
            auth::SpfQuestion question;
            question.client = boost::asio::ip::make_address(text(one.at(0)));
            question.helo = text(one.at(1));
            const std::string sender = text(one.at(2));
            const std::size_t at = sender.rfind('@');
            question.local_part = sender.substr(0, at == std::string::npos ? 0 : at);
            question.domain = sender.substr(at == std::string::npos ? 0 : at + 1);
            question.receiver = "mx.receiver.example";
            const auth::Spf spf = test::run(auth::check_spf(question, dns, test::soon()));
            std::cout << auth::name(spf.result) << '\t' << spf.explanation << '\t' << spf.why << '\n';
        }
    }
    return 0;
}
