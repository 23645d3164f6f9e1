#include "desk/acting.hpp"

#include <fmt/format.h>

namespace desk {

using store::Refusal;

asio::awaitable<Outcome<store::TicketKey>> find_ticket(store::Pool& pool, TicketRef ticket) {
    const auto found = co_await store::find_tickets(pool, ticket.id, ticket.workspace);
    if (found.empty()) co_return Refusal{"there is no ticket " + ticket.id};
    if (found.size() > 1)
        co_return Refusal{"several workspaces have a ticket " + ticket.id + "; say which with --workspace"};
    co_return found.front();
}

asio::awaitable<Outcome<std::vector<store::TicketKey>>> find_tickets(store::Pool& pool,
                                                                     std::vector<TicketRef> refs) {
    std::vector<store::TicketKey> keys;
    for (const auto& ref : refs) {
        const auto found = co_await find_ticket(pool, ref);
        if (!found) co_return found.error();
        if (!keys.empty() && keys.front().workspace != found->workspace)
            co_return Refusal{"the tickets are of different workspaces"};
        if (std::ranges::count(keys, found->ticket, &store::TicketKey::ticket))
            co_return Refusal{fmt::format("{} and {} are one ticket already", refs[0].id, ref.id)};
        keys.push_back(*found);
    }
    co_return keys;
}

asio::awaitable<Outcome<store::AgentInfo>> find_agent(store::Pool& pool, std::string agent) {
    auto found = co_await store::AgentStore(pool).find(agent);
    if (found.empty())
        co_return Refusal{fmt::format("there is no agent {}; add one with: ticketgate agent add", agent)};
    if (found.size() > 1) co_return Refusal{"several agents are called " + agent + "; give an address"};
    co_return std::move(found.front());
}

}  // namespace desk
