// Many patterns against one text: which conditions does it meet?
//
// Exact values are looked up. Of globs and regular expressions RE2 knows which words a text must hold for
// them to match; all those words are looked for at once, and only the patterns that are left are tried. (All
// patterns as one RE2::Set took a hundred times as long: its automaton has too many states to be kept.) Time
// is linear in the text, memory bounded a pattern. Of a text at most max_matched_text bytes are looked at.
// Matching is const and may be done from several threads.
#pragma once

#include "policy/rule.hpp"

#include <re2/filtered_re2.h>
#include <re2/set.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace policy {

inline constexpr std::size_t max_matched_text = 2000;
// In RE2's instructions: a pattern such as (a{500}){2} would cost that much for each byte of a text.
inline constexpr std::size_t max_pattern_cost = 2000;
inline constexpr std::size_t max_rule_cost = 20'000;

// What is wrong with a glob or a regular expression; none: nothing.
[[nodiscard]] std::optional<std::string> pattern_objection(Match match, const std::string& pattern);
[[nodiscard]] std::size_t pattern_cost(Match match, const std::string& pattern);

class Patterns {
  public:
    // A glob's `*` is any text, `?` any character, and it is for the whole text; a regular expression is
    // found anywhere in it.
    void add(std::uint32_t condition, Match match, const std::string& value, bool match_case);
    void compile();

    // Sets hits[condition] for every condition that the text meets.
    void match(std::string_view text, std::vector<char>& hits) const;

    // Only values that are looked up: nothing of it is slow.
    [[nodiscard]] bool only_exact() const { return conditions_.empty(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Exact = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;

    [[nodiscard]] std::vector<int> words_in(std::string_view text) const;

    Exact exact_, folded_;
    std::vector<std::uint32_t> conditions_;  // of the expressions
    re2::FilteredRE2 expressions_{2};        // words of less than two characters tell nothing
    std::size_t words_ = 0;
    std::unique_ptr<re2::RE2::Set> word_set_;  // none when it would not compile within its memory
};

}  // namespace policy
