// Mail that the desk itself writes, waiting to be sent: digests for owners, acknowledgements.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct QueuedMail {
    std::int64_t workspace = 0;
    std::string kind;                            // held_digest or acknowledgement
    std::int64_t mailbox = 0;                    // that writes
    std::optional<tickets::Uuid> interaction{};  // that it answers
    std::string recipient;
    std::string message;     // all of it, as it would travel
    std::string dedupe_key;  // of one kind and workspace each is queued once
};

// A mailbox whose owner is to hear that mail waits.
struct HeldDigest {
    std::int64_t workspace = 0, mailbox = 0;
    std::string address, owner;
    std::string day;  // in UTC, 2026-11-22
    std::int64_t count = 0;
    Timestamp oldest;
    std::vector<std::string> reasons;
};

class Outbox {
  public:
    explicit Outbox(Pool& pool) : pool_(pool) {}

    // From the null reverse-path. False: it was queued before, by whichever node. Throws Error.
    asio::awaitable<bool> queue(QueuedMail mail);

    // Those of this day that nobody has queued yet. Throws Error.
    asio::awaitable<std::vector<HeldDigest>> digests_due();

  private:
    Pool& pool_;
};

}  // namespace store
