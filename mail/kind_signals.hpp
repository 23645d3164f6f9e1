// What a mail's header and envelope say about its writer; the first half of mail/kind.hpp.
#pragma once

#include "mail/kind.hpp"
#include "mail/kind_words.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct Signals {
    // Reasons for a kind, in the order in which they were found.
    std::vector<std::string> loop, bounce, report, away, automatic, bulk, weak;

    SubjectWords subject;
    bool null_path = false;
    bool mail_server = false;   // its From is a mail server's
    bool through_list = false;  // a mailing list sent it on: what it is was said to the list, not to us
    bool unsubscribe = false;   // List-Unsubscribe or List-Help, and no other word of a list
    bool suppresses = false;    // X-Auto-Response-Suppress
    bool answers = false;       // In-Reply-To or References
    bool is_report = false;     // multipart/report, or a report's part as the whole mail

    // The parts may change what the header says.
    [[nodiscard]] bool suspicious() const;
};

[[nodiscard]] Signals signals_of(const HeaderIndex& index, const Header& header,
                                 const Circumstances& circumstances);

// RFC 3834 §5: the keyword of Auto-Submitted without comments and parameters, in lower case.
[[nodiscard]] std::string auto_submitted_keyword(std::string_view value);

}  // namespace mail
