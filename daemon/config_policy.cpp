// The keys about who may write: a part of the table in daemon/config.cpp.
#include "daemon/config.hpp"
#include "daemon/config_checks.hpp"
#include "daemon/config_rows.hpp"

#include <array>

namespace program {
namespace {

constexpr std::array<std::string_view, 4> actions{"accept", "hold", "discard", "refuse"};
constexpr std::array<std::string_view, 2> absences{"accept", "defer"};

constexpr RowsOf<> verification{"verification"}, scanners{"scanners"}, floods{"floods"};

const std::array keys{
    verification.text(
        "resolver", &Config::verification_resolver, check_resolver, R"(["127.0.0.1", "192.0.2.1@5353"])",
        "Which name servers are asked: \"system\" (those of /etc/resolv.conf), addresses, \"recursion\" "
        "(from the root on), or \"off\": then nothing is verified, and every mail's verdict is none."),
    verification.text(
        "trust_anchors", &Config::verification_trust_anchors, nullptr, R"("")",
        "File with the root's DNSSEC keys (Debian: dns-root-data), by which answers are validated where "
        "they are signed; without the file, or empty, they are not. Name servers that strip signatures "
        "make everything bogus."),
    ConfigKey{
        .section = "verification",
        .name = "time_limit",
        .member = &Config::verification_time_limit,
        .least = 1,
        .most = 60,
        .unit = "seconds",
        .example = "10",
        .sentence = "How long all look-ups for one mail may take; what isn't known by then is temperror."},
    verification.text(
        "trusted_sealers", &Config::verification_trusted_sealers, check_host_name, R"(["lists.example.org"])",
        "Domains (d=) whose ARC seals count: where all who sealed a mail are among them, it passes as they "
        "say that it did where it first came in."),
    verification.text(
        "trusted_results", &Config::verification_trusted_results, nullptr, R"(["mx.example.org"])",
        "authserv-ids of mail servers of yours in front, such as Postfix with rspamd: what their "
        "Authentication-Results say is believed, and nothing is asked for. They must remove such fields "
        "from what they receive (RFC 8601, 5)."),
    scanners.text(
        "rspamd", &Config::scanners_rspamd, check_server_or_empty, R"("127.0.0.1:11333")",
        "Where rspamd's normal worker listens: it is asked about each mail, and what it says is kept; "
        "empty: it is not asked."),
    scanners.text("rspamd_password", &Config::scanners_rspamd_password, nullptr, R"("credential:rspamd")",
                  "The password that rspamd wants, if any."),
    scanners.text("clamav", &Config::scanners_clamav, check_server_or_empty,
                  R"("unix:/run/clamav/clamd.ctl")",
                  "Where ClamAV's daemon listens; empty: it is not asked."),
    scanners.text(
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
    scanners.text(
        "spam", &Config::scanners_spam, check_choice<actions>, R"("hold")",
        "What becomes of mail that rspamd marks (\"add header\", \"rewrite subject\"): \"accept\" (with its "
        "score, which rules may ask for), \"hold\", \"discard\" or \"refuse\"."),
    scanners.text("refused", &Config::scanners_refused, check_choice<actions>, R"("hold")",
                  "What becomes of mail that rspamd rejects."),
    scanners.text("virus", &Config::scanners_virus, check_choice<actions>, R"("discard")",
                  "What becomes of mail in which ClamAV finds something."),
    scanners.text("listed", &Config::scanners_listed, check_choice<actions>, R"("hold")",
                  "What becomes of mail whose client is on a block list."),
    scanners.text(
        "when_away", &Config::scanners_when_away, check_choice<absences>, R"("defer")",
        "What becomes of mail that a scanner does not answer for: \"accept\" takes it without its word, "
        "\"defer\" puts it off with 451."),
    floods.number(
        "tickets_per_hour", &Config::floods_tickets_per_hour, 0, 1'000'000, "", "500",
        "How many tickets mail of one sender may open in one mailbox within an hour; what comes beyond that "
        "is held with the reason flood. 0: no limit."),
    floods.number(
        "reopenings_per_hour", &Config::floods_reopenings_per_hour, 0, 1'000'000, "", "3",
        "How often mail may reopen one ticket within an hour; what comes beyond that joins the ticket, which "
        "stays resolved. 0: no limit."),
    floods.number("answers_per_day", &Config::floods_answers_per_day, 0, 1'000'000, "", "3",
                  "How many acknowledgements one address gets in a day, of all mailboxes. 0: no limit."),
    floods.number("answer_window", &Config::floods_answer_window, 60, 31'536'000, "seconds", "3600",
                  "How long after an acknowledgement a sender gets none from the same mailbox."),
};

}  // namespace

std::span<const ConfigKey> policy_config_keys() {
    return keys;
}

}  // namespace program
