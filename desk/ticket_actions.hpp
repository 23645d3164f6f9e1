// What an agent does with tickets: each function is one action, all of it or nothing.
//
// What can't be done is a Refusal in words for the agent; a database that fails throws store::Error.
// Every action marks its tickets as acted on, so that mail no longer merges them by itself.
#pragma once

#include "desk/acting.hpp"
#include "mail/mailbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace desk {

inline constexpr std::size_t longest_note = 64 * 1024;

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
    // the author of the first; its participants are those of the mails that were participants before, and
    // whom mails name that are not marked.
    asio::awaitable<Outcome<Done>> split(TicketRef ticket, std::vector<std::string> interactions);

    // For agents alone; kept beside the mails. A colour is a name or #rrggbb; the text of a change may be
    // none.
    asio::awaitable<Outcome<Done>> note(TicketRef ticket, std::string agent, std::string text,
                                        std::string colour);
    asio::awaitable<Outcome<Done>> edit_note(std::string note, std::optional<std::string> text,
                                             std::optional<std::string> colour);
    asio::awaitable<Outcome<Done>> delete_note(std::string note);

    // To another agent, another team or both; a note goes with it where there is something to say.
    asio::awaitable<Outcome<Done>> transfer(TicketRef ticket, std::string by,
                                            std::optional<std::string> agent, std::optional<std::string> team,
                                            std::string note);

    asio::awaitable<Outcome<Done>> describe(TicketRef ticket, std::string description);

    // Where the ticket's next mail comes from: an email sender or a mailbox of its workspace.
    asio::awaitable<Outcome<Done>> set_sender(TicketRef ticket, mail::Mailbox sender);

    // The signed addresses that its mails and notices have had so far take no more answers.
    asio::awaitable<Outcome<Done>> revoke(TicketRef ticket);

  private:
    asio::awaitable<Outcome<store::TicketKey>> find_note(std::string note);

    store::Pool& pool_;
};

}  // namespace desk
