// `ticketgate ticket list|show` and `export tickets`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "daemon/ticket_json.hpp"
#include "mail/read.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

std::string shown(const std::optional<store::PersonInfo>& person) {
    return person ? shown_sender(person->name, person->address) : "Unknown";
}

json::value as_json(const std::optional<store::PersonInfo>& person) {
    if (!person) return nullptr;
    return json::object{{"name", person->name}, {"address", person->address}};
}

// As people say it; none: nobody has weighed it.
std::optional<std::string> priority_of(const store::TicketInfo& ticket) {
    const auto priority = ticket.priority ? tickets::priority_of(*ticket.priority) : std::nullopt;
    return priority ? std::optional(std::string(tickets::name(*priority))) : std::nullopt;
}

// What a reader of the ticket should know of it besides its text.
std::string remarks(const store::InteractionInfo& interaction) {
    std::string text = interaction.marked ? " (unverified)" : "";
    if (interaction.imported) text += " (imported)";
    if (interaction.kind && *interaction.kind != mail::name_of(mail::Kind::human))
        text += " (" + *interaction.kind + ")";
    return text;
}

json::array as_json(const std::vector<store::TicketDelivery>& deliveries) {
    const auto time = [](const std::optional<store::Timestamp>& at) {
        return at ? json::value(rfc3339(*at)) : json::value();
    };
    json::array array;
    for (const auto& delivery : deliveries)
        array.push_back(json::object{{"id", delivery.id.str()},
                                     {"recipient", delivery.recipient},
                                     {"state", delivery.state},
                                     {"attempts", delivery.attempts},
                                     {"queued", rfc3339(delivery.queued_at)},
                                     {"next_attempt", time(delivery.next_attempt)},
                                     {"finished", time(delivery.finished_at)},
                                     {"code", delivery.code ? json::value(*delivery.code) : json::value()},
                                     {"status", or_null_if_empty(delivery.status)},
                                     {"reply", or_null_if_empty(delivery.reply)}});
    return array;
}

json::array as_json(const std::vector<store::NoteInfo>& notes) {
    json::array array;
    for (const auto& note : notes)
        array.push_back(json::object{{"id", note.id.str()},
                                     {"author", as_json(note.author)},
                                     {"text", note.text},
                                     {"colour", or_null_if_empty(note.colour)},
                                     {"created", rfc3339(note.created)},
                                     {"updated", rfc3339(note.updated)}});
    return array;
}

json::array as_json(const std::vector<store::EventInfo>& events) {
    json::array array;
    for (const auto& event : events)
        array.push_back(
            json::object{{"at", rfc3339(event.at)},
                         {"kind", event.kind},
                         {"text", event.text},
                         {"delivery", event.delivery ? json::value(event.delivery->str()) : json::value()}});
    return array;
}

json::object as_json(const store::InteractionInfo& interaction) {
    return {{"id", interaction.id.str()},
            {"message_id", or_null(interaction.message_id)},
            {"direction", interaction.direction},
            {"kind", or_null(interaction.kind)},
            {"kind_reasons", texts_as_json(interaction.kind_reasons)},
            {"reason", interaction.reason},
            {"thread", interaction.thread.str()},
            {"received", rfc3339(interaction.received)},
            {"subject", interaction.subject},
            {"from", json::object{{"name", interaction.author_name}, {"address", interaction.author}}},
            {"marked", interaction.marked},
            {"imported", interaction.imported},
            {"verdict", interaction.verdict},
            {"agent", as_json(interaction.agent)},
            {"alias", or_null(interaction.alias)},
            {"deliveries", as_json(interaction.deliveries)},
            {"size", interaction.raw_size}};
}

}  // namespace

