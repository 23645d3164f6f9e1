#include "store/desk_store.hpp"

#include "store/raw.hpp"
#include "store/statements.hpp"

#include <map>

namespace store {
namespace {

constexpr std::int64_t page_size = 500;

std::optional<PersonInfo> read_person(const Row& row, int address, int name) {
    if (row.is_null(address)) return std::nullopt;
    return PersonInfo{row.text(name), row.text(address)};
}

TicketInfo read_ticket(const Row& row) {
    TicketInfo ticket;
    ticket.workspace_id = row.integer(0);
    ticket.id = row.uuid(1);
    ticket.short_id = row.text(2);
    ticket.workspace = row.text(3);
    ticket.subject = row.text(4);
    ticket.status = row.text(5);
    ticket.person = read_person(row, 6, 7);
    ticket.created_by = read_person(row, 8, 9);
    ticket.received = row.time(10);
    ticket.updated_at = row.time(11);
    ticket.email_sender = row.text(12);
    ticket.mailbox = row.text(13);
    ticket.assignee = read_person(row, 14, 15);
    ticket.tags = row.texts(16);
    ticket.priority = row.maybe_integer(17);
    ticket.team = row.maybe_text(18);
    const auto fields = row.texts(19), values = row.texts(20);
    for (std::size_t i = 0; i < fields.size(); ++i) ticket.fields.emplace_back(fields[i], values[i]);
    ticket.description = row.text(21);
    ticket.opened_by = read_person(row, 22, 23);
    return ticket;
}

std::vector<TicketKey> read_keys(const Result& rows) {
    std::vector<TicketKey> keys;
    for (int i = 0; i < rows.size(); ++i) keys.push_back({rows[i].integer(0), rows[i].uuid(1)});
    return keys;
}

InteractionInfo read_interaction(const Row& row) {
    InteractionInfo interaction;
    interaction.id = row.uuid(1);
    interaction.message_id = row.maybe_text(2);
    interaction.direction = row.text(3);
    interaction.reason = row.text(4);
    interaction.thread = row.uuid(5);
    interaction.received = row.time(6);
    interaction.author = row.text(7);
    interaction.author_name = row.text(8);
    interaction.marked = row.boolean(9);
    interaction.verdict = row.text(10);
    interaction.proof = row.text(11);
    interaction.subject = row.text(12);
    interaction.raw_size = row.integer(13);
    interaction.imported = row.boolean(14);
    interaction.kind = row.maybe_text(15);
    interaction.kind_reasons = row.texts(16);
    interaction.agent = read_person(row, 17, 18);
    interaction.alias = row.maybe_text(19);
    return interaction;
}

TicketDelivery read_delivery(const Row& row) {
    TicketDelivery delivery{.id = row.uuid(1),
                            .recipient = row.text(2),
                            .state = row.text(3),
                            .attempts = row.integer(4),
                            .queued_at = row.time(5),
                            .code = row.maybe_integer(8),
                            .status = row.text(9),
                            .reply = row.text(10)};
    if (!row.is_null(6)) delivery.next_attempt = row.time(6);
    if (!row.is_null(7)) delivery.finished_at = row.time(7);
    return delivery;
}

}  // namespace

asio::awaitable<std::vector<TicketKey>> find_tickets(Pool& pool, std::string id,
                                                     std::optional<std::string> workspace) {
    if (id.starts_with('#')) id.erase(0, 1);
    auto params = std::move(Params().text(id).maybe_text(workspace).maybe_uuid(tickets::Uuid::parse(id)));
    const auto results = co_await pool.run(single(sql::find_ticket, std::move(params)));
    co_return read_keys(results[0]);
}

asio::awaitable<std::vector<TicketLine>> DeskStore::list(TicketFilter filter) {
    const auto results = co_await pool_.run(single(
        sql::list_tickets,
        std::move(Params().maybe_text(filter.workspace).maybe_text(filter.status).integer(filter.limit))));
    std::vector<TicketLine> lines;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        lines.push_back({row.uuid(0), row.text(1), row.text(2), row.text(3), row.text(4),
                         read_person(row, 5, 6), row.time(7), row.time(8), row.integer(9),
                         read_person(row, 10, 11), row.texts(12)});
    }
    co_return lines;
}

