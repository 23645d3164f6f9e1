#include "daemon/delivery_upkeep.hpp"

#include "store/delivery_desk.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace program {

namespace asio = boost::asio;

asio::awaitable<void> look_after_deliveries(store::Pool& pool, std::chrono::seconds late, Metrics& metrics) {
    constexpr auto pace = std::chrono::seconds(15);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    store::DeliveryDesk desk(pool);
    for (;;) {
        try {
            (void)co_await desk.tell_delays(late);
            metrics.deliveries(co_await desk.standing());
        } catch (const store::Error&) {
            // That the database is away is told by supervise().
        }
        pause.expires_after(pace);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace program
