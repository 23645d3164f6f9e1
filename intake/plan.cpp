#include "intake/plan.hpp"

#include "intake/acknowledgement.hpp"
#include "intake/agent_mail.hpp"
#include "intake/bounces.hpp"
#include "intake/way.hpp"
#include "policy/rule_json.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <set>

namespace intake {
namespace {

using mail::Kind;

// Whether a merge gives somebody a part in what only the other ticket was to them.
bool brings_somebody(const threading::Merge& merge, const threading::Facts& facts) {
    const auto those_of = [&](const Uuid& ticket) {
        const auto& participants = facts.ticket(ticket)->participants;
        return std::set<std::string>(participants.begin(), participants.end());
    };
    return those_of(merge.younger) != those_of(merge.older);
}

// The table's decision (threading/assign.hpp), and that no machine's mail merges tickets. Nor does a marked
// one where that makes participants: whoever opened a ticket in somebody's name, with themselves in the Cc,
// would come into that person's own.
threading::Decision decide(const Arrival& mail, const threading::Incoming& incoming,
                           const threading::Facts& facts) {
    threading::Decision decision = threading::assign(incoming, facts);
    const bool marked = decision.outcome == threading::Outcome::join_marked;
    const auto opens_a_door = [&](const auto& merge) { return marked && brings_somebody(merge, facts); };
    if (is_persons(mail) && std::ranges::none_of(decision.merges, opens_a_door)) return decision;
    for (const auto& [younger, older] : decision.merges)
        decision.links.push_back(decision.ticket == younger ? older : younger);
    decision.merges.clear();
    return decision;
}

// An acknowledgement is no matter of the ticket.
bool changes_tickets(policy::Effects effects) {
    effects.acknowledge.reset();
    return effects != policy::Effects{};
}

std::optional<std::string> kept(const policy::Decision& decision) {
    std::string json = policy::to_json(decision);
    return json.empty() ? std::nullopt : std::optional(std::move(json));
}

std::string on_one_line(std::string lines) {
    std::ranges::replace(lines, '\n', ';');
    return lines;
}

class Planner {
  public:
    Planner(store::BatchFacts& facts, store::Timestamp now, const std::function<Uuid()>& new_id,
            const store::Limits& limits)
        : facts_(facts), new_id_(new_id) {
        plan_.limits = limits;
        plan_.decided_at = now;
    }

    void add(const Arrival& mail, const Part& part) {
        auto& known = facts_[part.workspace];
        auto& facts = known.facts;
        if (part.policy.action == policy::Action::discard) {
            discard(mail, part, part.policy.reason);
            return;
        }
        // What is kept back makes no mail of others a duplicate, nor is it one.
        const auto* const same =
            is_kept_back(part) ? nullptr : threading::find_same_mail(mail.incoming, facts);
        if (same) {
            // Servers that write no Message-ID write the same bounce of two deliveries.
            add_bounced(mail, part, same->interaction);
            add_same(mail, part, *facts.message(same->interaction));
            return;
        }
        const AgentMail agents = agent_mail(mail, part, known);
        threading::Incoming incoming = incoming_of(mail, part, known);
        incoming.interaction = new_id_();
        const threading::Decision decision = decide(mail, incoming, facts);
        const Way way = way_of(mail, part, decision);
        if (bounce_counts(part, way)) add_bounced(mail, part, incoming.interaction);
        if (agents == AgentMail::by_another && !is_kept_back(part)) {
            keep_back(mail, part, incoming, decision, "agent_address", "only an agent answers there");
            return;
        }
        if (way == Way::open && is_flood(mail, part, known.opened)) {
            keep_back(mail, part, incoming, decision, "flood",
                      std::to_string(plan_.limits.tickets_per_hour) + " tickets within an hour");
            return;
        }
        if (way == Way::discard) {
            discard(mail, part, disposition_reason(mail, part, way, decision));
            return;
        }
        const auto ticket = speak(mail, part, incoming, decision, way);
        write(mail, part, incoming, decision, way, ticket);
        if (way == Way::open && part.acknowledgement)
            acknowledge(mail, part, incoming, *part.acknowledgement, *ticket);
        if (way == Way::join && is_persons(mail) && !mail.imported) {
            store::MailForAgent row{part.workspace, *ticket, incoming.interaction};
            if (agents == AgentMail::said) {
                row.agent = known.reply_addresses.at(*part.reply_address).agent.value();
                plan_.by_agents.push_back(row);
            } else {
                plan_.for_assignees.push_back(row);
            }
        }
        if (mail.incoming.verdict == auth::Verdict::pass && mail.kind.kind != Kind::bounce && mail.one_author)
            plan_.verified_authors.emplace_back(part.workspace, incoming.author);
        threading::connect(incoming, incoming.interaction, facts, known.threads);
        remember(mail, part, incoming, ticket, facts);
        merge(part, decision, facts);
    }

