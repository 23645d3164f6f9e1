#include "store/import_store.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<std::unordered_set<tickets::Uuid>> committed_intakes(Pool& pool, std::int64_t workspace,
                                                                     std::vector<tickets::Uuid> intakes) {
    std::vector<Query> queries;
    queries.push_back({&sql::find_intakes, {}});
    queries.back().params.integer(workspace).uuids(intakes);
    const auto results = co_await pool.run(std::move(queries));
    std::unordered_set<tickets::Uuid> found;
    for (int i = 0; i < results[0].size(); ++i) found.insert(results[0][i].uuid(0));
    co_return found;
}

}  // namespace store
