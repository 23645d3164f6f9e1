// The words of an Authentication-Results field, without their meaning: RFC 8601 §2.2, read generously,
// linear, at most 16 KB of a field and 100 results.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auth {

struct ClaimedId {
    std::string first;   // the first element: a token or a quoted string
    std::string joined;  // all before the first `;`, without comments, quotes and blanks
};
[[nodiscard]] ClaimedId claimed_id(std::string_view field_value);

// `method=result reason="..." ptype.property=value ...`
struct StatedResult {
    std::string method, result;  // lower case; the method without its version
    std::vector<std::pair<std::string, std::string>>
        properties;       // names in lower case, values as they were meant
    std::string comment;  // all of them, a blank between

    [[nodiscard]] std::string_view get(std::string_view property) const;  // "" when there is none
};
[[nodiscard]] std::vector<StatedResult> stated_results(std::string_view field_value);

}  // namespace auth
