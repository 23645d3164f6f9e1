#include "intake/arrival.hpp"

#include "auth/dmarc.hpp"
#include "intake/signed_recipient.hpp"
#include "mail/header_index.hpp"
#include "mail/read.hpp"
#include "mail/sha256.hpp"
#include "mail/text.hpp"
#include "policy/bans.hpp"
#include "smtp/received.hpp"
#include "store/raw.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <set>

namespace intake {
namespace {

constexpr std::size_t max_correspondents = 64;
constexpr std::size_t max_address = 320;  // 64 + @ + 255; longer ones are nobody's

// The key form of a header address; empty when it is none.
std::string address_key(const std::string& address) {
    const mail::Mailbox mailbox = mail::mailbox_of(address);
    if (address.size() > max_address || mailbox.local_part.empty() || mailbox.domain.empty()) return {};
    // A quoted local part may hold anything; the store keeps lists of addresses a line each.
    if (address.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return {};
    return mailbox.key();
}

std::vector<std::string> correspondents(const mail::Header& header, const store::Snapshot& settings) {
    std::vector<std::string> keys;
    for (const auto* list : {&header.to, &header.cc, &header.reply_to})
        for (const auto& [name, address] : *list) {
            if (keys.size() == max_correspondents) return keys;
            std::string key = address_key(address);
            if (key.empty() || std::ranges::count(keys, key)) continue;
            const mail::Mailbox mailbox = mail::mailbox_of(address);
            if (settings.find(mailbox).first == store::Snapshot::Match::found) continue;
            if (read_signed(mailbox, settings).is_genuine()) continue;
            keys.push_back(std::move(key));
        }
    return keys;
}

// Signers cover a To field that is there; one more, or an envelope alone, is anybody's.
std::vector<Uuid> written_to(const mail::Header& header, std::string_view raw,
                             const store::Snapshot& settings) {
    std::vector<Uuid> ids;
    for (const auto& [name, address] : header.to) {
        if (ids.size() == max_correspondents) break;
        const auto own = read_signed(mail::mailbox_of(address), settings);
        if (own.is_genuine() && own.reading.purpose == auth::AddressPurpose::reply)
            ids.push_back(Uuid{own.reading.id});
    }
    if (!ids.empty() && std::ranges::count_if(mail::index_header(raw).fields, [](const mail::Field& field) {
                            return mail::iequals(field.name, "to");
                        }) != 1)
        ids.clear();
    return ids;
}

std::vector<Part> parts_of(const std::vector<smtp::Recipient>& recipients, const store::Snapshot& settings) {
    std::vector<Part> parts;
    for (const auto& [address, destination] : recipients) {
        const auto known = settings.mailboxes.find({destination.workspace, destination.mailbox});
        const store::MailboxInfo unknown{.address = address.str()};
        const auto& info = known != settings.mailboxes.end() ? known->second : unknown;
        auto part = std::ranges::find(parts, destination.workspace, &Part::workspace);
        if (part == parts.end()) {
            parts.push_back({.workspace = destination.workspace,
                             .email_sender = info.address,
                             .automatic = store::AutomaticMail::discard,
                             .bounces = store::AutomaticMail::discard});
            part = std::prev(parts.end());
        }
        if (const auto signed_one = read_signed(address, settings); signed_one.is_genuine()) {
            const bool reply = signed_one.reading.purpose == auth::AddressPurpose::reply;
            auto& named = reply ? part->reply_address : part->delivery;
            if (!named) named = Uuid{signed_one.reading.id};
        }
        if (policy::is_postmaster(address)) part->postmasters.push_back(destination.mailbox);
        if (std::ranges::count(part->mailboxes, destination.mailbox)) continue;
        part->mailboxes.push_back(destination.mailbox);
        part->automatic = std::min(part->automatic, info.automatic);
        part->bounces = std::min(part->bounces, info.bounces);
    }
    return parts;
}

void collect_ids(const std::vector<NamedId>& ids, threading::IdKey self, Arrival& arrival) {
    using threading::Role;
    arrival.refs.emplace_back(self, Role::self);
    for (const auto& [id, role] : ids) {
        if (role == Role::self) continue;
        const auto key = threading::id_key(id);
        arrival.refs.emplace_back(key, role);
        (role == Role::mention ? arrival.incoming.mentions : arrival.incoming.parents).push_back(key);
    }
}

}  // namespace

std::size_t Arrival::bytes() const {
    std::size_t sum = 0;
    for (const auto& chunk : raw_chunks) sum += chunk.size();
    return sum;
}

std::string receipt(const Uuid& intake) {
    return tickets::base32({reinterpret_cast<const char*>(intake.bytes.data()), intake.bytes.size()});
}

std::vector<NamedId> named_ids(const mail::Header& header, const std::optional<std::string>& bounced) {
    using threading::Role;
    std::vector<NamedId> ids;
    std::set<std::string_view> seen;
    const auto add = [&](const std::string& id, Role role) {
        if (seen.insert(id).second) ids.push_back({id, role});
    };
    if (header.message_id) add(*header.message_id, Role::self);
    if (bounced) add(*bounced, Role::in_reply_to);
    for (const auto& id : header.in_reply_to) add(id, Role::in_reply_to);
    for (auto id = header.references.rbegin(); id != header.references.rend(); ++id)
        add(*id, Role::reference);
    for (const auto& id : header.in_reply_to_tokens) add(id, Role::mention);
    return ids;
}

void read_into(Arrival& arrival, std::string_view raw, const std::string& reverse_path, Envelope envelope,
               const store::Snapshot& settings) {
    mail::Header header = mail::read_header(raw);
    auto& incoming = arrival.incoming;
    const threading::IdKey self = threading::id_key(
        header.message_id ? *header.message_id : mail::digest_without_trace(raw, reverse_path));
    incoming.self = self;
    mail::Circumstances circumstances{.reverse_path = std::nullopt, .installation = settings.installation};
    if (envelope == Envelope::known) circumstances.reverse_path = reverse_path;
    arrival.kind = mail::read_kind(raw, header, circumstances);
    collect_ids(named_ids(header, arrival.kind.original_message_id()), self, arrival);
    if (header.from) {
        incoming.author = address_key(header.from->address);
        arrival.author_name = header.from->name;
    }
    arrival.one_author = auth::author_of(header).alone && header.from_all.size() == 1;
    arrival.authors.clear();
    for (const auto& author : header.from_all)
        if (!author.address.empty()) arrival.authors.push_back(mail::mailbox_of(author.address));
    if (header.sender && !header.sender->address.empty())
        arrival.authors.push_back(mail::mailbox_of(header.sender->address));
    incoming.correspondents = correspondents(header, settings);
    arrival.written_to = written_to(header, raw, settings);
    incoming.body_digest = mail::body_digest(raw);
    incoming.short_ids = tickets::short_ids_in(header.subject);

    arrival.message_id = std::move(header.message_id);
    arrival.subject = std::move(header.subject);
}

Arrival prepare(const smtp::ReceivedMessage& message, const store::Snapshot& settings,
                const std::string& host_name, const Uuid& intake, Envelope envelope) {
    Arrival arrival;
    arrival.intake = intake;
    arrival.parts = parts_of(message.recipients, settings);
    arrival.trace = smtp::received_field(message, host_name, receipt(intake));
    arrival.raw_size = static_cast<std::int64_t>(message.raw.size());
    arrival.raw_digest = mail::sha256(message.raw);
    arrival.raw_chunks = store::compress_raw(message.raw);

    read_into(arrival, message.raw, message.reverse_path, envelope, settings);
    arrival.reverse_path = message.reverse_path;
    arrival.client_address = message.client_address;
    arrival.helo = message.helo;
    if (message.tls) arrival.tls = message.tls->version + " " + message.tls->cipher;
    arrival.received = message.received_at;
    if (!message.objection.empty())
        for (Part& part : arrival.parts)
            part.policy = {.action = policy::Action::hold,
                           .reason = message.objection,
                           .evidence = "in place of a refusal"};
    arrival.final_dot = message.final_dot;
    return arrival;
}

Arrival bare(const Arrival& arrival) {
    Arrival result = arrival;
    for (Part& part : result.parts) part.acknowledgement.reset();
    result.incoming = {};
    result.incoming.self = arrival.incoming.self;
    result.incoming.body_digest = arrival.incoming.body_digest;
    result.refs = {{arrival.incoming.self, threading::Role::self}};
    result.message_id.reset();
    result.subject = "(unreadable)";
    result.author_name.clear();
    result.helo.clear();
    return result;
}

}  // namespace intake
