#include "store/reply_addresses.hpp"

#include "store/statements.hpp"

namespace store {

Query add_reply_address(std::int64_t workspace, const tickets::Uuid& id, const tickets::Uuid& ticket,
                        std::optional<std::int64_t> agent, const std::optional<tickets::Uuid>& mail) {
    return {
        &sql::add_reply_address,
        std::move(Params().integer(workspace).uuid(id).uuid(ticket).maybe_integer(agent).maybe_uuid(mail))};
}

Query revoke_reply_addresses(std::int64_t workspace, const tickets::Uuid& ticket) {
    return {&sql::revoke_reply_addresses, std::move(Params().integer(workspace).uuid(ticket))};
}

Query find_reply_address(std::int64_t workspace, const tickets::Uuid& id) {
    return {&sql::find_reply_address, std::move(Params().integer(workspace).uuid(id))};
}

std::optional<ReplyAddress> read_reply_address(const Result& found) {
    if (found.size() == 0) return std::nullopt;
    const Row row = found[0];
    return ReplyAddress{row.uuid(0), row.integer(1), row.maybe_integer(2), row.boolean(3)};
}

asio::awaitable<std::optional<ReplyAddress>> find_reply_address(Pool& pool, std::int64_t workspace,
                                                                tickets::Uuid id) {
    std::vector<Query> queries;
    queries.push_back(find_reply_address(workspace, id));
    const auto results = co_await pool.run(std::move(queries));
    co_return read_reply_address(results[0]);
}

}  // namespace store
