// Conditions and actions in an operator's words: the options of `ticketgate rule`, and what it prints.
//
//     subject*=*invoice*, *bill*      from_domain=client.example      header:X-Spam-Flag=yes
//     subject~^\[urgent\]             client=192.0.2.0/24             size>=1000000
//
// `=` compares, `*=` takes `*` and `?`, `~` is a regular expression. Values are separated by commas (`\,` is
// one), but for a regular expression, which is all that follows.
#pragma once

#include "policy/rule.hpp"

#include <string>
#include <string_view>

namespace policy {

// What is wrong with the text, or nothing. Values are not looked at: check() does.
[[nodiscard]] std::optional<std::string> parse_condition(std::string_view text, Condition& condition);

// "550 5.7.1 Words", "450 Words" or "Words".
[[nodiscard]] Words parse_words(std::string_view text);

[[nodiscard]] std::string describe(const Condition& condition);
[[nodiscard]] std::string describe(const Effects& effects);
[[nodiscard]] std::string describe(const RuleActions& actions);

}  // namespace policy
