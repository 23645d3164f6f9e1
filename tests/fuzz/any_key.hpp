// For targets that verify signatures: the input is a mail, NUL, and the key record for every name asked for.
#pragma once

#include "net/dns.hpp"
#include "tests/fuzz/checks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <string>

namespace fuzz {

class AnyKey : public net::Resolver {
  public:
    explicit AnyKey(std::string_view record) {
        for (; !record.empty(); record.remove_prefix(std::min<std::size_t>(255, record.size()))) {
            const std::string_view piece = record.substr(0, 255);
            rdata_ += static_cast<char>(piece.size());
            rdata_ += piece;
        }
    }
    boost::asio::awaitable<net::DnsAnswer> look_up(std::string name, net::RecordType,
                                                   std::chrono::steady_clock::time_point) override {
        ++asked;
        check(name.find("._domainkey.") != std::string::npos, "a look-up that is none of a key");
        net::DnsAnswer answer;
        answer.status = rdata_.empty() ? net::DnsAnswer::Status::no_name : net::DnsAnswer::Status::found;
        if (!rdata_.empty()) answer.records.push_back(rdata_);
        co_return answer;
    }
    std::size_t asked = 0;

  private:
    std::string rdata_;
};

// `verify`: a coroutine of the mail and its keys.
template <typename Verify>
void run_on_mail(std::string_view input, Verify verify) {
    const std::size_t end = input.find('\0');
    AnyKey keys(end == std::string_view::npos ? std::string_view() : input.substr(end + 1));
    boost::asio::io_context context(1);
    bool done = false;
    boost::asio::co_spawn(context, verify(input.substr(0, end), keys), [&](std::exception_ptr error) {
        check(error == nullptr, "an exception");
        done = true;
    });
    context.run();
    check(done, "no end");
}

constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();

}  // namespace fuzz
