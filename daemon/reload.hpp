// What a changed configuration means for a service that runs: pure.
#pragma once

#include "daemon/config.hpp"

#include <string>
#include <vector>

namespace program {

struct Reload {
    Config in_force;                   // the running one with what can change now
    std::vector<std::string> changed;  // keys that count from now on
    std::vector<std::string>
        at_restart;  // keys that differ from what is in force and stay so until a restart
};

// A certificate can be changed or added by a reload but not taken away: sessions may have been offered TLS.
[[nodiscard]] Reload plan_reload(const Config& running, const Config& fresh);

}  // namespace program
