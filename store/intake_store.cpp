#include "store/intake_store.hpp"

#include "store/intake_rows.hpp"
#include "store/statements.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <set>
#include <tuple>

namespace store {
namespace {

// Locks are on buckets, not on ids, so that a transaction's locks are few whatever strangers send.
constexpr std::uint64_t buckets = 4096;

constexpr std::uint64_t replan_every = 1 << 16;

Query lock_id_buckets(const BatchKeys& keys) {
    std::set<std::int64_t> sorted;
    for (const auto& [workspace, ids] : keys.ids)
        for (const auto& id : ids) sorted.insert(id_bucket(workspace, id));
    Query query{&sql::lock_id_buckets, {}};
    query.params.integers({sorted.begin(), sorted.end()});
    return query;
}

void add_person_queries(const BatchKeys& keys, std::vector<Query>& queries) {
    std::map<std::pair<WorkspaceId, std::string>, std::string> sorted;
    for (const auto& [workspace, persons] : keys.persons)
        for (const auto& person : persons) sorted.emplace(std::pair(workspace, person.address), person.name);
    std::vector<std::int64_t> workspaces;
    std::vector<Uuid> ids;
    std::vector<std::string> addresses, names;
    const auto now = std::chrono::system_clock::now();
    for (const auto& [key, person_name] : sorted) {
        workspaces.push_back(key.first);
        ids.push_back(Uuid::make(now));
        addresses.push_back(key.second);
        names.push_back(person_name);
    }
    queries.push_back({&sql::add_persons, {}});
    queries.back().params.integers(workspaces).uuids(ids).texts(addresses).texts(names);
    queries.push_back({&sql::find_persons, {}});
    queries.back().params.integers(workspaces).texts(addresses);
}

Query find_claims(const BatchKeys& keys) {
    std::vector<std::int64_t> workspaces;
    std::vector<Uuid> ids;
    for (const auto& [workspace, named] : keys.ids)
        for (const auto& id : std::set(named.begin(), named.end())) {
            workspaces.push_back(workspace);
            ids.push_back(id);
        }
    Query query{&sql::find_claims, {}};
    query.params.integers(workspaces).uuids(ids);
    return query;
}

Query find_short_ids(const BatchKeys& keys) {
    std::vector<std::int64_t> workspaces;
    std::vector<std::string> short_ids;
    for (const auto& [workspace, named] : keys.short_ids)
        for (const auto& id : named) {
            workspaces.push_back(workspace);
            short_ids.push_back(id);
        }
    Query query{&sql::find_short_ids, {}};
    query.params.integers(workspaces).texts(short_ids);
    return query;
}

Query count_opened(const BatchKeys& keys) {
    constexpr std::chrono::hours hour(1);
    const auto since = std::chrono::system_clock::now() - hour;
    std::vector<std::int64_t> workspaces, mailboxes;
    std::vector<std::string> addresses;
    for (const auto& [workspace, openers] : keys.openers)
        for (const auto& [address, mailbox] : openers) {
            workspaces.push_back(workspace);
            addresses.push_back(address);
            mailboxes.push_back(mailbox);
        }
    Uuid first = Uuid::make(since);  // ids grow with time: what is below was made before
    std::fill(first.bytes.begin() + 6, first.bytes.end(), std::uint8_t{0});
    Query query{&sql::count_opened, {}};
    query.params.integers(workspaces)
        .texts(addresses)
        .integers(mailboxes)
        .uuid(first)
        .integer(keys.tickets_per_hour);
    return query;
}

void read_claims(const Result& rows, BatchFacts& facts) {
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        auto& known = facts[row.integer(0)].facts;
        const Uuid interaction = row.uuid(3);
        known.claim(row.uuid(1), static_cast<threading::Role>(row.integer(2)), interaction);
        known.add(threading::KnownMessage{
            .interaction = interaction,
            .ticket = row.maybe_uuid(4),
            .thread = row.uuid(5),
            .author = row.text(6),
            .correspondents = row.texts(7),
            .body_digest = row.bytes(8),
            .verdict = parse_verdict(row.text(9)),
            .mailboxes = row.integers(10),
        });
    }
}

Query look_up(const Statement& statement, const std::map<WorkspaceId, std::set<Uuid>>& named) {
    std::vector<std::int64_t> workspaces;
    std::vector<Uuid> all;
    for (const auto& [workspace, ids] : named)
        for (const auto& id : ids) {
            workspaces.push_back(workspace);
            all.push_back(id);
        }
    Query query{&statement, {}};
    query.params.integers(workspaces).uuids(all);
    return query;
}

void read_answered(const Result& rows, BatchFacts& facts) {
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        facts[row.integer(0)].reply_addresses.emplace(
            row.uuid(1), AnsweredTicket{row.uuid(2), row.maybe_integer(3), row.maybe_text(4).value_or("")});
    }
}

