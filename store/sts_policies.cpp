#include "store/sts_policies.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<std::optional<KeptStsPolicy>> read_sts_policy(Pool& pool, std::string domain) {
    const auto results = co_await pool.run(single(sql::read_sts_policy, std::move(Params().text(domain))));
    if (results[0].size() == 0) co_return std::nullopt;
    const Row row = results[0][0];
    co_return KeptStsPolicy{row.text(0), row.bytes(1), std::chrono::seconds(row.integer(2)),
                            std::chrono::seconds(row.integer(3))};
}

asio::awaitable<void> keep_sts_policy(Pool& pool, std::string domain, KeptStsPolicy policy) {
    constexpr std::int64_t most = 10'000;
    co_await pool.run(single(sql::keep_sts_policy, std::move(Params()
                                                                 .text(domain)
                                                                 .text(policy.id)
                                                                 .bytes(policy.text)
                                                                 .integer(policy.remaining.count())
                                                                 .integer(most))));
}

}  // namespace store
