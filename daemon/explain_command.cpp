// `ticketgate explain`: what would become of a mail, or why a stored one is where it is.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/evidence_text.hpp"
#include "daemon/examiner.hpp"
#include "daemon/explain_words.hpp"
#include "daemon/host_name.hpp"
#include "daemon/terminal_text.hpp"
#include "intake/acknowledgement.hpp"
#include "intake/explain.hpp"
#include "intake/judgement.hpp"
#include "intake/mail_files.hpp"
#include "intake/plan.hpp"
#include "intake/signed_recipient.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "store/desk_store.hpp"
#include "store/explain_store.hpp"
#include "store/settings.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using store::Snapshot;
using threading::Role;

// What is said for people stands in lines of this form.
void line(std::string_view title, const std::string& text) {
    std::cout << fmt::format("{:<13} {}\n", title, one_line(text));
}

std::string hash(const tickets::Uuid& ticket) {
    return "#" + tickets::short_id(ticket);
}

json::value as_json(const std::optional<tickets::Uuid>& ticket) {
    if (!ticket) return nullptr;
    return json::object{{"id", ticket->str()}, {"short_id", tickets::short_id(*ticket)}};
}

json::array as_json(const std::vector<intake::KnownId>& ids) {
    json::array array;
    for (const auto& [named, known] : ids) {
        json::array messages;
        for (const auto& message : known)
            messages.push_back(json::object{{"as", role_name(message.role)},
                                            {"interaction", message.interaction.str()},
                                            {"ticket", as_json(message.ticket)},
                                            {"author", or_null_if_empty(message.author)}});
        array.push_back(
            json::object{{"id", named.id}, {"as", role_name(named.role)}, {"known", std::move(messages)}});
    }
    return array;
}

void print(const std::vector<intake::KnownId>& ids) {
    for (const auto& [named, known] : ids) {
        line(role_title(named.role), "<" + named.id + ">" + (known.empty() ? ": not known here" : ""));
        for (const auto& message : known)
            line("", fmt::format("  {} {} by {}",
                                 message.role == Role::self ? "a stored mail" : "named by a stored mail",
                                 message.ticket ? "of ticket " + hash(*message.ticket) : "that is held",
                                 message.author.empty() ? "nobody" : message.author));
    }
}

std::vector<std::string> warnings_of(const mail::Message& message) {
    auto warnings = message.header.warnings;
    if (message.too_complex) warnings.emplace_back("too_complex");
    return warnings;
}

struct Evidence {
    std::string client, helo, tls, mail_from, verdict;
};

json::object as_json(const Evidence& evidence) {
    return {{"client", or_null_if_empty(evidence.client)},
            {"helo", or_null_if_empty(evidence.helo)},
            {"tls", or_null_if_empty(evidence.tls)},
            {"mail_from", evidence.mail_from},
            {"verdict", evidence.verdict}};
}

void print(const Evidence& evidence) {
    const auto said = [](const std::string& text) { return text.empty() ? "unknown" : text; };
    line("Evidence", fmt::format("client {}, helo {}, {}, mail from <{}>; verdict {}", said(evidence.client),
                                 said(evidence.helo), evidence.tls.empty() ? "no TLS" : evidence.tls,
                                 evidence.mail_from, evidence.verdict));
}

void print(const policy::Decision& decision) {
    for (const auto& said : evidence_lines(decision)) line("Policy", said);
}

void print_warnings(const std::vector<std::string>& warnings) {
    for (const auto& warning : warnings) line("Warning", warning);
}

std::string shown_mail(const std::string& subject, const std::string& name, const std::string& address,
                       std::int64_t size) {
    return fmt::format("\"{}\" from {}, {} bytes", subject,
                       address.empty() ? "nobody"
                       : name.empty()  ? address
                                       : name + " <" + address + ">",
                       size);
}

// --- a mail in a file -----------------------------------------------------------------------------------

std::string refusal_of(Snapshot::Match match) {
    switch (match) {
        case Snapshot::Match::found:
            return "";
        case Snapshot::Match::unknown_mailbox:
            return "550 5.1.1";
        case Snapshot::Match::not_ours:
            break;
    }
    return "554 5.7.1";
}

std::string_view matched_by(const Snapshot& settings, const mail::Mailbox& to,
                            const store::MailboxInfo& mailbox) {
    if (to.key() == mailbox.address) return "address";
    if (settings.addresses.contains(to.key())) return "alias";
    const auto plus = to.local_part.find('+');
    if (plus != std::string::npos && mailbox.plus_addressing) {
        const auto base =
            settings.addresses.find(mail::Mailbox{to.local_part.substr(0, plus), to.domain}.key());
        if (base != settings.addresses.end() && base->second == mailbox.id) return "plus_address";
    }
    return mail::lower(to.local_part) == "postmaster" ? "postmaster" : "catch_all";
}

