// What the readers of bounces gather of one recipient, before it is judged (mail/bounce_reason.hpp).
#pragma once

#include "mail/bounce_reason.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace mail {

inline constexpr std::size_t max_bounced = 1000;  // recipients of one bounce; the rest is left out

struct BounceEntry {
    std::string address;                  // local@domain as written; may be empty
    std::string words;                    // what the server said, line ends as blanks; at most `max_words`
    std::string context;                  // what else is told of it, for want of better
    std::string status;                   // enhanced code of a Status field
    std::string diagnostic;               // type of a Diagnostic-Code, lower case
    std::string action;                   // lower case
    Reason category = Reason::undefined;  // what the reporting program itself takes for the reason
    SmtpCommand command = SmtpCommand::unknown;

    void say(std::string_view text);  // adds to the words, up to the bound
};

// The first address in the text, without brackets and quotes; empty when there is none. `begin` and `end`:
// where it stands. 8-bit letters are part of it only in fields, where nothing else can stand around it.
struct FoundAddress {
    std::string_view address;
    std::size_t begin = 0, end = 0;
};
[[nodiscard]] FoundAddress address_in(std::string_view text, bool is_field = false);

}  // namespace mail
