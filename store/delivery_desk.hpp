// Deliveries as an operator sees and changes them.
#pragma once

#include "store/pool.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

struct DeliveryInfo {
    std::int64_t workspace_id = 0;
    tickets::Uuid id;
    std::string workspace;
    std::optional<std::string> ticket;  // its short id
    std::optional<tickets::Uuid> interaction;
    std::optional<std::string> kind;  // of what the desk wrote by itself
    std::string recipient, destination, email_sender, state;
    std::int64_t attempts = 0;
    Timestamp queued_at;
    std::optional<Timestamp> next_attempt, finished_at;
    std::optional<std::int64_t> code;
    std::string status, reply;
};

struct AttemptInfo {
    std::int64_t attempt = 0;
    Timestamp began_at, ended_at;
    std::string result, phase, server, address, tls_version, tls_cipher, tls_policy;
    std::optional<std::int64_t> code;
    std::string status, reply;
};

// What is none selects all.
struct DeliveryFilter {
    std::optional<std::string> workspace, destination;
    std::optional<tickets::Uuid> ticket;
    std::optional<std::vector<tickets::Uuid>> ids;
    std::vector<std::string> states;
    std::int64_t limit = 50;
};

[[nodiscard]] const std::vector<std::string>& delivery_states();  // all of them
[[nodiscard]] const std::vector<std::string>& unfinished_deliveries();

enum class DeliveryVerb { retry, cancel, hold, release };

// Of those without an end.
struct DeliveriesStanding {
    std::map<std::string, std::int64_t> by_state;
    std::chrono::milliseconds oldest_due{0};
};

class DeliveryDesk {
  public:
    explicit DeliveryDesk(Pool& pool) : pool_(pool) {}

    asio::awaitable<std::vector<DeliveryInfo>> list(DeliveryFilter filter);
    asio::awaitable<std::vector<AttemptInfo>> attempts(std::int64_t workspace, tickets::Uuid delivery);

    // Those of them that it was done to; the others' state forbids it. The workers are told.
    asio::awaitable<std::vector<tickets::Uuid>> change(DeliveryVerb verb,
                                                       std::vector<DeliveryInfo> deliveries);

    // Tells each ticket, once, that a mail of it has been waiting for longer than that; how many were told.
    asio::awaitable<std::int64_t> tell_delays(std::chrono::milliseconds after);
    asio::awaitable<DeliveriesStanding> standing();

  private:
    Pool& pool_;
};

}  // namespace store
