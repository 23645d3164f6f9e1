// What is to be done for agents who work from their own mail program, as rows: docs/agents-by-mail.md
//
// A row is written in the transaction that asks for it, and goes in the transaction that does it, so that
// what it says is done once, whatever ends in between. The functions that give a Query stand in a
// transaction of the caller's; all others throw Error.
#pragma once

#include "store/desk_actions.hpp"
#include "store/pool.hpp"
#include "tickets/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

// A mail that joined a ticket, and concerns an agent.
struct MailForAgent {
    std::int64_t workspace = 0;
    tickets::Uuid ticket, interaction;
    std::int64_t agent = 0;  // 0: whoever the ticket is assigned to, if they want to hear of it
};

// They are told of it.
[[nodiscard]] Query tell_assignees(const std::vector<MailForAgent>& mails);
// The agent wrote it, and what it says is to be done.
[[nodiscard]] Query obey_agents(const std::vector<MailForAgent>& mails);
// Before the ticket is given to the agent, who is told if they want to hear of it.
[[nodiscard]] Query tell_assignee(std::int64_t workspace, const tickets::Uuid& ticket, std::int64_t agent);

struct AgentTask {
    std::int64_t workspace = 0;
    tickets::Uuid id;
    bool said = false;     // do what the mail says; else tell them of it
    tickets::Uuid ticket;  // merges followed
    AgentInfo agent;
    bool is_there = true;                      // the agent has not been removed
    std::optional<tickets::Uuid> interaction;  // the mail
    Timestamp since;
};

// What an agent is told of.
struct NoticeFacts {
    std::string short_id, subject;
    std::int64_t mailbox = 0;
    std::string mailbox_address, mailbox_name;
    std::string author, author_name;  // of the mail; empty: there is none
    bool verified = false;
    std::int64_t raw_size = 0;
    std::optional<tickets::Uuid> answers = {};  // of what an agent wrote: what their notice was about
};

struct NewNotice {
    tickets::Uuid reply_address;
    std::int64_t mailbox = 0;
    std::optional<tickets::Uuid> answers = {};  // the mail that what is said to it answers
    std::string message;
    std::string event;  // what the ticket shows of it; empty: nothing
};

class AgentMails {
  public:
    explicit AgentMails(Pool& pool) : pool_(pool) {}

    // What is due, the oldest first; nobody else does it for two minutes.
    asio::awaitable<std::vector<AgentTask>> claim(std::int64_t most);
    asio::awaitable<std::optional<NoticeFacts>> facts(AgentTask task);
    // Queues the mail in place of the task. False: somebody else has done it.
    asio::awaitable<bool> send(AgentTask task, NewNotice notice);
    asio::awaitable<void> drop(AgentTask task);
    // In a desk's action, which does it: false where somebody else has.
    static asio::awaitable<bool> take(DeskAction& action, tickets::Uuid task);

    // Whether the agent is told by mail of what is theirs. False: there is none.
    asio::awaitable<bool> set_notifies(std::string address, bool notifies);

  private:
    Pool& pool_;
};

}  // namespace store
