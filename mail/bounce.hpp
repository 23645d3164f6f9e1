// What a bounce says: RFC 3464 delivery status notifications, and the bounces of servers that don't know it.
//
// A mail is a bounce by a conjunction: a report in its MIME structure, or a sender as bounces have it (null
// reverse-path, mailer-daemon, X-Failed-Recipients) together with the words or the subject of one. A person
// who forwards or quotes a bounce is none. Complaints (RFC 5965) are read as one too, reason "feedback",
// since they name recipients; receipts (RFC 8098) are not. Total; linear; bounded (mail/bounce_text.hpp,
// bounce_entry.hpp).
#pragma once

#include "mail/message.hpp"
#include "mail/mime_tree.hpp"

#include <optional>
#include <string>

namespace mail {

struct Circumstances;

// What a multipart/report reports (RFC 6522); also seen by the type of a part where the multipart is another.
enum class ReportType {
    none,
    delivery,     // RFC 3464, RFC 6533
    disposition,  // RFC 8098: read, deleted
    feedback,     // RFC 5965: complaints
    other,        // RFC 8460 and what else there is
};
[[nodiscard]] ReportType report_type(const MimeTree& tree);

// None when the mail is no bounce. `message` has its header and text read already.
[[nodiscard]] std::optional<Bounce> read_bounce(const MimeTree& tree, const Message& message,
                                                const Circumstances& circumstances);

}  // namespace mail
