// A domain rule as a value: which mails it is for, what they must be like, and what it does (docs/rules.md).
//
// check() is what stands between an operator's words and a stored rule: it brings values into the form that
// mails are compared in, and says in words what is wrong. What it let pass compiles (rules.hpp).
#pragma once

#include "policy/decision.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace policy {

// What of a mail a condition looks at. Addresses are compared in their key form (lower case, A-labels).
enum class Field {
    recipient,         // of the envelope
    from,              // the address of the header's From that the ticket will name
    from_domain,       // its domain
    mail_from,         // the reverse-path; "<>" is the null one
    mail_from_domain,  // its domain
    client,            // the network that the mail came from
    verdict,           // of sender verification as a whole
    spf,
    dkim,  // of any of its signatures; "none" when there is none
    dmarc,
    kind,
    header,  // a field of this name, decoded; any of them where it is repeated
    subject,
    size,             // bytes
    attachment,       // the name of any
    attachment_type,  // the type of any: "application/pdf"
    spam_score,
};

enum class Match { exact, glob, regex, at_least, at_most };

// True when one of the values matches, or, negated, when none does. What a mail does not have matches
// nothing.
struct Condition {
    Field field = Field::subject;
    std::string header;  // the name, for Field::header
    Match match = Match::exact;
    std::vector<std::string> values;
    bool negated = false;
    bool match_case = false;  // only subject, header and attachment may tell case apart
    bool operator==(const Condition&) const = default;
};

struct RuleActions {
    std::optional<Action> action;  // what becomes of the mail; none: the rule does not say
    Words words;                   // for refuse
    Effects effects;
    bool stop = false;
    bool operator==(const RuleActions&) const = default;
};

struct Rule {
    std::int64_t id = 0;
    std::string name;
    bool enabled = true;
    // Neither: all of its workspace. The domain is that of the envelope's recipient.
    std::optional<std::string> domain;
    std::optional<std::int64_t> mailbox;
    std::vector<Condition> conditions;  // all of them; none: every mail
    RuleActions actions;
    bool operator==(const Rule&) const = default;
};

inline constexpr std::size_t max_rules = 2000;  // of a workspace
inline constexpr std::size_t max_conditions = 20;
inline constexpr std::size_t max_values = 500;
inline constexpr std::size_t max_pattern = 500;  // bytes of a value
inline constexpr std::size_t longest_rule_name = 100;
inline constexpr std::size_t longest_words = 200;
inline constexpr std::size_t longest_word = 64;  // of a tag, a field's name
inline constexpr std::size_t longest_value = 500;
inline constexpr std::size_t max_effects = 20;  // tags, and fields

// What is wrong with it; none: nothing, and its values are in their key form now.
[[nodiscard]] std::optional<std::string> check(Rule& rule);

[[nodiscard]] std::string_view name(Field field);  // as written above
[[nodiscard]] std::optional<Field> field_named(std::string_view name);
[[nodiscard]] std::string_view name(Match match);
[[nodiscard]] std::optional<Match> match_named(std::string_view name);
[[nodiscard]] std::optional<Action> action_named(std::string_view name);

// The only numbers among the fields.
[[nodiscard]] bool is_number(Field field);

// The address as it is compared (mail::Mailbox::key), however it is spelled.
[[nodiscard]] std::string address_key(std::string_view address);

}  // namespace policy
