// Who else is asked about a mail: rspamd, ClamAV and DNS block lists. Each is optional, each has its time,
// and what a mail does when one is away is the operator's word and never a mail lost.
//
// A Scanner says what it found (Scan); decide() makes a Decision of all of them by the operator's choices.
#pragma once

#include "net/connection.hpp"
#include "policy/decision.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace policy {

// A mail as a scanner is told of it. The views must outlive the scan.
struct ScanRequest {
    std::string_view raw;
    std::string client_address, helo, reverse_path;
    std::vector<std::string> recipients;
    std::string id;  // of the session, for the scanner's log
};

enum class Found {
    nothing,
    spam,    // enough to mark it
    refuse,  // more: the scanner would not take it
    defer,   // the scanner wants it later (rspamd's soft reject and greylist)
    virus,
    listed,  // on a block list
    away,    // not answered in time, or with what makes no sense
};
[[nodiscard]] std::string_view name(Found found);

struct Scan {
    std::string scanner;  // rspamd, clamav, or a block list's zone
    Found found = Found::nothing;
    std::optional<double> score, required;  // of rspamd
    std::vector<std::string> symbols;       // rspamd's as "BAYES_SPAM(5.10)", the virus, a list's own words
    std::string words;                      // what the scanner wants the sender to read
    std::string why;                        // for away: in a few words
};

class Scanner {
  public:
    virtual ~Scanner() = default;
    // One Scan by `deadline`, whatever happens; never throws.
    [[nodiscard]] virtual boost::asio::awaitable<std::vector<Scan>> scan(const ScanRequest& request,
                                                                         net::Clock::time_point deadline) = 0;
};

// The operator's choices.
struct ScanChoices {
    Action spam = Action::accept;     // rspamd's "add header" and "rewrite subject": marked by its score
    Action refused = Action::refuse;  // rspamd's "reject"
    Action virus = Action::refuse;
    Action listed = Action::refuse;
    bool defer_when_away = false;  // else the mail is taken without the scanner's word
};

// The gravest of what the choices make of each scan. Deferring (a Decision to refuse with a 4xx code) is
// less grave than refusing, and graver than to hold: nothing is decided of a mail that comes again.
[[nodiscard]] Decision decide(std::span<const Scan> scans, const ScanChoices& choices);

}  // namespace policy
