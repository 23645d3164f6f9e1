// The subcommands of daemon/hand_options.hpp, added to the tree of cli.cpp.
#pragma once

#include "daemon/cli_tree.hpp"

#include <string>
#include <vector>

namespace program {

void add_hand_commands(const CommandTree& tree);

// `ticket tag ID +new -old`: a tag that is to go looks like an option. The words with such tags written as
// `+-old`, which is no tag that could be added.
[[nodiscard]] std::vector<std::string> signed_tags(std::vector<std::string> words);

}  // namespace program