json::object as_json(const store::TicketInfo& ticket) {
    json::array interactions;
    for (const auto& interaction : ticket.interactions) interactions.push_back(as_json(interaction));
    json::object fields;
    for (const auto& [field, value] : ticket.fields) fields[field] = value;
    return {{"id", ticket.id.str()},
            {"short_id", ticket.short_id},
            {"workspace", ticket.workspace},
            {"subject", ticket.subject},
            {"status", ticket.status},
            {"assignee", as_json(ticket.assignee)},
            {"tags", texts_as_json(ticket.tags)},
            {"team", or_null(ticket.team)},
            {"priority", or_null(priority_of(ticket))},
            {"fields", std::move(fields)},
            {"person", as_json(ticket.person)},
            {"created_by", as_json(ticket.created_by)},
            {"opened_by", as_json(ticket.opened_by)},
            {"description", or_null_if_empty(ticket.description)},
            {"email_sender", ticket.email_sender},
            {"mailbox", ticket.mailbox},
            {"received", rfc3339(ticket.received)},
            {"updated", rfc3339(ticket.updated_at)},
            {"thread", ticket.interactions.empty() ? json::value()
                                                   : json::value(ticket.interactions.front().thread.str())},
            {"notes", as_json(ticket.notes)},
            {"events", as_json(ticket.events)},
            {"interactions", std::move(interactions)}};
}

namespace {

// A ticket with what its mails say.
struct FullTicket {
    store::TicketInfo info;
    std::vector<std::string> links;
    std::vector<mail::Message> messages;  // one for each interaction
};

boost::asio::awaitable<std::vector<FullTicket>> read_full(store::DeskStore desk, TicketShow options) {
    std::vector<FullTicket> tickets;
    for (auto& info : co_await desk.find(options.id, options.workspace)) {
        FullTicket ticket{std::move(info), {}, {}};
        ticket.links = co_await desk.links(ticket.info.workspace_id, ticket.info.id);
        for (const auto& interaction : ticket.info.interactions) {
            const auto raw = co_await desk.raw(ticket.info.workspace_id, interaction.id);
            ticket.messages.push_back(mail::read_message(raw.value_or("")));
        }
        tickets.push_back(std::move(ticket));
    }
    co_return tickets;
}

json::object as_json(const FullTicket& ticket) {
    json::object object = program::as_json(ticket.info);
    object["linked"] = texts_as_json(ticket.links);
    auto& interactions = object["interactions"].as_array();
    for (std::size_t i = 0; i < interactions.size(); ++i) {
        interactions[i].as_object()["text"] = ticket.messages[i].text;
        interactions[i].as_object()["attachments"] = attachments_as_json(ticket.messages[i]);
    }
    return object;
}

// Who wrote an outbound mail, and how far it came.
void print_sending(const store::InteractionInfo& interaction) {
    if (interaction.agent)
        std::cout << "    Written by " << shown(interaction.agent)
                  << (interaction.alias ? ", as " + one_line(*interaction.alias) : "") << '\n';
    for (const auto& delivery : interaction.deliveries) {
        std::string more;
        if (delivery.attempts > 0)
            more += fmt::format(", {} attempt{}", delivery.attempts, delivery.attempts == 1 ? "" : "s");
        if (delivery.finished_at)
            more += ", " + rfc3339(*delivery.finished_at);
        else if (delivery.attempts > 0 && delivery.next_attempt)
            more += ", next " + rfc3339(*delivery.next_attempt);
        if (!delivery.reply.empty()) more += ": " + one_line(delivery.reply);
        std::cout << fmt::format("    To {}: {}{}\n", one_line(delivery.recipient), delivery.state, more);
    }
}

void print(const FullTicket& ticket) {
    const auto& info = ticket.info;
    std::string links;
    for (const auto& link : ticket.links) links += (links.empty() ? "#" : ", #") + link;
    std::cout << fmt::format(
        "#{}  {}\n\n  Ticket ID     {}\n  Workspace     {}\n  Status        {}\n  Person        {}\n"
        "  Created by    {}\n  Received      {}\n  Mailbox       {}\n  Email sender  {}\n",
        info.short_id, shown_subject(info.subject), info.id.str(), info.workspace, info.status,
        shown(info.person), shown(info.opened_by ? info.opened_by : info.created_by), rfc3339(info.received),
        info.mailbox, info.email_sender);
    if (!info.description.empty()) std::cout << "  Description   " << one_line(info.description) << '\n';
    if (info.assignee) std::cout << "  Assignee      " << shown(info.assignee) << '\n';
    if (info.team) std::cout << "  Team          " << one_line(*info.team) << '\n';
    if (const auto priority = priority_of(info)) std::cout << "  Priority      " << *priority << '\n';
    for (const auto& [field, value] : info.fields)
        std::cout << "  Field         " << one_line(field + ": " + value) << '\n';
    if (!info.tags.empty()) std::cout << "  Tags          " << one_line(joined(info.tags)) << '\n';
    if (!links.empty()) std::cout << "  Linked with   " << links << '\n';
    for (std::size_t i = 0; i < info.interactions.size(); ++i) {
        const auto& interaction = info.interactions[i];
        const auto& message = ticket.messages[i];
        std::cout << fmt::format("\n--- {} of {}: {}, {}{}\n    {}\n", i + 1, info.interactions.size(),
                                 rfc3339(interaction.received),
                                 shown_sender(interaction.author_name, interaction.author),
                                 remarks(interaction), interaction.reason);
        print_sending(interaction);
        if (interaction.subject != info.subject)
            std::cout << "    Subject: " << one_line(interaction.subject) << '\n';
        std::cout << '\n';
        print_text_of(message);
    }
    for (const auto& note : info.notes)
        std::cout << fmt::format("\n--- Note {}: {}, {}{}\n\n{}{}", note.id.str(), rfc3339(note.created),
                                 shown(note.author), note.colour.empty() ? "" : " (" + note.colour + ")",
                                 printable(note.text), note.text.ends_with('\n') ? "" : "\n");
    if (!info.events.empty()) std::cout << "\n--- Events\n";
    for (const auto& event : info.events)
        std::cout << fmt::format("    {}  {}: {}\n", rfc3339(event.at), event.kind, one_line(event.text));
}

json::object as_json(const store::TicketLine& line) {
    return {{"id", line.id.str()},
            {"short_id", line.short_id},
            {"workspace", line.workspace},
            {"subject", line.subject},
            {"status", line.status},
            {"assignee", as_json(line.assignee)},
            {"tags", texts_as_json(line.tags)},
            {"person", as_json(line.person)},
            {"received", rfc3339(line.received)},
            {"updated", rfc3339(line.updated_at)},
            {"interactions", line.interactions}};
}

// The subject is the last: on a terminal it is what is cut.
std::string as_line(const store::TicketLine& line) {
    std::string more;
    if (line.assignee) more += one_line(" (" + line.assignee->name + ")");
    for (const auto& tag : line.tags) more += " [" + one_line(tag) + "]";
    return fmt::format("#{}  {:<8}  {}  {:>3} mail{}  {}{}  {}", line.short_id, line.status,
                       rfc3339(line.received), line.interactions, line.interactions == 1 ? " " : "s",
                       shown(line.person), more, shown_subject(line.subject));
}

}  // namespace

