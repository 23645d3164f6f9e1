// A held mail becomes the ticket that it would have been.
//
// Decided anew by the same table, with what is known now, and as one transaction under the writers' locks.
// The agent's word stands in for what held it: bans, rules, scanners and kinds are not asked, and an author
// whom verification failed speaks, marked, as one of whom nothing is known. The same mail that came again
// meanwhile and was ticketed makes this one its duplicate. Doing it again finds it done. docs/held.md
#pragma once

#include "store/pool.hpp"
#include "store/settings.hpp"

#include <optional>
#include <string>

namespace intake {

struct ReleaseReport {
    enum class Outcome {
        opened,     // a ticket
        joined,     // a ticket
        duplicate,  // of a mail in that ticket
        before,     // somebody had released it: into that ticket
        not_held,   // it was in a ticket all the time
        missing,
        damaged,  // the stored mail is not the one that was accepted
    };
    Outcome outcome = Outcome::missing;
    std::optional<tickets::Uuid> ticket;
};

class Release {
  public:
    // `by`: who does it, as it is kept.
    Release(store::Pool& pool, const store::Snapshot& settings, std::string by)
        : pool_(pool), settings_(settings), by_(std::move(by)) {}

    // Throws store::Error.
    store::asio::awaitable<ReleaseReport> run(tickets::Uuid interaction);

  private:
    store::asio::awaitable<ReleaseReport> try_once(tickets::Uuid interaction);

    store::Pool& pool_;
    const store::Snapshot& settings_;
    std::string by_;
};

}  // namespace intake
