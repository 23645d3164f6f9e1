#include "store/delivery_store.hpp"

#include "store/statements.hpp"

namespace store {
namespace {

// `[](row)` of each.
template <class Read>
auto read_rows(const Result& rows, Read read) {
    std::vector<decltype(read(rows[0]))> values;
    values.reserve(static_cast<std::size_t>(rows.size()));
    for (int i = 0; i < rows.size(); ++i) values.push_back(read(rows[i]));
    return values;
}

// Three arrays, or the two first of them.
Params& add_keys(Params& params, const std::vector<DeliveryKey>& keys, bool with_attempts) {
    std::vector<std::int64_t> workspaces, attempts;
    std::vector<tickets::Uuid> ids;
    for (const auto& key : keys) {
        workspaces.push_back(key.workspace);
        ids.push_back(key.id);
        attempts.push_back(key.attempt);
    }
    params.integers(workspaces).uuids(ids);
    return with_attempts ? params.integers(attempts) : params;
}

template <class Member>
std::vector<std::string> column(const std::vector<Attempt>& attempts, Member member) {
    std::vector<std::string> values;
    values.reserve(attempts.size());
    for (const auto& attempt : attempts) values.push_back(attempt.*member);
    return values;
}

Params all_attempts(const std::vector<Attempt>& attempts, const tickets::Uuid& worker,
                    const DeliveryStore::Terms& terms) {
    std::vector<DeliveryKey> keys;
    std::vector<std::string> results;
    std::vector<std::int64_t> waits, took, codes;
    for (const auto& attempt : attempts) {
        keys.push_back(attempt.delivery);
        results.emplace_back(name(attempt.result));
        waits.push_back(attempt.next ? attempt.next->count() : -1);
        took.push_back(attempt.took.count());
        codes.push_back(attempt.code);
    }
    Params params;
    params.uuid(worker)
        .integer(terms.lifetime.count())
        .text(terms.lifetime_words)
        .integer(terms.uncertain_attempts - 1);
    add_keys(params, keys, true)
        .texts(results)
        .integers(waits)
        .integers(took)
        .texts(column(attempts, &Attempt::phase))
        .texts(column(attempts, &Attempt::server))
        .texts(column(attempts, &Attempt::address))
        .texts(column(attempts, &Attempt::tls_version))
        .texts(column(attempts, &Attempt::tls_cipher))
        .texts(column(attempts, &Attempt::tls_policy))
        .integers(codes)
        .texts(column(attempts, &Attempt::status))
        .texts(column(attempts, &Attempt::reply));
    return params;
}

Params mail_keys(const std::vector<MailKey>& mails) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> ids;
    for (const auto& mail : mails) {
        workspaces.push_back(mail.workspace);
        ids.push_back(mail.interaction);
    }
    return std::move(Params().integers(workspaces).uuids(ids));
}

constexpr std::string_view interrupted =
    "The service ended, or lost its database, before it could say what became of this attempt.";

}  // namespace

std::string_view name(AttemptResult result) {
    switch (result) {
        case AttemptResult::sent:
            return "sent";
        case AttemptResult::deferred:
            return "deferred";
        case AttemptResult::failed:
            return "failed";
        case AttemptResult::uncertain:
            break;
    }
    return "uncertain";
}

asio::awaitable<std::vector<WaitingDestination>> DeliveryStore::survey(WaitingDestination behind,
                                                                       std::int64_t at_most) {
    const auto results = co_await pool_.run(
        single(sql::survey_deliveries,
               std::move(Params().integer(behind.workspace).text(behind.destination).integer(at_most))));
    co_return read_rows(results[0], [](const Row& row) {
        return WaitingDestination{row.integer(0), row.text(1), Milliseconds(row.integer(2))};
    });
}

