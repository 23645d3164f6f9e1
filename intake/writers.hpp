// The writers: a few coroutines that commit accepted mails in groups (docs/flow.md, "commit").
//
// Each takes whatever is queued (at most 32 mails or 1 MB, and waits for no more), decides and commits it
// as one transaction, then lets the sessions answer. While one commits, the next group gathers.
//
// Failures: serialisation (40xxx) is tried again, and so is, once, what met a connection that had died since
// the last group; a lost, slow or full database makes the group's mails `unavailable` with nothing stored;
// when COMMIT was under way, the outcome is looked up by intake id before anything is said; a mail whose own
// data is refused is tried alone, then bare (arrival.hpp).
#pragma once

#include "intake/arrival.hpp"
#include "intake/probe.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace intake {

namespace asio = boost::asio;

enum class Fate {
    committed,
    unavailable,  // 451: nothing is stored, or nobody knows; the sender tries again
    no_space,     // 452
};

class Writers {
  public:
    struct Options {
        std::string conninfo;
        // Of waiting in the queue, and again of the transaction: a sender hears within twice this and a
        // little more, so it is at most 25 s.
        std::chrono::milliseconds timeout{25'000};
        store::Limits limits;
    };
    Writers(asio::any_io_executor executor, Options options, Probe& probe);

    // One writer; it runs until it is cancelled. The owner starts as many as it wants (two, measured).
    asio::awaitable<void> run();

    // Never throws store::Error; returns when the mail's fate is known.
    asio::awaitable<Fate> write(std::shared_ptr<const Arrival> arrival);

    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    // How long the first of them has waited since its final dot; 0 when there is none.
    [[nodiscard]] std::chrono::steady_clock::duration oldest_queued() const;

  private:
    struct Pending;
    using Group = std::vector<std::shared_ptr<Pending>>;
    class Writer;

    Group take();

    asio::any_io_executor executor_;
    Options options_;
    Probe& probe_;
    std::deque<std::shared_ptr<Pending>> queue_;
    asio::steady_timer work_;  // never expires; a wait is cancelled when something is queued
};

}  // namespace intake
