#include "store/removal.hpp"

#include "store/statements.hpp"

#include <algorithm>

namespace store {
namespace {

using tickets::Uuid;

std::vector<RemovableMail> read_mails(const Result& rows) {
    std::vector<RemovableMail> mails;
    for (int i = 0; i < rows.size(); ++i)
        mails.push_back({rows[i].uuid(0), rows[i].maybe_uuid(1), rows[i].integer(2), rows[i].text(3),
                         rows[i].boolean(4)});
    return mails;
}

}  // namespace

std::vector<Uuid> uuids_of(const Result& rows) {
    std::vector<Uuid> ids;
    for (int i = 0; i < rows.size(); ++i) ids.push_back(rows[i].uuid(0));
    return ids;
}

bool met_somebody(const Error& error) {
    // foreign_key_violation: somebody has just given a row that goes something to hold.
    return error.kind() == Error::Kind::serialization || error.sqlstate() == "23503";
}

asio::awaitable<void> remove_empty_threads(Pool& pool, std::int64_t workspace) {
    const auto found =
        co_await pool.run(single(sql::threads_without_mail, std::move(Params().integer(workspace))));
    const auto threads = uuids_of(found[0]);
    if (!threads.empty())
        co_await pool.run(single(sql::remove_threads, std::move(Params().integer(workspace).uuids(threads))));
}

Removal::Removal(Pool& pool, Pool::Lease lease, std::int64_t workspace)
    : pool_(pool), lease_(std::move(lease)), workspace_(workspace) {}

asio::awaitable<Removal> Removal::begin(Pool& pool, std::int64_t workspace, std::vector<Uuid> tickets) {
    Removal removal(pool, co_await pool.acquire(pool.deadline()), workspace);
    auto queries = single(sql::begin_transaction);
    queries.push_back({&sql::use_block_ranges, {}});
    queries.push_back({&sql::lock_tickets_to_remove, {}});
    queries.back().params.integer(workspace).uuids(tickets);
    // A statement of its own sees what was merged while the locks were waited for.
    queries.push_back({&sql::merged_tickets_of, {}});
    queries.back().params.integer(workspace).uuids(tickets);
    const auto results = co_await removal.lease_->run(std::move(queries), pool.deadline());
    removal.locked_ = uuids_of(results[2]);
    for (int i = 0; i < results[2].size(); ++i)
        if (const auto into = results[2][i].maybe_uuid(1))
            removal.merged_.emplace_back(results[2][i].uuid(0), *into);
    for (const Uuid& merged : uuids_of(results[3]))
        if (!std::ranges::binary_search(removal.locked_, merged))
            throw Error(Error::Kind::serialization, "40001", "a ticket was merged while it was looked up");
    co_return removal;
}

asio::awaitable<Result> Removal::ask(const Statement& statement, Params params) {
    auto results = co_await lease_->run(single(statement, std::move(params)), pool_.deadline());
    co_return std::move(results[0]);
}

asio::awaitable<std::vector<RemovableMail>> Removal::mails_of(std::vector<Uuid> tickets,
                                                              std::optional<std::string> author) {
    co_return read_mails(
        co_await ask(sql::lock_mails_of_tickets,
                     std::move(Params().integer(workspace_).uuids(tickets).maybe_text(author))));
}

asio::awaitable<std::vector<RemovableMail>> Removal::held_mails(std::vector<Uuid> mails,
                                                                std::optional<std::string> author) {
    co_return read_mails(co_await ask(
        sql::lock_held_mails, std::move(Params().integer(workspace_).uuids(mails).maybe_text(author))));
}

Params& Removal::add(const Statement& statement, const std::vector<Uuid>& ids) {
    queries_.push_back({&statement, {}});
    return queries_.back().params.integer(workspace_).uuids(ids);
}

void Removal::remove_mails(const std::vector<Uuid>& mails) {
    if (mails.empty()) return;
    for (const Statement* statement :
         {&sql::count_removed, &sql::remove_dispositions, &sql::remove_same_mail_dispositions,
          &sql::remove_answers, &sql::remove_refs, &sql::remove_raw_chunks, &sql::remove_deliveries,
          &sql::remove_interactions})
        add(*statement, mails);
}

void Removal::discard_mails(const std::vector<Uuid>& mails, const std::string& reason) {
    if (mails.empty()) return;
    add(sql::discard_dispositions, mails).text(reason);
    for (const Statement* statement :
         {&sql::remove_answers, &sql::remove_refs, &sql::remove_raw_chunks, &sql::remove_interactions})
        add(*statement, mails);
}

void Removal::remove_tickets(const std::vector<Uuid>& tickets) {
    if (tickets.empty()) return;
    std::vector<Uuid> all = tickets;
    for (const auto& [merged, into] : merged_)
        if (std::ranges::count(tickets, into)) all.push_back(merged);
    for (const Statement* statement :
         {&sql::remove_agent_mails, &sql::remove_reply_addresses, &sql::remove_notes,
          &sql::remove_ticket_events, &sql::remove_ticket_links, &sql::remove_ticket_tags,
          &sql::remove_ticket_fields, &sql::remove_tickets})
        add(*statement, all);
}

void Removal::forget(const std::vector<Uuid>& mails, const std::string& address) {
    if (!mails.empty()) add(sql::forget_in_mails, mails).text(address);
}

void Removal::forget_in_tickets(const std::string& address, std::optional<Uuid> person,
                                const std::vector<std::string>& subjects) {
    add(sql::forget_in_tickets, locked_).text(address).maybe_uuid(person).texts(subjects);
}

asio::awaitable<void> Removal::commit() {
    queries_.push_back({&sql::commit_transaction, {}});
    co_await lease_->run(std::move(queries_), pool_.deadline());
}

asio::awaitable<void> Removal::roll_back() {
    co_await ask(sql::rollback_transaction, {});
}

}  // namespace store
