#include "intake/intake.hpp"

#include "intake/bans.hpp"
#include "intake/judgement.hpp"
#include "intake/offload.hpp"
#include "intake/signed_recipient.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

namespace intake {
namespace {

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

// A mail that was read, and what bans and rules say of it.
struct Prepared {
    std::shared_ptr<const Arrival> arrival;
    std::vector<AppliedBan> bans;
    std::optional<smtp::Reply> refusal;
};

}  // namespace

// A ban that holds or discards is for the sink: the sender hears nothing of it.
const tickets::Ban* SettingsDirectory::ban_that_refuses(const policy::Bans& bans, std::int64_t workspace,
                                                        const smtp::Sender& sender, std::string_view stage) {
    policy::Sender known{sender.client_address, {}};
    if (!sender.reverse_path.empty()) known.addresses.push_back(mail::mailbox_of(sender.reverse_path));
    const auto* const ban = bans.find(workspace, known, std::chrono::system_clock::now());
    if (!ban || policy::action_of(*ban) != policy::Action::refuse) return nullptr;
    probe_.ban_applied({ban->id, workspace == tickets::whole_installation, "refuse", stage}, sender);
    return ban;
}

// A ban's end is told to whom SPF shows to be the one who is banned.
asio::awaitable<std::optional<smtp::Reply>> SettingsDirectory::refuse(std::int64_t workspace,
                                                                      smtp::Sender sender,
                                                                      std::string_view stage) {
    const auto bans = settings_.bans();
    const auto* const ban = ban_that_refuses(*bans, workspace, sender, stage);
    if (!ban) co_return std::nullopt;
    const bool spf_passed = ban->ends && co_await examiner_.passes_spf(std::move(sender));
    co_return refusal(*ban, *settings_.current(), spf_passed);
}

std::optional<smtp::Reply> SettingsDirectory::refuse_client(const std::string& address) {
    const auto bans = settings_.bans();
    const auto* const ban = ban_that_refuses(*bans, tickets::whole_installation, {address, ""}, "connect");
    return ban ? std::optional(refusal(*ban, *settings_.current(), false)) : std::nullopt;
}

asio::awaitable<std::optional<smtp::Reply>> SettingsDirectory::refuse_sender(smtp::Sender sender) {
    auto refused = co_await refuse(tickets::whole_installation, sender, "mail");
    if (!refused && examiner_.verifies())
        asio::co_spawn(co_await asio::this_coro::executor, examiner_.passes_spf(std::move(sender)),
                       [](const std::exception_ptr&, bool) {});
    co_return refused;
}

// What the snapshot doesn't have may be seconds old. Throws store::Error.
asio::awaitable<smtp::Resolution> SettingsDirectory::look_up(mail::Mailbox recipient) {
    auto settings = settings_.current();
    auto own = read_signed(recipient, *settings);
    auto known = answer(*settings, recipient);
    if (own.is_forged() || (!own.is_genuine() && known.outcome != smtp::Resolution::Outcome::found)) {
        settings = co_await settings_.refreshed();
        own = read_signed(recipient, *settings);
        known = answer(*settings, recipient);
    }
    if (own.is_forged()) co_return smtp::Resolution{smtp::Resolution::Outcome::unknown_mailbox, {}, {}};
    if (own.is_genuine()) co_return co_await find_signed(pool_, own, settings);
    co_return known;
}

asio::awaitable<smtp::Resolution> SettingsDirectory::resolve(mail::Mailbox recipient, smtp::Sender sender) {
    using Outcome = smtp::Resolution::Outcome;
    smtp::Resolution known;
    try {
        known = co_await look_up(recipient);
    } catch (const std::exception&) {
        co_return smtp::Resolution{};
    }
    if (known.outcome != Outcome::found || policy::is_postmaster(recipient)) co_return known;
    if (auto refused = co_await refuse(known.destination.workspace, std::move(sender), "rcpt"))
        co_return smtp::Resolution{Outcome::refused, {}, *std::move(refused)};
    co_return known;
}

Intake::Intake(Options options, const store::Settings& settings, const Examiner& examiner, Writers& writers,
               asio::thread_pool& pool, Probe& probe, std::function<void(const std::exception&)> on_error)
    : options_(std::move(options)),
      settings_(settings),
      examiner_(examiner),
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
    Examination examination = co_await examiner_.examine(message);
    if (examination.authentication) probe_.verified(auth::name(examination.verdict()));
    for (const policy::Scan& scan : examination.scans)
        probe_.scanned(scan.scanner, policy::name(scan.found), scan.why);
    const bool large = message.raw.size() > options_.offload_above;
    auto work = [message = std::move(message), settings = settings_.current(), bans = settings_.bans(),
                 host_name = options_.host_name, choices = examiner_.scan_choices(),
                 examination = std::move(examination), id]() mutable {
        const auto now = std::chrono::system_clock::now();
        auto [arrival, refusal] =
            judge(message, *settings, *bans, examination, choices, host_name, id, Envelope::known, now);
        auto applied = applied_bans(arrival, *bans, now);
        return Prepared{std::make_shared<const Arrival>(std::move(arrival)), std::move(applied),
                        std::move(refusal)};
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
