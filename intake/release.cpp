#include "intake/release.hpp"

#include "intake/plan.hpp"
#include "policy/rule_json.hpp"
#include "store/held_store.hpp"
#include "store/kept_mail.hpp"
#include "store/removal.hpp"

namespace intake {
namespace {

using Outcome = ReleaseReport::Outcome;

// As it stood before the writers, were it not for what held it. What the store shows of it stays as it is
// shown; its ids are read anew, since their order is in the mail alone.
Arrival arrival_of(const store::HeldToRelease& held, const store::KeptMail& kept,
                   const store::Snapshot& settings) {
    Arrival mail;
    read_into(mail, kept.raw, kept.reverse_path, kept.imported ? Envelope::unknown : Envelope::known,
              settings);
    mail.intake = held.intake;
    mail.subject = held.subject;
    mail.author_name = held.author_name;
    mail.incoming.author = held.author;
    mail.incoming.correspondents = held.correspondents;
    mail.incoming.verdict = store::parse_verdict(held.verdict);
    mail.received = held.received;
    mail.imported = kept.imported;
    Part part{.workspace = held.workspace,
              .mailboxes = held.mailboxes,
              .email_sender = held.address,
              .takes_disowned = true,
              .reply_address = held.reply_address,
              .delivery = held.returned};
    if (held.policy) part.policy.effects = policy::read_decision(*held.policy).effects;
    mail.parts.push_back(std::move(part));
    return mail;
}

}  // namespace

store::asio::awaitable<ReleaseReport> Release::run(tickets::Uuid interaction) {
    co_return co_await store::repeatedly([&] { return try_once(interaction); });
}

store::asio::awaitable<ReleaseReport> Release::try_once(tickets::Uuid interaction) {
    const auto held = co_await store::HeldStore(pool_).to_release(interaction);
    if (!held) co_return ReleaseReport{};
    if (held->ticket)
        co_return ReleaseReport{held->released ? Outcome::before : Outcome::not_held, held->ticket};
    const auto kept = co_await store::KeptMailStore(pool_).read(
        {store::MailKey{held->workspace, interaction, held->raw_size}});
    if (kept.empty()) co_return ReleaseReport{};
    if (!kept.front().intact) co_return ReleaseReport{Outcome::damaged, std::nullopt};
    const auto mail = std::make_shared<const Arrival>(arrival_of(*held, kept.front(), settings_));

    const auto deadline = pool_.deadline();
    const auto lease = co_await pool_.acquire(deadline);
    store::IntakeStore store(*lease, 0);
    auto facts = co_await store.begin(keys_of({mail}), deadline);
    if (!co_await store::HeldStore::lock(*lease, held->workspace, interaction, deadline))
        throw store::Error(store::Error::Kind::serialization, "40001", "somebody else has decided about it");
    const auto now = std::chrono::system_clock::now();
    auto plan = plan_release(*mail, interaction, by_, facts, now, [now] { return Uuid::make(now); });
    ReleaseReport report;
    if (plan.release && plan.release->ticket) {
        report = {plan.tickets.empty() ? Outcome::joined : Outcome::opened, plan.release->ticket};
    } else {
        const auto* const same = facts[held->workspace].facts.message(*plan.dispositions.front().interaction);
        report = {Outcome::duplicate, same ? same->ticket : std::nullopt};
    }
    bool commit_sent = false;
    co_await store.commit(std::move(plan), deadline, commit_sent);
    co_return report;
}

}  // namespace intake
