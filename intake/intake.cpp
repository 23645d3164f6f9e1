#include "intake/intake.hpp"

#include "intake/bans.hpp"
#include "intake/judgement.hpp"
#include "intake/offload.hpp"
#include "intake/rules.hpp"

namespace intake {
namespace {

// Until SPF is asked for, nobody is told when their ban ends.
constexpr bool spf_unknown = false;

smtp::Resolution answer(const store::Snapshot& snapshot, const mail::Mailbox& recipient) {
    using Outcome = smtp::Resolution::Outcome;
    const auto [match, id] = snapshot.find(recipient);
    switch (match) {
        case store::Snapshot::Match::found:
            return {Outcome::found, {id.workspace, id.mailbox}, {}};
        case store::Snapshot::Match::unknown_mailbox:
            return {Outcome::unknown_mailbox, {}, {}};
        case store::Snapshot::Match::not_ours:
            return {Outcome::not_ours, {}, {}};
    }
    return {};
}

// Nothing of a mail is verified yet.
auth::Authentication authentication_of(const Arrival& mail) {
    auth::Authentication authentication;
    authentication.client_address = mail.client_address;
    authentication.verdict = mail.incoming.verdict;
    return authentication;
}

// A mail that was read, and what bans and rules say of it.
struct Prepared {
    std::shared_ptr<const Arrival> arrival;
    std::vector<AppliedBan> bans;
    std::optional<smtp::Reply> refusal;
};

}  // namespace

// A ban that holds or discards is for the sink: the sender hears nothing of it.
std::optional<smtp::Reply> SettingsDirectory::refuse(std::int64_t workspace, const smtp::Sender& sender,
                                                     std::string_view stage) {
    const auto bans = settings_.bans();
    policy::Sender known{sender.client_address, {}};
    if (!sender.reverse_path.empty()) known.addresses.push_back(mail::mailbox_of(sender.reverse_path));
    const auto* const ban = bans->find(workspace, known, std::chrono::system_clock::now());
    if (!ban || policy::action_of(*ban) != policy::Action::refuse) return std::nullopt;
    probe_.ban_applied({ban->id, workspace == tickets::whole_installation, "refuse", stage}, sender);
    return refusal(*ban, *settings_.current(), spf_unknown);
}

std::optional<smtp::Reply> SettingsDirectory::refuse_client(const std::string& address) {
    return refuse(tickets::whole_installation, {address, ""}, "connect");
}

std::optional<smtp::Reply> SettingsDirectory::refuse_sender(const smtp::Sender& sender) {
    return refuse(tickets::whole_installation, sender, "mail");
}

asio::awaitable<smtp::Resolution> SettingsDirectory::resolve(mail::Mailbox recipient, smtp::Sender sender) {
    using Outcome = smtp::Resolution::Outcome;
    auto known = answer(*settings_.current(), recipient);
    // It may be seconds old, and not yet in the snapshot.
    if (known.outcome != Outcome::found) try {
            known = answer(*co_await settings_.refreshed(), recipient);
        } catch (const std::exception&) {
            co_return smtp::Resolution{};
        }
    if (known.outcome != Outcome::found || policy::is_postmaster(recipient)) co_return known;
    if (auto refused = refuse(known.destination.workspace, sender, "rcpt"))
        co_return smtp::Resolution{Outcome::refused, {}, *std::move(refused)};
    co_return known;
}

Intake::Intake(Options options, const store::Settings& settings, Writers& writers, asio::thread_pool& pool,
               Probe& probe, std::function<void(const std::exception&)> on_error)
    : options_(std::move(options)),
      settings_(settings),
      writers_(writers),
      pool_(pool),
      probe_(probe),
      on_error_(std::move(on_error)) {}

asio::awaitable<smtp::Reply> Intake::accept(smtp::ReceivedMessage message) {
    try {
        co_return co_await commit(std::move(message));
    } catch (const std::exception& error) {
        on_error_(error);
    }
    co_return smtp::Reply{451, "4.3.0", "Could not store the message; please try again later"};
}

asio::awaitable<smtp::Reply> Intake::commit(smtp::ReceivedMessage message) {
    const Uuid id = Uuid::make(message.received_at);
    const bool large = message.raw.size() > options_.offload_above;
    auto work = [refusable = message.refusable, message = std::move(message), settings = settings_.current(),
                 bans = settings_.bans(), host_name = options_.host_name, id]() mutable {
        Prepared prepared;
        auto arrival = prepare(message, *settings, host_name, id);
        const auto now = std::chrono::system_clock::now();
        apply_bans(arrival, *settings, *bans, now, spf_unknown);
        apply_rules(arrival, message.raw, message.recipients, *settings, authentication_of(arrival));
        prepared.refusal = settle(arrival.parts, refusable);
        prepared.bans = applied_bans(arrival, *bans, now);
        prepared.arrival = std::make_shared<const Arrival>(std::move(arrival));
        return prepared;
    };
    Prepared prepared;
    if (large)
        prepared = co_await offload(pool_, std::move(work));
    else
        prepared = work();
    const auto arrival = std::move(prepared.arrival);
    for (const auto& ban : prepared.bans)
        probe_.ban_applied(ban, {arrival->client_address, arrival->reverse_path});
    const auto count_rules = [&] {
        for (const Part& part : arrival->parts)
            if (!part.policy.rules.empty()) probe_.rules_matched(part.workspace, part.policy.rules);
    };
    if (prepared.refusal) {
        count_rules();
        co_return *std::move(prepared.refusal);
    }

    switch (co_await writers_.write(arrival)) {
        case Fate::committed:
            count_rules();
            co_return smtp::Reply{250, "2.0.0", "Accepted " + receipt(id)};
        case Fate::no_space:
            co_return smtp::Reply{452, "4.3.1", "Out of space; please try again later"};
        case Fate::unavailable:
            break;
    }
    co_return smtp::Reply{451, "4.3.0", "Could not store the message; please try again later"};
}

}  // namespace intake