json::object as_json(const mail::Header& header, std::size_t size) {
    json::value from;
    if (header.from) from = json::object{{"name", header.from->name}, {"address", header.from->address}};
    return {{"subject", header.subject},
            {"from", std::move(from)},
            {"message_id", or_null(header.message_id)},
            {"size", size}};
}

json::object as_json(const intake::Explanation& explained) {
    json::array candidates, links, merges, threads;
    for (const auto& tried : explained.tried)
        candidates.push_back(json::object{{"ticket", as_json(tried.ticket)},
                                          {"proof", threading::name(tried.proof)},
                                          {"author", threading::name(tried.author)},
                                          {"outcome", threading::name(tried.outcome)}});
    for (const auto& link : explained.links) links.push_back(as_json(link));
    for (const auto& [younger, older] : explained.merges)
        merges.push_back(json::object{{"from", as_json(younger)}, {"into", as_json(older)}});
    for (const auto& thread : explained.threads) threads.emplace_back(thread.str());
    return {{"disposition", explained.disposition},
            {"reason", explained.reason},
            {"same_mail", explained.same_mail ? json::value(explained.same_mail->str()) : json::value()},
            {"row", or_null_if_empty(explained.row)},
            {"ticket", as_json(explained.ticket)},
            {"opens_ticket", explained.opens_ticket},
            {"marked", explained.marked},
            {"candidates", std::move(candidates)},
            {"threads", std::move(threads)},
            {"links", std::move(links)},
            {"merges", std::move(merges)}};
}

void print(const intake::Explanation& explained) {
    line("Same mail",
         explained.same_mail ? "yes: stored as interaction " + explained.same_mail->str() : "no");
    for (const auto& tried : explained.tried) {
        line("Candidate", fmt::format("{}: {}", hash(tried.ticket), proof_in_words(tried.proof)));
        line("", fmt::format("  its author is {} there: {}",
                             tried.author == threading::Author::agent         ? "an agent"
                             : tried.author == threading::Author::participant ? "a participant"
                                                                              : "a newcomer",
                             outcome_in_words(tried.outcome)));
    }
    line("Thread", explained.threads.empty() ? "a new one"
                   : explained.threads.size() == 1
                       ? explained.threads.front().str()
                       : fmt::format("{} threads become one", explained.threads.size()));
    if (!explained.row.empty())
        line("Row", explained.row + (explained.marked ? " (shown as unverified)" : ""));
    for (const auto& link : explained.links) line("Linked with", hash(link));
    for (const auto& [younger, older] : explained.merges)
        line("Merge", hash(younger) + " becomes part of " + hash(older));
    std::string becomes = fmt::format("{} ({})", explained.disposition, explained.reason);
    if (explained.opens_ticket)
        becomes += ": a new ticket";
    else if (explained.ticket)
        becomes += ": in ticket " + hash(*explained.ticket);
    line("Becomes", becomes);
}

