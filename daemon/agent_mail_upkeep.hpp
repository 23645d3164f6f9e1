// Agents who work from their own mail program are told, and what they answer is done (desk/agent_mail.hpp):
// looked for every two seconds, on every node; each task is done by one of them.
#pragma once

#include "daemon/logging.hpp"
#include "store/settings.hpp"

namespace program {

// Until it is cancelled. While the database is away it looks again and again.
boost::asio::awaitable<void> serve_agents_by_mail(store::Pool& pool, store::Settings& settings,
                                                  const Log& log);

}  // namespace program
