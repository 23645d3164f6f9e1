#include "policy/rule_json.hpp"

#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <initializer_list>
#include <stdexcept>

namespace policy {
namespace {

namespace json = boost::json;

constexpr std::size_t max_json = 1 << 20;

// Only within this file: readers return it as a value.
struct Wrong : std::runtime_error {
    using runtime_error::runtime_error;
};

json::value parsed(std::string_view text) {
    if (text.size() > max_json) throw Wrong("it is too large");
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code error;
    json::value value = json::parse(text, error, {}, options);
    if (error) throw Wrong("it is no JSON: " + error.message());
    return value;
}

const json::object& object(const json::value& value, std::string_view what) {
    if (const auto* found = value.if_object()) return *found;
    throw Wrong(fmt::format("{} is no object", what));
}

const json::array& array(const json::value& value, std::string_view what) {
    if (const auto* found = value.if_array()) return *found;
    throw Wrong(fmt::format("{} is no list", what));
}

std::string text(const json::value& value, std::string_view what) {
    if (const auto* found = value.if_string()) return std::string(*found);
    throw Wrong(fmt::format("{} is no text", what));
}

bool boolean(const json::value& value, std::string_view what) {
    if (const auto* found = value.if_bool()) return *found;
    throw Wrong(fmt::format("{} is neither true nor false", what));
}

void only(const json::object& object, std::initializer_list<std::string_view> keys) {
    for (const auto& entry : object) {
        const std::string_view key(entry.key());
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            throw Wrong(fmt::format("{} is not known here ({})", key, fmt::join(keys, ", ")));
    }
}

std::string value_text(const json::value& value) {
    if (value.is_number()) return json::serialize(value);
    return text(value, "a value");
}

Condition read_condition(const json::value& value) {
    const auto& from = object(value, "a condition");
    only(from, {"field", "header", "match", "values", "not", "match_case"});
    Condition condition;
    for (const auto& [key, given] : from) {
        if (key == "field") {
            const auto field = field_named(text(given, "field"));
            if (!field) throw Wrong(fmt::format("{} is no field", text(given, "field")));
            condition.field = *field;
        } else if (key == "match") {
            const auto match = match_named(text(given, "match"));
            if (!match) throw Wrong("match is exact, glob, regex, at_least or at_most");
            condition.match = *match;
        } else if (key == "header") {
            condition.header = text(given, "header");
        } else if (key == "values") {
            for (const auto& each : array(given, "values")) condition.values.push_back(value_text(each));
        } else if (key == "not") {
            condition.negated = boolean(given, "not");
        } else {
            condition.match_case = boolean(given, "match_case");
        }
    }
    if (!from.contains("field") || !from.contains("match"))
        throw Wrong("a condition has a field and a match");
    return condition;
}

Words read_words(const json::value& value) {
    const auto& from = object(value, "words");
    only(from, {"code", "status", "text"});
    Words words;
    if (const auto* code = from.if_contains("code")) {
        if (!code->is_int64()) throw Wrong("code is no number");
        words.code = static_cast<int>(std::clamp<std::int64_t>(code->as_int64(), 0, 1000));
    }
    if (const auto* status = from.if_contains("status")) words.status = text(*status, "status");
    if (const auto* said = from.if_contains("text")) words.text = text(*said, "text");
    return words;
}

// False: none of its keys.
bool read_effect(std::string_view key, const json::value& given, Effects& effects) {
    if (key == "assign_agent") {
        effects.assign_agent = text(given, key);
    } else if (key == "assign_team") {
        effects.assign_team = text(given, key);
    } else if (key == "priority") {
        const auto priority = tickets::parse_priority(text(given, key));
        if (!priority) throw Wrong("priority is low, normal, high or urgent");
        effects.priority = static_cast<int>(*priority);
    } else if (key == "tags") {
        for (const auto& tag : array(given, key)) effects.tags.push_back(text(tag, "a tag"));
    } else if (key == "fields") {
        for (const auto& [field, value] : object(given, key))
            effects.fields.emplace_back(field, text(value, field));
    } else if (key == "acknowledge") {
        effects.acknowledge = boolean(given, key);
    } else {
        return false;
    }
    return true;
}

void put(const Effects& effects, json::object& into) {
    if (effects.assign_agent) into["assign_agent"] = *effects.assign_agent;
    if (effects.assign_team) into["assign_team"] = *effects.assign_team;
    if (effects.priority)
        into["priority"] =
            tickets::name(tickets::priority_of(*effects.priority).value_or(tickets::Priority::normal));
    if (!effects.tags.empty()) into["tags"] = json::array(effects.tags.begin(), effects.tags.end());
    if (!effects.fields.empty()) {
        json::object fields;
        for (const auto& [field, value] : effects.fields) fields[field] = value;
        into["fields"] = std::move(fields);
    }
    if (effects.acknowledge) into["acknowledge"] = *effects.acknowledge;
}

RuleActions read_actions(const json::value& value) {
    RuleActions actions;
    for (const auto& [key, given] : object(value, "then")) {
        if (read_effect(key, given, actions.effects)) continue;
        if (key == "mail") {
            actions.action = action_named(text(given, key));
            if (!actions.action) throw Wrong("mail is accept, hold, discard or refuse");
        } else if (key == "words") {
            actions.words = read_words(given);
        } else if (key == "stop") {
            actions.stop = boolean(given, key);
        } else {
            throw Wrong(
                fmt::format("{} is not known here (mail, words, assign_agent, assign_team, priority, tags, "
                            "fields, acknowledge, stop)",
                            std::string_view(key)));
        }
    }
    return actions;
}

std::vector<Condition> read_conditions(const json::value& value) {
    std::vector<Condition> conditions;
    for (const auto& each : array(value, "if")) conditions.push_back(read_condition(each));
    return conditions;
}

template <class Read>
std::optional<std::string> objection_of(Read read) {
    try {
        read();
        return std::nullopt;
    } catch (const Wrong& wrong) {
        return wrong.what();
    }
}

}  // namespace

json::array to_json(const std::vector<Condition>& conditions) {
    json::array list;
    for (const auto& condition : conditions) {
        json::object object{{"field", name(condition.field)}};
        if (!condition.header.empty()) object["header"] = condition.header;
        object["match"] = name(condition.match);
        object["values"] = json::array(condition.values.begin(), condition.values.end());
        if (condition.negated) object["not"] = true;
        if (condition.match_case) object["match_case"] = true;
        list.push_back(std::move(object));
    }
    return list;
}

json::object to_json(const RuleActions& actions) {
    json::object object;
    if (actions.action) object["mail"] = name(*actions.action);
    if (actions.action == Action::refuse)
        object["words"] = json::object{
            {"code", actions.words.code}, {"status", actions.words.status}, {"text", actions.words.text}};
    put(actions.effects, object);
    object["stop"] = actions.stop;
    return object;
}

std::optional<std::string> read_conditions(std::string_view text, std::vector<Condition>& conditions) {
    return objection_of([&] { conditions = read_conditions(parsed(text)); });
}

std::optional<std::string> read_actions(std::string_view text, RuleActions& actions) {
    return objection_of([&] { actions = read_actions(parsed(text)); });
}

std::optional<std::string> read_rule(std::string_view given, Rule& rule) {
    return objection_of([&] {
        const json::value value = parsed(given);
        const auto* from = &object(value, "a rule");
        if (const auto* inner = from->if_contains("rule")) from = &object(*inner, "a rule");
        only(*from, {"name", "if", "then"});
        if (const auto* name = from->if_contains("name")) rule.name = text(*name, "name");
        if (const auto* conditions = from->if_contains("if")) rule.conditions = read_conditions(*conditions);
        if (const auto* actions = from->if_contains("then")) rule.actions = read_actions(*actions);
    });
}

std::string to_json(const Decision& decision) {
    json::object object;
    if (!decision.evidence.empty()) object["evidence"] = decision.evidence;
    if (!decision.rules.empty()) object["rules"] = json::array(decision.rules.begin(), decision.rules.end());
    json::object effects;
    put(decision.effects, effects);
    if (!effects.empty()) object["effects"] = std::move(effects);
    return object.empty() ? std::string() : json::serialize(object);
}

Decision read_decision(std::string_view given) {
    Decision decision;
    const auto unreadable = objection_of([&] {
        const json::value kept = parsed(given);
        for (const auto& [key, value] : object(kept, "a decision")) {
            if (key == "evidence") decision.evidence = text(value, key);
            if (key == "rules")
                for (const auto& rule : array(value, key))
                    if (const auto* id = rule.if_int64()) decision.rules.push_back(*id);
            if (key == "effects")
                for (const auto& [effect, what] : object(value, key))
                    static_cast<void>(read_effect(effect, what, decision.effects));
        }
    });
    static_cast<void>(unreadable);
    return decision;
}

}  // namespace policy
