#include "store/reply_addresses.hpp"

#include "store/statements.hpp"

namespace store {

Query add_reply_address(std::int64_t workspace, const tickets::Uuid& id, const tickets::Uuid& ticket,
                        std::optional<std::int64_t> agent, const std::optional<tickets::Uuid>& mail) {
    return {
        &sql::add_reply_address,
        std::move(Params().integer(workspace).uuid(id).uuid(ticket).maybe_integer(agent).maybe_uuid(mail))};
}

asio::awaitable<std::int64_t> revoke_reply_addresses(DeskAction& action, tickets::Uuid ticket) {
    const auto revoked = co_await action.ask(sql::revoke_reply_addresses,
                                             std::move(Params().integer(action.workspace()).uuid(ticket)));
    co_return revoked.affected();
}

asio::awaitable<std::optional<ReplyAddress>> find_reply_address(Pool& pool, std::int64_t workspace,
                                                                tickets::Uuid id) {
    const auto found =
        co_await pool.run(single(sql::find_reply_address, std::move(Params().integer(workspace).uuid(id))));
    if (found[0].size() == 0) co_return std::nullopt;
    co_return ReplyAddress{found[0][0].integer(0), found[0][0].boolean(1)};
}

}  // namespace store
