// The zones of the openspf suite's form, which tests/auth/pyspf_test.py writes too.
#pragma once

#include "tests/support/fake_dns.hpp"

#include <boost/json.hpp>

#include <string>

namespace test {

// One name of a zone: an array of `{"A": "192.0.2.1"}`, `{"MX": [10, "mx.example"]}` and so on. "SPF" records
// stand for TXT where no TXT is given; the word TIMEOUT is for all types that are not there.
void add_spf_zone(FakeDns& dns, const std::string& name, const boost::json::array& records);

}  // namespace test