asio::awaitable<std::vector<ClaimedDelivery>> DeliveryStore::claim(std::vector<Claim> claims) {
    std::vector<Query> queries;
    for (const auto& claim : claims) {
        std::vector<std::string> destinations;
        std::vector<std::int64_t> rooms;
        for (const auto& [destination, room] : claim.destinations) {
            destinations.push_back(destination);
            rooms.push_back(room);
        }
        queries.push_back({&sql::claim_deliveries, std::move(Params()
                                                                 .integer(claim.workspace)
                                                                 .uuid(worker_)
                                                                 .integer(terms_.lease.count())
                                                                 .texts(destinations)
                                                                 .integers(rooms))});
    }
    const auto results = co_await pool_.run(std::move(queries));
    std::vector<ClaimedDelivery> all;
    for (std::size_t i = 0; i < results.size(); ++i) {
        auto some = read_rows(results[i], [&](const Row& row) {
            return ClaimedDelivery{.key = {claims[i].workspace, row.uuid(0), row.integer(6)},
                                   .interaction = row.maybe_uuid(1),
                                   .outbox = row.maybe_uuid(2),
                                   .recipient = row.text(3),
                                   .destination = row.text(4),
                                   .email_sender = row.text(5),
                                   .by_hand = row.boolean(7)};
        });
        all.insert(all.end(), std::move_iterator(some.begin()), std::move_iterator(some.end()));
    }
    co_return all;
}

asio::awaitable<std::vector<tickets::Uuid>> DeliveryStore::renew(std::vector<DeliveryKey> deliveries) {
    Params params;
    add_keys(params.uuid(worker_), deliveries, true).integer(terms_.lease.count());
    const auto results = co_await pool_.run(single(sql::renew_deliveries, std::move(params)));
    co_return read_rows(results[0], [](const Row& row) { return row.uuid(0); });
}

asio::awaitable<void> DeliveryStore::put_back(std::vector<DeliveryKey> deliveries) {
    Params params;
    add_keys(params.uuid(worker_), deliveries, true);
    co_await pool_.run(single(sql::put_back_deliveries, std::move(params)));
}

asio::awaitable<std::vector<FinishedDelivery>> DeliveryStore::finish(std::vector<Attempt> attempts) {
    // What was sent says nothing on a ticket, so it locks none.
    std::vector<DeliveryKey> tell;
    for (const auto& attempt : attempts)
        if (attempt.result != AttemptResult::sent) tell.push_back(attempt.delivery);
    std::vector<Query> queries;
    if (!tell.empty()) {
        queries.push_back({&sql::lock_tickets_of_deliveries, {}});
        add_keys(queries.back().params, tell, false);
    }
    queries.push_back({&sql::finish_deliveries, all_attempts(attempts, worker_, terms_)});
    const auto results = co_await pool_.run(std::move(queries));
    co_return read_rows(results.back(), [](const Row& row) {
        return FinishedDelivery{row.uuid(0), row.text(1), Milliseconds(row.integer(2))};
    });
}

asio::awaitable<std::vector<DeliveryKey>> DeliveryStore::reclaim() {
    const auto results = co_await pool_.run(single(
        sql::reclaim_deliveries,
        std::move(
            Params().boolean(terms_.uncertain_by_hand).text(interrupted).integer(terms_.lease.count()))));
    co_return read_rows(results[0], [](const Row& row) {
        return DeliveryKey{row.integer(0), row.uuid(1), row.integer(2)};
    });
}

asio::awaitable<Result> DeliveryStore::contents(std::vector<MailKey> interactions) {
    auto results = co_await pool_.run(single(sql::kept_mails, mail_keys(interactions)));
    co_return std::move(results[0]);
}

asio::awaitable<std::vector<std::pair<tickets::Uuid, std::string>>> DeliveryStore::messages(
    std::vector<MailKey> outbox) {
    const auto results = co_await pool_.run(single(sql::outbox_messages, mail_keys(outbox)));
    co_return read_rows(results[0], [](const Row& row) { return std::pair(row.uuid(0), row.bytes(1)); });
}

Query tell_delivery_workers() {
    return {&sql::notify_deliveries, {}};
}

asio::awaitable<void> DeliveryEar::wait(Milliseconds at_most) {
    if (connection_ && connection_->broken()) connection_.reset();
    const auto until = std::chrono::steady_clock::now() + at_most;
    if (!connection_) {
        const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
        auto fresh = co_await Connection::open(options_.conninfo, deadline, options_.timeout);
        co_await fresh->run(single(sql::listen_deliveries), deadline);
        connection_ = std::move(fresh);
        co_return;  // whatever was told before we listened
    }
    std::optional<Error> lost;
    try {
        if (co_await connection_->wait_notification(until)) co_return;
        // A connection that died without a word would leave us deaf.
        co_await connection_->run(single(sql::ping), std::chrono::steady_clock::now() + options_.timeout);
    } catch (const Error& error) {
        lost = error;
    }
    if (!lost) co_return;
    connection_.reset();
    throw *lost;
}

}  // namespace store
