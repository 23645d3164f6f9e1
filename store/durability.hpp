// What could still lose a mail whose COMMIT has returned, and whose sender has therefore read 250.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace store {

struct Durability {
    std::string fsync, synchronous_commit, synchronous_standby_names;
    std::int64_t replicas = 0;
};

// In words for the operator; none when a COMMIT is safe on disk, and on a replica where there is one.
[[nodiscard]] std::vector<std::string> weaknesses(const Durability& found);

// As the program's own sessions have it: a role or a database may have settings of its own. Throws Error.
asio::awaitable<Durability> read_durability(Pool& pool);

}  // namespace store