asio::awaitable<std::vector<TicketInfo>> DeskStore::with_course(std::vector<TicketInfo> tickets) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> ids;
    std::map<tickets::Uuid, TicketInfo*> by_id;
    for (auto& ticket : tickets) {
        workspaces.push_back(ticket.workspace_id);
        ids.push_back(ticket.id);
        by_id[ticket.id] = &ticket;
    }
    std::vector<Query> queries;
    for (const Statement* statement :
         {&sql::interactions_of, &sql::deliveries_of, &sql::notes_of, &sql::events_of}) {
        queries.push_back({statement, {}});
        queries.back().params.integers(workspaces).uuids(ids);
    }
    const auto results = co_await pool_.run(std::move(queries));
    for (int i = 0; i < results[0].size(); ++i)
        by_id.at(results[0][i].uuid(0))->interactions.push_back(read_interaction(results[0][i]));
    std::map<tickets::Uuid, InteractionInfo*> mails;
    for (auto& ticket : tickets)
        for (auto& interaction : ticket.interactions) mails[interaction.id] = &interaction;
    for (int i = 0; i < results[1].size(); ++i)
        if (const auto mail = mails.find(results[1][i].uuid(0)); mail != mails.end())
            mail->second->deliveries.push_back(read_delivery(results[1][i]));
    for (int i = 0; i < results[2].size(); ++i) {
        const Row row = results[2][i];
        by_id.at(row.uuid(0))
            ->notes.push_back(
                {row.uuid(1), read_person(row, 2, 3), row.text(4), row.text(5), row.time(6), row.time(7)});
    }
    for (int i = 0; i < results[3].size(); ++i) {
        const Row row = results[3][i];
        by_id.at(row.uuid(0))->events.push_back({row.time(2), row.text(3), row.text(5), row.maybe_uuid(4)});
    }
    co_return tickets;
}

asio::awaitable<std::vector<TicketInfo>> DeskStore::read(const std::vector<TicketKey>& keys) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> ids;
    for (const auto& [workspace, ticket] : keys) {
        workspaces.push_back(workspace);
        ids.push_back(ticket);
    }
    const auto rows =
        co_await pool_.run(single(sql::tickets_by_key, std::move(Params().integers(workspaces).uuids(ids))));
    std::vector<TicketInfo> tickets;
    for (int i = 0; i < rows[0].size(); ++i) tickets.push_back(read_ticket(rows[0][i]));
    co_return co_await with_course(std::move(tickets));
}

asio::awaitable<std::vector<TicketInfo>> DeskStore::find(std::string id,
                                                         std::optional<std::string> workspace) {
    co_return co_await read(co_await find_tickets(pool_, std::move(id), std::move(workspace)));
}

asio::awaitable<void> DeskStore::each_ticket(std::optional<std::string> workspace,
                                             std::function<void(const TicketInfo&)> visit) {
    TicketKey last;
    for (;;) {
        const auto page = co_await pool_.run(single(sql::ticket_keys, std::move(Params()
                                                                                    .maybe_text(workspace)
                                                                                    .integer(last.workspace)
                                                                                    .uuid(last.ticket)
                                                                                    .integer(page_size))));
        if (page[0].size() == 0) co_return;
        const auto keys = read_keys(page[0]);
        last = keys.back();
        for (const auto& ticket : co_await read(keys)) visit(ticket);
    }
}

asio::awaitable<std::vector<std::string>> DeskStore::links(std::int64_t workspace, tickets::Uuid ticket) {
    const auto results =
        co_await pool_.run(single(sql::links_of, std::move(Params().integer(workspace).uuid(ticket))));
    std::vector<std::string> short_ids;
    for (int i = 0; i < results[0].size(); ++i) short_ids.push_back(results[0][i].text(0));
    co_return short_ids;
}

asio::awaitable<std::optional<std::string>> DeskStore::raw(std::int64_t workspace,
                                                           tickets::Uuid interaction) {
    const auto results =
        co_await pool_.run(single(sql::raw_of, std::move(Params().integer(workspace).uuid(interaction))));
    if (results[0].size() == 0) co_return std::nullopt;
    std::string raw;
    for (int i = 0; i < results[0].size(); ++i)
        if (!decompress_chunk(results[0][i].bytes(0), raw))
            throw Error(Error::Kind::data, "", "a stored mail's compressed bytes are damaged");
    co_return raw;
}

asio::awaitable<std::vector<UsageLine>> DeskStore::usage(std::optional<std::string> workspace) {
    const auto results = co_await pool_.run(single(sql::usage_of, std::move(Params().maybe_text(workspace))));
    std::vector<UsageLine> lines;
    for (int i = 0; i < results[0].size(); ++i)
        lines.push_back({results[0][i].text(0), results[0][i].text(1), results[0][i].integer(2)});
    co_return lines;
}

}  // namespace store
