// Old mail on its way into the intake: what SMTP would have told about it, from the mail itself.
#pragma once

#include "intake/arrival.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace intake {

// Made of the mail and its mailbox, so that the same import again finds what is there already, however the
// first one ended.
[[nodiscard]] Uuid import_id(const smtp::Destination& to, std::string_view raw);

// When it was received: the date of the topmost Received field, else of Date. None where that says nothing
// that can be true: before 1970, or after `now`.
[[nodiscard]] std::optional<store::Timestamp> time_of_header(std::string_view raw, store::Timestamp now);

// As prepare() makes it, marked as imported and without a Received field of ours. The reverse-path is the
// Return-Path field's, so that the mail is recognised beside a copy that came by SMTP.
[[nodiscard]] Arrival prepare_imported(std::string raw, const smtp::Recipient& to,
                                       const store::Snapshot& settings, const Uuid& intake,
                                       store::Timestamp received);

}  // namespace intake
