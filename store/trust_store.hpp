// Whom the desk trusts, as rows; every node hears of a change at once (Snapshot::trusted).
#pragma once

#include "policy/trust.hpp"
#include "store/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct StoredTrust {
    std::int64_t id = 0;
    std::string workspace;
    policy::TrustedSender sender;
    Timestamp created;
    std::string created_by;
};

class TrustStore {
  public:
    explicit TrustStore(Pool& pool) : pool_(pool) {}

    // False: is trusted already. Throws Error, as the others.
    asio::awaitable<bool> add(std::int64_t workspace, policy::TrustedSender sender, std::string by);
    asio::awaitable<std::vector<StoredTrust>> list(std::optional<std::string> workspace);
    asio::awaitable<bool> remove(std::int64_t id);  // false: there is none

  private:
    Pool& pool_;
};

}  // namespace store
