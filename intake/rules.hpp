// Domain rules on the way in: what they say of a mail for each of its workspaces. From memory alone.
// docs/rules.md
#pragma once

#include "auth/authentication.hpp"
#include "intake/arrival.hpp"
#include "policy/rules.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace intake {

// Adds to each part's decision what its rules say: of several mailboxes the most welcoming stands. Mail to
// postmaster is held where a rule refuses or discards it (RFC 5321 §4.5.1). `raw`: the mail itself.
void apply_rules(Arrival& mail, std::string_view raw, const std::vector<smtp::Recipient>& recipients,
                 const store::Snapshot& settings, const auth::Authentication& authentication,
                 std::optional<double> spam_score = std::nullopt);

}  // namespace intake
