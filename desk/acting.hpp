// How an action on tickets is done: named, locked, decided, written; again where somebody else was quicker.
#pragma once

#include "store/desk_actions.hpp"
#include "store/desk_store.hpp"
#include "store/settings.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace desk {

namespace asio = boost::asio;
using store::Outcome;

// As an agent names a ticket: id or short id, with or without #.
struct TicketRef {
    std::string id;
    std::optional<std::string> workspace;  // needed only where several have that short id
};

[[nodiscard]] asio::awaitable<Outcome<store::TicketKey>> find_ticket(store::Pool& pool, TicketRef ticket);
// Several tickets of one workspace, none twice.
[[nodiscard]] asio::awaitable<Outcome<std::vector<store::TicketKey>>> find_tickets(
    store::Pool& pool, std::vector<TicketRef> refs);
// By name or address.
[[nodiscard]] asio::awaitable<Outcome<store::AgentInfo>> find_agent(store::Pool& pool, std::string agent);

// `work`: from a DeskAction and the tickets' keys to an Outcome<Result>. What is refused, and a dry run,
// changes nothing.
template <class Result, class Work>
asio::awaitable<Outcome<Result>> act(store::Pool& pool, std::vector<TicketRef> refs, Work work,
                                     bool dry_run = false) {
    constexpr int max_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        const auto keys = co_await find_tickets(pool, refs);
        if (!keys) co_return keys.error();
        std::vector<tickets::Uuid> ids;
        for (const auto& key : *keys) ids.push_back(key.ticket);
        try {
            auto action = co_await store::DeskAction::begin(pool, keys->front().workspace, ids);
            Outcome<Result> outcome = co_await work(action, *keys);
            if (outcome && !dry_run) co_await action.commit(std::chrono::system_clock::now());
            co_return outcome;
        } catch (const store::Error& error) {
            if (error.kind() != store::Error::Kind::serialization || attempt == max_attempts) throw;
        }
    }
}

}  // namespace desk
