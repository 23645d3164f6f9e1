// One batch of accepted mails, from "what is known about their ids" to COMMIT.
//
// A batch is one transaction over one connection: begin() takes the locks and reads the facts, the
// caller decides (intake/plan.hpp), commit() writes and commits. Errors throw store::Error; the caller
// then calls rollback() or drops the connection. docs/threading.md says which locks and why.
#pragma once

#include "policy/decision.hpp"
#include "store/agent_mails.hpp"
#include "store/connection.hpp"
#include "store/returned.hpp"
#include "threading/facts.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace store {

using tickets::Uuid;
using WorkspaceId = std::int64_t;

// Most ids whose locks one batch may hold: two daemons with two writers each stay far below what
// PostgreSQL's lock table takes by default (64 * 100).
inline constexpr std::size_t max_ids_per_batch = 1024;

// The bucket of an id's advisory lock.
[[nodiscard]] std::int64_t id_bucket(WorkspaceId workspace, const Uuid& id);

[[nodiscard]] auth::Verdict parse_verdict(std::string_view text);  // what is none of them is `none`

// What needs no header to be seen: a sender's or a loop's mail beyond these. 0: no limit.
struct Limits {
    std::int64_t tickets_per_hour = 0;     // that one sender's mail opens in one mailbox; then it is held
    std::int64_t reopenings_per_hour = 0;  // of one ticket by mail; then it joins, and stays resolved
    std::int64_t answers_per_day = 0;      // to one address, of the whole installation
    std::chrono::seconds answer_window = std::chrono::hours(24);  // one acknowledgement for each mailbox
};

struct PersonKey {
    std::string address;  // key form
    std::string name;
};

struct BatchKeys {
    std::map<WorkspaceId, std::vector<threading::IdKey>> ids;
    std::map<WorkspaceId, std::vector<PersonKey>> persons;
    std::map<WorkspaceId, std::vector<std::string>> short_ids;
    // Address keys and mailboxes, where one may open tickets.
    std::map<WorkspaceId, std::set<std::pair<std::string, std::int64_t>>> openers;
    std::int64_t tickets_per_hour = 0;  // no more are counted
    // What addresses that we signed name: rows of reply_addresses, and deliveries by their return path.
    std::map<WorkspaceId, std::set<Uuid>> reply_addresses = {}, deliveries = {};
};

struct WorkspaceFacts {
    threading::Facts facts;
    threading::ThreadSets threads;
    std::map<std::string, Uuid> persons;  // by address key: those of BatchKeys, all of them
    // Tickets of the last hour. What others are committing is not in it.
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> opened;
    // Those of BatchKeys that are there, and the ticket of each delivery that has one.
    std::map<Uuid, AnsweredTicket> reply_addresses;
    std::map<Uuid, Uuid> deliveries;
};
using BatchFacts = std::map<WorkspaceId, WorkspaceFacts>;

struct NewTicket {
    WorkspaceId workspace;
    Uuid id;
    std::string subject;
    std::optional<Uuid> person;
    std::int64_t mailbox;
    std::string email_sender;
    Timestamp received;
    std::vector<std::string> participants;
};

struct NewInteraction {
    WorkspaceId workspace;
    Uuid id;
    std::optional<Uuid> ticket;
    Uuid intake;
    std::optional<std::string> message_id;
    std::string subject, author, author_name;
    std::vector<std::string> correspondents;
    std::string body_digest;
    Uuid thread;
    std::string proof, reason;
    bool marked = false;
    bool imported = false;  // old mail: not counted as usage
    std::string verdict;
    std::string reverse_path, client_address, helo;
    std::optional<std::string> tls;
    std::vector<std::int64_t> mailboxes;
    Timestamp received;
    std::string trace;
    std::int64_t raw_size = 0;
    std::string raw_digest;
    std::vector<std::string> raw_chunks;                             // compressed
    std::vector<std::pair<threading::IdKey, threading::Role>> refs;  // no id twice
    std::string kind;                                                // mail::name_of
    std::vector<std::string> kind_reasons;
    std::optional<std::string> policy;    // what the house's rules said of it: policy::to_json
    std::optional<std::string> evidence;  // JSON: what was found out about the sender
    // The address of ours that it came to: a row of reply_addresses, a delivery.
    std::optional<Uuid> reply_address = {}, returned = {};
    std::optional<threading::IdKey> answer;  // of our answer's Message-ID: what answers that is for this mail
};

