// What an import asks the store: which of these mails have been imported before.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace store {

// Of these intake ids, those with a committed disposition in the workspace. Throws Error.
[[nodiscard]] asio::awaitable<std::unordered_set<tickets::Uuid>> committed_intakes(
    Pool& pool, std::int64_t workspace, std::vector<tickets::Uuid> intakes);

}  // namespace store
