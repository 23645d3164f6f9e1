// Date fields to RFC 3339, the zone as written. RFC 5322 §3.3, §4.3 and what else is seen.
//
// Reads weekday or none, two- and three-digit years, missing seconds, named zones, comments, blanks around
// the clock's colons, asctime(), ISO 8601 with `-` or `/`. A weekday that does not fit is not looked at. No
// zone, or an unknown one, is `-00:00` (RFC 3339 §4.3). Nothing for what is no date between 1900 and 9999,
// has no time, or names its month in another language than English.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::optional<std::string> parse_date(std::string_view text);

// As our own mail has it: RFC 5322 §3.3, in UTC.
[[nodiscard]] std::string date_time(std::chrono::system_clock::time_point time);

}  // namespace mail
