#include "store/explain_store.hpp"

#include "policy/rule_json.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

StoredDecision read_decision(const Row& row) {
    StoredDecision found;
    found.workspace_id = row.integer(0);
    found.id = row.uuid(1);
    found.workspace = row.text(2);
    found.ticket = row.maybe_uuid(3);
    found.intake = row.uuid(4);
    found.message_id = row.maybe_text(5);
    found.subject = row.text(6);
    found.author = row.text(7);
    found.author_name = row.text(8);
    found.received = row.time(9);
    found.raw_size = row.integer(10);
    found.proof = row.text(11);
    found.row = row.text(12);
    found.marked = row.boolean(13);
    found.verdict = row.text(14);
    found.thread = row.uuid(15);
    found.imported = row.boolean(16);
    found.client_address = row.text(17);
    found.helo = row.text(18);
    found.tls = row.maybe_text(19);
    found.reverse_path = row.text(20);
    found.kind = row.maybe_text(21);
    found.kind_reasons = row.texts(22);
    found.policy = policy::read_decision(row.maybe_text(23).value_or(""));
    found.evidence = row.maybe_text(24);
    found.held_row = row.maybe_text(25);
    found.released_by = row.maybe_text(26);
    if (!row.is_null(27)) found.released_at = row.time(27);
    return found;
}

}  // namespace

asio::awaitable<std::optional<StoredDecision>> stored_decision(Pool& pool, tickets::Uuid interaction) {
    std::vector<Query> queries;
    queries.push_back({&sql::explain_interaction, {}});
    queries.back().params.uuid(interaction);
    const auto rows = co_await pool.run(std::move(queries));
    if (rows[0].size() == 0) co_return std::nullopt;
    StoredDecision found = read_decision(rows[0][0]);

    queries.clear();
    queries.push_back({&sql::dispositions_of_intake, {}});
    queries.back().params.integer(found.workspace_id).uuid(found.intake);
    const auto results = co_await pool.run(std::move(queries));
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        found.dispositions.push_back({row.text(0), row.text(1), row.text(2), row.time(3)});
    }
    co_return found;
}

}  // namespace store
