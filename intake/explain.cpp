#include "intake/explain.hpp"

#include "intake/plan.hpp"

#include <algorithm>
#include <set>

namespace intake {

std::vector<NamedId> named_ids(const mail::Header& header, const threading::Facts& facts,
                               const Uuid& except) {
    using threading::Role;
    std::vector<NamedId> ids;
    std::set<std::string> seen;
    const auto add = [&](const std::string& id, Role role) {
        if (!seen.insert(id).second) return;
        ids.push_back({id, role, {}});
        for (const auto& claim : facts.claims(threading::id_key(id)))
            if (const auto* message = facts.message(claim.interaction);
                message && claim.interaction != except)
                ids.back().known.push_back({claim.role, claim.interaction, message->ticket, message->author});
    };
    if (header.message_id) add(*header.message_id, Role::self);
    for (const auto& id : header.in_reply_to) add(id, Role::in_reply_to);
    for (auto id = header.references.rbegin(); id != header.references.rend(); ++id)
        add(*id, Role::reference);
    for (const auto& id : header.in_reply_to_tokens) add(id, Role::mention);
    return ids;
}

Explanation explain(const std::shared_ptr<const Arrival>& mail, store::BatchFacts facts) {
    const auto now = std::chrono::system_clock::now();
    const auto& known = facts[mail->parts.front().workspace].facts;
    Explanation explanation;
    if (const auto* same = threading::find_same_mail(mail->incoming, known)) {
        explanation.same_mail = same->interaction;
        explanation.ticket = same->ticket;
    } else {
        explanation.decision = decide(*mail, mail->incoming, known);
        explanation.ticket = explanation.decision.ticket;
    }
    std::set<Uuid> threads;
    for (const auto id : threading::named_ids(mail->incoming))
        for (const auto& claim : known.claims(id))
            if (const auto* message = known.message(claim.interaction)) threads.insert(message->thread);
    explanation.threads.assign(threads.begin(), threads.end());

    const auto plan = intake::plan({mail}, facts, now, [now] { return Uuid::make(now); });
    explanation.disposition = plan.dispositions.front().disposition;
    explanation.reason = plan.dispositions.front().reason;
    explanation.opens_ticket = !plan.tickets.empty();
    return explanation;
}

store::asio::awaitable<store::BatchFacts> look_up(store::Pool& pool, store::BatchKeys keys) {
    keys.persons.clear();  // the writers' look-up of a person adds who is missing
    const auto deadline = pool.deadline();
    const auto lease = co_await pool.acquire(deadline);
    store::IntakeStore store(*lease, 0);
    auto facts = co_await store.begin(keys, deadline);
    co_await store.rollback(deadline);
    co_return facts;
}

}  // namespace intake
