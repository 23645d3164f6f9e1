#include "outbound/turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace outbound {

Turns::Turn::~Turn() {
    if (turns_ == nullptr || *turns_ == nullptr) return;
    auto& taken = (*turns_)->taken_;
    const auto mine = taken.find(key_);
    mine->second->cancel();
    taken.erase(mine);
}

asio::awaitable<Turns::Turn> Turns::take(std::string key, net::Clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    const auto executor = co_await asio::this_coro::executor;
    const auto self = self_;
    for (;;) {
        const auto taken = taken_.find(key);
        if (taken == taken_.end()) break;
        const auto released = taken->second;
        asio::steady_timer alarm(executor, deadline);
        co_await (released->async_wait(asio::as_tuple(asio::use_awaitable)) ||
                  alarm.async_wait(asio::as_tuple(asio::use_awaitable)));
        if (*self == nullptr || net::Clock::now() >= deadline) co_return Turn();
    }
    taken_.emplace(key, std::make_shared<asio::steady_timer>(executor, net::Clock::time_point::max()));
    co_return Turn(self, std::move(key));
}

}  // namespace outbound
