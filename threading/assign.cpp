#include "threading/assign.hpp"

#include <algorithm>

namespace threading {
namespace {

struct Candidate {
    const KnownTicket* ticket;
    Proof proof;
};

bool contains(const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::ranges::find(list, value) != list.end();
}

// A claim on an id counts only where the mail that arrives now vouches for the one that claimed it:
// they have one author, or it was addressed to that author. What the claiming mail says of itself is
// no evidence: whoever plants an id also writes the victim into his own Cc.
bool plausible(const Incoming& mail, const KnownMessage& claimant) {
    if (mail.author.empty() || claimant.author.empty()) return false;
    return mail.author == claimant.author || contains(mail.correspondents, claimant.author);
}

class Candidates {
  public:
    Candidates(const Incoming& mail, const Facts& facts) : mail_(mail), facts_(facts) {
        if (mail.signed_ticket) add(*mail.signed_ticket, Proof::signed_address);
        for (const IdKey id : mail.parents) add_bearers(id);
        for (const IdKey id : mail.parents) add_claimants(id);
        add_claimants(mail.self);
        for (const Claim& claim : facts.claims(mail.self))
            if (claim.role == Role::self) add(claim, Proof::same_id);
        for (const std::string& id : mail.short_ids)
            if (const KnownTicket* ticket = facts.ticket_by_short_id(id)) add(ticket->id, Proof::short_id);
    }

    [[nodiscard]] const std::vector<Candidate>& list() const { return list_; }

  private:
    void add(const Uuid& id, Proof proof) {
        const KnownTicket* ticket = facts_.ticket(id);
        // The strongest proof for a ticket came first.
        if (ticket && !std::ranges::count(list_, ticket, &Candidate::ticket))
            list_.push_back({ticket, proof});
    }

    void add(const Claim& claim, Proof proof) {
        const KnownMessage* message = facts_.message(claim.interaction);
        if (message && message->ticket) add(*message->ticket, proof);
    }

    // Several mails may bear one id: a stranger can send one under the id of somebody else's, and write that
    // person into his own To. So the author's own mail comes first, then those of tickets in which he speaks.
    void add_bearers(IdKey id) {
        for (const Bearer wanted : {Bearer::own_mail, Bearer::own_ticket, Bearer::other})
            for (const Claim& claim : facts_.claims(id))
                if (claim.role == Role::self && bearer(claim) == wanted) add(claim, Proof::stored_id);
    }

    enum class Bearer { own_mail, own_ticket, other };
    [[nodiscard]] Bearer bearer(const Claim& claim) const {
        const KnownMessage* message = facts_.message(claim.interaction);
        if (!message || !message->ticket || mail_.author.empty()) return Bearer::other;
        if (message->author == mail_.author) return Bearer::own_mail;
        const KnownTicket* ticket = facts_.ticket(*message->ticket);
        return ticket && contains(ticket->participants, mail_.author) ? Bearer::own_ticket : Bearer::other;
    }

    void add_claimants(IdKey id) {
        for (const Claim& claim : facts_.claims(id)) {
            if (claim.role == Role::self || claim.role == Role::mention) continue;
            const KnownMessage* message = facts_.message(claim.interaction);
            if (message && plausible(mail_, *message)) add(claim, Proof::claimed_id);
        }
    }

    const Incoming& mail_;
    const Facts& facts_;
    std::vector<Candidate> list_;
};

Author author_to(const Incoming& mail, const KnownTicket* ticket) {
    if (mail.author_is_agent) return Author::agent;
    return ticket && contains(ticket->participants, mail.author) ? Author::participant : Author::newcomer;
}

// They merge by themselves only where nobody loses anything by it: one person started both, and the
// desk has not worked on the one that would disappear.
std::optional<Merge> merge_of(const KnownTicket& a, const KnownTicket& b) {
    if (a.starter.empty() || a.starter != b.starter) return std::nullopt;
    const bool a_is_older = a.received < b.received || (a.received == b.received && a.id < b.id);
    const KnownTicket& younger = a_is_older ? b : a;
    const KnownTicket& older = a_is_older ? a : b;
    if (younger.acted) return std::nullopt;
    return Merge{younger.id, older.id};
}

bool joins(Outcome outcome) {
    return outcome == Outcome::join || outcome == Outcome::join_marked;
}

}  // namespace

const KnownMessage* find_same_mail(const Incoming& mail, const Facts& facts) {
    for (const Claim& claim : facts.claims(mail.self)) {
        if (claim.role != Role::self) continue;
        const KnownMessage* known = facts.message(claim.interaction);
        // A held forgery (no ticket) or one of a worse verdict never makes the genuine mail a duplicate.
        if (known && known->ticket && known->verdict <= mail.verdict &&
            known->body_digest == mail.body_digest)
            return known;
    }
    return nullptr;
}

std::vector<IdKey> named_ids(const Incoming& mail) {
    std::vector<IdKey> ids{mail.self};
    for (const auto* list : {&mail.parents, &mail.mentions})
        std::ranges::copy_if(*list, std::back_inserter(ids), [&](IdKey id) { return id != mail.self; });
    return ids;
}

Decision assign(const Incoming& mail, const Facts& facts) {
    Decision decision;
    const KnownTicket* joined = nullptr;
    const Candidates candidates(mail, facts);
    for (const auto& [ticket, proof] : candidates.list()) {
        const Author author = author_to(mail, ticket);
        const Outcome outcome = decide(proof, mail.verdict, author);
        decision.tried.push_back({ticket->id, proof, author, outcome});
        if (!joined && joins(outcome)) {
            joined = ticket;
            decision.ticket = ticket->id;
        } else if (joined && joins(outcome) && author == Author::participant && decision.merges.empty() &&
                   decision.author == Author::participant && merge_of(*joined, *ticket)) {
            decision.merges.push_back(*merge_of(*joined, *ticket));
            continue;
        } else {
            decision.links.push_back(ticket->id);
            if (!decision.row.empty()) continue;
        }
        decision.outcome = outcome;
        decision.proof = proof;
        decision.author = author;
        decision.row = row(proof, mail.verdict, author);
    }
    if (decision.row.empty()) {
        decision.author = author_to(mail, nullptr);
        decision.outcome = decide(Proof::none, mail.verdict, decision.author);
        decision.row = row(Proof::none, mail.verdict, decision.author);
    }
    return decision;
}

void connect(const Incoming& mail, const Uuid& thread, const Facts& facts, ThreadSets& threads) {
    for (const IdKey id : named_ids(mail))
        for (const Claim& claim : facts.claims(id))
            if (const KnownMessage* message = facts.message(claim.interaction))
                threads.unite(thread, message->thread);
}

}  // namespace threading
