// MTA-STS (RFC 8461): what a domain says in DNS and over HTTPS of the TLS that its mail servers speak. Pure;
// outbound/mta_sts_policies.hpp fetches and remembers.
#pragma once

#include "net/dns.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outbound {

inline constexpr std::size_t largest_sts_policy = 64 * 1024;  // RFC 8461 §3.3
inline constexpr std::chrono::seconds longest_sts_age{31'557'600};

struct StsPolicy {
    enum class Mode { none, testing, enforce };
    Mode mode = Mode::none;
    std::vector<std::string> mx;  // "mx.example.com", "*.example.com"; lower case, A-labels
    std::chrono::seconds max_age{0};
};

// The id of `_mta-sts.<domain>`; nothing when there is not exactly one well-formed record (§3.1).
[[nodiscard]] std::optional<std::string> sts_id(const net::DnsAnswer& txt);

// The file of §3.2, or what is wrong with it. Lines end in LF or CRLF; of a field that stands twice the first
// counts, fields that are not known don't.
[[nodiscard]] boost::system::result<StsPolicy, std::string> parse_sts_policy(std::string_view text);

// A name of the list, or one label more than a wildcard (§4.1). `host` is in lower case.
[[nodiscard]] bool matches_pattern(std::string_view host, std::string_view pattern);
[[nodiscard]] bool matches_any(std::string_view host, const std::vector<std::string>& patterns);

}  // namespace outbound
