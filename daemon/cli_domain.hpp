// The subcommands of daemon/domain_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli_tree.hpp"

namespace program {

// `domain` is there already, with those of daemon/cli.cpp.
void add_domain_commands(const CommandTree& tree);

}  // namespace program
