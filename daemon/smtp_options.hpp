// What the configuration says to the SMTP side.
#pragma once

#include "daemon/config.hpp"
#include "smtp/server.hpp"

#include <string>

namespace program {

// Throws std::runtime_error for a network that is none: the configuration has been checked for it.
[[nodiscard]] smtp::Options smtp_options(const Config& config, const std::string& host_name);

}  // namespace program
