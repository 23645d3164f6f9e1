// The subcommands of daemon/outbound_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli_tree.hpp"

namespace program {

void add_outbound_commands(const CommandTree& tree);

}  // namespace program
