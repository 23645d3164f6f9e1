#include "daemon/ports_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace program {

void write_ports_file(const std::string& file, const Ports& ports) {
    const std::string fresh = file + ".new";
    std::ofstream stream(fresh, std::ios::trunc);
    stream << fmt::format(R"({{"smtp":{},"http":{},"lmtp":{}}})", ports.smtp, ports.http, ports.lmtp) << '\n';
    stream.close();
    if (!stream || std::rename(fresh.c_str(), file.c_str()) != 0)
        throw std::system_error(errno, std::generic_category(), "can't write " + file);
}

}  // namespace program
