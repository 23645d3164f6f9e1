#include "store/intake_rows.hpp"

#include "store/statements.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace store {
namespace {

// In message_refs, beside threading::Role: the id is that of our answer to the message.
constexpr std::int64_t answer_role = 3;

template <class Row, class Project>
auto column(const std::vector<Row>& rows, Project project) {
    std::vector<std::decay_t<std::invoke_result_t<Project, const Row&>>> values;
    values.reserve(rows.size());
    for (const Row& row : rows) values.push_back(std::invoke(project, row));
    return values;
}

}  // namespace

Query insert_tickets(const std::vector<NewTicket>& rows) {
    Query query{&sql::insert_tickets, {}};
    query.params.integers(column(rows, &NewTicket::workspace))
        .uuids(column(rows, &NewTicket::id))
        .texts(column(rows, [](const NewTicket& row) { return tickets::short_id(row.id); }))
        .texts(column(rows, &NewTicket::subject))
        .uuids(column(rows, &NewTicket::person))
        .integers(column(rows, &NewTicket::mailbox))
        .texts(column(rows, &NewTicket::email_sender))
        .texts(column(rows, [](const NewTicket& row) { return lines(row.participants); }))
        .times(column(rows, &NewTicket::received));
    return query;
}

Query insert_interactions(const std::vector<NewInteraction>& rows) {
    using Row = NewInteraction;
    const auto mailboxes = [](const Row& row) {
        return lines(column(row.mailboxes, [](std::int64_t id) { return std::to_string(id); }));
    };
    Query query{&sql::insert_interactions, {}};
    query.params.integers(column(rows, &Row::workspace))
        .uuids(column(rows, &Row::id))
        .uuids(column(rows, &Row::ticket))
        .uuids(column(rows, &Row::intake))
        .texts(column(rows, &Row::message_id))
        .texts(column(rows, &Row::subject))
        .texts(column(rows, &Row::author))
        .texts(column(rows, &Row::author_name))
        .texts(column(rows, [](const Row& row) { return lines(row.correspondents); }))
        .bytes_list(column(rows, &Row::body_digest))
        .uuids(column(rows, &Row::thread))
        .texts(column(rows, &Row::proof))
        .texts(column(rows, &Row::reason))
        .booleans(column(rows, &Row::marked))
        .texts(column(rows, &Row::verdict))
        .texts(column(rows, &Row::reverse_path))
        .texts(column(rows, &Row::client_address))
        .texts(column(rows, &Row::helo))
        .texts(column(rows, mailboxes))
        .texts(column(rows, &Row::tls))
        .times(column(rows, &Row::received))
        .texts(column(rows, &Row::trace))
        .integers(column(rows, &Row::raw_size))
        .bytes_list(column(rows, &Row::raw_digest))
        .booleans(column(rows, &Row::imported))
        .texts(column(rows, &Row::kind))
        .texts(column(rows, [](const Row& row) { return lines(row.kind_reasons); }))
        .texts(column(rows, &Row::policy))
        .texts(column(rows, &Row::evidence))
        .uuids(column(rows, &Row::reply_address))
        .uuids(column(rows, &Row::returned));
    return query;
}

Query insert_raw_chunks(const std::vector<NewInteraction>& rows) {
    std::vector<std::int64_t> workspaces, places;
    std::vector<Uuid> interactions;
    std::vector<std::string> chunks;
    for (const auto& row : rows)
        for (std::size_t place = 0; place < row.raw_chunks.size(); ++place) {
            workspaces.push_back(row.workspace);
            interactions.push_back(row.id);
            places.push_back(static_cast<std::int64_t>(place));
            chunks.push_back(row.raw_chunks[place]);
        }
    Query query{&sql::insert_raw_chunks, {}};
    query.params.integers(workspaces).uuids(interactions).integers(places).bytes_list(chunks);
    return query;
}

