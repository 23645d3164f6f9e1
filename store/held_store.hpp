// Mail that was accepted and waits for somebody at the desk: what is held, and why.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
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

class HeldStore {
  public:
    explicit HeldStore(Pool& pool) : pool_(pool) {}

    // The newest first. Throws Error, as the next one.
    asio::awaitable<std::vector<HeldMail>> list(std::optional<std::string> workspace, std::int64_t limit);

    // None when there is no such mail, or it is not held.
    asio::awaitable<std::optional<HeldMail>> find(tickets::Uuid interaction);

  private:
    asio::awaitable<std::vector<HeldMail>> read(Params params);

    Pool& pool_;
};

}  // namespace store
