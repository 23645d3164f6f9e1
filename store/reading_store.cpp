#include "store/reading_store.hpp"

#include "store/statements.hpp"

#include <algorithm>

namespace store {
namespace {

std::vector<StoredReading> read_rows(const Result& rows) {
    std::vector<StoredReading> readings;
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        readings.push_back({row.uuid(0),
                            row.maybe_uuid(1),
                            {row.maybe_text(2),
                             row.text(3),
                             row.text(4),
                             row.text(5),
                             row.texts(6),
                             {},
                             row.maybe_text(7),
                             row.texts(8)}});
    }
    return readings;
}

Query locked(WorkspaceId workspace, const std::vector<Mending>& mails) {
    std::set<std::int64_t> buckets;
    for (const auto& mail : mails)
        for (const auto* refs : {&mail.before.reading.refs, &mail.after.refs})
            for (const auto& ref : *refs) buckets.insert(id_bucket(workspace, ref.first));
    Query query{&sql::lock_id_buckets, {}};
    query.params.integers({buckets.begin(), buckets.end()});
    return query;
}

// The refs of `has` that `lacks` has not.
Query changed_refs(const Statement& statement, WorkspaceId workspace, const std::vector<Mending>& mails,
                   const Reading& (*has)(const Mending&), const Reading& (*lacks)(const Mending&)) {
    std::vector<Uuid> ids, interactions;
    std::vector<std::int64_t> roles;
    for (const auto& mail : mails)
        for (const auto& ref : has(mail).refs) {
            if (lacks(mail).refs.contains(ref)) continue;
            ids.push_back(ref.first);
            roles.push_back(static_cast<std::int64_t>(ref.second));
            interactions.push_back(mail.before.interaction);
        }
    Query query{&statement, {}};
    query.params.integer(workspace).uuids(ids).integers(roles).uuids(interactions);
    return query;
}

const Reading& before(const Mending& mail) {
    return mail.before.reading;
}
const Reading& after(const Mending& mail) {
    return mail.after;
}

Query update_readings(WorkspaceId workspace, const std::vector<Mending>& mails) {
    std::vector<Uuid> ids;
    std::vector<std::optional<std::string>> message_ids, kinds;
    std::vector<std::string> subjects, authors, names, correspondents, kind_reasons;
    for (const auto& mail : mails) {
        ids.push_back(mail.before.interaction);
        message_ids.push_back(mail.after.message_id);
        subjects.push_back(mail.after.subject);
        authors.push_back(mail.after.author);
        names.push_back(mail.after.author_name);
        correspondents.push_back(lines(mail.after.correspondents));
        kinds.push_back(mail.after.kind);
        kind_reasons.push_back(lines(mail.after.kind_reasons));
    }
    Query query{&sql::update_readings, {}};
    query.params.integer(workspace)
        .uuids(ids)
        .texts(message_ids)
        .texts(subjects)
        .texts(authors)
        .texts(names)
        .texts(correspondents)
        .texts(kinds)
        .texts(kind_reasons);
    return query;
}

bool are_the_same(const std::vector<StoredReading>& now, const std::vector<Mending>& mails) {
    return std::ranges::equal(now, mails, [](const StoredReading& row, const Mending& mail) {
        Reading without_refs = mail.before.reading;
        without_refs.refs.clear();
        return row.interaction == mail.before.interaction && row.ticket == mail.before.ticket &&
               row.reading == without_refs;
    });
}

}  // namespace

asio::awaitable<std::vector<StoredReading>> ReadingStore::read(WorkspaceId workspace,
                                                               std::vector<Uuid> interactions) {
    if (interactions.empty()) co_return std::vector<StoredReading>{};
    const auto [first, last] = std::ranges::minmax(interactions);
    std::vector<Query> queries;
    queries.push_back({&sql::use_block_ranges, {}});
    queries.push_back({&sql::readings, {}});
    queries.back().params.integer(workspace).uuids(interactions);
    queries.push_back({&sql::refs_between, {}});
    queries.back().params.integer(workspace).uuid(first).uuid(last);
    const auto results = co_await pool_.run(std::move(queries));
    auto readings = read_rows(results[1]);
    for (int i = 0; i < results[2].size(); ++i) {
        const Row row = results[2][i];
        const auto mail = std::ranges::lower_bound(readings, row.uuid(0), {}, &StoredReading::interaction);
        if (mail != readings.end() && mail->interaction == row.uuid(0))
            mail->reading.refs.emplace(row.uuid(1), static_cast<threading::Role>(row.integer(2)));
    }
    co_return readings;
}

asio::awaitable<void> ReadingStore::mend(WorkspaceId workspace, std::vector<Mending> mails) {
    std::ranges::sort(mails, {}, [](const Mending& mail) { return mail.before.interaction; });
    std::vector<Uuid> interactions, tickets;
    for (const auto& mail : mails) {
        interactions.push_back(mail.before.interaction);
        if (mail.before.ticket) tickets.push_back(*mail.before.ticket);
    }
    Pool::Lease lease = co_await pool_.acquire(pool_.deadline());
    std::vector<Query> queries;
    queries.push_back({&sql::begin_transaction, {}});
    queries.push_back(locked(workspace, mails));
    queries.push_back({&sql::lock_tickets_for_desk, {}});
    queries.back().params.integer(workspace).uuids(tickets).uuids(std::vector<Uuid>{});
    queries.push_back({&sql::readings, {}});
    queries.back().params.integer(workspace).uuids(interactions);
    const auto results = co_await lease->run(std::move(queries), pool_.deadline());
    if (!are_the_same(read_rows(results[3]), mails))
        throw Error(Error::Kind::serialization, "40001", "a mail changed while it was read again");

    queries.clear();
    queries.push_back(update_readings(workspace, mails));
    queries.push_back(changed_refs(sql::delete_refs, workspace, mails, before, after));
    queries.push_back(changed_refs(sql::add_refs, workspace, mails, after, before));
    for (const auto& mail : mails) {
        if (mail.before.reading.subject == mail.after.subject) continue;
        queries.push_back({&sql::mend_ticket_subject, {}});
        queries.back()
            .params.integer(workspace)
            .uuid(mail.before.interaction)
            .text(mail.before.reading.subject)
            .text(mail.after.subject);
    }
    for (const auto& mail : mails) {
        if (mail.before.reading.refs == mail.after.refs) continue;
        std::vector<Uuid> ids;
        for (const auto& ref : mail.after.refs) ids.push_back(ref.first);
        queries.push_back({&sql::unite_threads_of_ids, {}});
        queries.back().params.integer(workspace).uuids(ids);
    }
    queries.push_back({&sql::commit_transaction, {}});
    co_await lease->run(std::move(queries), pool_.deadline());
}

}  // namespace store