struct Disposition {
    WorkspaceId workspace;
    Uuid intake;
    std::int64_t mailbox;
    std::string disposition, reason;
    std::optional<Uuid> interaction;
};

struct TicketJoin {
    WorkspaceId workspace;
    Uuid ticket;
    Timestamp at;
    std::vector<std::string> new_participants;
    bool opens = true;  // whatever its status was: tickets::after_mail
};

// What domain rules do to a ticket that a mail opened or joined.
struct TicketEffects {
    WorkspaceId workspace;
    Uuid ticket;
    policy::Effects effects;
};

// A held mail that an agent released, as the batch's only mail: `dispositions` then replaces its own.
struct HeldRelease {
    WorkspaceId workspace;
    Uuid interaction;
    std::optional<Uuid> ticket = {};  // none: the same mail is in a ticket, and this one goes
    std::string proof = {}, reason = {};
    bool marked = false;
    bool imported = false;
    std::string by = {};
};

struct TicketPair {
    WorkspaceId workspace;
    Uuid from, to;
};

struct MailboxAddition {
    WorkspaceId workspace;
    Uuid interaction;
    std::int64_t mailbox;
};

// A mail of ours that waits to be sent, unless its recipient has had enough of them.
struct NewAcknowledgement {
    WorkspaceId workspace;
    Uuid id, interaction;
    std::int64_t mailbox;
    std::string recipient;  // key form
    std::string message;
};

// What a batch writes. The order within each list is kept.
struct BatchPlan {
    std::vector<NewTicket> tickets;
    std::vector<NewInteraction> interactions;
    std::vector<TicketJoin> joins;
    std::vector<TicketEffects> effects;  // after the joins, before the merges
    std::vector<TicketPair> links;
    std::vector<TicketPair> merges;  // `from` becomes part of `to`
    std::vector<MailboxAddition> mailboxes;
    std::optional<HeldRelease> release;
    std::vector<Disposition> dispositions;
    std::vector<std::pair<WorkspaceId, std::vector<Uuid>>> united_threads;
    std::vector<NewAcknowledgement> acknowledgements;
    std::vector<BouncedDelivery> bounced;
    std::vector<WorkspaceAddress> verified_authors;  // mail comes from there
    std::vector<MailForAgent> for_assignees, by_agents;
    Limits limits;
    Timestamp decided_at;
};

struct Committed {
    std::size_t acknowledged = 0;          // how many acknowledgements it queued
    std::vector<BouncedDelivery> bounced;  // of the plan's, those that told of a delivery for the first time
};

class IntakeStore {
  public:
    // One for the connection's life. `shard` (0..31): which row of the usage counters it adds to.
    IntakeStore(Connection& connection, std::int16_t shard) : connection_(connection), shard_(shard) {}

    // Throws Error (serialization) when a ticket was merged or removed while it was looked up: begin again.
    asio::awaitable<BatchFacts> begin(const BatchKeys& keys, Deadline deadline);

    // `commit_sent`: from when on a lost connection leaves the outcome unknown. Throws Error (serialization)
    // when a person or a mailbox has gone since.
    asio::awaitable<Committed> commit(BatchPlan plan, Deadline deadline, bool& commit_sent);

    asio::awaitable<void> rollback(Deadline deadline);

    // Whether the mail with this intake id has been committed.
    asio::awaitable<bool> committed(WorkspaceId workspace, Uuid intake, Deadline deadline);

  private:
    asio::awaitable<void> lock_tickets(std::set<std::pair<WorkspaceId, Uuid>> wanted, BatchFacts& facts,
                                       Deadline deadline);

    Connection& connection_;
    std::int16_t shard_;
    std::uint64_t begun_ = 0;
};

}  // namespace store
