// The keys of the queue of what leaves: a part of the table in daemon/config.cpp.
#include "daemon/config.hpp"
#include "daemon/config_checks.hpp"
#include "daemon/config_rows.hpp"

#include <array>
#include <charconv>

namespace program {
namespace {

std::string check_wait(std::string_view text) {
    return parse_wait(text) ? "" : "is no time from 1s to 7d, such as \"90s\", \"5m\", \"2h\" or \"1d\"";
}

constexpr RowsOf<> queue{"outbound"};

const std::array keys{
    ConfigKey{.section = "outbound",
              .name = "enabled",
              .member = &Config::outbound_enabled,
              .check = check_choice<switches>,
              .example = R"("off")",
              .sentence = "Whether this node sends what is queued: \"on\" or \"off\"."},
    ConfigKey{.section = "outbound",
              .name = "retry_waits",
              .member = &Config::outbound_retry_waits,
              .check = check_wait,
              .example = R"(["1m", "10m", "1h"])",
              .sentence = "How long a delivery that did not get through waits for its next attempt: after "
                          "the first, the second, and so on, the last again and again; each a fifth longer "
                          "or shorter by chance."},
    queue.number("lifetime", &Config::outbound_lifetime, 1, 30 * 86'400, "seconds", "172_800",
                 "How long a delivery is tried before it fails (RFC 5321 wants 4 to 5 days)."),
    queue.number("delay_notice", &Config::outbound_delay_notice, 1, 30 * 86'400, "seconds", "3600",
                 "After what time a ticket is told that a mail of it has not gone out yet."),
    queue.number(
        "uncertain_wait", &Config::outbound_uncertain_wait, 0, 7 * 86'400, "seconds", "0",
        "How long a delivery whose fate is not known (the final dot was sent, and no answer came) waits "
        "before it is tried again, three attempts in all; 0: only by hand (ticketgate queue retry)."),
    queue.number("lease", &Config::outbound_lease, 1, 3600, "seconds", "30",
                 "How long a delivery stays with a node that has stopped; one that lives renews it."),
    queue.number("mta_sts_port", &Config::outbound_mta_sts_port, 1, 65'535, "", "8443",
                 "The port of web servers that have MTA-STS policies: 443 on the Internet."),
    ConfigKey{.section = "outbound",
              .name = "memory",
              .member = &Config::outbound_memory,
              .least = 16 << 20,
              .most = std::int64_t{64} << 30,
              .unit = "bytes",
              .example = "536_870_912",
              .sentence = "Memory for the mails that are being sent."},
};

}  // namespace

std::span<const ConfigKey> queue_config_keys() {
    return keys;
}

std::optional<Seconds> parse_wait(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (error != std::errc{} || number <= 0 || number > 1'000'000) return std::nullopt;
    const std::int64_t seconds = unit == "s"   ? 1
                                 : unit == "m" ? 60
                                 : unit == "h" ? 3600
                                 : unit == "d" ? 86'400
                                               : 0;
    if (seconds == 0 || number * seconds > 7 * 86'400) return std::nullopt;
    return Seconds(number * seconds);
}

}  // namespace program
