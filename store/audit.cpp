#include "store/audit.hpp"

#include "store/statements.hpp"

#include <algorithm>
#include <array>

namespace store {
namespace {

constexpr std::size_t most_examples = 20;

struct Check {
    const Statement* statement;
    std::string_view name, holds;
};

constexpr std::array<Check, 13> checks = {{
    {&sql::audit_disposition_once, "disposition_once",
     "a mail has one disposition for each of its mailboxes"},
    {&sql::audit_ticketed, "ticketed", "what is ticketed has an interaction of that mailbox in a ticket"},
    {&sql::audit_held, "held", "what is held has an interaction without a ticket"},
    {&sql::audit_discarded, "discarded", "what is discarded has no interaction"},
    {&sql::audit_duplicates, "duplicates", "duplicates name an interaction in a ticket"},
    {&sql::audit_interaction_dispositions, "dispositions", "interactions have their dispositions"},
    {&sql::audit_own_ids, "own_ids", "interactions are known by one id of their own"},
    {&sql::audit_orphans, "orphans", "raw mail and ids belong to an interaction"},
    {&sql::audit_deliveries, "deliveries", "mail that leaves has one delivery for each recipient"},
    {&sql::audit_threads, "threads", "threads that were merged lead to a root"},
    {&sql::audit_merged_tickets, "merged_tickets",
     "merged tickets are empty and lead to one that is not merged"},
    {&sql::audit_empty_tickets, "tickets", "tickets have interactions"},
    {&sql::audit_usage, "usage", "usage is what was stored, month by month"},
}};

}  // namespace

asio::awaitable<std::vector<AuditCheck>> Audit::run(std::function<void(std::int64_t, std::int64_t)> reading) {
    std::vector<AuditCheck> done;
    for (const auto& check : checks) {
        std::vector<Query> queries;
        queries.push_back({check.statement, {}});
        const auto results = co_await pool_.run(std::move(queries));
        const Row row = results[0][0];
        done.push_back({std::string(check.name), std::string(check.holds), row.integer(0), row.integer(1),
                        row.texts(2)});
    }
    done.push_back(co_await check_raw(std::move(reading)));
    co_return done;
}

asio::awaitable<AuditCheck> Audit::check_raw(std::function<void(std::int64_t, std::int64_t)> reading) {
    AuditCheck check{"raw", "raw mail has the size and the digest of what was accepted", 0, 0, {}};
    KeptMailStore store(pool_);
    const auto total = co_await store.count(std::nullopt);
    for (auto page = co_await store.page({}, std::nullopt); !page.empty();
         page = co_await store.page(page.back(), std::nullopt))
        for (auto& piece : KeptMailStore::pieces(page)) {
            for (const auto& mail : co_await store.read(std::move(piece))) {
                ++check.examined;
                if (mail.intact) continue;
                ++check.wrong;
                if (check.examples.size() < most_examples) check.examples.push_back(mail.interaction.str());
            }
            reading(check.examined, std::max(total, check.examined));
        }
    co_return check;
}

}  // namespace store