Query insert_refs(const std::vector<NewInteraction>& rows) {
    std::vector<std::int64_t> workspaces, roles;
    std::vector<Uuid> ids, interactions;
    for (const auto& row : rows)
        for (const auto& [id, role] : row.refs) {
            workspaces.push_back(row.workspace);
            ids.push_back(id);
            roles.push_back(static_cast<std::int64_t>(role));
            interactions.push_back(row.id);
        }
    for (const auto& row : rows)
        if (row.answer) {
            workspaces.push_back(row.workspace);
            ids.push_back(*row.answer);
            roles.push_back(answer_role);
            interactions.push_back(row.id);
        }
    Query query{&sql::insert_refs, {}};
    query.params.integers(workspaces).uuids(ids).integers(roles).uuids(interactions);
    return query;
}

Query write_dispositions(const BatchPlan& plan) {
    const auto& rows = plan.dispositions;
    Query query{plan.release ? &sql::redecide_dispositions : &sql::insert_dispositions, {}};
    query.params.integers(column(rows, &Disposition::workspace))
        .uuids(column(rows, &Disposition::intake))
        .integers(column(rows, &Disposition::mailbox))
        .texts(column(rows, &Disposition::disposition))
        .texts(column(rows, &Disposition::reason))
        .uuids(column(rows, &Disposition::interaction))
        .time(plan.decided_at);
    return query;
}

Query apply_effects(const TicketEffects& row) {
    const policy::Effects& effects = row.effects;
    Query query{&sql::apply_effects, {}};
    query.params.integer(row.workspace)
        .uuid(row.ticket)
        .maybe_text(effects.assign_agent)
        .maybe_text(effects.assign_team)
        .maybe_integer(effects.priority)
        .texts(effects.tags)
        .texts(column(effects.fields, &std::pair<std::string, std::string>::first))
        .texts(column(effects.fields, &std::pair<std::string, std::string>::second));
    return query;
}

void add_release(const HeldRelease& release, Timestamp now, std::vector<Query>& queries) {
    if (release.ticket) {
        queries.push_back({&sql::release_interaction, {}});
        queries.back()
            .params.integer(release.workspace)
            .uuid(release.interaction)
            .uuid(*release.ticket)
            .text(release.proof)
            .text(release.reason)
            .boolean(release.marked)
            .time(now)
            .text(release.by);
        return;
    }
    queries.push_back({&sql::use_block_ranges, {}});
    for (const auto* statement : {&sql::remove_refs, &sql::remove_raw_chunks, &sql::remove_interactions}) {
        queries.push_back({statement, {}});
        queries.back().params.integer(release.workspace).uuids(std::vector{release.interaction});
    }
}

// $9: what must not be said twice, though two writers decide at the same moment.
Query queue_acknowledgement(const NewAcknowledgement& row, const Limits& limits, Timestamp now) {
    const auto window = std::max(limits.answer_window, std::chrono::seconds(1));
    const auto number = now.time_since_epoch() / window;
    Query query{&sql::queue_acknowledgement, {}};
    query.params.integer(row.workspace)
        .uuid(row.id)
        .integer(row.mailbox)
        .uuid(row.interaction)
        .text(row.recipient)
        .bytes(row.message)
        .time(now)
        .time(now - window)
        .text(std::to_string(row.mailbox) + ' ' + row.recipient + ' ' + std::to_string(number))
        .integer(limits.answers_per_day);
    return query;
}

void add_returns(BatchPlan& plan, std::vector<Query>& queries) {
    std::ranges::sort(plan.bounced, {}, [](const BouncedDelivery& row) {
        return std::tie(row.workspace, row.delivery, row.recipient, row.original);
    });
    for (const auto& row : plan.bounced) queries.push_back(record_return(row, plan.decided_at));
    if (!plan.verified_authors.empty()) queries.push_back(unmark_addresses(plan.verified_authors));
    if (!plan.for_assignees.empty()) queries.push_back(tell_assignees(plan.for_assignees));
    if (!plan.by_agents.empty()) queries.push_back(obey_agents(plan.by_agents));
}

Query ticket_pair(const Statement& statement, const TicketPair& pair) {
    Query query{&statement, {}};
    query.params.integer(pair.workspace).uuid(pair.from).uuid(pair.to);
    return query;
}

}  // namespace store