    // The mail's part is as it was kept, and nothing in it objects any more.
    void release(const Arrival& mail, const Uuid& interaction, const std::string& by) {
        const Part& part = mail.parts.front();
        auto& facts = facts_[part.workspace].facts;
        auto& release = plan_.release.emplace(store::HeldRelease{
            .workspace = part.workspace, .interaction = interaction, .imported = mail.imported, .by = by});
        if (const auto* const same = threading::find_same_mail(mail.incoming, facts)) {
            add_same(mail, part, *facts.message(same->interaction));
            return;
        }
        threading::Incoming incoming = incoming_of(mail, part, facts_[part.workspace]);
        incoming.interaction = interaction;
        incoming.author_is_agent = false;  // what they ask for is not done, so the ticket opens and is marked
        add_bounced(mail, part, interaction);
        const threading::Decision decision = decide(mail, incoming, facts);
        const Way way = speaks(decision.outcome) && mail.kind.kind != Kind::loop ? Way::join : Way::open;
        release.ticket = speak(mail, part, incoming, decision, way);
        release.proof = threading::name(decision.proof);
        release.reason = decision.row;
        release.marked = is_marked(mail, part, decision, way);
        for (const auto mailbox : part.mailboxes)
            plan_.dispositions.push_back(
                {part.workspace, mail.intake, mailbox, "ticketed", "released", interaction});
        merge(part, decision, facts);
    }

    store::BatchPlan finish() {
        for (auto& mail : plan_.interactions)
            mail.thread = facts_.at(mail.workspace).threads.find(mail.thread);
        std::set<Uuid> fresh;
        for (const auto& mail : plan_.interactions) fresh.insert(mail.id);
        for (const auto& [workspace, known] : facts_)
            for (const auto& set : known.threads.united()) {
                std::vector<Uuid> stored;
                std::ranges::copy_if(set, std::back_inserter(stored),
                                     [&](const Uuid& thread) { return !fresh.contains(thread); });
                if (stored.empty()) continue;
                // A set's first id stands for it in the rows above, be it new or not.
                if (fresh.contains(set.front())) stored.insert(stored.begin(), set.front());
                if (stored.size() > 1) plan_.united_threads.emplace_back(workspace, std::move(stored));
            }
        return std::move(plan_);
    }

  private:
    // In the ticket that it joins or opens, if any.
    std::optional<Uuid> speak(const Arrival& mail, const Part& part, const threading::Incoming& incoming,
                              const threading::Decision& decision, Way way) {
        auto& known = facts_[part.workspace];
        const auto person = known.persons.find(incoming.author);
        const std::optional<Uuid> author =
            person == known.persons.end() ? std::nullopt : std::optional(person->second);

        std::optional<Uuid> ticket;
        if (way == Way::join) {
            ticket = decision.ticket;
            join(part, mail, incoming, decision, known.facts);
        } else if (way == Way::open) {
            ticket = open(part, mail, incoming, author, known.facts);
        }
        if (ticket && changes_tickets(part.policy.effects))
            plan_.effects.push_back({part.workspace, *ticket, part.policy.effects});
        for (const Uuid& other : decision.links)
            if (ticket) plan_.links.push_back({part.workspace, *ticket, other});
        return ticket;
    }

    void add_bounced(const Arrival& mail, const Part& part, const Uuid& interaction) {
        for (auto& bounced : bounced_by(mail, part, interaction)) plan_.bounced.push_back(std::move(bounced));
    }

    // What would speak, and is held for another reason than its own.
    void keep_back(const Arrival& mail, const Part& part, const threading::Incoming& incoming,
                   const threading::Decision& decision, const std::string& reason, std::string evidence) {
        auto& known = facts_[part.workspace];
        Part held = part;
        held.policy.action = policy::Action::hold;
        held.policy.reason = reason;
        held.policy.evidence = std::move(evidence);
        write(mail, held, incoming, decision, Way::hold, std::nullopt);
        threading::connect(incoming, incoming.interaction, known.facts, known.threads);
        remember(mail, held, incoming, std::nullopt, known.facts);
    }

