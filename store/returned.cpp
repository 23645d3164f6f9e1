#include "store/returned.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<std::optional<std::int64_t>> find_return_path(Pool& pool, std::int64_t workspace,
                                                              tickets::Uuid delivery) {
    const auto results = co_await pool.run(
        single(sql::returned_tickets,
               std::move(Params().integers({workspace}).uuids(std::vector<tickets::Uuid>{delivery}))));
    if (results[0].size() == 0) co_return std::nullopt;
    co_return results[0][0].maybe_integer(3);
}

Query record_return(const BouncedDelivery& bounced, Timestamp now) {
    Query query{&sql::record_return, {}};
    query.params.integer(bounced.workspace)
        .maybe_uuid(bounced.delivery)
        .maybe_uuid(bounced.original)
        .text(bounced.recipient)
        .boolean(bounced.final)
        .boolean(bounced.hard)
        .maybe_integer(bounced.code)
        .text(bounced.status)
        .text(bounced.words)
        .time(now)
        .uuid(bounced.event);
    return query;
}

Query unmark_addresses(const std::vector<WorkspaceAddress>& addresses) {
    std::vector<std::int64_t> workspaces;
    std::vector<std::string> keys;
    for (const auto& [workspace, address] : addresses) {
        workspaces.push_back(workspace);
        keys.push_back(address);
    }
    Query query{&sql::unmark_addresses, {}};
    query.params.integers(workspaces).texts(keys);
    return query;
}

asio::awaitable<std::vector<AddressMark>> AddressMarks::list(std::optional<std::string> workspace) {
    const auto results =
        co_await pool_.run(single(sql::list_address_marks, std::move(Params().maybe_text(workspace))));
    std::vector<AddressMark> marks;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        marks.push_back({row.text(0), row.text(1), row.time(2), row.text(3), row.text(4)});
    }
    co_return marks;
}

asio::awaitable<std::int64_t> AddressMarks::unmark(std::string address,
                                                   std::optional<std::string> workspace) {
    const auto results = co_await pool_.run(
        single(sql::unmark_address, std::move(Params().text(address).maybe_text(workspace))));
    co_return results[0].affected();
}

}  // namespace store
