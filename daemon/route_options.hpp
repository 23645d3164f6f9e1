// Where mail goes, as the configuration says it: secrets read from their files, certificate authorities
// loaded.
#pragma once

#include "outbound/configured_router.hpp"

#include <string>

namespace program {

struct Config;

// Of a configuration without problems whose credentials are in place. Throws std::runtime_error that names
// the file when one can't be read. `host_name` is ours.
[[nodiscard]] outbound::RouteOptions route_options(const Config& config, const std::string& host_name);

}  // namespace program