    void merge(const Part& part, const threading::Decision& decision, threading::Facts& facts) {
        for (const auto& merge : decision.merges) {
            plan_.merges.push_back({part.workspace, merge.younger, merge.older});
            auto& kept = facts.ticket(merge.older)->participants;
            for (const auto& participant : facts.ticket(merge.younger)->participants)
                if (!std::ranges::count(kept, participant)) kept.push_back(participant);
            facts.merge(merge.younger, merge.older);
        }
    }

    // Counts what it lets pass.
    [[nodiscard]] bool is_flood(const Arrival& mail, const Part& part,
                                std::map<std::pair<std::string, std::int64_t>, std::int64_t>& opened) const {
        const std::int64_t limit = plan_.limits.tickets_per_hour;
        if (limit == 0 || mail.imported || mail.incoming.author.empty()) return false;
        return ++opened[{mail.incoming.author, part.mailboxes.front()}] > limit;
    }

    // An answer to what was written here belongs to the ticket, though it names nothing else.
    void acknowledge(const Arrival& mail, const Part& part, const threading::Incoming& incoming,
                     const Acknowledgement& how, const Uuid& ticket) {
        const Uuid id = new_id_();
        const mail::Notice notice = acknowledgement_of(mail, how, ticket, id, plan_.decided_at);
        plan_.interactions.back().answer = threading::id_key(mail::message_id_of(notice));
        plan_.acknowledgements.push_back({part.workspace, id, incoming.interaction, part.mailboxes.front(),
                                          how.to.key(), mail::compose(notice)});
    }

    // One mail is one interaction of a workspace; what it was to a further mailbox is on record.
    void add_same(const Arrival& mail, const Part& part, threading::KnownMessage& same) {
        for (const auto mailbox : part.mailboxes) {
            const bool duplicate = std::ranges::count(same.mailboxes, mailbox) > 0;
            plan_.dispositions.push_back({part.workspace, mail.intake, mailbox,
                                          duplicate ? "duplicate" : "ticketed", "same_mail",
                                          same.interaction});
            if (duplicate) continue;
            same.mailboxes.push_back(mailbox);
            plan_.mailboxes.push_back({part.workspace, same.interaction, mailbox});
        }
    }

    void discard(const Arrival& mail, const Part& part, const std::string& reason) {
        for (const auto mailbox : part.mailboxes)
            plan_.dispositions.push_back(
                {part.workspace, mail.intake, mailbox, "discarded", reason, std::nullopt});
    }

    Uuid open(const Part& part, const Arrival& mail, const threading::Incoming& incoming,
              const std::optional<Uuid>& author, threading::Facts& facts) {
        store::NewTicket ticket{.workspace = part.workspace,
                                .id = new_id_(),
                                .subject = mail.subject,
                                .person = author,
                                .mailbox = part.mailboxes.front(),
                                .email_sender = part.email_sender,
                                .received = mail.received,
                                .participants = {}};
        // Whoever forges a name would write themselves into its Cc, and be spoken to.
        if (!is_disowned(mail, part)) ticket.participants = incoming.correspondents;
        if (!incoming.author.empty())
            ticket.participants.insert(ticket.participants.begin(), incoming.author);
        facts.add(
            threading::KnownTicket{ticket.id, incoming.author, ticket.participants, mail.received, false},
            tickets::short_id(ticket.id));
        plan_.tickets.push_back(ticket);
        return ticket.id;
    }

    void join(const Part& part, const Arrival& mail, const threading::Incoming& incoming,
              const threading::Decision& decision, threading::Facts& facts) {
        store::TicketJoin join{part.workspace, *decision.ticket, mail.received, {}, true};
        using tickets::Status;
        join.opens = !incoming.author_is_agent &&
                     tickets::after_mail(Status::resolved, mail.kind.kind) == Status::open;
        // Whom a newcomer, a machine or somebody in another's name writes to becomes no participant, and
        // neither do they, until an agent agrees: a participant's verified mail speaks, and is answered.
        if (is_persons(mail) && decision.author == threading::Author::participant &&
            !is_marked(mail, part, decision, Way::join)) {
            auto& known = facts.ticket(*decision.ticket)->participants;
            for (const auto& address : incoming.correspondents)
                if (!std::ranges::count(known, address)) {
                    known.push_back(address);
                    join.new_participants.push_back(address);
                }
        }
        plan_.joins.push_back(std::move(join));
    }

