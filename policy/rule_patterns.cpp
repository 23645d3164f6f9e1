#include "policy/rule_patterns.hpp"

#include "mail/text.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <numeric>

namespace policy {
namespace {

using re2::RE2;

constexpr std::int64_t set_memory = 32 << 20, pattern_memory = 256 << 10;

RE2::Options options(std::int64_t memory) {
    RE2::Options options;
    options.set_log_errors(false);  // they are told to whoever saves the rule
    options.set_max_mem(memory);
    return options;
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

std::string flags(bool match_case, const std::string& expression) {
    return (match_case ? "(?s:" : "(?si:") + expression + ")";
}

std::string whole(const std::string& expression) {
    return "\\A" + expression + "\\z";
}

// `*` at an end is no anchor there, which is cheaper than one and any text.
std::string glob_expression(std::string_view glob) {
    const bool from_begin = !glob.starts_with('*'), to_end = !glob.ends_with('*');
    std::string expression = from_begin ? "\\A" : "";
    while (glob.starts_with('*')) glob.remove_prefix(1);
    while (glob.ends_with('*')) glob.remove_suffix(1);
    while (!glob.empty()) {
        const auto next = glob.find_first_of("*?");
        expression += RE2::QuoteMeta(piece(glob.substr(0, next)));
        if (next == std::string_view::npos) break;
        expression += glob[next] == '*' ? ".*" : ".";
        glob.remove_prefix(next + 1);
    }
    return expression + (to_end ? "\\z" : "");
}

std::string expression_of(Match match, const std::string& value, bool match_case) {
    switch (match) {
        case Match::exact:
            return flags(match_case, whole(RE2::QuoteMeta(value)));
        case Match::glob:
            return flags(match_case, glob_expression(value));
        default:
            return match_case ? "(?:" + value + ")" : "(?i:" + value + ")";
    }
}

}  // namespace

std::optional<std::string> pattern_objection(Match match, const std::string& pattern) {
    // As it stands: with our flags around it, `a)(b` would be an expression.
    if (match == Match::regex) {
        const RE2 alone(pattern, options(pattern_memory));
        if (!alone.ok())
            return fmt::format("{} is no regular expression that RE2 takes: {}", pattern, alone.error());
    }
    const RE2 expression(expression_of(match, pattern, false), options(pattern_memory));
    if (!expression.ok())
        return fmt::format("{} can't be used as a pattern: {}", pattern, expression.error());
    if (static_cast<std::size_t>(expression.ProgramSize()) > max_pattern_cost)
        return fmt::format("{} is too large a pattern: it would take too long to look for", pattern);
    return std::nullopt;
}

std::size_t pattern_cost(Match match, const std::string& pattern) {
    const RE2 expression(expression_of(match, pattern, false), options(pattern_memory));
    return expression.ok() ? static_cast<std::size_t>(expression.ProgramSize()) : 0;
}

void Patterns::add(std::uint32_t condition, Match match, const std::string& value, bool match_case) {
    if (match == Match::exact && match_case) {
        exact_[value].push_back(condition);
    } else if (match == Match::exact && mail::is_ascii(value)) {
        folded_[mail::lower(value)].push_back(condition);
    } else {  // RE2 knows the case of other scripts
        int place = 0;
        if (expressions_.Add(expression_of(match, value, match_case), options(pattern_memory), &place) ==
            RE2::NoError)
            conditions_.push_back(condition);
    }
}

void Patterns::compile() {
    if (conditions_.empty()) return;
    std::vector<std::string> words;
    expressions_.Compile(&words);
    words_ = words.size();
    word_set_ = std::make_unique<RE2::Set>(options(set_memory), RE2::UNANCHORED);
    for (const auto& word : words) word_set_->Add(flags(false, RE2::QuoteMeta(word)), nullptr);
    if (words.empty() || !word_set_->Compile()) word_set_.reset();
}

void Patterns::match(std::string_view text, std::vector<char>& hits) const {
    text = mail::cut_utf8(text, max_matched_text);
    const auto look_up = [&](const Exact& values, std::string_view key) {
        if (const auto found = values.find(key); found != values.end())
            for (const auto condition : found->second) hits[condition] = 1;
    };
    if (!exact_.empty()) look_up(exact_, text);
    if (!folded_.empty()) look_up(folded_, mail::lower(text));
    if (conditions_.empty()) return;
    std::vector<int> found;
    expressions_.AllMatches(piece(text), words_in(text), &found);
    for (const int place : found) hits[conditions_[static_cast<std::size_t>(place)]] = 1;
}

// All of them where the set's memory does not do: then every pattern is tried.
std::vector<int> Patterns::words_in(std::string_view text) const {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    if (word_set_ && (word_set_->Match(piece(text), &found, &error) || error.kind == RE2::Set::kNoError))
        return found;
    found.resize(words_);
    std::iota(found.begin(), found.end(), 0);
    return found;
}

}  // namespace policy
