// Mail that an agent writes: an answer in a ticket, or a ticket that is opened outward. docs/replies.md
//
// One transaction writes the interaction with its raw bytes, a delivery for each recipient, what it uses, and
// what it changes of the ticket; the queue is told when it commits. What can't be done is a Refusal in words
// for the agent; a database that fails throws store::Error. Nothing is sent here.
#pragma once

#include "desk/acting.hpp"
#include "desk/recipients.hpp"
#include "desk/writing.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace desk {

inline constexpr std::size_t max_mail_bytes = 35 * 1024 * 1024;  // composed; few servers take more

// Further changes of the transaction that writes a mail; what it refuses is not written.
using Along =
    std::function<asio::awaitable<std::optional<store::Refusal>>(store::DeskAction&, store::TicketKey)>;

// What every mail of an agent's has.
struct AgentsMail {
    std::string agent;                         // who writes: name or address
    std::optional<std::string> alias;          // none: see choose_alias()
    std::optional<std::string> template_name;  // in place of words
    Words words;
    std::vector<File> files;
    std::vector<std::string> cc;
    bool anyway = false;   // also to addresses that mail came back from
    bool dry_run = false;  // nothing is written
    Along along = {};
};

struct ReplyRequest : AgentsMail {
    TicketRef ticket;
    std::optional<mail::Mailbox> sender;  // none: the ticket's
    std::vector<std::string> to;          // in place of those by default
    bool quote = false;
    std::string status = "Pending";  // the ticket's afterwards
    bool take = false;               // becomes the agent's; a ticket that is nobody's does anyway
    // The mail that is answered; none: the newest of a person who speaks here.
    std::optional<tickets::Uuid> answers;
    // Who writes sees neither in time who wrote since, nor a warning: without `answers` it goes where our
    // newest mail went, and nothing goes where a mail diverts it.
    bool unwatched = false;
};

struct OpenRequest : AgentsMail {
    std::string workspace;
    std::optional<std::string> subject;   // none: the template's
    std::optional<mail::Mailbox> sender;  // none: the workspace's only one
    std::string person;                   // an address; with a name where it is a new person's
    std::optional<std::string> assignee, team;
    std::string status = "Pending";
};

struct Sent {
    std::string text;  // what was done, in words for the agent
    store::TicketKey ticket;
    tickets::Uuid interaction;
    std::vector<std::string> recipients;  // as RCPT says them
    std::vector<std::string> warnings;
    std::string mail;  // the composed mail
};

class Replies {
  public:
    explicit Replies(store::Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<Sent>> reply(ReplyRequest request);
    asio::awaitable<Outcome<Sent>> open(OpenRequest request);

  private:
    store::Pool& pool_;
};

}  // namespace desk
