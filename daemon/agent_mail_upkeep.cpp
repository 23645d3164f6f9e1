#include "daemon/agent_mail_upkeep.hpp"

#include "desk/agent_mail.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace program {

namespace asio = boost::asio;

asio::awaitable<void> serve_agents_by_mail(store::Pool& pool, store::Settings& settings, const Log& log) {
    constexpr auto pace = std::chrono::seconds(2);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    desk::AgentMailDesk desk(pool);
    for (;;) {
        try {
            const auto report = co_await desk.run(settings.current());
            if (report.told + report.obeyed + report.refused + report.failed > 0)
                log.event(report.failed > 0 ? Level::warning : Level::info, "agents.served",
                          {{"told", report.told},
                           {"obeyed", report.obeyed},
                           {"refused", report.refused},
                           {"failed", report.failed}});
        } catch (const store::Error&) {
            // That the database is away is told by supervise().
        }
        pause.expires_after(pace);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace program
