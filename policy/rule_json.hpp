// Rules and decisions as JSON: how they are stored, printed, and read from a file.
//
// Readers are strict: a key that they don't know, or a value of another type, is an objection in words. Depth
// and size are bounded. docs/rules.md shows the form.
#pragma once

#include "policy/rule.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace policy {

[[nodiscard]] boost::json::array to_json(const std::vector<Condition>& conditions);
[[nodiscard]] boost::json::object to_json(const RuleActions& actions);

// Each returns what is wrong, or nothing and has filled in its second argument.
[[nodiscard]] std::optional<std::string> read_conditions(std::string_view json,
                                                         std::vector<Condition>& conditions);
[[nodiscard]] std::optional<std::string> read_actions(std::string_view json, RuleActions& actions);
// {"name": ..., "if": [...], "then": {...}}, or an object with such a one as its "rule".
[[nodiscard]] std::optional<std::string> read_rule(std::string_view json, Rule& rule);

// What an interaction keeps of the decision about it: evidence, rules and effects; empty when there is
// nothing.
[[nodiscard]] std::string to_json(const Decision& decision);
// The other way. What can't be read is left out.
[[nodiscard]] Decision read_decision(std::string_view json);

}  // namespace policy
