#include "intake/explain.hpp"

#include "intake/plan.hpp"
#include "intake/way.hpp"

#include <set>

namespace intake {

std::vector<KnownId> known_ids(const std::vector<NamedId>& ids, const threading::Facts& facts,
                               const Uuid& except) {
    std::vector<KnownId> result;
    for (const auto& named : ids) {
        result.push_back({named, {}});
        for (const auto& claim : facts.claims(threading::id_key(named.id)))
            if (const auto* message = facts.message(claim.interaction);
                message && claim.interaction != except)
                result.back().known.push_back(
                    {claim.role, claim.interaction, message->ticket, message->author});
    }
    return result;
}

Explanation explain(const std::shared_ptr<const Arrival>& mail, store::BatchFacts facts,
                    const store::Limits& limits) {
    const auto now = std::chrono::system_clock::now();
    const Part& part = mail->parts.front();
    const auto& workspace = facts[part.workspace];
    const auto& known = workspace.facts;
    Explanation explanation;
    if (const auto* same = threading::find_same_mail(mail->incoming, known)) {
        explanation.same_mail = same->interaction;
        explanation.ticket = same->ticket;
    } else {
        explanation.tried = threading::assign(incoming_of(*mail, part, workspace), known).tried;
    }
    std::set<Uuid> threads;
    for (const auto id : threading::named_ids(mail->incoming))
        for (const auto& claim : known.claims(id))
            if (const auto* message = known.message(claim.interaction)) threads.insert(message->thread);
    explanation.threads.assign(threads.begin(), threads.end());

    const auto plan = intake::plan(
        {mail}, facts, now, [now] { return Uuid::make(now); }, limits);
    explanation.disposition = plan.dispositions.front().disposition;
    explanation.reason = plan.dispositions.front().reason;
    explanation.opens_ticket = !plan.tickets.empty();
    explanation.acknowledged = !plan.acknowledgements.empty();
    for (const auto& interaction : plan.interactions) {
        explanation.row = interaction.reason;
        explanation.marked = interaction.marked;
        if (!explanation.opens_ticket) explanation.ticket = interaction.ticket;
    }
    for (const auto& link : plan.links) explanation.links.push_back(link.to);
    for (const auto& merge : plan.merges) explanation.merges.push_back({merge.from, merge.to});
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