int run(const Config& config, const TicketList& options) {
    store::TicketFilter filter{options.workspace, std::nullopt, options.limit};
    if (options.status) {
        const auto status = tickets::parse_status(*options.status);
        if (!status) return refuse(*options.status + " is no status (Open, Pending, Overdue, Resolved)");
        filter.status = tickets::name(*status);
    }
    return with_desk(config, [&](DeskSession& session) {
        const auto list = session.run(store::DeskStore(session.pool()).list(filter));
        const auto columns = terminal_columns();
        json::array array;
        for (const auto& line : list) {
            if (options.json) {
                array.push_back(as_json(line));
                continue;
            }
            const std::string text = as_line(line);
            std::cout << (columns ? cut(text, *columns) : text) << '\n';
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const TicketShow& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto found = session.run(read_full(store::DeskStore(session.pool()), options));
        if (found.empty()) return refuse("there is no ticket " + options.id);
        if (found.size() > 1)
            return refuse("several workspaces have a ticket " + options.id + "; say which with --workspace");
        if (options.json)
            std::cout << json::serialize(as_json(found.front())) << '\n';
        else
            print(found.front());
        return 0;
    });
}

int run(const Config& config, const ExportTickets& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto print_line = [](const store::TicketInfo& ticket) {
            std::cout << json::serialize(as_json(ticket)) << '\n';
        };
        const auto all =
            [](store::DeskStore desk, std::optional<std::string> workspace,
               std::function<void(const store::TicketInfo&)> visit) -> boost::asio::awaitable<int> {
            co_await desk.each_ticket(std::move(workspace), std::move(visit));
            co_return 0;
        };
        return session.run(all(store::DeskStore(session.pool()), options.workspace, print_line));
    });
}

}  // namespace program
