#include "store/desk_actions.hpp"

#include "store/statements.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <iterator>

namespace store {
namespace {

std::vector<AgentInfo> read_agents(const Result& rows) {
    std::vector<AgentInfo> agents;
    for (int i = 0; i < rows.size(); ++i)
        agents.push_back({rows[i].integer(0), rows[i].text(1), rows[i].text(2), rows[i].boolean(3)});
    return agents;
}

Error changed_meanwhile() {
    return {Error::Kind::serialization, "40001", "a ticket was merged or removed while it was looked up"};
}

}  // namespace

DeskAction::DeskAction(Pool& pool, Pool::Lease lease, std::int64_t workspace)
    : pool_(pool), lease_(std::move(lease)), workspace_(workspace) {}

asio::awaitable<DeskAction> DeskAction::begin(Pool& pool, std::int64_t workspace,
                                              std::vector<tickets::Uuid> tickets) {
    DeskAction action(pool, co_await pool.acquire(pool.deadline()), workspace);
    auto queries = single(sql::begin_transaction);
    queries.push_back({&sql::lock_tickets_for_desk, {}});
    queries.back().params.integer(workspace).uuids(tickets).uuids(tickets);
    // A statement of its own sees what was merged while the locks were waited for.
    queries.push_back({&sql::merged_tickets_of, {}});
    queries.back().params.integer(workspace).uuids(tickets);
    const auto results = co_await action.lease_->run(std::move(queries), pool.deadline());
    for (int i = 0; i < results[1].size(); ++i) {
        const Row row = results[1][i];
        const bool asked = std::ranges::count(tickets, row.uuid(0)) > 0;
        if (asked && !row.is_null(3)) throw changed_meanwhile();
        action.tickets_[row.uuid(0)] = {row.text(1), row.text(2), row.texts(4)};
    }
    for (int i = 0; i < results[2].size(); ++i)
        if (!action.tickets_.contains(results[2][i].uuid(0))) throw changed_meanwhile();
    for (const auto& ticket : tickets)
        if (!action.tickets_.contains(ticket)) throw changed_meanwhile();
    action.touched_ = std::move(tickets);
    co_return action;
}

asio::awaitable<std::vector<TicketMail>> DeskAction::mails(tickets::Uuid ticket) {
    const auto results = co_await lease_->run(
        single(sql::mails_of_ticket, std::move(Params().integer(workspace_).uuid(ticket))), pool_.deadline());
    std::vector<TicketMail> mails;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        mails.push_back({row.uuid(0), row.text(1), row.texts(2), row.text(3), row.time(4), row.boolean(5),
                         row.boolean(6)});
    }
    co_return mails;
}

Params& DeskAction::add(const Statement& statement, const tickets::Uuid& ticket) {
    queries_.push_back({&statement, {}});
    return queries_.back().params.integer(workspace_).uuid(ticket);
}

void DeskAction::set_status(const tickets::Uuid& ticket, std::string_view status) {
    add(sql::set_ticket_status, ticket).text(status);
}

void DeskAction::assign(const tickets::Uuid& ticket, std::optional<std::int64_t> agent) {
    add(sql::assign_ticket, ticket).maybe_integer(agent);
}

void DeskAction::tag(const tickets::Uuid& ticket, const std::vector<std::string>& add_tags,
                     const std::vector<std::string>& remove) {
    if (!remove.empty()) add(sql::untag_ticket, ticket).texts(remove);
    if (!add_tags.empty()) add(sql::tag_ticket, ticket).texts(add_tags);
}

void DeskAction::note(const tickets::Uuid& ticket, const NewNote& note) {
    add(sql::insert_note, ticket)
        .uuid(note.id)
        .integer(note.agent)
        .text(note.text)
        .text(note.colour)
        .time(note.at);
}

void DeskAction::tell(const tickets::Uuid& ticket, std::string_view kind, std::string_view text,
                      Timestamp now) {
    add(sql::insert_ticket_event, ticket).uuid(tickets::Uuid::make(now)).time(now).text(kind).text(text);
}

void DeskAction::move(const tickets::Uuid& ticket, std::int64_t mailbox, const std::string& email_sender) {
    add(sql::move_ticket, ticket).integer(mailbox).text(email_sender);
}

void DeskAction::merge(const tickets::Uuid& from, const tickets::Uuid& into) {
    add(sql::merge_ticket, from).uuid(into);
    add(sql::move_tags, from).uuid(into);
    add(sql::move_details, from).uuid(into);
}

void DeskAction::split(const SplitTicket& split) {
    add(sql::insert_split_ticket, split.from)
        .uuid(split.id)
        .text(tickets::short_id(split.id))
        .text(split.subject)
        .time(split.received)
        .time(split.received)
        .texts(split.participants)
        .text(split.person);
    add(sql::move_interactions, split.from).uuid(split.id).uuids(split.mails);
    add(sql::link_tickets, split.id).uuid(split.from);
    touched_.push_back(split.id);
}

asio::awaitable<Result> DeskAction::ask(const Statement& statement, Params params) {
    auto results = co_await lease_->run(single(statement, std::move(params)), pool_.deadline());
    co_return std::move(results[0]);
}

void DeskAction::write(std::vector<Query> queries) {
    std::ranges::move(queries, std::back_inserter(queries_));
}

asio::awaitable<void> DeskAction::commit(Timestamp now) {
    for (const auto& ticket : touched_) add(sql::touch_ticket, ticket).time(now);
    queries_.push_back({&sql::commit_transaction, {}});
    co_await lease_->run(std::move(queries_), pool_.deadline());
}

asio::awaitable<bool> AgentStore::add(std::string name, std::string address) {
    const auto results =
        co_await pool_.run(single(sql::add_agent, std::move(Params().text(name).text(address))));
    co_return results[0].affected() > 0;
}

asio::awaitable<bool> AgentStore::remove(std::string address) {
    const auto results = co_await pool_.run(single(sql::remove_agent, std::move(Params().text(address))));
    co_return results[0].affected() > 0;
}

asio::awaitable<std::vector<AgentInfo>> AgentStore::list() {
    co_return read_agents((co_await pool_.run(single(sql::list_agents)))[0]);
}

asio::awaitable<std::vector<AgentInfo>> AgentStore::find(std::string name_or_address) {
    const auto results =
        co_await pool_.run(single(sql::find_agents, std::move(Params().text(mended(name_or_address)))));
    co_return read_agents(results[0]);
}

}  // namespace store
