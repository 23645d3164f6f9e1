// The commands about the queue of what leaves: `ticketgate queue`.
#pragma once

#include "daemon/cli_tree.hpp"

namespace program {

void add_queue_commands(const CommandTree& tree);

}  // namespace program
