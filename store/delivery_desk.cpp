#include "store/delivery_desk.hpp"

#include "store/delivery_store.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

const Statement& statement_of(DeliveryVerb verb) {
    switch (verb) {
        case DeliveryVerb::retry:
            return sql::retry_deliveries;
        case DeliveryVerb::cancel:
            return sql::cancel_deliveries;
        case DeliveryVerb::hold:
            return sql::hold_deliveries;
        case DeliveryVerb::release:
            break;
    }
    return sql::release_deliveries;
}

std::optional<Timestamp> maybe_time(const Row& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.time(column);
}

DeliveryInfo read_delivery(const Row& row) {
    DeliveryInfo delivery;
    delivery.workspace_id = row.integer(0);
    delivery.id = row.uuid(1);
    delivery.workspace = row.text(2);
    delivery.ticket = row.maybe_text(3);
    delivery.interaction = row.maybe_uuid(4);
    delivery.kind = row.maybe_text(5);
    delivery.recipient = row.text(6);
    delivery.destination = row.text(7);
    delivery.email_sender = row.text(8);
    delivery.state = row.text(9);
    delivery.attempts = row.integer(10);
    delivery.queued_at = row.time(11);
    delivery.next_attempt = maybe_time(row, 12);
    delivery.finished_at = maybe_time(row, 13);
    delivery.code = row.maybe_integer(14);
    delivery.status = row.text(15);
    delivery.reply = row.text(16);
    return delivery;
}

AttemptInfo read_attempt(const Row& row) {
    AttemptInfo attempt;
    attempt.attempt = row.integer(0);
    attempt.began_at = row.time(1);
    attempt.ended_at = row.time(2);
    attempt.result = row.text(3);
    attempt.phase = row.text(4);
    attempt.server = row.text(5);
    attempt.address = row.text(6);
    attempt.tls_version = row.text(7);
    attempt.tls_cipher = row.text(8);
    attempt.tls_policy = row.text(9);
    attempt.code = row.maybe_integer(10);
    attempt.status = row.text(11);
    attempt.reply = row.text(12);
    return attempt;
}

}  // namespace

const std::vector<std::string>& unfinished_deliveries() {
    static const std::vector<std::string> states{"queued", "sending", "deferred", "uncertain", "held"};
    return states;
}

const std::vector<std::string>& delivery_states() {
    static const std::vector<std::string> states{"queued", "sending", "deferred", "uncertain", "held",
                                                 "sent",   "failed",  "bounced",  "cancelled"};
    return states;
}

asio::awaitable<std::vector<DeliveryInfo>> DeliveryDesk::list(DeliveryFilter filter) {
    Params params;
    params.maybe_text(filter.workspace)
        .maybe_text(filter.destination)
        .texts(filter.states)
        .maybe_uuid(filter.ticket);
    if (filter.ids)
        params.uuids(*filter.ids);
    else
        params.null();
    params.integer(filter.limit);
    const auto results = co_await pool_.run(single(sql::list_deliveries, std::move(params)));
    std::vector<DeliveryInfo> deliveries;
    for (int i = 0; i < results[0].size(); ++i) deliveries.push_back(read_delivery(results[0][i]));
    co_return deliveries;
}

asio::awaitable<std::vector<AttemptInfo>> DeliveryDesk::attempts(std::int64_t workspace,
                                                                 tickets::Uuid delivery) {
    const auto results = co_await pool_.run(
        single(sql::attempts_of_delivery, std::move(Params().integer(workspace).uuid(delivery))));
    std::vector<AttemptInfo> attempts;
    for (int i = 0; i < results[0].size(); ++i) attempts.push_back(read_attempt(results[0][i]));
    co_return attempts;
}

asio::awaitable<std::vector<tickets::Uuid>> DeliveryDesk::change(DeliveryVerb verb,
                                                                 std::vector<DeliveryInfo> deliveries) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> ids;
    for (const auto& delivery : deliveries) {
        workspaces.push_back(delivery.workspace_id);
        ids.push_back(delivery.id);
    }
    auto queries = single(statement_of(verb), std::move(Params().integers(workspaces).uuids(ids)));
    queries.push_back(tell_delivery_workers());
    const auto results = co_await pool_.run(std::move(queries));
    std::vector<tickets::Uuid> changed;
    for (int i = 0; i < results[0].size(); ++i) changed.push_back(results[0][i].uuid(0));
    co_return changed;
}

asio::awaitable<std::int64_t> DeliveryDesk::tell_delays(Milliseconds after) {
    const auto results =
        co_await pool_.run(single(sql::tell_delays, std::move(Params().integer(after.count()))));
    co_return results[0].affected();
}

asio::awaitable<DeliveriesStanding> DeliveryDesk::standing() {
    const auto results = co_await pool_.run(single(sql::standing_of_deliveries));
    DeliveriesStanding standing;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        standing.by_state[row.text(0)] = row.integer(1);
        standing.oldest_due = std::max(standing.oldest_due, Milliseconds(row.integer(2)));
    }
    co_return standing;
}

}  // namespace store
