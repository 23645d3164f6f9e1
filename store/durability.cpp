#include "store/durability.hpp"

#include "store/statements.hpp"

namespace store {

std::vector<std::string> weaknesses(const Durability& found) {
    std::vector<std::string> told;
    if (found.fsync == "off")
        told.emplace_back(
            "fsync is off: a crash of the database's machine loses mail and may damage all of it");
    if (found.synchronous_commit == "off")
        told.emplace_back(
            "synchronous_commit is off: a crash of the database loses mail of its last moments");
    const bool waits = !found.synchronous_standby_names.empty() && found.synchronous_commit != "local" &&
                       found.synchronous_commit != "off";
    if (found.replicas > 0 && !waits)
        told.emplace_back("replicas are asynchronous: a failover loses mail that they had not got yet");
    return told;
}

asio::awaitable<Durability> read_durability(Pool& pool) {
    std::vector<Query> queries;
    queries.push_back({&sql::durability, {}});
    const auto results = co_await pool.run(std::move(queries));
    const Row row = results[0][0];
    co_return Durability{row.text(0), row.text(1), row.text(2), row.integer(3)};
}

}  // namespace store
