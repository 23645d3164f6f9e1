// The configuration of [smtp] and [lmtp], as the SMTP side takes it.
#pragma once

#include "daemon/config.hpp"
#include "smtp/server.hpp"

#include <string>

namespace program {

// Throws std::runtime_error for what the check of a configuration would have told.
[[nodiscard]] smtp::Options smtp_options(const Config& config, const std::string& host_name);

}  // namespace program
