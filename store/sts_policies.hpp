// The MTA-STS policies of other domains, kept for all nodes and beyond restarts (RFC 8461 §5.1). At most
// 10,000: those that were fetched longest ago go, and what has run out. Throw Error.
#pragma once

#include "store/pool.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace store {

struct KeptStsPolicy {
    std::string id;                     // of the domain's TXT record
    std::string text;                   // as its web server gave it
    std::chrono::seconds age{0};        // since it was fetched
    std::chrono::seconds remaining{0};  // that it counts for
};

// Nothing when there is none, or it has run out.
asio::awaitable<std::optional<KeptStsPolicy>> read_sts_policy(Pool& pool, std::string domain);
// In place of the one before. `age` is none: it was fetched just now.
asio::awaitable<void> keep_sts_policy(Pool& pool, std::string domain, KeptStsPolicy policy);

}  // namespace store
