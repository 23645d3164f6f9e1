// Options of `ticketgate queue`; see daemon/cli.hpp.
#pragma once

#include "store/delivery_desk.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace program {

struct QueueList {
    std::optional<std::string> workspace, destination, ticket;
    std::vector<std::string> states;  // none: those without an end; of a ticket all
    std::int64_t limit = 50;
    bool json = false;
};
struct QueueShow {
    std::string id;
    bool json = false;
};
// The deliveries that are named, or all that wait of a ticket, a destination or a workspace.
struct QueueChange {
    store::DeliveryVerb verb = store::DeliveryVerb::retry;
    std::vector<std::string> ids;
    std::optional<std::string> workspace, destination, ticket;
    bool json = false;
};

}  // namespace program
