#include "desk/ticket_actions.hpp"

#include "mail/text.hpp"
#include "store/agent_mails.hpp"
#include "store/reply_addresses.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace desk {
namespace {

using store::Refusal;
using tickets::Uuid;

constexpr std::size_t max_participants = 500;  // as the writers bound them
constexpr std::size_t longest_tag = 64;

bool is_tag(const std::string& tag) {
    return !tag.empty() && tag.size() <= longest_tag && store::mended(tag) == tag && tag.front() != '+' &&
           tag.front() != '-' &&
           std::ranges::none_of(tag, [](char c) { return mail::is_control(c) || c == ','; });
}

// The author of the first mail that came, else whom the desk wrote to first.
std::string person_of(const std::vector<store::TicketMail>& mails) {
    for (const auto& mail : mails)
        if (!mail.outbound) return mail.author;
    const auto& first = mails.front().correspondents;
    return first.empty() ? std::string() : first.front();
}

std::vector<std::string> participants_of(const std::vector<store::TicketMail>& mails,
                                         const std::vector<std::string>& before) {
    std::vector<std::string> participants;
    const auto add = [&](const std::string& address) {
        if (!address.empty() && participants.size() < max_participants &&
            !std::ranges::count(participants, address))
            participants.push_back(address);
    };
    for (const auto& mail : mails) {
        // Whoever was a newcomer to the old ticket still is one, save the new one's own person; and so is
        // whom a marked mail names, which anybody may have written.
        const auto was_one = [&](const std::string& address) {
            return std::ranges::count(before, address) > 0;
        };
        if (!mail.outbound && &mail != &mails.front() && !was_one(mail.author)) continue;
        if (!mail.outbound) add(mail.author);
        for (const auto& address : mail.correspondents)
            if (!mail.marked || was_one(address)) add(address);
    }
    return participants;
}

}  // namespace

asio::awaitable<Outcome<Done>> TicketActions::set_status(TicketRef ticket, std::string text) {
    const auto status = tickets::parse_status(text);
    if (!status) co_return Refusal{text + " is no status (Open, Pending, Overdue, Resolved)"};
    const auto work = [name = tickets::name(*status)](store::DeskAction& action,
                                                      const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const Uuid& id = keys[0].ticket;
        action.set_status(id, name);
        co_return Done{fmt::format("#{} is {}", action.ticket(id).short_id, name), keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::assign(TicketRef ticket, std::string agent) {
    std::optional<store::AgentInfo> chosen;
    if (agent != "none") {
        const auto found = co_await find_agent(pool_, agent);
        if (!found) co_return found.error();
        chosen = *found;
    }
    const auto work = [&chosen](store::DeskAction& action,
                                const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const Uuid& id = keys[0].ticket;
        if (chosen) action.write({store::tell_assignee(keys[0].workspace, id, chosen->id)});
        action.assign(id, chosen ? std::optional(chosen->id) : std::nullopt);
        co_return Done{chosen ? fmt::format("#{} is assigned to {} <{}>", action.ticket(id).short_id,
                                            chosen->name, chosen->address)
                              : fmt::format("#{} is assigned to nobody", action.ticket(id).short_id),
                       keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::tag(TicketRef ticket, std::vector<std::string> add,
                                                  std::vector<std::string> remove) {
    for (const auto& tag : add) {
        if (!is_tag(tag))
            co_return Refusal{"'" + store::mended(tag) +
                              "' is no tag: 1 to 64 bytes without commas and control characters, that begin "
                              "with neither + nor -"};
        if (std::ranges::count(remove, tag)) co_return Refusal{tag + " can't be both added and removed"};
    }
    for (auto& tag : remove) tag = store::mended(tag);
    const auto work = [&add, &remove](store::DeskAction& action,
                                      const auto& keys) -> asio::awaitable<Outcome<Done>> {
        action.tag(keys[0].ticket, add, remove);
        co_return Done{fmt::format("#{} is tagged", action.ticket(keys[0].ticket).short_id), keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::move(TicketRef ticket, mail::Mailbox mailbox) {
    const auto settings = co_await store::SettingsStore(pool_).snapshot();
    const auto found = settings.addresses.find(mailbox.key());
    if (found == settings.addresses.end()) co_return Refusal{"there is no mailbox " + mailbox.str()};
    const store::MailboxInfo& to = settings.mailboxes.at(found->second);
    const auto work = [&to](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        if (keys[0].workspace != to.id.workspace)
            co_return Refusal{fmt::format("{} is a mailbox of workspace {}, the ticket is of another",
                                          to.address, to.workspace_name)};
        action.move(keys[0].ticket, to.id.mailbox, to.address);
        co_return Done{fmt::format("#{} is in {}", action.ticket(keys[0].ticket).short_id, to.address),
                       keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::merge(TicketRef from, TicketRef into) {
    const auto work = [](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const store::DeskTicket &part = action.ticket(keys[0].ticket), &whole = action.ticket(keys[1].ticket);
        action.merge(keys[0].ticket, keys[1].ticket);
        const auto resolved = tickets::name(tickets::Status::resolved);
        if (whole.status == resolved && part.status != resolved)
            action.set_status(keys[1].ticket, part.status);
        co_return Done{fmt::format("#{} is part of #{}", part.short_id, whole.short_id), keys[1]};
    };
    co_return co_await act<Done>(pool_, {from, into}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::split(TicketRef ticket, std::vector<std::string> interactions) {
    std::set<Uuid> wanted;
    for (const auto& text : interactions) {
        const auto id = Uuid::parse(text);
        if (!id) co_return Refusal{text + " is no id of an interaction (ticket show --json tells them)"};
        wanted.insert(*id);
    }
    const auto work = [&wanted](store::DeskAction& action,
                                const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const Uuid& from = keys[0].ticket;
        const std::string& short_id = action.ticket(from).short_id;
        std::vector<store::TicketMail> taken;
        const auto all = co_await action.mails(from);
        for (const auto& mail : all)
            if (wanted.contains(mail.id)) taken.push_back(mail);
        for (const Uuid& id : wanted)
            if (!std::ranges::count(taken, id, &store::TicketMail::id))
                co_return Refusal{fmt::format("{} is no interaction of #{}", id.str(), short_id)};
        if (taken.size() == all.size())
            co_return Refusal{fmt::format("#{} would be left without mail", short_id)};
        store::SplitTicket split{.from = from,
                                 .id = Uuid::make(std::chrono::system_clock::now()),
                                 .subject = taken.front().subject,
                                 .person = person_of(taken),
                                 .received = taken.front().received,
                                 .participants = participants_of(taken, action.ticket(from).participants),
                                 .mails = {wanted.begin(), wanted.end()}};
        action.split(split);
        co_return Done{fmt::format("#{} was split from #{}", tickets::short_id(split.id), short_id),
                       {keys[0].workspace, split.id}};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

asio::awaitable<Outcome<Done>> TicketActions::revoke(TicketRef ticket) {
    const auto work = [](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Done>> {
        const Uuid& id = keys[0].ticket;
        const auto count = co_await store::revoke_reply_addresses(action, id);
        const auto words = fmt::format("{} reply address{} revoked", count, count == 1 ? " is" : "es are");
        if (count > 0) action.tell(id, "revoked", words, std::chrono::system_clock::now());
        co_return Done{fmt::format("#{}: {}", action.ticket(id).short_id, words), keys[0]};
    };
    co_return co_await act<Done>(pool_, {ticket}, work);
}

}  // namespace desk
