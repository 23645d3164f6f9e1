// A policy as a stranger's web server writes it, and the record beside it.
#include "outbound/mta_sts.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text = fuzz::view(bytes, size);
    const auto policy = outbound::parse_sts_policy(text);
    if (policy) {
        fuzz::check(policy->max_age.count() >= 0 && policy->max_age <= outbound::longest_sts_age, "an age");
        fuzz::check(policy->mode == outbound::StsPolicy::Mode::none || !policy->mx.empty(),
                    "a policy that no host can meet");
        fuzz::check(policy->mx.size() <= 200, "too many hosts");
        for (const std::string& pattern : policy->mx) {
            fuzz::check(pattern.size() <= 257 && mail::is_ascii(pattern) && pattern == mail::lower(pattern),
                        "a pattern");
            fuzz::check(std::ranges::count(pattern, '*') <= 1, "one wildcard");
            fuzz::check(!outbound::matches_pattern("evil.invalid.", pattern), "no other host");
            fuzz::check(pattern.starts_with('*') || outbound::matches_pattern(pattern, pattern), "itself");
        }
    } else {
        fuzz::check(!policy.error().empty(), "a policy, or why there is none");
    }
    const net::DnsAnswer answer{.status = net::DnsAnswer::Status::found, .records = {std::string(text)}};
    if (const auto id = outbound::sts_id(answer))
        fuzz::check(!id->empty() && id->size() <= 32 && mail::is_ascii(*id), "an id");
    return 0;
}
