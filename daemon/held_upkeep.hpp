// What the daemon does about held mail by itself.
//
// What waits is counted every minute; what is too old goes, and owners hear of the rest, when the daemon
// starts and then every hour. Of several nodes all do it, and what one has done the others find done.
#pragma once

#include "daemon/logging.hpp"
#include "daemon/metrics.hpp"
#include "store/settings.hpp"

namespace program {

// Until it is cancelled. While the database is away it tries again every minute.
boost::asio::awaitable<void> look_after_held_mail(store::Pool& pool, store::Settings& settings,
                                                  const Log& log, Metrics& metrics);

}  // namespace program
