#include "store/outbound_rows.hpp"

#include "mail/read.hpp"
#include "mail/sha256.hpp"
#include "store/delivery_store.hpp"
#include "store/intake_rows.hpp"
#include "store/raw.hpp"
#include "store/reply_addresses.hpp"
#include "store/statements.hpp"
#include "tickets/ticket.hpp"

namespace store {
namespace {

using tickets::Uuid;

Params& add(std::vector<Query>& queries, const Statement& statement) {
    queries.push_back({&statement, {}});
    return queries.back().params;
}

void add_deliveries(const NewOutbound& mail, std::vector<Query>& queries) {
    std::vector<Uuid> ids;
    std::vector<std::string> recipients, keys, destinations;
    for (const auto& recipient : mail.recipients) {
        ids.push_back(Uuid::make(mail.at));
        recipients.push_back(recipient.str());
        keys.push_back(recipient.key());
        destinations.push_back(recipient.domain);
    }
    add(queries, sql::insert_delivery)
        .integer(mail.workspace)
        .uuid(mail.id)
        .text(mail.author.str())
        .uuids(ids)
        .texts(recipients)
        .texts(keys)
        .texts(destinations);
}

}  // namespace

std::vector<Query> opened_ticket(const OpenedTicket& ticket) {
    std::vector<Query> queries;
    add(queries, sql::add_persons)
        .integers({ticket.workspace})
        .uuids(std::vector{Uuid::make(ticket.at)})
        .texts(std::vector{ticket.person})
        .texts(std::vector{ticket.person_name});
    add(queries, sql::insert_opened_ticket)
        .integer(ticket.workspace)
        .uuid(ticket.id)
        .text(tickets::short_id(ticket.id))
        .text(ticket.subject)
        .text(ticket.status)
        .text(ticket.person)
        .integer(ticket.mailbox)
        .text(ticket.email_sender)
        .time(ticket.at)
        .texts(ticket.participants)
        .maybe_integer(ticket.assignee)
        .maybe_integer(ticket.team)
        .integer(ticket.opened_by);
    return queries;
}

void add_outbound(const NewOutbound& mail, std::vector<Query>& queries) {
    add(queries, sql::insert_outbound)
        .integer(mail.workspace)
        .uuid(mail.id)
        .uuid(mail.ticket)
        .uuid(mail.id)  // no intake took it in
        .text(mail.message_id)
        .text(mail.subject)
        .text(mail.author.key())
        .text(mail.author_name)
        .texts(mail.correspondents)
        .bytes(mail::body_digest(mail.raw))
        .uuid(mail.thread)
        .text(mail.reason)
        .integers({mail.mailbox})
        .time(mail.at)
        .integer(static_cast<std::int64_t>(mail.raw.size()))
        .bytes(mail::sha256(mail.raw))
        .maybe_integer(mail.agent)
        .maybe_integer(mail.alias);
    NewInteraction row{.workspace = mail.workspace, .id = mail.id};
    row.raw_chunks = compress_raw(mail.raw);
    row.refs = mail.refs;
    row.answer = mail.ticket_id;
    queries.push_back(insert_raw_chunks({row}));
    queries.push_back(insert_refs({row}));
    queries.push_back(
        add_reply_address(mail.workspace, mail.reply_address, mail.ticket, std::nullopt, mail.id));
    add_deliveries(mail, queries);
    add(queries, sql::add_participants).integer(mail.workspace).uuid(mail.ticket).texts(mail.correspondents);
    // Any shard: what matters is that not all wait for one.
    const auto shard = static_cast<std::int16_t>(mail.id.bytes.back() % 32);
    add(queries, sql::count_usage).integer(mail.workspace).time(mail.at).small(shard).integer(1);
    std::vector<Uuid> ids{mail.ticket_id};
    for (const auto& [id, role] : mail.refs) ids.push_back(id);
    add(queries, sql::unite_threads_of_ids).integer(mail.workspace).uuids(ids);
    queries.push_back(tell_delivery_workers());
}

}  // namespace store
