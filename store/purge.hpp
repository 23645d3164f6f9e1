// What is older than somebody wants to keep: tickets whose last mail is, held mails that are, and then
// persons and threads that nothing is left of.
//
// Goes through the tickets in the order of their keys, a transaction for a few at a time, and may run beside
// daemons that take mail: a ticket that a mail comes to meanwhile stays. Stopped anywhere and started again
// it goes on to the same result. Throws store::Error.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace store {

struct PurgeCounts {
    std::int64_t tickets = 0;
    std::int64_t mails = 0;  // in those
    std::int64_t held = 0;   // mails in no ticket
    std::int64_t bytes = 0;  // of raw mail
    std::int64_t persons = 0;
};

class Purge {
  public:
    Purge(Pool& pool, Timestamp before) : pool_(pool), before_(before) {}

    // What would go now, save persons; changes nothing.
    asio::awaitable<PurgeCounts> count(std::vector<std::int64_t> workspaces);

    // `progress` is told what has gone so far.
    asio::awaitable<PurgeCounts> run(std::vector<std::int64_t> workspaces,
                                     std::function<void(const PurgeCounts&)> progress);

  private:
    template <class Work>
    asio::awaitable<void> in_pages(const Statement& statement, std::int64_t workspace, Work work);
    asio::awaitable<PurgeCounts> remove_tickets(std::int64_t workspace, std::vector<tickets::Uuid> tickets);
    asio::awaitable<PurgeCounts> remove_held(std::int64_t workspace, std::vector<tickets::Uuid> mails);
    asio::awaitable<std::int64_t> remove_persons(std::int64_t workspace);

    Pool& pool_;
    const Timestamp before_;
};

}  // namespace store
