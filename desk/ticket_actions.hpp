// What an agent does with tickets: each function is one action, all of it or nothing.
//
// What can't be done is a Refusal in words for the agent; a database that fails throws store::Error.
// Every action marks its tickets as acted on, so that mail no longer merges them by itself.
#pragma once

#include "mail/mailbox.hpp"
#include "store/desk_actions.hpp"
#include "store/desk_store.hpp"
#include "store/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace desk {

namespace asio = boost::asio;
using store::Outcome;

// As an agent names a ticket: id or short id, with or without #.
struct TicketRef {
    std::string id;
    std::optional<std::string> workspace;  // needed only where several have that short id
};

// What was done, in words for the agent, and the ticket that it left: the new one, or the one that is left of
// two.
struct Done {
    std::string text;
    store::TicketKey ticket;
};

class TicketActions {
  public:
    explicit TicketActions(store::Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<Done>> set_status(TicketRef ticket, std::string status);

    // An agent's name or address; `none` takes it from whoever has it.
    asio::awaitable<Outcome<Done>> assign(TicketRef ticket, std::string agent);

    asio::awaitable<Outcome<Done>> tag(TicketRef ticket, std::vector<std::string> add,
                                       std::vector<std::string> remove);

    // To another mailbox of its workspace; what is answered comes from there.
    asio::awaitable<Outcome<Done>> move(TicketRef ticket, mail::Mailbox mailbox);

    // The first becomes part of the second: its mails, participants and tags go there, its short id leads
    // there. A resolved ticket that takes one that is not becomes what that one was.
    asio::awaitable<Outcome<Done>> merge(TicketRef from, TicketRef into);

    // Mails of a ticket, but not all, become a ticket of their own, linked with the old one. Its person is
    // the author of the first; its participants are those of the mails that were participants before.
    asio::awaitable<Outcome<Done>> split(TicketRef ticket, std::vector<std::string> interactions);

  private:
    using Work = std::function<asio::awaitable<Outcome<Done>>(store::DeskAction&,
                                                              const std::vector<store::TicketKey>&)>;
    asio::awaitable<Outcome<store::TicketKey>> find(TicketRef ticket);
    asio::awaitable<Outcome<Done>> act(std::vector<TicketRef> tickets, Work work);

    store::Pool& pool_;
};

}  // namespace desk
