#include "daemon/host_name.hpp"

#include <unistd.h>

#include <array>

namespace program {
namespace {

std::string machine_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "localhost";
}

}  // namespace

std::string own_name(const Config& config) {
    return config.smtp_host_name.empty() ? machine_name() : config.smtp_host_name;
}

}  // namespace program
