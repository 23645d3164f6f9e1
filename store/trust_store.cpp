#include "store/trust_store.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<bool> TrustStore::add(std::int64_t workspace, policy::TrustedSender sender, std::string by) {
    auto queries = single(sql::trust_sender, std::move(Params()
                                                           .integer(workspace)
                                                           .text(sender.author)
                                                           .text(sender.identity)
                                                           .text(sender.value)
                                                           .text(by)));
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    co_return results[0].affected() > 0;
}

asio::awaitable<std::vector<StoredTrust>> TrustStore::list(std::optional<std::string> workspace) {
    const auto results =
        co_await pool_.run(single(sql::list_trusted, std::move(Params().maybe_text(workspace))));
    std::vector<StoredTrust> all;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        all.push_back(
            {row.integer(0), row.text(1), {row.text(2), row.text(3), row.text(4)}, row.time(5), row.text(6)});
    }
    co_return all;
}

asio::awaitable<bool> TrustStore::remove(std::int64_t id) {
    auto queries = single(sql::distrust_sender, std::move(Params().integer(id)));
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    co_return results[0].affected() > 0;
}

}  // namespace store
