// A person's mail and our notes of them, removed on their request.
//
// Their mails go, with what is known of them; tickets that are left without mail go too. In what others
// wrote only our notes of the address are blanked (correspondents, participants, reverse-path): those mails
// stay as they came and may quote or name them. May run beside daemons that take mail, and be stopped and
// started again. Throws store::Error.
#pragma once

#include "store/removal.hpp"

#include <functional>

namespace store {

struct ErasureReport {
    std::int64_t mails = 0, bytes = 0;
    std::int64_t tickets = 0;  // that went
    std::int64_t persons = 0;  // rows of them, one a workspace
    struct Left {
        std::int64_t workspace = 0;
        std::string short_id;
        std::int64_t mails = 0;  // of others
    };
    std::vector<Left> left;  // tickets that stay: they wrote there, or are named
};

class Erasure {
  public:
    // `address` in its key form. A dry run does the same and commits nothing of it.
    Erasure(Pool& pool, std::string address, bool dry_run)
        : pool_(pool), address_(std::move(address)), dry_run_(dry_run) {}

    // `progress`: how many of how many tickets of a workspace have been looked at.
    asio::awaitable<ErasureReport> run(std::vector<std::int64_t> workspaces,
                                       std::function<void(std::int64_t, std::int64_t)> progress);

  private:
    asio::awaitable<ErasureReport> in_tickets(std::int64_t workspace, std::vector<tickets::Uuid> tickets,
                                              std::optional<tickets::Uuid> person);
    asio::awaitable<ErasureReport> in_held_mails(std::int64_t workspace, std::vector<tickets::Uuid> mails);
    asio::awaitable<std::int64_t> remove_person(std::int64_t workspace, tickets::Uuid person);

    Pool& pool_;
    const std::string address_;
    const bool dry_run_;
};

}  // namespace store
