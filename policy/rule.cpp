#include "policy/rule.hpp"

#include "auth/verdict.hpp"
#include "mail/mailbox.hpp"
#include "mail/message.hpp"
#include "mail/text.hpp"
#include "net/networks.hpp"
#include "policy/rule_patterns.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace policy {
namespace {

using Objection = std::optional<std::string>;

constexpr std::array<std::pair<Field, std::string_view>, 17> fields = {{
    {Field::recipient, "recipient"},
    {Field::from, "from"},
    {Field::from_domain, "from_domain"},
    {Field::mail_from, "mail_from"},
    {Field::mail_from_domain, "mail_from_domain"},
    {Field::client, "client"},
    {Field::verdict, "verdict"},
    {Field::spf, "spf"},
    {Field::dkim, "dkim"},
    {Field::dmarc, "dmarc"},
    {Field::kind, "kind"},
    {Field::header, "header"},
    {Field::subject, "subject"},
    {Field::size, "size"},
    {Field::attachment, "attachment"},
    {Field::attachment_type, "attachment_type"},
    {Field::spam_score, "spam_score"},
}};

constexpr std::array<std::pair<Match, std::string_view>, 5> matches = {{
    {Match::exact, "exact"},
    {Match::glob, "glob"},
    {Match::regex, "regex"},
    {Match::at_least, "at_least"},
    {Match::at_most, "at_most"},
}};

constexpr std::array verdicts = {auth::Verdict::pass, auth::Verdict::none, auth::Verdict::temperror,
                                 auth::Verdict::fail};

// RFC 8601 §2.7.
constexpr std::array<std::string_view, 8> results = {"none", "pass",     "neutral",   "policy",
                                                     "fail", "softfail", "temperror", "permerror"};

bool is_text(std::string_view text) {
    return mail::is_utf8(text) && std::ranges::none_of(text, mail::is_control);
}

bool may_tell_case(Field field) {
    return field == Field::subject || field == Field::header || field == Field::attachment;
}

bool is_domain(Field field) {
    return field == Field::from_domain || field == Field::mail_from_domain;
}

bool is_address(Field field) {
    return field == Field::recipient || field == Field::from || field == Field::mail_from;
}

Objection check_exact(Field field, std::string& value) {
    if (is_address(field)) {
        if (field == Field::mail_from && value == "<>") return std::nullopt;
        const auto at = value.rfind('@');
        if (at == std::string::npos || at == 0 || at + 1 == value.size())
            return fmt::format("{} is no address (local@domain); for a pattern use *= or ~", value);
        value = address_key(value);
        return std::nullopt;
    }
    if (is_domain(field)) {
        const std::string ascii = mail::domain_to_ascii(value);
        if (ascii.empty())
            return fmt::format("{} is no domain name; for a pattern use *= or ~ (*.{})", value, value);
        value = ascii;
        return std::nullopt;
    }
    const auto is_result = [&] { return std::ranges::count(results, value) > 0; };
    value = may_tell_case(field) ? value : mail::lower(value);
    switch (field) {
        case Field::client:
            if (net::Networks().add(value)) return std::nullopt;
            return fmt::format("{} is no address or network (192.0.2.0/24)", value);
        case Field::verdict:
            if (std::ranges::count(verdicts, value, [](auth::Verdict verdict) { return name(verdict); }))
                return std::nullopt;
            return fmt::format("{} is no verdict (pass, none, temperror, fail)", value);
        case Field::spf:
        case Field::dkim:
        case Field::dmarc:
            if (is_result()) return std::nullopt;
            return fmt::format("{} is no result ({})", value, fmt::join(results, ", "));
        case Field::kind:
            if (mail::kind_named(value)) return std::nullopt;
            return fmt::format("{} is no kind (human, auto_reply, out_of_office, bounce, list, loop, report)",
                               value);
        default:
            return std::nullopt;
    }
}

bool is_header_name(std::string_view text) {  // RFC 5322 §2.2
    return !text.empty() && text.size() <= longest_word &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

bool takes_patterns(Field field) {
    return is_address(field) || is_domain(field) || field == Field::header || field == Field::subject ||
           field == Field::attachment || field == Field::attachment_type;
}

Objection check_number(const std::string& value) {
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc() && end == value.data() + value.size() && number > -1e15 && number < 1e15)
        return std::nullopt;
    return fmt::format("{} is no number", value);
}

Objection check(Condition& condition) {
    const Field field = condition.field;
    const bool range = condition.match == Match::at_least || condition.match == Match::at_most;
    if (is_number(field) != range)
        return fmt::format("{} is compared by {}", name(field), is_number(field) ? ">= or <=" : "=, *= or ~");
    if ((field == Field::header) != !condition.header.empty())
        return std::string("a header's name belongs to header, and to nothing else (header:X-Priority)");
    if (field == Field::header && !is_header_name(condition.header))
        return fmt::format("{} is no name of a header field", condition.header);
    if (condition.match_case && !may_tell_case(field))
        return fmt::format("{} never tells case apart", name(field));
    if ((condition.match == Match::glob || condition.match == Match::regex) && !takes_patterns(field))
        return fmt::format("{} takes no patterns, only =", name(field));
    if (condition.values.empty()) return fmt::format("{} is compared with nothing", name(field));
    if (condition.values.size() > max_values || (range && condition.values.size() > 1))
        return fmt::format("{} is compared with too many values", name(field));
    for (auto& value : condition.values) {
        if (value.size() > max_pattern)
            return fmt::format("a value of {} is longer than {} bytes", name(field), max_pattern);
        if (!is_text(value)) return fmt::format("a value of {} is no plain text", name(field));
        if (range) {
            if (auto objection = check_number(value)) return objection;
        } else if (condition.match == Match::exact) {
            if (auto objection = check_exact(field, value)) return objection;
        } else if (auto objection = pattern_objection(condition.match, value)) {
            return objection;
        }
    }
    return std::nullopt;
}

// RFC 3463 §2, RFC 5321 §4.2.
bool is_status(std::string_view text, int code) {
    if (text.size() < 5 || text.front() != static_cast<char>('0' + code / 100) || text[1] != '.')
        return false;
    const auto dot = text.find('.', 2);
    const auto number = [](std::string_view digits) {
        return !digits.empty() && digits.size() <= 3 && std::ranges::all_of(digits, mail::is_digit);
    };
    return dot != std::string_view::npos && number(text.substr(2, dot - 2)) && number(text.substr(dot + 1));
}

Objection check(const Words& words) {
    // 421 would say that we close the connection; 50x are about commands.
    if (!((words.code >= 450 && words.code <= 459) || (words.code >= 550 && words.code <= 559)))
        return std::string("a mail is refused for good with 550 to 559, or for now with 450 to 459");
    if (!is_status(words.status, words.code))
        return fmt::format("{} is no status for {} (RFC 3463), such as {}.7.1", words.status, words.code,
                           words.code / 100);
    if (words.text.empty() || words.text.size() > longest_words ||
        std::ranges::any_of(words.text, [](char c) { return c < ' ' || c > '~'; }))
        return fmt::format("the words of a refusal are 1 to {} ASCII characters", longest_words);
    return std::nullopt;
}

bool is_tag(std::string_view tag) {
    return !tag.empty() && tag.size() <= longest_word && is_text(tag) && tag.front() != '+' &&
           tag.front() != '-' && mail::trim(tag) == tag && tag.find(',') == std::string_view::npos;
}

bool is_field_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_word && is_text(text) && mail::trim(text) == text &&
           text.find('=') == std::string_view::npos;
}

