// What the desk looks at: tickets and their interactions, as they are stored.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct PersonInfo {
    std::string name, address;
};

struct TicketLine {
    tickets::Uuid id;
    std::string short_id, workspace, subject, status;
    std::optional<PersonInfo> person;
    Timestamp received, updated_at;
    std::int64_t interactions = 0;
    std::optional<PersonInfo> assignee;  // an agent
    std::vector<std::string> tags;
};

// What became of an outbound mail at one of its recipients.
struct TicketDelivery {
    tickets::Uuid id;
    std::string recipient, state;
    std::int64_t attempts = 0;
    Timestamp queued_at;
    std::optional<Timestamp> next_attempt;  // none: not by itself
    std::optional<Timestamp> finished_at;
    std::optional<std::int64_t> code;
    std::string status, reply;  // the last that a server or a bounce said
};

struct NoteInfo {
    tickets::Uuid id;
    std::optional<PersonInfo> author;  // an agent
    std::string text, colour;
    Timestamp created, updated;
};

struct EventInfo {
    Timestamp at;
    std::string kind, text;
    std::optional<tickets::Uuid> delivery;
};

struct InteractionInfo {
    tickets::Uuid id;
    std::optional<std::string> message_id;
    std::string direction, reason;
    tickets::Uuid thread;
    Timestamp received;
    std::string author, author_name;
    bool marked = false;
    std::string verdict, proof, subject;
    std::int64_t raw_size = 0;
    bool imported = false;
    std::optional<std::string> kind;  // none: stored before kinds were read
    std::vector<std::string> kind_reasons;
    std::optional<PersonInfo> agent;  // who wrote it at the desk
    std::optional<std::string> alias;
    std::vector<TicketDelivery> deliveries;
};

struct TicketInfo {
    std::int64_t workspace_id = 0;
    tickets::Uuid id;
    std::string short_id, workspace, subject, status;
    std::optional<PersonInfo> person, created_by;
    Timestamp received, updated_at;
    std::string email_sender, mailbox;
    std::optional<PersonInfo> assignee;  // an agent
    std::vector<std::string> tags;
    std::optional<std::int64_t> priority;  // tickets::Priority
    std::optional<std::string> team;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string description;
    std::optional<PersonInfo> opened_by;  // the agent who opened it outward
    std::vector<InteractionInfo> interactions;
    std::vector<NoteInfo> notes;
    std::vector<EventInfo> events;
};

struct TicketFilter {
    std::optional<std::string> workspace, status;
    std::int64_t limit = 50;
};

struct UsageLine {
    std::string workspace, month;  // YYYY-MM
    std::int64_t interactions = 0;
};

struct TicketKey {
    std::int64_t workspace = 0;
    tickets::Uuid ticket;
};

// By id or short id, which may have its `#`; a merged ticket's leads to what it is part of. Several when a
// short id exists in more than one workspace and none was named.
asio::awaitable<std::vector<TicketKey>> find_tickets(Pool& pool, std::string id,
                                                     std::optional<std::string> workspace);

class DeskStore {
  public:
    explicit DeskStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<std::vector<TicketLine>> list(TicketFilter filter);

    // As find_tickets().
    asio::awaitable<std::vector<TicketInfo>> find(std::string id, std::optional<std::string> workspace);

    // Every ticket, in the order of their keys, each with its interactions; read in pages.
    asio::awaitable<void> each_ticket(std::optional<std::string> workspace,
                                      std::function<void(const TicketInfo&)> visit);

    asio::awaitable<std::vector<std::string>> links(std::int64_t workspace, tickets::Uuid ticket);

    // The mail as it was received, decompressed; none when there is no such interaction.
    asio::awaitable<std::optional<std::string>> raw(std::int64_t workspace, tickets::Uuid interaction);

    asio::awaitable<std::vector<UsageLine>> usage(std::optional<std::string> workspace);

  private:
    asio::awaitable<std::vector<TicketInfo>> read(const std::vector<TicketKey>& keys);
    asio::awaitable<std::vector<TicketInfo>> with_course(std::vector<TicketInfo> tickets);

    Pool& pool_;
};

}  // namespace store