int explain_file(const Config& config, const Explain& options) {
    const auto to = operators_address(options.to);
    if (!to) return 2;
    Evidence evidence{options.client, options.helo, "", "", "none"};
    if (!options.mail_from.empty() && options.mail_from != "<>") {
        const auto from = operators_address(options.mail_from);
        if (!from) return 2;
        evidence.mail_from = from->str();
    }
    boost::system::error_code no_address;
    if (!options.client.empty()) boost::asio::ip::make_address(options.client, no_address);
    if (no_address) return refuse(options.client + " is no IP address");
    auto file = intake::read_mail_file(options.file, static_cast<std::size_t>(config.smtp_max_message_size));
    if (!file.problem.empty()) return refuse(file.place + " " + file.problem);

    return with_desk(config, [&](DeskSession& desk) {
        store::Settings known(desk.pool());
        const auto snapshot = desk.run(known.refreshed());
        const store::Snapshot& settings = *snapshot;
        auto [match, id] = settings.find(*to);
        const auto own = intake::read_signed(*to, settings);
        if (own.is_genuine() || own.is_forged()) {
            smtp::Resolution found;
            if (own.is_genuine()) found = desk.run(intake::find_signed(desk.pool(), own, snapshot));
            match = found.outcome == smtp::Resolution::Outcome::found ? Snapshot::Match::found
                                                                      : Snapshot::Match::unknown_mailbox;
            id = {found.destination.workspace, found.destination.mailbox};
        }
        json::object recipient{{"address", to->str()}, {"refused", or_null_if_empty(refusal_of(match))}};
        if (match != Snapshot::Match::found) {
            if (options.json)
                std::cout << json::serialize(json::object{{"recipient", recipient}}) << '\n';
            else
                line("Recipient",
                     to->str() + ": refused with " + refusal_of(match) +
                         (match == Snapshot::Match::not_ours ? ", no domain of ours" : ", no such mailbox"));
            return 0;
        }
        const auto& mailbox = settings.mailboxes.at(id);
        const std::string by(own.is_genuine() ? "signature" : matched_by(settings, *to, mailbox));
        recipient["mailbox"] = mailbox.address;
        recipient["workspace"] = mailbox.workspace_name;
        recipient["matched_by"] = by;

        const auto message = mail::read_message(file.raw);
        const std::size_t size = file.raw.size();
        const auto now = std::chrono::system_clock::now();
        smtp::ReceivedMessage received;
        received.reverse_path = evidence.mail_from;
        received.client_address = evidence.client;
        received.helo = evidence.helo;
        received.recipients = {{*to, {id.workspace, id.mailbox}}};
        received.raw = std::move(file.raw);
        received.received_at = now;
        const std::string host_name = own_name(config);
        const auto resolver = make_resolver(desk.io(), config);
        const auto examiner =
            make_examiner(desk.io(), desk.io().get_executor(), config, host_name, resolver.get());
        auto [judged, refusal] = intake::judge(
            received, settings, *known.bans(), desk.run(examiner.examine(received)), examiner.scan_choices(),
            host_name, tickets::Uuid::make(now),
            options.mail_from.empty() ? intake::Envelope::unknown : intake::Envelope::known, now);
        const auto arrival = std::make_shared<const intake::Arrival>(std::move(judged));
        evidence.verdict = auth::name(arrival->incoming.verdict);
        const auto& policy = arrival->parts.front().policy;
        const auto limits = limits_of(config);
        const auto facts = desk.run(intake::look_up(desk.pool(), intake::keys_of({arrival}, limits)));
        const auto ids =
            intake::known_ids(intake::named_ids(message.header, arrival->kind.original_message_id()),
                              facts.at(id.workspace).facts, {});
        const auto explained = intake::explain(arrival, facts, limits);
        const std::string unanswered(
            intake::why_not_acknowledged(*arrival, arrival->parts.front(), settings));

        if (options.json) {
            json::object object{{"recipient", std::move(recipient)},
                                {"mail", as_json(message.header, size)},
                                {"evidence", as_json(evidence)},
                                {"kind", mail::name_of(arrival->kind.kind)},
                                {"kind_reasons", texts_as_json(arrival->kind.reasons)},
                                {"warnings", texts_as_json(warnings_of(message))},
                                {"ids", as_json(ids)}};
            for (auto& [key, value] : as_json(explained)) object[key] = std::move(value);
            object["examination"] = evidence_as_json(arrival->evidence);
            object["acknowledged"] = explained.acknowledged;
            object["not_acknowledged"] = or_null_if_empty(unanswered);
            object["policy"] = policy_as_json(policy);
            if (refusal) {
                object["disposition"] = "refused";
                object["reason"] = policy.reason;
                object["reply"] = one_line(refusal->wire());
            }
            std::cout << json::serialize(object) << '\n';
            return 0;
        }
        line("Recipient", fmt::format("{}: mailbox {} of workspace {} (by its {})", to->str(),
                                      mailbox.address, mailbox.workspace_name, by));
        const auto from = message.header.from.value_or(mail::NamedAddress{});
        line("Mail",
             shown_mail(message.header.subject, from.name, from.address, static_cast<std::int64_t>(size)));
        print(evidence);
        for (const auto& found : evidence_lines(arrival->evidence)) line("", found);
        line("Kind", shown_kind(std::string(mail::name_of(arrival->kind.kind)), arrival->kind.reasons));
        print_warnings(warnings_of(message));
        print(ids);
        print(policy);
        if (refusal)
            line("Becomes", "refused (" + policy.reason + "): " + refusal->wire());
        else
            print(explained);
        if (explained.opens_ticket && !refusal)
            line("Acknowledged",
                 explained.acknowledged ? "yes, unless they were lately" : "no: " + unanswered);
        return 0;
    });
}

// --- a stored mail --------------------------------------------------------------------------------------

