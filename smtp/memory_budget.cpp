#include "smtp/memory_budget.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace smtp {

bool MemoryBudget::take_at_once(std::size_t bytes, std::size_t limit) {
    if (used_ + bytes > limit / 2) return false;
    used_ += bytes;
    return true;
}

asio::awaitable<bool> MemoryBudget::take(std::size_t bytes, std::size_t limit,
                                         net::Clock::time_point deadline) {
    const auto mine = waiting_.emplace(waiting_.end(), executor_, deadline);
    bool fits = false;
    for (;;) {
        fits = mine == waiting_.begin() && used_ + bytes <= limit;
        if (fits || net::Clock::now() >= deadline) break;
        mine->expires_at(deadline);
        co_await mine->async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (fits) used_ += bytes;
    waiting_.erase(mine);
    wake();
    co_return fits;
}

void MemoryBudget::give_back(std::size_t bytes) {
    used_ -= bytes;
    wake();
}

void MemoryBudget::wake() {
    if (!waiting_.empty()) waiting_.front().cancel();
}

}  // namespace smtp
