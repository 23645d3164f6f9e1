// One accepted mail, made ready for the writers: read, digested, compressed. No I/O.
#pragma once

#include "mail/kind.hpp"
#include "mail/notice.hpp"
#include "policy/decision.hpp"
#include "smtp/seams.hpp"
#include "store/intake_store.hpp"
#include "store/settings.hpp"
#include "threading/assign.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intake {

using tickets::Uuid;

// How its author hears that it became a ticket (intake/acknowledgement.hpp).
struct Acknowledgement {
    std::shared_ptr<const store::AcknowledgementWords> words;
    mail::Mailbox from;
    std::string from_name;
    mail::Mailbox to;
    std::string workspace, installation;
};

// The mail's recipients within one workspace.
struct Part {
    store::WorkspaceId workspace = 0;
    std::vector<std::int64_t> mailboxes;         // in the order of RCPT, none twice
    std::string email_sender;                    // address of the first of them
    std::vector<std::int64_t> postmasters = {};  // those of them that were asked for as postmaster
    policy::Decision policy = {};                // what the house's rules say before threads are looked at
    // What their settings say of mail that no person wrote: of several mailboxes the most welcoming one's.
    store::AutomaticMail automatic = store::AutomaticMail::ticket, bounces = store::AutomaticMail::hold;
    // Of mail that its author's domain disowns: it speaks, marked, as if nothing were known of its author.
    bool takes_disowned = false;
    std::optional<Acknowledgement> acknowledgement = {};
    // Of the first of its recipients that we signed (intake/signed_recipient.hpp): the row of a reply
    // address, the delivery of a return path.
    std::optional<Uuid> reply_address = {}, delivery = {};
};

struct Arrival {
    Uuid intake;  // assigned before the first try, so that a COMMIT without an answer can be looked up
    std::vector<Part> parts;

    threading::Incoming incoming;
    std::vector<std::pair<threading::IdKey, threading::Role>> refs;  // no id twice
    std::optional<std::string> message_id;
    std::string subject, author_name;
    std::vector<mail::Mailbox> authors;  // every address of From, and Sender's
    bool one_author = false;             // its From names one
    std::vector<Uuid> written_to;        // reply addresses of ours that stand in its one To field
    mail::KindDecision kind;
    std::optional<std::string> evidence;  // intake/examination.hpp, as JSON

    std::string reverse_path, client_address, helo, trace;
    std::optional<std::string> tls;
    store::Timestamp received;
    bool imported = false;  // old mail from a file (imported.hpp)
    std::chrono::steady_clock::time_point final_dot;

    std::int64_t raw_size = 0;
    std::string raw_digest;
    std::vector<std::string> raw_chunks;

    [[nodiscard]] std::size_t bytes() const;  // what it weighs in a batch
};

// What the sender reads in the 250: says nothing about tickets.
[[nodiscard]] std::string receipt(const Uuid& intake);

// Whether the reverse-path is the envelope's, or what a mail in a file says of itself, if anything.
enum class Envelope { known, unknown };

// CPU work in proportion to the mail's size. Addresses of our own mailboxes (by `settings`) are no
// correspondents. `host_name` is for the Received field.
[[nodiscard]] Arrival prepare(const smtp::ReceivedMessage& message, const store::Snapshot& settings,
                              const std::string& host_name, const Uuid& intake,
                              Envelope envelope = Envelope::known);

struct NamedId {
    std::string id;
    threading::Role role;
};

// The ids that a mail names, each once and with its closest role: its own, In-Reply-To (of a bounce also
// `bounced`, the mail that came back), References from right to left, then what only looks like an id.
[[nodiscard]] std::vector<NamedId> named_ids(const mail::Header& header,
                                             const std::optional<std::string>& bounced);

// What is read of a mail: ids, author, correspondents, subject, kind, digests of content. Part of prepare(),
// and what `ticketgate reprocess` does again.
void read_into(Arrival& arrival, std::string_view raw, const std::string& reverse_path, Envelope envelope,
               const store::Snapshot& settings);

// The same mail as raw bytes and outer evidence alone: for when the database refused what was read of it.
[[nodiscard]] Arrival bare(const Arrival& arrival);

}  // namespace intake
