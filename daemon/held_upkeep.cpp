#include "daemon/held_upkeep.hpp"

#include "desk/held_digest.hpp"
#include "store/held_store.hpp"
#include "store/outbox.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace program {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> tidy(store::Pool& pool, store::Settings& settings, const Log& log) {
    if (const auto gone = co_await store::HeldStore(pool).expire(); gone > 0)
        log.event(Level::info, "held.expired", {{"messages", gone}});
    store::Outbox outbox(pool);
    const auto now = std::chrono::system_clock::now();
    const auto current = co_await settings.refreshed();
    for (const auto& digest : co_await outbox.digests_due())
        if (co_await outbox.queue(desk::held_digest(digest, current->installation, now)))
            log.event(Level::info, "held.owner_told",
                      {{"mailbox", digest.address}, {"owner", digest.owner}, {"messages", digest.count}});
}

}  // namespace

asio::awaitable<void> look_after_held_mail(store::Pool& pool, store::Settings& settings, const Log& log,
                                           Metrics& metrics) {
    constexpr int minutes = 60;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (int minute = 0;; minute = (minute + 1) % minutes) {
        try {
            if (minute == 0) co_await tidy(pool, settings, log);
            metrics.held(co_await store::HeldStore(pool).standing());
        } catch (const store::Error&) {
            minute = -1;  // that the database is away is told by supervise()
        }
        pause.expires_after(std::chrono::minutes(1));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace program
