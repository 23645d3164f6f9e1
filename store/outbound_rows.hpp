// A mail that an agent wrote, as rows: the interaction with its raw bytes and ids, a delivery for each
// recipient, the address that its answers come to, and what it uses. For a desk's action (desk_actions.hpp),
// which holds the ticket's lock and commits.
#pragma once

#include "mail/mailbox.hpp"
#include "store/connection.hpp"
#include "threading/facts.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store {

struct NewOutbound {
    std::int64_t workspace = 0;
    tickets::Uuid id, ticket;
    std::string message_id;
    std::string subject;
    mail::Mailbox author;  // the email sender
    std::string author_name;
    std::vector<std::string> correspondents;  // address keys
    tickets::Uuid thread;
    std::string reason;  // "reply" or "opened"
    std::int64_t mailbox = 0;
    Timestamp at;
    std::string raw;
    // As intake reads them of a mail that comes, no id twice; and the ticket's own id, by which it is known
    // too.
    std::vector<std::pair<threading::IdKey, threading::Role>> refs;
    threading::IdKey ticket_id;
    std::optional<std::int64_t> agent, alias;
    std::vector<mail::Mailbox> recipients;
    tickets::Uuid reply_address;
};

// A ticket that an agent opens by writing to somebody, known or new.
struct OpenedTicket {
    std::int64_t workspace = 0;
    tickets::Uuid id;
    std::string subject, status;
    std::string person, person_name;  // an address key; a name for where they are new
    std::int64_t mailbox = 0;
    std::string email_sender;
    std::vector<std::string> participants;
    std::optional<std::int64_t> assignee, team;
    std::int64_t opened_by = 0;
    Timestamp at;
};
[[nodiscard]] std::vector<Query> opened_ticket(const OpenedTicket& ticket);

// In the order in which the writers take locks (docs/threading.md): the caller writes what concerns its
// ticket before.
void add_outbound(const NewOutbound& mail, std::vector<Query>& queries);

}  // namespace store
