// The field Authentication-Results (RFC 8601): ours as text, forgeries of it, and one that a trusted host
// wrote.
//
// Whoever writes a field with our own name (authserv-id) into a mail wants it to be taken for our word. The
// raw mail is kept bit for bit; what is handed on or shown is told by forged_results() which fields to leave
// out, or gets them renamed by rename_forged_results(). All functions are total and linear.
#pragma once

#include "auth/authentication.hpp"
#include "mail/header_index.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

// Our field, folded, with its line ends (CRLF). What came from outside stands in it as a token or a quoted
// string of visible ASCII, cut where it is long, so that it begins no line and ends no string.
[[nodiscard]] std::string authentication_results_field(const Authentication& results,
                                                       std::string_view authserv_id);

// Which of the fields (by place) claim to be written by `authserv_id`, in any spelling: case, comments,
// quotes, folds, encoded-words, a last dot.
[[nodiscard]] std::vector<std::size_t> forged_results(const mail::HeaderIndex& header,
                                                      std::string_view authserv_id);

inline constexpr std::string_view forged_results_name = "X-Original-Authentication-Results";
// The mail with those fields renamed, and nothing else changed.
[[nodiscard]] std::string rename_forged_results(std::string_view raw, std::string_view authserv_id);

// What the host before us found out, for sites behind Postfix or rspamd: its fields (`authserv_ids`, as they
// are configured there) that stand above the second Received. That host must remove such fields from what it
// receives (RFC 8601 §5). Of a method that stands there twice the uppermost counts, of DKIM each signature.
// `dmarc` takes the policy from the comment that OpenDMARC and rspamd write (p=, policy=). Nothing when there
// is no such field. The verdict stays `none`: authenticate() gives it.
[[nodiscard]] std::optional<Authentication> read_authentication_results(
    const mail::HeaderIndex& header, const std::vector<std::string>& authserv_ids);

}  // namespace auth
