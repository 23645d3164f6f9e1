#include "daemon/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace program {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::size_t descriptors() {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
         entry.increment(error))
        ++count;
    return count > 0 ? count - 1 : 0;  // one of them was for counting
}

// proc(5): field 22 of /proc/self/stat, in ticks since the boot that /proc/uptime counts from.
double start_time() {
    std::ifstream stat_file("/proc/self/stat"), uptime_file("/proc/uptime");
    std::string stat;
    double uptime = 0;
    if (!std::getline(stat_file, stat) || !(uptime_file >> uptime)) return 0;
    std::size_t at = stat.rfind(')');  // the program's name may hold anything
    for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
    if (at == std::string::npos) return 0;
    const double after_boot = std::stod(stat.substr(at)) / static_cast<double>(sysconf(_SC_CLK_TCK));
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    return now.count() - uptime + after_boot;
}

}  // namespace

ProcessUsage process_usage() {
    static const double started = start_time();  // the clock may be set later, and the start stays
    ProcessUsage usage{.started = started, .open_descriptors = descriptors()};
    rusage spent{};
    if (getrusage(RUSAGE_SELF, &spent) == 0)
        usage.cpu_seconds = seconds(spent.ru_utime) + seconds(spent.ru_stime);
    std::size_t pages = 0, resident = 0;
    if (std::ifstream("/proc/self/statm") >> pages >> resident)
        usage.resident_bytes = resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_descriptors = limit.rlim_cur;
    return usage;
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace program
