// Notes, transfers and the details of a ticket that agents keep.
#include "desk/ticket_actions.hpp"
#include "mail/text.hpp"
#include "store/agent_mails.hpp"
#include "store/conversation.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace desk {
namespace {

using store::Params;
using store::Refusal;
using tickets::Uuid;

constexpr std::size_t longest_description = 4000;

std::string unreadable(std::size_t longest) {
    return fmt::format("it has 1 to {} bytes of UTF-8", longest);
}

bool is_text(const std::string& text, std::size_t longest) {
    return !mail::trim(text).empty() && text.size() <= longest && store::mended(text) == text;
}

bool is_colour(const std::string& colour) {
    if (colour.starts_with('#'))
        return colour.size() == 7 &&
               std::ranges::all_of(colour.substr(1), [](char c) { return mail::hex_digit(c) >= 0; });
    return colour.size() <= 20 && std::ranges::all_of(colour, [](char c) { return mail::is_alpha(c); });
}

}  // namespace

asio::awaitable<Outcome<Done>> TicketActions::note(TicketRef ticket, std::string agent, std::string text,
                                                   std::string colour) {
    if (!is_text(text, longest_note)) co_return Refusal{"that is no note: " + unreadable(longest_note)};
    if (!is_colour(colour)) co_return Refusal{"a colour is a name or #rrggbb"};
    const auto author = co_await find_agent(pool_, agent);
    if (!author) co_return author.error();
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const auto now = std::chrono::system_clock::now();
        const Uuid id = Uuid::make(now);
        action.note(keys[0].ticket, {id, author->id, text, colour, now});
        co_return Done{fmt::format("#{} has note {}", action.ticket(keys[0].ticket).short_id, id.str()),
                       keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<store::TicketKey>> TicketActions::find_note(std::string note) {
    const auto id = Uuid::parse(note);
    if (id) {
        const auto found =
            co_await pool_.run(store::single(store::sql::find_note, std::move(Params().uuid(*id))));
        if (found[0].size() > 0) co_return store::TicketKey{found[0][0].integer(0), found[0][0].uuid(1)};
    }
    co_return Refusal{"there is no note " + store::mended(note)};
}

asio::awaitable<Outcome<Done>> TicketActions::edit_note(std::string note, std::optional<std::string> text,
                                                        std::optional<std::string> colour) {
    if (text && !is_text(*text, longest_note))
        co_return Refusal{"that is no note: " + unreadable(longest_note)};
    if (colour && !is_colour(*colour)) co_return Refusal{"a colour is a name or #rrggbb"};
    const auto found = co_await find_note(note);
    if (!found) co_return found.error();
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const auto changed = co_await action.ask(store::sql::change_note,
                                                 std::move(Params()
                                                               .integer(found->workspace)
                                                               .uuid(keys[0].ticket)
                                                               .uuid(*Uuid::parse(note))
                                                               .maybe_text(text)
                                                               .maybe_text(colour)
                                                               .time(std::chrono::system_clock::now())));
        if (changed.affected() == 0) co_return Refusal{"there is no note " + note};
        co_return Done{"note " + note + " is changed", keys[0]};
    };
    co_return co_await act<Done>(pool_, {{found->ticket.str(), std::nullopt}}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::delete_note(std::string note) {
    const auto found = co_await find_note(note);
    if (!found) co_return found.error();
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const auto removed = co_await action.ask(
            store::sql::delete_note,
            std::move(Params().integer(found->workspace).uuid(keys[0].ticket).uuid(*Uuid::parse(note))));
        if (removed.affected() == 0) co_return Refusal{"there is no note " + note};
        co_return Done{"note " + note + " is removed", keys[0]};
    };
    co_return co_await act<Done>(pool_, {{found->ticket.str(), std::nullopt}}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::transfer(TicketRef ticket, std::string by,
                                                       std::optional<std::string> agent,
                                                       std::optional<std::string> team, std::string note) {
    if (!agent && !team) co_return Refusal{"to whom? Give an agent, a team or both"};
    if (!note.empty() && !is_text(note, longest_note))
        co_return Refusal{"that is no note: " + unreadable(longest_note)};
    const auto author = co_await find_agent(pool_, by);
    if (!author) co_return author.error();
    std::optional<store::AgentInfo> to;
    if (agent) {
        const auto found = co_await find_agent(pool_, *agent);
        if (!found) co_return found.error();
        to = *found;
    }
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const store::TicketKey key = keys[0];
        const auto now = std::chrono::system_clock::now();
        if (team) {
            const auto known = co_await store::find_team(action, *team);
            if (!known) co_return Refusal{"there is no team " + store::mended(*team)};
            action.write(
                store::single(store::sql::give_to_team,
                              std::move(Params().integer(key.workspace).uuid(key.ticket).integer(*known))));
        }
        // A team's ticket is whoever of them takes it: the old assignee has given it away.
        if (to && to->id != author->id)
            action.write({store::tell_assignee(key.workspace, key.ticket, to->id)});
        action.assign(key.ticket, to ? std::optional(to->id) : std::nullopt);
        const std::string whom = to && team ? to->name + " of " + *team : to ? to->name : "team " + *team;
        action.tell(key.ticket, "transferred", author->name + " gave it to " + whom, now);
        if (!note.empty()) action.note(key.ticket, {Uuid::make(now), author->id, note, "", now});
        co_return Done{fmt::format("#{} is with {}", action.ticket(key.ticket).short_id, whom), key};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::describe(TicketRef ticket, std::string description) {
    if (!description.empty() && !is_text(description, longest_description))
        co_return Refusal{"that is no description: " + unreadable(longest_description)};
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        action.write(store::single(
            store::sql::describe_ticket,
            std::move(Params().integer(keys[0].workspace).uuid(keys[0].ticket).text(description))));
        co_return Done{fmt::format("#{} is described", action.ticket(keys[0].ticket).short_id), keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::set_sender(TicketRef ticket, mail::Mailbox sender) {
    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const auto known = co_await store::find_sender(action, sender.key());
        if (!known)
            co_return Refusal{sender.str() +
                              " is no email sender of the ticket's workspace (ticketgate sender list)"};
        action.write(store::single(
            store::sql::set_ticket_sender,
            std::move(Params().integer(keys[0].workspace).uuid(keys[0].ticket).text(known->address))));
        co_return Done{
            fmt::format("#{} writes from {}", action.ticket(keys[0].ticket).short_id, known->address),
            keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

}  // namespace desk
