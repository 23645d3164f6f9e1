// The fields of machine-readable reports: delivery status notifications (RFC 3464, RFC 6533) and feedback
// reports (RFC 5965). As tolerant as servers are careless: groups without a blank line between them, fields
// that are cut, misspelt, missing, folded without a blank. Linear; at most `max_bounced` recipients.
#pragma once

#include "mail/bounce_entry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mail {

// `text`: the body of message/delivery-status, decoded; or any text that holds such fields among others.
[[nodiscard]] std::vector<BounceEntry> read_delivery_status(std::string_view text);

// Those whom a feedback report names as recipients of the mail complained about; redacted ones are not named.
[[nodiscard]] std::vector<std::string> feedback_recipients(std::string_view text);

// Amazon SES tells of bounces and complaints in JSON, as a mail with nothing else in it. Empty: it is no such
// text.
[[nodiscard]] std::vector<BounceEntry> read_ses_notification(std::string_view text);

}  // namespace mail
