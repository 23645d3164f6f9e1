// What this process costs the machine, as Linux tells it in /proc.
#pragma once

#include <cstddef>

namespace program {

struct ProcessUsage {
    double started = 0;  // seconds since 1970
    double cpu_seconds = 0;
    std::size_t resident_bytes = 0;
    std::size_t open_descriptors = 0;
    std::size_t max_descriptors = 0;
};

// Never fails: what can't be read is 0.
[[nodiscard]] ProcessUsage process_usage();

}  // namespace program
