// The web in memory: what each URL answers, and what was asked.
#pragma once

#include "outbound/https.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <string>
#include <vector>

namespace test {

class FakeHttps : public outbound::Https {
  public:
    // "mta-sts.example.com/.well-known/mta-sts.txt"
    std::map<std::string, outbound::HttpsAnswer> answers;
    std::vector<outbound::HttpsRequest> asked;
    std::chrono::milliseconds delay{0};

    boost::asio::awaitable<outbound::HttpsResult> ask(outbound::HttpsRequest request,
                                                      net::Clock::time_point deadline) override {
        asked.push_back(request);
        if (delay.count() > 0) {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                            std::min(deadline, net::Clock::now() + delay));
            co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        const auto found = answers.find(request.url.host + request.url.target);
        if (found == answers.end()) co_return "no connection";
        co_return found->second;
    }
};

}  // namespace test
