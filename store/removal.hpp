// One transaction that removes mails for good, with all that is known of them, and the tickets that they
// leave empty.
//
// begin() locks tickets as the writers do, stronger: a writer that waited for one finds it gone and begins
// again. Verbs are collected and written by commit(); dropped without it, nothing has changed. Usage stays
// what it was; what the audit compares it with is noted. Throws Error (serialization) when a ticket was
// merged meanwhile: begin again.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct RemovableMail {
    tickets::Uuid id;
    std::optional<tickets::Uuid> ticket;
    std::int64_t raw_size = 0;
    std::string subject;
    bool theirs = false;
};

class Removal {
  public:
    // `tickets` and what was merged into them. Those that have gone meanwhile are left out.
    static asio::awaitable<Removal> begin(Pool& pool, std::int64_t workspace,
                                          std::vector<tickets::Uuid> tickets);

    [[nodiscard]] const std::vector<tickets::Uuid>& locked() const { return locked_; }

    // What is there under the locks. `theirs` are the mails that `author` wrote, or all without one.
    asio::awaitable<std::vector<RemovableMail>> mails_of(std::vector<tickets::Uuid> tickets,
                                                         std::optional<std::string> author);
    asio::awaitable<std::vector<RemovableMail>> held_mails(std::vector<tickets::Uuid> mails,
                                                           std::optional<std::string> author);
    asio::awaitable<Result> ask(const Statement& statement, Params params);

    void remove_mails(const std::vector<tickets::Uuid>& mails);
    // Held mails, of which the dispositions stay: discarded, for this reason.
    void discard_mails(const std::vector<tickets::Uuid>& mails, const std::string& reason);
    // With those that were merged into them; none of them has mail any more.
    void remove_tickets(const std::vector<tickets::Uuid>& tickets);
    // Our notes of an address in what others wrote: `mails` are those of others.
    void forget(const std::vector<tickets::Uuid>& mails, const std::string& address);
    void forget_in_tickets(const std::string& address, std::optional<tickets::Uuid> person,
                           const std::vector<std::string>& subjects);

    asio::awaitable<void> commit();
    asio::awaitable<void> roll_back();

  private:
    Removal(Pool& pool, Pool::Lease lease, std::int64_t workspace);
    Params& add(const Statement& statement, const std::vector<tickets::Uuid>& ids);

    Pool& pool_;
    Pool::Lease lease_;
    std::int64_t workspace_;
    std::vector<tickets::Uuid> locked_;
    std::vector<std::pair<tickets::Uuid, tickets::Uuid>> merged_;  // and into which of them
    std::vector<Query> queries_;
};

[[nodiscard]] bool met_somebody(const Error& error);

// Does `work`, a transaction, again where it met somebody else's.
template <class Work>
auto repeatedly(Work work) -> decltype(work()) {
    constexpr int max_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        try {
            co_return co_await work();
        } catch (const Error& error) {
            if (!met_somebody(error) || attempt == max_attempts) throw;
        }
    }
}

// Threads that no mail is of any more.
asio::awaitable<void> remove_empty_threads(Pool& pool, std::int64_t workspace);

// The uuids of a result's first column.
[[nodiscard]] std::vector<tickets::Uuid> uuids_of(const Result& rows);

}  // namespace store