void read_returned(const Result& rows, BatchFacts& facts) {
    for (int i = 0; i < rows.size(); ++i)
        if (const auto ticket = rows[i].maybe_uuid(2))
            facts[rows[i].integer(0)].deliveries.emplace(rows[i].uuid(1), *ticket);
}

using TicketKeys = std::set<std::pair<WorkspaceId, Uuid>>;

TicketKeys tickets_of(const Result& claims, const Result& short_ids, const BatchFacts& facts) {
    TicketKeys wanted;
    for (int i = 0; i < claims.size(); ++i)
        if (const auto ticket = claims[i].maybe_uuid(4)) wanted.emplace(claims[i].integer(0), *ticket);
    for (int i = 0; i < short_ids.size(); ++i) wanted.emplace(short_ids[i].integer(0), short_ids[i].uuid(1));
    for (const auto& [workspace, known] : facts) {
        for (const auto& [id, answered] : known.reply_addresses) wanted.emplace(workspace, answered.ticket);
        for (const auto& [id, ticket] : known.deliveries) wanted.emplace(workspace, ticket);
    }
    return wanted;
}

}  // namespace

auth::Verdict parse_verdict(std::string_view text) {
    for (const auto verdict : {auth::Verdict::pass, auth::Verdict::temperror, auth::Verdict::fail})
        if (auth::name(verdict) == text) return verdict;
    return auth::Verdict::none;
}

std::int64_t id_bucket(WorkspaceId workspace, const Uuid& id) {
    const auto mixed = static_cast<std::uint64_t>(std::hash<Uuid>{}(id)) +
                       0x9e3779b97f4a7c15 * static_cast<std::uint64_t>(workspace);
    return static_cast<std::int64_t>(mixed % buckets);
}

asio::awaitable<BatchFacts> IntakeStore::begin(const BatchKeys& keys, Deadline deadline) {
    std::vector<Query> queries;
    // Plans are made anew whenever the work done with them has doubled, so that none of them is older than
    // half of the table that it reads.
    if (std::has_single_bit(++begun_) || begun_ % replan_every == 0)
        queries.push_back({&sql::discard_plans, {}});
    const std::size_t first = queries.size();
    queries.push_back({&sql::begin_transaction, {}});
    // The look-ups are statements of their own: READ COMMITTED gives each a fresh view, so they see what
    // the holder of a lock committed while we waited for it.
    queries.push_back(lock_id_buckets(keys));
    add_person_queries(keys, queries);
    queries.push_back(find_claims(keys));
    queries.push_back(find_short_ids(keys));
    if (!keys.openers.empty()) queries.push_back(count_opened(keys));
    const std::size_t counted = queries.size() - 1;
    if (!keys.reply_addresses.empty())
        queries.push_back(look_up(sql::answered_tickets, keys.reply_addresses));
    const std::size_t answered = queries.size() - 1;
    if (!keys.deliveries.empty()) queries.push_back(look_up(sql::returned_tickets, keys.deliveries));
    const auto results = co_await connection_.run(std::move(queries), deadline);
    const Result &persons = results[first + 3], &claims = results[first + 4], &short_ids = results[first + 5];

    BatchFacts facts;
    for (const auto& entry : keys.ids) facts.try_emplace(entry.first);
    for (int i = 0; i < persons.size(); ++i)
        facts[persons[i].integer(0)].persons.emplace(persons[i].text(1), persons[i].uuid(2));
    if (!keys.openers.empty()) {
        const Result& opened = results[counted];
        for (int i = 0; i < opened.size(); ++i)
            facts[opened[i].integer(0)].opened[{opened[i].text(1), opened[i].integer(2)}] =
                opened[i].integer(3);
    }
    read_claims(claims, facts);
    if (!keys.reply_addresses.empty()) read_answered(results[answered], facts);
    if (!keys.deliveries.empty()) read_returned(results.back(), facts);
    auto wanted = tickets_of(claims, short_ids, facts);
    if (!wanted.empty()) co_await lock_tickets(std::move(wanted), facts, deadline);
    co_return facts;
}

asio::awaitable<void> IntakeStore::lock_tickets(TicketKeys wanted, BatchFacts& facts, Deadline deadline) {
    std::vector<std::int64_t> workspaces;
    std::vector<Uuid> ids;
    for (const auto& [workspace, id] : wanted) {
        workspaces.push_back(workspace);
        ids.push_back(id);
    }
    std::vector<Query> queries;
    queries.push_back({&sql::lock_tickets, {}});
    queries.back().params.integers(workspaces).uuids(ids);
    const auto results = co_await connection_.run(std::move(queries), deadline);
    if (results[0].size() < static_cast<int>(ids.size()))
        throw Error(Error::Kind::serialization, "40001", "a ticket was removed while it was looked up");
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        if (row.boolean(7))
            throw Error(Error::Kind::serialization, "40001", "a ticket was merged while it was looked up");
        facts[row.integer(0)].facts.add(
            threading::KnownTicket{
                .id = row.uuid(1),
                .starter = row.maybe_text(3).value_or(""),
                .participants = row.texts(4),
                .received = row.time(5),
                .acted = row.boolean(6),
            },
            row.text(2));
    }
}

