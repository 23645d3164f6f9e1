// The one place that includes libsystemd.
#include "daemon/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace program {

std::vector<PassedSocket> passed_sockets() {
    char** names = nullptr;
    const int count = sd_listen_fds_with_names(1, &names);
    if (count < 0)
        throw std::system_error(-count, std::generic_category(), "systemd's sockets can't be taken");
    std::vector<PassedSocket> sockets;
    for (int i = 0; i < count; ++i) {
        sockets.push_back({names[i], SD_LISTEN_FDS_START + i});
        std::free(names[i]);
    }
    std::free(names);
    return sockets;
}

std::chrono::microseconds watchdog_interval() {
    std::uint64_t interval = 0;
    return std::chrono::microseconds(sd_watchdog_enabled(0, &interval) > 0 ? interval : 0);
}

void notify(const std::string& lines) {
    sd_notify(0, lines.c_str());
}

void notify_reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(count));
}

}  // namespace program
