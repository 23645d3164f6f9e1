// What the daemon does about the queue of deliveries wherever they leave from, also where it sends none
// itself.
//
// Every 15 seconds it counts what waits, so that every node tells when no node sends, and tells the tickets
// whose mail is late. Of several nodes all do it, and what one has told the others find told.
#pragma once

#include "daemon/metrics.hpp"
#include "store/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace program {

// Until it is cancelled. `late`: how long a mail may wait before its ticket is told.
boost::asio::awaitable<void> look_after_deliveries(store::Pool& pool, std::chrono::seconds late,
                                                   Metrics& metrics);

}  // namespace program
