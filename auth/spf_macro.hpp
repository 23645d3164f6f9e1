// The macros of SPF: RFC 7208 §7, RFC 8616 §4. Pure; linear in what goes in and what comes out.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

// §7.2: the letters c, r and t may stand in explanations only.
enum class MacroUse { domain, explanation };

// Visible ASCII (an explanation may have blanks too) whose macros are well-formed.
[[nodiscard]] bool is_macro_string(std::string_view text, MacroUse use);
[[nodiscard]] bool is_explanation(std::string_view text);
// A macro-string that ends in a macro or in a dot and a top label (§7.1).
[[nodiscard]] bool is_domain_spec(std::string_view text);
// Whether the text speaks of the validated host name (%{p}), which takes DNS to know.
[[nodiscard]] bool needs_host_name(std::string_view text);

struct MacroValues {
    std::string local_part;  // l; with o: s
    std::string sender_domain;
    std::string domain;               // d
    std::string helo;                 // h
    std::string host_name;            // p, "unknown" where there is none
    std::string receiver;             // r
    boost::asio::ip::address client;  // i, c, v
    std::int64_t time = 0;            // t
};

inline constexpr std::size_t max_expansion = 8 * 1024;

// `text` has passed one of the tests above. Nothing when more than `max_expansion` octets come out.
[[nodiscard]] std::optional<std::string> expand_macros(std::string_view text, const MacroValues& values);

// §7.3: labels are taken off the left of a name until it has no more than 253 octets.
[[nodiscard]] std::string_view shorten_name(std::string_view name);

}  // namespace auth
