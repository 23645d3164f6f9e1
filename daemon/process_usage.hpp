// What this process costs the machine, as Linux tells it, and may cost.
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

// A login or a service starts with 1024 descriptors, for the sake of select(2), which is not used here:
// takes as many as may be had (the hard limit), and says how many that are.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace program
