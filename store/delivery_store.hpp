// The queue of what leaves the desk, as its workers see it (docs/outbound.md).
//
// A delivery that is claimed is its worker's until it says what became of it, puts it back, or lets the lease
// run out; then others find it. A claim is named by the worker's token and the number of the attempt: what is
// said under an older pair matches nothing, so that a worker that hung and woke up again spoils nothing. All
// times are the database's. Whatever fails throws Error, and nothing has been changed then.
#pragma once

#include "store/kept_mail.hpp"
#include "store/pool.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store {

using Milliseconds = std::chrono::milliseconds;

// A destination that deliveries of a workspace wait for.
struct WaitingDestination {
    std::int64_t workspace = 0;
    std::string destination;
    Milliseconds due_in{0};  // the first of them; a day where it is later, below 0 where it is due

    auto operator<=>(const WaitingDestination&) const = default;
};

struct DeliveryKey {
    std::int64_t workspace = 0;
    tickets::Uuid id;
    std::int64_t attempt = 0;  // the number of this one, from 1
};

struct ClaimedDelivery {
    DeliveryKey key;
    std::optional<tickets::Uuid> interaction;  // whose content it is; else that of a mail of the outbox,
    std::optional<tickets::Uuid> outbox;       // which comes from the null reverse-path
    std::string recipient, destination, email_sender;
    bool by_hand = false;  // somebody asked for this attempt
};

// How many deliveries of each destination of one workspace.
struct Claim {
    std::int64_t workspace = 0;
    std::vector<std::pair<std::string, std::int64_t>> destinations;
};

enum class AttemptResult { sent, deferred, failed, uncertain };
[[nodiscard]] std::string_view name(AttemptResult result);

// What became of an attempt.
struct Attempt {
    DeliveryKey delivery;
    AttemptResult result = AttemptResult::deferred;
    std::optional<Milliseconds> next;  // of what is deferred or uncertain; none: somebody's hand has to
    Milliseconds took{0};
    std::string phase, server, address, tls_version, tls_cipher, tls_policy;
    int code = 0;  // 0: the words are ours
    std::string status, reply;
};

struct FinishedDelivery {
    tickets::Uuid id;
    std::string state;
    Milliseconds age{0};  // since it was queued
};

class DeliveryStore {
  public:
    struct Terms {
        Milliseconds lease{60'000};
        Milliseconds lifetime{std::chrono::hours(5 * 24)};  // of a delivery in the queue
        std::string lifetime_words;           // before the last words of one that took that long
        std::int64_t uncertain_attempts = 3;  // made by themselves
        bool uncertain_by_hand = false;
    };
    DeliveryStore(Pool& pool, tickets::Uuid worker, Terms terms)
        : pool_(pool), worker_(worker), terms_(std::move(terms)) {}

    // At most so many, in their order, behind the one given.
    asio::awaitable<std::vector<WaitingDestination>> survey(WaitingDestination behind, std::int64_t at_most);

    asio::awaitable<std::vector<ClaimedDelivery>> claim(std::vector<Claim> claims);
    // The answer: those that are still this worker's.
    asio::awaitable<std::vector<tickets::Uuid>> renew(std::vector<DeliveryKey> deliveries);
    // As they were: not begun.
    asio::awaitable<void> put_back(std::vector<DeliveryKey> deliveries);
    // Writes results, and on the tickets what they have to know. What is missing in the answer had been taken
    // from this worker; but what was sent is written as long as nobody has begun it again.
    asio::awaitable<std::vector<FinishedDelivery>> finish(std::vector<Attempt> attempts);

    // What other workers, or this one's earlier lives, left behind.
    asio::awaitable<std::vector<DeliveryKey>> reclaim();

    // The mails of these, which threads may then take apart; those of the outbox.
    asio::awaitable<Result> contents(std::vector<MailKey> interactions);
    asio::awaitable<std::vector<std::pair<tickets::Uuid, std::string>>> messages(std::vector<MailKey> outbox);

  private:
    Pool& pool_;
    const tickets::Uuid worker_;
    const Terms terms_;
};

// For a transaction that makes deliveries due: tells the workers when it is committed.
[[nodiscard]] Query tell_delivery_workers();

// The workers' ear.
class DeliveryEar {
  public:
    explicit DeliveryEar(Pool::Options options) : options_(std::move(options)) {}

    // Returns when deliveries were made due by somebody who told so, or after `at_most`. Throws Error where
    // the database can't be heard.
    asio::awaitable<void> wait(Milliseconds at_most);

  private:
    const Pool::Options options_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace store
