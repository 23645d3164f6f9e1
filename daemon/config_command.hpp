// `ticketgate config check|print|sample`: exit status 0, or 2 with every problem on `error`.
#pragma once

#include "daemon/cli.hpp"

#include <iosfwd>
#include <optional>
#include <string>

namespace program {

struct Config;

// The configuration of a file that has no problems; otherwise they are on `error`.
[[nodiscard]] std::optional<Config> config_or_complain(const std::string& file, std::ostream& error);

// The same with its credentials in place.
[[nodiscard]] std::optional<Config> usable_config_or_complain(const std::string& file, std::ostream& error);

[[nodiscard]] int check_config(const std::string& file, std::ostream& output, std::ostream& error);
[[nodiscard]] int print_config(const std::string& file, std::ostream& output, std::ostream& error);
[[nodiscard]] int print_sample(const ConfigSample& options, std::ostream& output);

}  // namespace program
