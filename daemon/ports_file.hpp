// Tells whoever started the daemon which ports it took: {"smtp":2525,"http":8080,"lmtp":24}.
//
// Written at once and whole (a new file, then renamed), so that a reader sees nothing or all of it.
// 0: none, or a Unix socket.
// Throws std::system_error when it can't be written.
#pragma once

#include <cstdint>
#include <string>

namespace program {

struct Ports {
    std::uint16_t smtp = 0, http = 0, lmtp = 0;
};

void write_ports_file(const std::string& file, const Ports& ports);

}  // namespace program