asio::awaitable<Committed> IntakeStore::commit(BatchPlan plan, Deadline deadline, bool& commit_sent) {
    std::vector<Query> queries;
    std::map<WorkspaceId, std::int64_t> used;
    for (const auto& mail : plan.interactions)
        if (mail.ticket && !mail.imported) ++used[mail.workspace];
    if (!plan.tickets.empty()) queries.push_back(insert_tickets(plan.tickets));
    if (!plan.interactions.empty()) {
        queries.push_back(insert_interactions(plan.interactions));
        queries.push_back(insert_raw_chunks(plan.interactions));
        queries.push_back(insert_refs(plan.interactions));
    }
    if (plan.release) {
        add_release(*plan.release, plan.decided_at, queries);
        if (plan.release->ticket && !plan.release->imported) ++used[plan.release->workspace];
    }
    for (const auto& join : plan.joins) {
        queries.push_back({&sql::join_ticket, {}});
        queries.back()
            .params.integer(join.workspace)
            .uuid(join.ticket)
            .time(join.at)
            .texts(join.new_participants)
            .boolean(join.opens)
            .integer(plan.limits.reopenings_per_hour);
    }
    for (const auto& effects : plan.effects) queries.push_back(apply_effects(effects));
    for (const auto& addition : plan.mailboxes) {
        queries.push_back({&sql::add_mailbox_to_interaction, {}});
        queries.back()
            .params.integer(addition.workspace)
            .uuid(addition.interaction)
            .integer(addition.mailbox);
    }
    for (const auto& link : plan.links) queries.push_back(ticket_pair(sql::link_tickets, link));
    for (const auto& merge : plan.merges)
        for (const auto* statement : {&sql::merge_ticket, &sql::move_tags, &sql::move_details})
            queries.push_back(ticket_pair(*statement, merge));
    const auto first_return = queries.size();
    add_returns(plan, queries);
    queries.push_back(write_dispositions(plan));
    for (const auto& [workspace, count] : used) {
        queries.push_back({&sql::count_usage, {}});
        queries.back().params.integer(workspace).time(plan.decided_at).small(shard_).integer(count);
    }
    for (const auto& [workspace, threads] : plan.united_threads) {
        queries.push_back({&sql::unite_threads, {}});
        queries.back().params.integer(workspace).uuids(threads);
    }
    // In one order, so that writers don't wait in a circle.
    std::ranges::sort(plan.acknowledgements, {}, [](const NewAcknowledgement& row) {
        return std::tie(row.workspace, row.mailbox, row.recipient);
    });
    const auto first_acknowledgement = queries.size();
    for (const auto& row : plan.acknowledgements)
        queries.push_back(queue_acknowledgement(row, plan.limits, plan.decided_at));
    queries.push_back({&sql::commit_transaction, {}});
    // Once anything of it may have reached the server, COMMIT may have as well.
    commit_sent = true;
    try {
        const auto results = co_await connection_.run(std::move(queries), deadline);
        Committed committed;
        for (std::size_t i = 0; i < plan.acknowledgements.size(); ++i)
            committed.acknowledged += static_cast<std::size_t>(results[first_acknowledgement + i].affected());
        for (std::size_t i = 0; i < plan.bounced.size(); ++i)
            if (const Result& told = results[first_return + i]; told.size() > 0 && told[0].boolean(1))
                committed.bounced.push_back(std::move(plan.bounced[i]));
        co_return committed;
    } catch (const Error& error) {
        // foreign_key_violation: a person or a mailbox went after it was looked up.
        if (error.sqlstate() != "23503") throw;
        throw Error(Error::Kind::serialization, "40001", error.what());
    }
}

asio::awaitable<void> IntakeStore::rollback(Deadline deadline) {
    std::vector<Query> queries;
    queries.push_back({&sql::rollback_transaction, {}});
    co_await connection_.run(std::move(queries), deadline);
}

asio::awaitable<bool> IntakeStore::committed(WorkspaceId workspace, Uuid intake, Deadline deadline) {
    std::vector<Query> queries;
    queries.push_back({&sql::find_intake, {}});
    queries.back().params.integer(workspace).uuid(intake);
    const auto results = co_await connection_.run(std::move(queries), deadline);
    co_return results[0][0].integer(0) > 0;
}

}  // namespace store
