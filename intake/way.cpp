#include "intake/way.hpp"

#include "intake/agent_mail.hpp"

#include <algorithm>

namespace intake {
namespace {

using mail::Kind;
using store::AutomaticMail;

// What becomes of a mail that may open a ticket.
AutomaticMail when_no_ticket_knows_it(const Arrival& mail, const Part& part) {
    switch (mail.kind.kind) {
        case Kind::human:
            return AutomaticMail::ticket;
        case Kind::auto_reply:
        case Kind::out_of_office:
        case Kind::list:
            return part.automatic;
        case Kind::bounce:
        case Kind::report:
            return part.bounces;
        case Kind::loop:  // a ticket would answer us again
            return std::max(part.bounces, AutomaticMail::hold);
    }
    return AutomaticMail::hold;
}

// What an address of ours that it came to leads to, merges followed.
std::optional<Uuid> signed_ticket(const Part& part, const store::WorkspaceFacts& known) {
    if (part.reply_address)
        if (const auto found = known.reply_addresses.find(*part.reply_address);
            found != known.reply_addresses.end())
            return found->second.ticket;
    if (part.delivery)
        if (const auto found = known.deliveries.find(*part.delivery); found != known.deliveries.end())
            return found->second;
    return std::nullopt;
}

}  // namespace

using threading::Outcome;

bool speaks(Outcome outcome) {
    return outcome == Outcome::join || outcome == Outcome::join_marked;
}

bool is_persons(const Arrival& mail) {
    return mail.kind.kind == Kind::human;
}

bool is_disowned(const Arrival& mail, const Part& part) {
    return part.takes_disowned && mail.incoming.verdict == auth::Verdict::fail;
}

bool is_kept_back(const Part& part) {
    return part.policy.action == policy::Action::hold;
}

Way way_of(const Arrival& mail, const Part& part, const threading::Decision& decision) {
    if (is_kept_back(part) || decision.outcome == Outcome::hold) return Way::hold;
    if (speaks(decision.outcome) && mail.kind.kind != Kind::loop) return Way::join;
    switch (when_no_ticket_knows_it(mail, part)) {
        case AutomaticMail::ticket:
            return Way::open;
        case AutomaticMail::hold:
            return Way::hold;
        case AutomaticMail::discard:
            return Way::discard;
    }
    return Way::hold;
}

bool is_marked(const Arrival& mail, const Part& part, const threading::Decision& decision, Way way) {
    return (way == Way::join && decision.outcome == Outcome::join_marked) || is_disowned(mail, part);
}

std::string disposition_reason(const Arrival& mail, const Part& part, Way way,
                               const threading::Decision& decision) {
    if (is_kept_back(part)) return part.policy.reason;
    if ((way == Way::hold || way == Way::discard) && decision.outcome != Outcome::hold)
        return std::string(mail::name_of(mail.kind.kind));
    switch (decision.outcome) {
        case Outcome::open:
            return "new_ticket";
        case Outcome::link:
            return "new_linked_ticket";
        case Outcome::hold:
            return "failed_verification";
        case Outcome::join:
        case Outcome::join_marked:
            break;
    }
    return std::string(threading::name(decision.proof));
}

threading::Incoming incoming_of(const Arrival& mail, const Part& part, const store::WorkspaceFacts& known) {
    threading::Incoming incoming = mail.incoming;
    incoming.signed_ticket = signed_ticket(part, known);
    incoming.author_is_agent = agent_mail(mail, part, known) == AgentMail::said;
    if (is_disowned(mail, part)) incoming.verdict = auth::Verdict::none;
    return incoming;
}

// What a bounce says of our deliveries counts where it is held for its author's domain alone: servers write
// bounces that their own DMARC record disowns, and what it says is no word of an author's.
bool bounce_counts(const Part& part, Way way) {
    return way != Way::discard && (!is_kept_back(part) || part.policy.reason == "dmarc");
}

}  // namespace intake
