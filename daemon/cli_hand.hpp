// The subcommands of daemon/hand_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>

namespace program {

// The one that is given leaves its options in `chosen`, which lives as long as `app`.
void add_hand_commands(CLI::App& app, Command& chosen);

}  // namespace program