    void write(const Arrival& mail, const Part& part, const threading::Incoming& incoming,
               const threading::Decision& decision, Way way, const std::optional<Uuid>& ticket) {
        const bool held = way == Way::hold;
        // What the table would have done is told as well.
        std::string row = decision.row;
        if (is_kept_back(part)) {
            row.append("; ").append(part.policy.reason).append(": hold");
            if (!part.policy.evidence.empty())
                row.append(" (").append(on_one_line(part.policy.evidence)) += ')';
        } else if (held && decision.outcome != threading::Outcome::hold)
            row.append("; ").append(mail::name_of(mail.kind.kind)).append(": hold");
        plan_.interactions.push_back({
            .workspace = part.workspace,
            .id = incoming.interaction,
            .ticket = ticket,
            .intake = mail.intake,
            .message_id = mail.message_id,
            .subject = mail.subject,
            .author = incoming.author,
            .author_name = mail.author_name,
            .correspondents = incoming.correspondents,
            .body_digest = incoming.body_digest,
            .thread = incoming.interaction,
            .proof = std::string(threading::name(decision.proof)),
            .reason = std::move(row),
            .marked = ticket && is_marked(mail, part, decision, way),
            .imported = mail.imported,
            .verdict = std::string(auth::name(mail.incoming.verdict)),
            .reverse_path = mail.reverse_path,
            .client_address = mail.client_address,
            .helo = mail.helo,
            .tls = mail.tls,
            .mailboxes = part.mailboxes,
            .received = mail.received,
            .trace = mail.trace,
            .raw_size = mail.raw_size,
            .raw_digest = mail.raw_digest,
            .raw_chunks = mail.raw_chunks,
            .refs = mail.refs,
            .kind = std::string(mail::name_of(mail.kind.kind)),
            .kind_reasons = mail.kind.reasons,
            .policy = kept(part.policy),
            .evidence = mail.evidence,
            .reply_address = part.reply_address,
            .returned = part.delivery,
        });
        for (const auto mailbox : part.mailboxes)
            plan_.dispositions.push_back({part.workspace, mail.intake, mailbox, held ? "held" : "ticketed",
                                          disposition_reason(mail, part, way, decision),
                                          incoming.interaction});
    }

    static void remember(const Arrival& mail, const Part& part, const threading::Incoming& incoming,
                         const std::optional<Uuid>& ticket, threading::Facts& facts) {
        facts.add(threading::KnownMessage{
            .interaction = incoming.interaction,
            .ticket = ticket,
            .thread = incoming.interaction,
            .author = incoming.author,
            .correspondents = incoming.correspondents,
            .body_digest = incoming.body_digest,
            .verdict = mail.incoming.verdict,
            .mailboxes = part.mailboxes,
        });
        for (const auto& [id, role] : mail.refs) facts.claim(id, role, incoming.interaction);
    }

    store::BatchFacts& facts_;
    const std::function<Uuid()>& new_id_;
    store::BatchPlan plan_;
};

}  // namespace

store::BatchKeys keys_of(const std::vector<std::shared_ptr<const Arrival>>& batch,
                         const store::Limits& limits) {
    store::BatchKeys keys;
    keys.tickets_per_hour = limits.tickets_per_hour;
    for (const auto& mail : batch)
        for (const auto& part : mail->parts) {
            auto& ids = keys.ids[part.workspace];
            for (const auto& ref : mail->refs) ids.push_back(ref.first);
            if (!mail->incoming.author.empty())
                keys.persons[part.workspace].push_back({mail->incoming.author, mail->author_name});
            if (limits.tickets_per_hour > 0 && !mail->imported && !mail->incoming.author.empty())
                keys.openers[part.workspace].emplace(mail->incoming.author, part.mailboxes.front());
            for (const auto& id : mail->incoming.short_ids) keys.short_ids[part.workspace].push_back(id);
            if (part.reply_address) keys.reply_addresses[part.workspace].insert(*part.reply_address);
            if (part.delivery) keys.deliveries[part.workspace].insert(*part.delivery);
        }
    return keys;
}

store::BatchPlan plan(const std::vector<std::shared_ptr<const Arrival>>& batch, store::BatchFacts& facts,
                      store::Timestamp now, const std::function<Uuid()>& new_id,
                      const store::Limits& limits) {
    Planner planner(facts, now, new_id, limits);
    for (const auto& mail : batch)
        for (const auto& part : mail->parts) planner.add(*mail, part);
    return planner.finish();
}

store::BatchPlan plan_release(const Arrival& mail, const Uuid& interaction, const std::string& by,
                              store::BatchFacts& facts, store::Timestamp now,
                              const std::function<Uuid()>& new_id) {
    Planner planner(facts, now, new_id, {});  // what somebody at the desk releases is no flood
    planner.release(mail, interaction, by);
    return planner.finish();
}

}  // namespace intake
