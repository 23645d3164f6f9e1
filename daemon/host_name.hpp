// The name by which this server greets, signs Received and Authentication-Results.
#pragma once

#include "daemon/config.hpp"

#include <string>

namespace program {

// smtp.host_name, or the machine's own.
[[nodiscard]] std::string own_name(const Config& config);

}  // namespace program
