#include "policy/decision.hpp"

#include <algorithm>

namespace policy {
namespace {

void add_evidence(std::string& evidence, const std::string& more) {
    if (!evidence.empty() && !more.empty()) evidence += '\n';
    evidence += more;
}

template <class Value>
void add_missing(std::vector<Value>& list, const std::vector<Value>& more) {
    for (const auto& value : more)
        if (!std::ranges::count(list, value)) list.push_back(value);
}

}  // namespace

std::string_view name(Action action) {
    switch (action) {
        case Action::accept:
            return "accept";
        case Action::hold:
            return "hold";
        case Action::discard:
            return "discard";
        case Action::refuse:
            return "refuse";
    }
    return "hold";
}

void combine(Effects& effects, const Effects& other) {
    if (!effects.assign_agent) effects.assign_agent = other.assign_agent;
    if (!effects.assign_team) effects.assign_team = other.assign_team;
    if (!effects.priority) effects.priority = other.priority;
    if (!effects.acknowledge) effects.acknowledge = other.acknowledge;
    add_missing(effects.tags, other.tags);
    for (const auto& field : other.fields)
        if (std::ranges::none_of(effects.fields, [&](const auto& set) { return set.first == field.first; }))
            effects.fields.push_back(field);
}

void combine(Decision& decision, Decision other) {
    if (other.action > decision.action) {
        decision.action = other.action;
        decision.reason = std::move(other.reason);
        decision.words = std::move(other.words);
    }
    add_evidence(decision.evidence, other.evidence);
    combine(decision.effects, other.effects);
    add_missing(decision.rules, other.rules);
}

Decision most_welcoming(std::vector<Decision> decisions) {
    if (decisions.empty()) return {};
    const auto first = std::ranges::min_element(decisions, {}, &Decision::action);
    Decision decision = std::move(*first);
    for (auto& other : decisions) {
        if (&other == &*first) continue;
        if (other.action != decision.action) {
            other.effects = {};
            other.action = Action::accept;
        }
        // A line that two mailboxes have in common is told once.
        if (other.evidence == decision.evidence) other.evidence.clear();
        combine(decision, std::move(other));
    }
    return decision;
}

}  // namespace policy
