// Says what we think of mails, for an oracle that compares: verify_mails KEYS.json FILE...
// KEYS.json maps names to TXT records. A line for each file: its DKIM results, then ARC's.
#include "auth/arc.hpp"
#include "auth/dkim.hpp"
#include "tests/support/corpora.hpp"
#include "tests/support/fake_dns.hpp"

#include <boost/json/parse.hpp>

#include <iostream>

int main(int count, char** arguments) {
    if (count < 2) return 2;
    test::FakeDns dns;
    const boost::json::value keys = boost::json::parse(test::contents(arguments[1]));
    for (const auto& [name, text] : keys.as_object())
        dns.txt(std::string(name), std::string(text.as_string()));
    const auto now = std::chrono::system_clock::now();
    for (int i = 2; i < count; ++i) {
        const std::string raw = test::contents(arguments[i]);
        std::string dkim;
        for (const auth::DkimSignature& one : test::run(auth::verify_dkim(raw, dns, test::soon(), now)))
            dkim.append(dkim.empty() ? "" : ",").append(auth::name(one.result));
        const auth::Arc arc = test::run(auth::verify_arc(raw, dns, test::soon(), now));
        std::cout << "dkim=" << dkim << " arc=" << auth::name(arc.result) << '\n';
    }
    return 0;
}
