// The keys about who may write: a part of the table in daemon/config.cpp.
#include "daemon/config.hpp"
#include "daemon/config_checks.hpp"

#include <array>

namespace program {
namespace {

constexpr std::array<std::string_view, 4> actions{"accept", "hold", "discard", "refuse"};
constexpr std::array<std::string_view, 2> absences{"accept", "defer"};

ConfigKey scanners(std::string_view name, ConfigKey::Member member, ConfigKey::Check check,
                   std::string_view example, std::string_view sentence) {
    return {.section = "scanners",
            .name = name,
            .member = member,
            .check = check,
            .example = example,
            .sentence = sentence};
}

const std::array keys{
    scanners("rspamd", &Config::scanners_rspamd, check_server_or_empty, R"("127.0.0.1:11333")",
             "Where rspamd's normal worker listens: it is asked about each mail, and what it says is kept; "
             "empty: it is not asked."),
    scanners("rspamd_password", &Config::scanners_rspamd_password, nullptr, R"("credential:rspamd")",
             "The password that rspamd wants, if any."),
    scanners("clamav", &Config::scanners_clamav, check_server_or_empty, R"("unix:/run/clamav/clamd.ctl")",
             "Where ClamAV's daemon listens; empty: it is not asked."),
    scanners(
        "block_lists", &Config::scanners_block_lists, check_block_list,
        R"(["bl.example.org", "list.example.net=127.0.0.2,127.0.0.3"])",
        "DNS block lists that are asked for the client's address, each with the answers that count; all of "
        "127.0.0.0/8 where none are named."),
    ConfigKey{.section = "scanners",
              .name = "time_limit",
              .member = &Config::scanners_time_limit,
              .least = 1,
              .most = 120,
              .unit = "seconds",
              .example = "30",
              .sentence = "How long a mail waits for all scanners, which are asked at one time."},
    scanners(
        "spam", &Config::scanners_spam, check_choice<actions>, R"("hold")",
        "What becomes of mail that rspamd marks (\"add header\", \"rewrite subject\"): \"accept\" (with its "
        "score, which rules may ask for), \"hold\", \"discard\" or \"refuse\"."),
    scanners("refused", &Config::scanners_refused, check_choice<actions>, R"("hold")",
             "What becomes of mail that rspamd rejects."),
    scanners("virus", &Config::scanners_virus, check_choice<actions>, R"("discard")",
             "What becomes of mail in which ClamAV finds something."),
    scanners("listed", &Config::scanners_listed, check_choice<actions>, R"("hold")",
             "What becomes of mail whose client is on a block list."),
    scanners("when_away", &Config::scanners_when_away, check_choice<absences>, R"("defer")",
             "What becomes of mail that a scanner does not answer for: \"accept\" takes it without its word, "
             "\"defer\" puts it off with 451."),
};

}  // namespace

std::span<const ConfigKey> policy_config_keys() {
    return keys;
}

}  // namespace program
