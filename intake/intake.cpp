#include "intake/intake.hpp"

#include "intake/offload.hpp"

namespace intake {
namespace {

smtp::Resolution answer(const store::Snapshot& snapshot, const mail::Mailbox& recipient) {
    using Outcome = smtp::Resolution::Outcome;
    const auto [match, id] = snapshot.find(recipient);
    switch (match) {
        case store::Snapshot::Match::found:
            return {Outcome::found, {id.workspace, id.mailbox}};
        case store::Snapshot::Match::unknown_mailbox:
            return {Outcome::unknown_mailbox, {}};
        case store::Snapshot::Match::not_ours:
            return {Outcome::not_ours, {}};
    }
    return {};
}

}  // namespace

asio::awaitable<smtp::Resolution> SettingsDirectory::resolve(mail::Mailbox recipient) {
    const auto known = answer(*settings_.current(), recipient);
    if (known.outcome == smtp::Resolution::Outcome::found) co_return known;
    // It may be seconds old, and not yet in the snapshot.
    try {
        co_return answer(*co_await settings_.refreshed(), recipient);
    } catch (const std::exception&) {
        co_return smtp::Resolution{};
    }
}

Intake::Intake(Options options, const store::Settings& settings, Writers& writers, asio::thread_pool& pool,
               std::function<void(const std::exception&)> on_error)
    : options_(std::move(options)),
      settings_(settings),
      writers_(writers),
      pool_(pool),
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
    auto work = [message = std::move(message), settings = settings_.current(), host_name = options_.host_name,
                 id]() mutable {
        return std::make_shared<const Arrival>(prepare(std::move(message), *settings, host_name, id));
    };
    std::shared_ptr<const Arrival> arrival;
    if (large)
        arrival = co_await offload(pool_, std::move(work));
    else
        arrival = work();

    switch (co_await writers_.write(std::move(arrival))) {
        case Fate::committed:
            co_return smtp::Reply{250, "2.0.0", "Accepted " + receipt(id)};
        case Fate::no_space:
            co_return smtp::Reply{452, "4.3.1", "Out of space; please try again later"};
        case Fate::unavailable:
            break;
    }
    co_return smtp::Reply{451, "4.3.0", "Could not store the message; please try again later"};
}

}  // namespace intake
