// The subcommands of daemon/hand_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace program {

// The one that is given leaves its options in `chosen`, which lives as long as `app`.
void add_hand_commands(CLI::App& app, Command& chosen);

// `ticket tag ID +new -old`: a tag that is to go looks like an option. The words with such tags written as
// `+-old`, which is no tag that could be added.
[[nodiscard]] std::vector<std::string> signed_tags(std::vector<std::string> words);

}  // namespace program
