#include "policy/rule_text.hpp"

#include "mail/text.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace policy {
namespace {

// The longer first, where one is the other's end.
constexpr std::array<std::pair<std::string_view, Match>, 5> operators = {{{"*=", Match::glob},
                                                                          {">=", Match::at_least},
                                                                          {"<=", Match::at_most},
                                                                          {"=", Match::exact},
                                                                          {"~", Match::regex}}};

std::vector<std::string> values_of(std::string_view text) {
    std::vector<std::string> values;
    std::string value;
    const auto end_value = [&] {
        if (const auto trimmed = mail::trim(value); !trimmed.empty()) values.emplace_back(trimmed);
        value.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',')
            value += text[++i];
        else if (text[i] == ',')
            end_value();
        else
            value += text[i];
    }
    end_value();
    return values;
}

std::string values_text(const Condition& condition) {
    if (condition.match == Match::regex) return fmt::format("{}", fmt::join(condition.values, " or ~"));
    std::string text;
    for (const auto& value : condition.values) {
        text += text.empty() ? "" : ", ";
        for (const char c : value) (text += c == ',' ? "\\" : "") += c;
    }
    return text;
}

}  // namespace

std::optional<std::string> parse_condition(std::string_view text, Condition& condition) {
    std::size_t at = std::string_view::npos;
    std::pair<std::string_view, Match> found;
    for (const auto& each : operators)
        if (const auto place = text.find(each.first); place < at) {
            at = place;
            found = each;
        }
    if (at == std::string_view::npos)
        return fmt::format("'{}' compares nothing; write it as subject*=*invoice*", text);
    std::string_view what = mail::trim(text.substr(0, at));
    const auto colon = what.find(':');
    if (colon != std::string_view::npos) {
        condition.header = std::string(mail::trim(what.substr(colon + 1)));
        what = mail::trim(what.substr(0, colon));
    }
    const auto field = field_named(what);
    if (!field)
        return fmt::format(
            "{} is nothing that a rule looks at; it looks at recipient, from, from_domain, mail_from, "
            "mail_from_domain, client, verdict, spf, dkim, dmarc, kind, header:NAME, subject, size, "
            "attachment, "
            "attachment_type and spam_score",
            what.empty() ? "''" : what);
    condition.field = *field;
    condition.match = found.second;
    const std::string_view rest = text.substr(at + found.first.size());
    if (condition.match == Match::regex)
        condition.values = {std::string(mail::trim(rest))};
    else
        condition.values = values_of(rest);
    return std::nullopt;
}

Words parse_words(std::string_view text) {
    Words words;
    const auto word = [&] {
        const auto blank = text.find(' ');
        return blank == std::string_view::npos ? text : text.substr(0, blank);
    };
    const auto take = [&](std::string_view taken) { text = mail::trim(text.substr(taken.size())); };
    text = mail::trim(text);
    if (const auto code = word(); code.size() == 3 && std::ranges::all_of(code, mail::is_digit)) {
        std::from_chars(code.data(), code.data() + code.size(), words.code);
        words.status = words.code < 500 ? "4.7.1" : "5.7.1";
        take(code);
        const auto status = word();
        if (!status.empty() &&
            std::ranges::all_of(status, [](char c) { return mail::is_digit(c) || c == '.'; }) &&
            status.find('.') != std::string_view::npos) {
            words.status = std::string(status);
            take(status);
        }
    }
    words.text = text.empty() ? "This mail is not accepted here" : std::string(text);
    return words;
}

std::string describe(const Condition& condition) {
    const auto sign =
        std::ranges::find(operators, condition.match, &std::pair<std::string_view, Match>::second);
    return fmt::format("{}{}{}{}{}{}", condition.negated ? "not " : "", name(condition.field),
                       condition.header.empty() ? "" : ":" + condition.header, sign->first,
                       values_text(condition), condition.match_case ? " (case matters)" : "");
}

std::string describe(const Effects& effects) {
    std::vector<std::string> parts;
    if (effects.assign_agent) parts.push_back("assign to " + *effects.assign_agent);
    if (effects.assign_team) parts.push_back("assign to team " + *effects.assign_team);
    if (effects.priority)
        if (const auto priority = tickets::priority_of(*effects.priority))
            parts.push_back("priority " + mail::lower(tickets::name(*priority)));
    for (const auto& tag : effects.tags) parts.push_back("tag " + tag);
    for (const auto& [field, value] : effects.fields) parts.push_back(fmt::format("{} = {}", field, value));
    if (effects.acknowledge) parts.emplace_back(*effects.acknowledge ? "acknowledge" : "no acknowledgement");
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string describe(const RuleActions& actions) {
    std::vector<std::string> parts;
    if (actions.action == Action::refuse)
        parts.push_back(
            fmt::format("refuse {} {} {}", actions.words.code, actions.words.status, actions.words.text));
    else if (actions.action)
        parts.emplace_back(name(*actions.action));
    if (auto effects = describe(actions.effects); !effects.empty()) parts.push_back(std::move(effects));
    parts.emplace_back(actions.stop ? "stop" : "go on");
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace policy
