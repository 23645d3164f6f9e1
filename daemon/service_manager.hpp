// What systemd hands to a service, and what it hears from one; sd_listen_fds(3), sd_notify(3).
//
// Without systemd there are no sockets and no watchdog, and notify() does nothing.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace program {

struct PassedSocket {
    std::string name;  // FileDescriptorName= of the socket unit
    int descriptor = -1;
};

// The caller owns the descriptors; a second call finds none. Throws std::system_error when what the
// environment says of them can't be.
[[nodiscard]] std::vector<PassedSocket> passed_sockets();

// How often "WATCHDOG=1" is awaited, at least; zero: it is not.
[[nodiscard]] std::chrono::microseconds watchdog_interval();

// Lines such as "READY=1" and "STATUS=taking mail".
void notify(const std::string& lines);

// "RELOADING=1" with the time by which systemd knows which READY=1 is its answer.
void notify_reloading();

}  // namespace program
