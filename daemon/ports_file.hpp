// Tells whoever started the daemon which ports it took: {"smtp":2525,"http":8080}.
//
// Written at once and whole (a new file, then renamed), so that a reader sees nothing or all of it.
// Throws std::system_error when it can't be written.
#pragma once

#include <cstdint>
#include <string>

namespace program {

void write_ports_file(const std::string& file, std::uint16_t smtp, std::uint16_t http);

}  // namespace program
