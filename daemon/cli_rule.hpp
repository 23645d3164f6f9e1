// The subcommands of daemon/rule_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli_tree.hpp"

namespace program {

void add_rule_commands(const CommandTree& tree);

}  // namespace program