json::object as_json(const store::StoredDecision& stored) {
    json::array dispositions;
    for (const auto& row : stored.dispositions)
        dispositions.push_back(json::object{{"mailbox", row.mailbox},
                                            {"disposition", row.disposition},
                                            {"reason", row.reason},
                                            {"decided", rfc3339(row.decided_at)}});
    return {{"interaction", stored.id.str()},
            {"workspace", stored.workspace},
            {"ticket", as_json(stored.ticket)},
            {"subject", stored.subject},
            {"from", json::object{{"name", stored.author_name}, {"address", stored.author}}},
            {"message_id", or_null(stored.message_id)},
            {"received", rfc3339(stored.received)},
            {"size", stored.raw_size},
            {"imported", stored.imported},
            {"proof", stored.proof},
            {"row", stored.row},
            {"marked", stored.marked},
            {"thread", stored.thread.str()},
            {"evidence", as_json(Evidence{stored.client_address, stored.helo, stored.tls.value_or(""),
                                          stored.reverse_path, stored.verdict})},
            {"kind", or_null(stored.kind)},
            {"kind_reasons", texts_as_json(stored.kind_reasons)},
            {"policy", policy_as_json(stored.policy)},
            {"examination", evidence_as_json(stored.evidence)},
            {"held_row", or_null(stored.held_row)},
            {"released_by", or_null(stored.released_by)},
            {"released", stored.released_at ? json::value(rfc3339(*stored.released_at)) : json::value()},
            {"dispositions", std::move(dispositions)}};
}

void print(const store::StoredDecision& stored, const std::vector<intake::KnownId>& ids,
           const std::vector<std::string>& warnings) {
    line("Interaction", fmt::format("{} of workspace {}, received {}{}", stored.id.str(), stored.workspace,
                                    rfc3339(stored.received), stored.imported ? ", imported" : ""));
    line("Mail", shown_mail(stored.subject, stored.author_name, stored.author, stored.raw_size));
    print(Evidence{stored.client_address, stored.helo, stored.tls.value_or(""), stored.reverse_path,
                   stored.verdict});
    for (const auto& found : evidence_lines(stored.evidence)) line("", found);
    line("Kind", shown_kind(stored.kind.value_or("not read yet: ticketgate reprocess"), stored.kind_reasons));
    print_warnings(warnings);
    print(ids);
    for (const auto proof : threading::proofs)
        if (threading::name(proof) == stored.proof) line("Proof", std::string(proof_in_words(proof)));
    print(stored.policy);
    line("Row", stored.row + (stored.marked ? " (shown as unverified)" : ""));
    if (stored.held_row) line("Held by", *stored.held_row);
    if (stored.released_at)
        line("Released",
             fmt::format("by {}, {}", stored.released_by.value_or("nobody"), rfc3339(*stored.released_at)));
    line("Thread", stored.thread.str());
    line("Ticket", stored.ticket ? hash(*stored.ticket) : "none: it is held");
    for (const auto& row : stored.dispositions)
        line("Disposition", fmt::format("{}: {} ({}), {}", row.mailbox, row.disposition, row.reason,
                                        rfc3339(row.decided_at)));
}

int explain_stored(const Config& config, const Explain& options) {
    const auto id = tickets::Uuid::parse(options.interaction);
    if (!id)
        return refuse(options.interaction +
                      " is no id of an interaction; see: ticketgate ticket show ID --json");
    return with_desk(config, [&](DeskSession& desk) {
        const auto stored = desk.run(store::stored_decision(desk.pool(), *id));
        if (!stored) return refuse("there is no interaction " + options.interaction);
        const auto raw = desk.run(store::DeskStore(desk.pool()).raw(stored->workspace_id, *id));
        mail::Circumstances circumstances;
        if (!stored->imported) circumstances.reverse_path = stored->reverse_path;
        const auto message = mail::read_message(raw.value_or(""), circumstances);
        const auto named = intake::named_ids(
            message.header, message.bounce ? message.bounce->original_message_id : std::nullopt);

        store::BatchKeys keys;
        auto& wanted = keys.ids[stored->workspace_id];
        for (const auto& each : named) wanted.push_back(threading::id_key(each.id));
        const auto facts = desk.run(intake::look_up(desk.pool(), std::move(keys)));
        const auto ids = intake::known_ids(named, facts.at(stored->workspace_id).facts, *id);
        if (!options.json) {
            print(*stored, ids, warnings_of(message));
            return 0;
        }
        json::object object = as_json(*stored);
        object["warnings"] = texts_as_json(warnings_of(message));
        object["ids"] = as_json(ids);
        std::cout << json::serialize(object) << '\n';
        return 0;
    });
}

}  // namespace

int run(const Config& config, const Explain& options) {
    if (!options.interaction.empty()) return explain_stored(config, options);
    if (!options.file.empty()) return explain_file(config, options);
    return refuse("explain what? FILE with --to ADDRESS, or --interaction ID");
}

}  // namespace program
