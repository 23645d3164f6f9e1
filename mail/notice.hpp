// A mail that the desk writes by itself: plain text, for one reader, never to be answered by a machine.
//
// It says Auto-Submitted: auto-replied (RFC 3834 §5) and X-Auto-Response-Suppress: All, and bears our loop
// field and a Message-ID of ours (mail/kind.hpp); it is sent with the null reverse-path. Any bytes may stand
// in the texts: names and subjects become one line of RFC 2047 words where they are not plain ASCII, the body
// is quoted-printable, no line is longer than 76 and nothing in them begins a field of its own.
#pragma once

#include "mail/mailbox.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace mail {

struct Notice {
    Mailbox from;
    std::string from_name;  // may be empty
    Mailbox to;             // its local part is ASCII: nothing here asks for SMTPUTF8
    std::string subject, text;
    std::string unique;        // what makes its Message-ID its own: letters and digits
    std::string installation;  // as our loop field names it
    std::string answers;       // Message-ID of what it answers, without brackets; empty: nothing
    std::chrono::system_clock::time_point date;
};

[[nodiscard]] std::string message_id_of(const Notice& notice);

// The whole mail, its lines ended by CRLF.
[[nodiscard]] std::string compose(const Notice& notice);

}  // namespace mail
