// What the desk changes by hand, as rows: one DeskAction is one transaction over locked tickets, whose
// verbs are collected and written by commit(). Dropped without commit(), it changes nothing.
//
// begin() throws Error (serialization) when a ticket was merged or removed meanwhile: look it up and begin
// again. Locks are taken in the writers' order, so neither waits for the other in a circle.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store {

struct DeskTicket {
    std::string short_id, status;
    std::vector<std::string> participants;
};

struct TicketMail {
    tickets::Uuid id;
    std::string author;
    std::vector<std::string> correspondents;
    std::string subject;
    Timestamp received;
    bool outbound = false;
    bool marked = false;  // nobody vouches for its author, or they are new
};

struct SplitTicket {
    tickets::Uuid from, id;
    std::string subject, person;  // address key; empty when the mail named nobody
    Timestamp received;
    std::vector<std::string> participants;
    std::vector<tickets::Uuid> mails;
};

struct NewNote {
    tickets::Uuid id;
    std::int64_t agent = 0;
    std::string text, colour;
    Timestamp at;
};

struct AgentInfo {
    std::int64_t id = 0;
    std::string name, address;
    bool notifies = false;  // is told by mail of what is theirs
};

class DeskAction {
  public:
    static asio::awaitable<DeskAction> begin(Pool& pool, std::int64_t workspace,
                                             std::vector<tickets::Uuid> tickets);

    [[nodiscard]] const DeskTicket& ticket(const tickets::Uuid& id) const { return tickets_.at(id); }
    asio::awaitable<std::vector<TicketMail>> mails(tickets::Uuid ticket);

    void set_status(const tickets::Uuid& ticket, std::string_view status);
    void assign(const tickets::Uuid& ticket, std::optional<std::int64_t> agent);
    void tag(const tickets::Uuid& ticket, const std::vector<std::string>& add,
             const std::vector<std::string>& remove);
    void move(const tickets::Uuid& ticket, std::int64_t mailbox, const std::string& email_sender);
    void merge(const tickets::Uuid& from, const tickets::Uuid& into);
    void split(const SplitTicket& split);
    void note(const tickets::Uuid& ticket, const NewNote& note);
    // What agents should see in its course.
    void tell(const tickets::Uuid& ticket, std::string_view kind, std::string_view text, Timestamp now);

    // Anything else that belongs to the transaction: read under the locks, or to be written.
    asio::awaitable<Result> ask(const Statement& statement, Params params);
    void write(std::vector<Query> queries);
    [[nodiscard]] std::int64_t workspace() const { return workspace_; }
    // A ticket that the action made counts as acted on, too.
    void touch(const tickets::Uuid& ticket) { touched_.push_back(ticket); }

    // Writes, with what every action leaves on its tickets: that the desk has acted, and when.
    asio::awaitable<void> commit(Timestamp now);

  private:
    DeskAction(Pool& pool, Pool::Lease lease, std::int64_t workspace);
    Params& add(const Statement& statement, const tickets::Uuid& ticket);

    Pool& pool_;
    Pool::Lease lease_;
    std::int64_t workspace_;
    std::map<tickets::Uuid, DeskTicket> tickets_;
    std::vector<Query> queries_;
    std::vector<tickets::Uuid> touched_;
};

class AgentStore {
  public:
    explicit AgentStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<bool> add(std::string name, std::string address);  // false: is one already
    asio::awaitable<bool> remove(std::string address);                 // false: is none
    asio::awaitable<std::vector<AgentInfo>> list();
    asio::awaitable<std::vector<AgentInfo>> find(std::string name_or_address);

  private:
    Pool& pool_;
};

}  // namespace store
