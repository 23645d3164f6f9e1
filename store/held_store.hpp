// Mail that was accepted and waits for somebody at the desk: what is held, and why.
#pragma once

#include "store/pool.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct HeldMail {
    std::int64_t workspace_id = 0;
    tickets::Uuid interaction;
    std::string workspace;
    Timestamp received;
    std::string author, author_name, subject;
    std::int64_t raw_size = 0;
    std::optional<std::string> kind;
    std::vector<std::string> kind_reasons;
    std::string row;                   // what decided
    std::vector<std::string> reasons;  // of its dispositions
    std::vector<std::string> mailboxes;
    std::optional<std::string> evidence;  // JSON: intake/examination.hpp
};

// What a release needs of a mail.
struct HeldToRelease {
    std::int64_t workspace = 0;
    std::string workspace_name;
    tickets::Uuid intake;
    std::optional<tickets::Uuid> ticket;  // it is held no more
    bool released = false;
    Timestamp received;
    std::string subject, author, author_name;
    std::vector<std::string> correspondents;
    std::string verdict;
    std::vector<std::int64_t> mailboxes;
    std::string address;                          // of the first
    std::optional<std::string> policy, evidence;  // JSON
    std::int64_t raw_size = 0;
    std::optional<tickets::Uuid> reply_address, returned;  // the address of ours that it came to
};

struct HeldStanding {
    std::map<std::string, std::int64_t> by_reason;  // one for each mailbox of a mail
    std::chrono::seconds oldest{0};
};

class HeldStore {
  public:
    explicit HeldStore(Pool& pool) : pool_(pool) {}

    // The newest first. Throws Error, as the next one.
    asio::awaitable<std::vector<HeldMail>> list(std::optional<std::string> workspace, std::int64_t limit);

    // None when there is no such mail, or it is not held.
    asio::awaitable<std::optional<HeldMail>> find(tickets::Uuid interaction);

    // Whether it is held or was; none when there is no such mail.
    asio::awaitable<std::optional<HeldToRelease>> to_release(tickets::Uuid interaction);

    // Within a transaction that holds the locks of its ids (IntakeStore::begin): false where it is held no
    // more.
    static asio::awaitable<bool> lock(Connection& connection, std::int64_t workspace,
                                      tickets::Uuid interaction, Deadline deadline);

    // Removes those that are held, and says how many. Their dispositions are discarded then, for `reason`.
    asio::awaitable<std::int64_t> discard(std::int64_t workspace, std::vector<tickets::Uuid> interactions,
                                          std::string reason);

    // Discards what is older than its workspace keeps it, and says how many that were.
    asio::awaitable<std::int64_t> expire();

    asio::awaitable<HeldStanding> standing();

  private:
    asio::awaitable<std::vector<HeldMail>> read(Params params);

    Pool& pool_;
};

}  // namespace store