Objection check(Effects& effects) {
    if (effects.tags.size() > max_effects || effects.fields.size() > max_effects)
        return fmt::format("a rule adds at most {} tags and {} fields", max_effects, max_effects);
    for (const auto& tag : effects.tags)
        if (!is_tag(tag))
            return fmt::format(
                "'{}' is no tag: 1 to {} bytes without commas and control characters, that begin with no "
                "sign",
                mail::to_valid_utf8(tag), longest_word);
    for (const auto& [field, value] : effects.fields) {
        if (!is_field_name(field))
            return fmt::format("'{}' is no name of a field: 1 to {} bytes without = and control characters",
                               mail::to_valid_utf8(field), longest_word);
        if (value.size() > longest_value || !is_text(value))
            return fmt::format("the value of {} is plain text of at most {} bytes", field, longest_value);
    }
    if (effects.priority && !tickets::priority_of(*effects.priority))
        return std::string("a priority is low, normal, high or urgent");
    if (effects.assign_agent) effects.assign_agent = address_key(*effects.assign_agent);
    for (const auto* who : {&effects.assign_agent, &effects.assign_team})
        if (*who && (who->value().empty() || who->value().size() > 320 || !is_text(who->value())))
            return std::string("whom a ticket is assigned to has a name");
    return std::nullopt;
}

}  // namespace

std::optional<std::string> check(Rule& rule) {
    if (rule.name.empty() || rule.name.size() > longest_rule_name || !is_text(rule.name))
        return fmt::format("a rule's name is plain text of 1 to {} bytes", longest_rule_name);
    if (rule.domain && rule.mailbox)
        return std::string("a rule is for a domain or for a mailbox, not for both");
    if (rule.conditions.size() > max_conditions)
        return fmt::format("a rule has at most {} conditions", max_conditions);
    std::size_t cost = 0;
    for (auto& condition : rule.conditions) {
        if (auto objection = check(condition)) return objection;
        if (condition.match == Match::glob || condition.match == Match::regex)
            for (const auto& value : condition.values) cost += pattern_cost(condition.match, value);
    }
    if (cost > max_rule_cost) return std::string("its patterns together are too large");
    auto& actions = rule.actions;
    if (!actions.action && !actions.stop && actions.effects == Effects{})
        return std::string("it does nothing; say what it does");
    if (actions.action == Action::refuse) {
        if (auto objection = check(actions.words)) return objection;
    } else if (actions.words != Words{}) {
        return std::string("only a refusal has words");
    }
    return check(actions.effects);
}

std::string_view name(Field field) {
    return std::ranges::find(fields, field, &std::pair<Field, std::string_view>::first)->second;
}

std::optional<Field> field_named(std::string_view text) {
    const auto found = std::ranges::find(fields, text, &std::pair<Field, std::string_view>::second);
    return found == fields.end() ? std::nullopt : std::optional(found->first);
}

std::string_view name(Match match) {
    return std::ranges::find(matches, match, &std::pair<Match, std::string_view>::first)->second;
}

std::optional<Match> match_named(std::string_view text) {
    const auto found = std::ranges::find(matches, text, &std::pair<Match, std::string_view>::second);
    return found == matches.end() ? std::nullopt : std::optional(found->first);
}

std::optional<Action> action_named(std::string_view text) {
    for (const auto action : {Action::accept, Action::hold, Action::discard, Action::refuse})
        if (name(action) == text) return action;
    return std::nullopt;
}

bool is_number(Field field) {
    return field == Field::size || field == Field::spam_score;
}

std::string address_key(std::string_view address) {
    return address.empty() ? std::string() : mail::mailbox_of(address).key();
}

}  // namespace policy
