#include "intake/acknowledgement.hpp"

#include "mail/kind_words.hpp"
#include "mail/text.hpp"
#include "policy/bans.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>

namespace intake {

std::string_view why_not_acknowledged(const Arrival& mail, const Part& part,
                                      const store::Snapshot& settings) {
    if (part.mailboxes.empty()) return "no_mailbox";
    const std::int64_t mailbox = part.mailboxes.front();  // the ticket's
    const auto info = settings.mailboxes.find({part.workspace, mailbox});
    if (info == settings.mailboxes.end() || !info->second.acknowledgement) return "no_template";
    if (!part.policy.effects.acknowledge.value_or(info->second.acknowledges)) return "off";
    if (mail.imported) return "imported";
    if (part.policy.action != policy::Action::accept) return "kept_back";
    if (mail.kind.kind != mail::Kind::human) return "kind";
    // F07: what is too weak to make it a machine's mail is enough to leave an answer out.
    if (!mail.kind.reasons.empty()) return "weak_signals";
    if (mail.incoming.verdict != auth::Verdict::pass) return "unverified";
    if (mail.reverse_path.empty()) return "null_reverse_path";
    const auto sender = mail::mailbox_of(mail.reverse_path);
    // RFC 3834 §4 answers to the reverse-path; the verdict is about the author. Only where they are one is
    // the answer for whom somebody vouches.
    if (sender.key() != mail.incoming.author) return "other_reverse_path";
    if (!mail::is_ascii(sender.local_part) || sender.domain.empty()) return "address";
    if (policy::is_postmaster(sender) || mail::is_no_reply(sender.local_part) ||
        mail::is_mail_server(sender.local_part))
        return "no_person";
    // Mail for our domains ends here: nobody but a mailbox of ours could read the answer.
    if (settings.find(sender).first != store::Snapshot::Match::not_ours) return "own_address";
    if (std::ranges::count(part.postmasters, mailbox) > 0) return "postmaster";
    return {};
}

void apply_acknowledgements(Arrival& mail, const store::Snapshot& settings) {
    for (Part& part : mail.parts) {
        part.acknowledgement.reset();
        if (!why_not_acknowledged(mail, part, settings).empty()) continue;
        const auto& info = settings.mailboxes.at({part.workspace, part.mailboxes.front()});
        part.acknowledgement = {.words = info.acknowledgement,
                                .from = mail::mailbox_of(info.address),
                                .from_name = info.display_name,
                                .to = mail::mailbox_of(mail.reverse_path),
                                .workspace = info.workspace_name,
                                .installation = settings.installation};
    }
}

mail::Notice acknowledgement_of(const Arrival& mail, const Acknowledgement& how, const Uuid& ticket,
                                const Uuid& id, store::Timestamp now) {
    tickets::Variables values{{"ticket.short_id", tickets::short_id(ticket)},
                              {"ticket.subject", mail.subject},
                              {"person.address", mail.incoming.author},
                              {"sender.address", how.from.str()},
                              {"sender.name", how.from_name},
                              {"workspace.name", how.workspace}};
    tickets::add_person(values, mail.author_name);
    tickets::add_date(values, now);
    return {.from = how.from,
            .from_name = how.from_name,
            .to = how.to,
            .subject = how.words->subject.render(values),
            .text = how.words->text.render(values),
            .unique = receipt(id),
            .installation = how.installation,
            .answers = mail.message_id.value_or(""),
            .date = now};
}

}  // namespace intake
