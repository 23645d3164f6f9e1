// A DMARC policy record as a value: RFC 9989 §4.7, §4.8. Total and linear.
#pragma once

#include "auth/authentication.hpp"

#include <optional>
#include <string_view>

namespace auth {

struct DmarcRecord {
    using Policy = Dmarc::Policy;
    enum class Suffix { unknown, yes, no };  // psd=u, y, n

    std::optional<Policy> policy, subdomains, non_existent;  // p, sp, np
    Suffix suffix = Suffix::unknown;
    bool strict_spf = false, strict_dkim = false;  // aspf=s, adkim=s
    bool testing = false;                          // t=y
    bool wants_reports = false;                    // rua with at least one address
    bool bad_policy = false;                       // p, sp or np says something that is no policy
};

// Nothing for a text that is no DMARC record: it has to begin with v=DMARC1, exactly so. Tags that are
// unknown or malformed are ignored; of repeated ones the first counts.
[[nodiscard]] std::optional<DmarcRecord> parse_dmarc_record(std::string_view text);

}  // namespace auth
