#include "outbound/mta_sts.hpp"

#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace outbound {
namespace {

constexpr std::size_t most_patterns = 200;  // kept for each domain that we ever wrote to
constexpr std::size_t longest_id = 32;

// What stands before the separator; `text` is left with what stands behind it.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    return piece;
}

bool is_alphanumeric(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return mail::is_alpha(c) || mail::is_digit(c); });
}

std::optional<std::string> id_of(std::string_view record) {
    if (mail::trim(take(record, ';')) != "v=STSv1") return std::nullopt;
    std::optional<std::string> id;
    while (!record.empty()) {
        const std::string_view field = mail::trim(take(record, ';'));
        if (!field.starts_with("id=")) continue;
        const std::string_view value = field.substr(3);
        if (id || value.empty() || value.size() > longest_id || !is_alphanumeric(value)) return std::nullopt;
        id = value;
    }
    return id;
}

std::optional<std::string> pattern_of(std::string_view text) {
    const bool wild = text.starts_with("*.");
    std::string name = mail::domain_to_ascii(wild ? text.substr(2) : text);
    if (name.empty()) return std::nullopt;
    return wild ? "*." + name : name;
}

std::optional<std::chrono::seconds> age_of(std::string_view text) {
    if (text.empty() || text.size() > 10 || !std::ranges::all_of(text, mail::is_digit)) return std::nullopt;
    std::int64_t seconds = 0;
    for (const char c : text) seconds = seconds * 10 + (c - '0');
    return std::min(std::chrono::seconds(seconds), longest_sts_age);
}

}  // namespace

std::optional<std::string> sts_id(const net::DnsAnswer& txt) {
    if (txt.status != net::DnsAnswer::Status::found) return std::nullopt;
    std::optional<std::string> only;
    for (const std::string& rdata : txt.records) {
        auto text = net::text_of(rdata);
        if (!text || !text->starts_with("v=STSv1")) continue;
        if (only) return std::nullopt;
        only = std::move(text);
    }
    return only ? id_of(*only) : std::nullopt;
}

boost::system::result<StsPolicy, std::string> parse_sts_policy(std::string_view text) {
    if (text.size() > largest_sts_policy) return "it is longer than 64 KB";
    std::optional<std::string_view> version, mode, age;
    StsPolicy policy;
    while (!text.empty()) {
        std::string_view value = take(text, '\n');
        if (value.ends_with('\r')) value.remove_suffix(1);
        if (mail::trim(value).empty()) continue;
        if (value.find(':') == std::string_view::npos) return "a line has no colon";
        const std::string_view name = mail::trim(take(value, ':'));
        value = mail::trim(value);
        if (name == "version" && !version) version = value;
        if (name == "mode" && !mode) mode = value;
        if (name == "max_age" && !age) age = value;
        if (name != "mx") continue;
        auto pattern = pattern_of(value);
        if (!pattern) return "an mx is no host name";
        if (policy.mx.size() == most_patterns) return "it has more than 200 mx";
        policy.mx.push_back(std::move(*pattern));
    }
    if (version != "STSv1") return "its version is not STSv1";
    if (mode == "enforce")
        policy.mode = StsPolicy::Mode::enforce;
    else if (mode == "testing")
        policy.mode = StsPolicy::Mode::testing;
    else if (mode != "none")
        return "it has no mode";
    const auto seconds = age ? age_of(*age) : std::nullopt;
    if (!seconds) return "it has no max_age";
    policy.max_age = *seconds;
    if (policy.mode != StsPolicy::Mode::none && policy.mx.empty()) return "it has no mx";
    return policy;
}

bool matches_pattern(std::string_view host, std::string_view pattern) {
    if (!pattern.starts_with("*.")) return host == pattern;
    const std::size_t dot = host.find('.');
    return dot != 0 && dot != std::string_view::npos && host.substr(dot) == pattern.substr(1);
}

bool matches_any(std::string_view host, const std::vector<std::string>& patterns) {
    return std::ranges::any_of(patterns,
                               [&](const std::string& pattern) { return matches_pattern(host, pattern); });
}

}  // namespace outbound
