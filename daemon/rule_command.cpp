// `ticketgate rule ...` and `ticketgate team ...`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "intake/rule_trial.hpp"
#include "policy/rule_json.hpp"
#include "policy/rule_text.hpp"
#include "store/rule_store.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <fstream>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using store::StoredRule;

constexpr std::size_t max_file = 1 << 20;

json::object as_json(const policy::Rule& rule) {
    return {{"name", rule.name},
            {"if", policy::to_json(rule.conditions)},
            {"then", policy::to_json(rule.actions)}};
}

json::object as_json(const StoredRule& stored) {
    const auto& rule = stored.rule;
    return {
        {"id", rule.id},
        {"workspace", stored.workspace},
        {"domain", or_null(rule.domain)},
        {"mailbox", or_null(stored.mailbox)},
        {"place", stored.place},
        {"enabled", rule.enabled},
        {"problem", or_null_if_empty(stored.problem)},
        {"matched", stored.matched},
        {"last_matched", stored.last_matched ? json::value(rfc3339(*stored.last_matched)) : json::value()},
        {"rule", as_json(rule)}};
}

std::string scope_of(const StoredRule& stored) {
    if (stored.rule.domain) return stored.workspace + ", " + *stored.rule.domain;
    if (stored.mailbox) return stored.workspace + ", " + *stored.mailbox;
    return stored.workspace;
}

std::string state_of(const StoredRule& stored) {
    if (!stored.problem.empty()) return "  NOT IN FORCE: " + stored.problem;
    return stored.rule.enabled ? "" : "  (disabled)";
}

std::string matches_of(const StoredRule& stored) {
    if (!stored.last_matched) return "never matched";
    return fmt::format("matched {} time{}, last at {}", stored.matched, stored.matched == 1 ? "" : "s",
                       rfc3339(*stored.last_matched));
}

void print_line(const StoredRule& stored) {
    std::cout << one_line(fmt::format("{:>5}  {:>3}.  {:<20}  {}  ({}){}", stored.rule.id, stored.place,
                                      scope_of(stored), stored.rule.name, matches_of(stored),
                                      state_of(stored)))
              << '\n';
}

void print(const StoredRule& stored) {
    std::cout << one_line(fmt::format("{}{}", stored.rule.name, state_of(stored))) << "\n\n"
              << fmt::format("  Rule       {}\n  For        {}\n  Place      {}\n  Matched    {}\n",
                             stored.rule.id, one_line(scope_of(stored)), stored.place, matches_of(stored));
    const char* title = "  If         ";
    for (const auto& condition : stored.rule.conditions) {
        std::cout << title << one_line(policy::describe(condition)) << '\n';
        title = "  and        ";
    }
    if (stored.rule.conditions.empty()) std::cout << title << "(every mail)\n";
    std::cout << "  Then       " << one_line(policy::describe(stored.rule.actions)) << '\n';
}

// What is wrong, or nothing.
std::optional<std::string> read_file(const std::string& path, policy::Rule& rule) {
    std::ifstream file(path, std::ios::binary);
    std::string text(max_file + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof() || file.gcount() == 0) return path + " can't be read, or is no rule";
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (auto objection = policy::read_rule(text, rule)) return path + ": " + *objection;
    return std::nullopt;
}

std::optional<std::string> read_conditions(const RuleWords& words, policy::Rule& rule) {
    if (words.conditions.empty() && words.negated.empty()) return std::nullopt;
    rule.conditions.clear();
    for (const auto* list : {&words.conditions, &words.negated})
        for (const auto& text : *list) {
            policy::Condition condition;
            if (auto objection = policy::parse_condition(text, condition)) return objection;
            condition.negated = list == &words.negated;
            condition.match_case = words.match_case && (condition.field == policy::Field::subject ||
                                                        condition.field == policy::Field::header ||
                                                        condition.field == policy::Field::attachment);
            rule.conditions.push_back(std::move(condition));
        }
    return std::nullopt;
}

std::optional<std::string> read_effects(const RuleWords& words, policy::Effects& effects) {
    effects.assign_agent = words.assign;
    effects.assign_team = words.team;
    if (words.priority) {
        const auto priority = tickets::parse_priority(*words.priority);
        if (!priority) return *words.priority + " is no priority (low, normal, high, urgent)";
        effects.priority = static_cast<int>(*priority);
    }
    effects.tags = words.tags;
    for (const auto& field : words.fields) {
        const auto equals = field.find('=');
        if (equals == std::string::npos) return "'" + field + "' sets no field (NAME=VALUE)";
        effects.fields.emplace_back(field.substr(0, equals), field.substr(equals + 1));
    }
    if (words.acknowledge || words.no_acknowledgement) effects.acknowledge = words.acknowledge;
    return std::nullopt;
}

std::optional<std::string> read_actions(const RuleWords& words, policy::Rule& rule) {
    policy::RuleActions actions;
    if (auto objection = read_effects(words, actions.effects)) return objection;
    if (words.accept) actions.action = policy::Action::accept;
    if (words.hold) actions.action = policy::Action::hold;
    if (words.discard) actions.action = policy::Action::discard;
    if (words.refuse) {
        actions.action = policy::Action::refuse;
        actions.words = policy::parse_words(*words.refuse);
    }
    actions.stop = words.stop || (actions.action && !words.go_on);
    if (actions != policy::RuleActions{} || words.go_on) rule.actions = std::move(actions);
    return std::nullopt;
}

// What is said replaces what `rule` has.
std::optional<std::string> read_words(const RuleWords& words, policy::Rule& rule) {
    if (words.file)
        if (auto objection = read_file(*words.file, rule)) return objection;
    if (words.name) rule.name = *words.name;
    if (auto objection = read_conditions(words, rule)) return objection;
    return read_actions(words, rule);
}

template <class T>
int tell(const store::Outcome<T>& outcome, const std::string& done) {
    if (!outcome) return refuse(outcome.error().text);
    std::cout << done << '\n';
    return 0;
}

// --- the dry run ----------------------------------------------------------------------------------------

std::string would_be(const policy::Decision& decision) {
    std::string text;
    if (decision.action == policy::Action::refuse)
        text = fmt::format("refused with {} {} {}", decision.words.code, decision.words.status,
                           decision.words.text);
    else if (decision.action != policy::Action::accept)
        text = decision.action == policy::Action::hold ? "held" : "discarded";
    const std::string effects = policy::describe(decision.effects);
    if (!text.empty() && !effects.empty()) text += "; ";
    text += effects;
    return text.empty() ? "as it was" : text;
}

json::object as_json(const intake::TriedMail& mail) {
    json::array rules(mail.decision.rules.begin(), mail.decision.rules.end());
    return {{"interaction", mail.interaction.str()},
            {"received", rfc3339(mail.received)},
            {"from", mail.author},
            {"subject", mail.subject},
            {"became", or_null_if_empty(mail.became)},
            {"would", policy::name(mail.decision.action)},
            {"would_be", would_be(mail.decision)},
            {"rules", std::move(rules)},
            {"evidence", mail.decision.evidence}};
}

void print(const intake::TriedMail& mail) {
    std::cout << fmt::format("{}  {}  {}  {}\n", mail.interaction.str(), rfc3339(mail.received),
                             shown_sender("", mail.author), shown_subject(mail.subject))
              << fmt::format("    was {}; would be {}\n", one_line(mail.became.empty() ? "?" : mail.became),
                             one_line(would_be(mail.decision)));
    for (const auto& line : evidence_lines(mail.decision)) std::cout << "    " << one_line(line) << '\n';
}

// The rules that are tried, and whose workspace's mail; or why there are none.
struct Trial {
    std::int64_t workspace = 0;
    std::shared_ptr<const policy::RuleSet> rules;
    std::string objection;
};

std::shared_ptr<const policy::RuleSet> alone(policy::Rule rule) {
    rule.enabled = true;
    std::vector<policy::Rule> rules;
    rules.push_back(std::move(rule));
    return std::make_shared<const policy::RuleSet>(std::move(rules));
}

Trial trial_of(DeskSession& desk, const RuleTest& options, const store::Snapshot& settings) {
    Trial trial;
    store::RuleStore store(desk.pool());
    if (options.rule) {
        const auto stored = desk.run(store.find(*options.rule));
        if (!stored) return {0, nullptr, fmt::format("there is no rule {}", *options.rule)};
        if (!stored->problem.empty()) return {0, nullptr, stored->problem};
        return {stored->workspace_id, alone(stored->rule), ""};
    }
    const auto workspaces = desk.run(store::SettingsStore(desk.pool()).workspaces());
    std::string name;
    for (const auto& [id, each] : workspaces)
        if (options.workspace ? each == *options.workspace : workspaces.size() == 1) {
            trial.workspace = id;
            name = each;
        }
    if (name.empty())
        return {0, nullptr,
                options.workspace ? "there is no workspace " + *options.workspace : "say which --workspace"};
    if (options.file) {
        policy::Rule rule;
        if (const auto objection = read_file(*options.file, rule)) return {0, nullptr, *objection};
        if (rule.name.empty()) rule.name = *options.file;
        const auto checked = desk.run(store.checked(name, {options.domain, options.mailbox}, rule));
        if (!checked) return {0, nullptr, checked.error().text};
        trial.rules = alone(*checked);
        return trial;
    }
    const auto in_force = settings.rules.find(trial.workspace);
    if (in_force == settings.rules.end()) return {0, nullptr, "workspace " + name + " has no rule in force"};
    trial.rules = in_force->second;
    return trial;
}

}  // namespace

int run(const Config& config, const RuleAdd& options) {
    policy::Rule rule;
    if (const auto objection = read_words(options.words, rule)) return refuse(*objection);
    return with_desk(config, [&](DeskSession& desk) {
        const auto added =
            desk.run(store::RuleStore(desk.pool())
                         .add(options.workspace, {options.domain, options.mailbox}, rule, options.place));
        return tell(added, fmt::format("added rule {}", added ? *added : 0));
    });
}

int run(const Config& config, const RuleSetOptions& options) {
    return with_desk(config, [&](DeskSession& desk) {
        store::RuleStore store(desk.pool());
        const auto stored = desk.run(store.find(options.id));
        if (!stored) return refuse(fmt::format("there is no rule {}", options.id));
        policy::Rule rule = stored->rule;
        if (const auto objection = read_words(options.words, rule)) return refuse(*objection);
        store::RuleScope scope{rule.domain, stored->mailbox};
        if (options.whole_workspace || options.domain || options.mailbox)
            scope = {options.domain, options.mailbox};
        return tell(desk.run(store.change(options.id, scope, rule)),
                    fmt::format("changed rule {}", options.id));
    });
}

int run(const Config& config, const RuleList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        json::array array;
        for (const auto& stored : desk.run(store::RuleStore(desk.pool()).list(options.workspace))) {
            if (options.json)
                array.push_back(as_json(stored));
            else
                print_line(stored);
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const RuleShow& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto stored = desk.run(store::RuleStore(desk.pool()).find(options.id));
        if (!stored) return refuse(fmt::format("there is no rule {}", options.id));
        if (options.json)
            std::cout << json::serialize(as_json(*stored)) << '\n';
        else
            print(*stored);
        return 0;
    });
}

int run(const Config& config, const RuleMove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        return tell(desk.run(store::RuleStore(desk.pool()).move(options.id, options.place)),
                    fmt::format("moved rule {}", options.id));
    });
}

int run(const Config& config, const RuleEnable& options) {
    return with_desk(config, [&](DeskSession& desk) {
        return tell(desk.run(store::RuleStore(desk.pool()).enable(options.id, true)),
                    fmt::format("rule {} is in force", options.id));
    });
}

int run(const Config& config, const RuleDisable& options) {
    return with_desk(config, [&](DeskSession& desk) {
        return tell(desk.run(store::RuleStore(desk.pool()).enable(options.id, false)),
                    fmt::format("rule {} is not in force any more", options.id));
    });
}

int run(const Config& config, const RuleRemove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        return tell(desk.run(store::RuleStore(desk.pool()).remove(options.id)),
                    fmt::format("removed rule {}", options.id));
    });
}

int run(const Config& config, const RuleTest& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto settings = desk.run(store::SettingsStore(desk.pool()).snapshot());
        const Trial trial = trial_of(desk, options, settings);
        if (!trial.rules) return refuse(trial.objection);
        json::array array;
        const auto report = desk.run(intake::try_rules(desk.pool(), settings, trial.workspace, *trial.rules,
                                                       options.last, [&](const intake::TriedMail& mail) {
                                                           if (options.json)
                                                               array.push_back(as_json(mail));
                                                           else
                                                               print(mail);
                                                       }));
        if (options.json)
            std::cout << json::serialize(json::object{{"asked", report.asked},
                                                      {"matched", report.matched},
                                                      {"mails", std::move(array)}})
                      << '\n';
        else
            std::cout << fmt::format("{} of {} mails; nothing was changed\n", report.matched, report.asked);
        return 0;
    });
}

int run(const Config& config, const TeamAdd& options) {
    if (options.name.empty() || options.name.size() > policy::longest_word ||
        one_line(options.name) != options.name)
        return refuse(fmt::format("a team's name is plain text of 1 to {} bytes", policy::longest_word));
    return with_desk(config, [&](DeskSession& desk) {
        if (!desk.run(store::RuleStore(desk.pool()).add_team(options.workspace, options.name)))
            return refuse(fmt::format("there is a team {} already, or no workspace {}", options.name,
                                      options.workspace));
        std::cout << "added team " << options.name << '\n';
        return 0;
    });
}

int run(const Config& config, const TeamList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        json::array array;
        for (const auto& team : desk.run(store::RuleStore(desk.pool()).teams())) {
            if (options.json)
                array.push_back(json::object{{"workspace", team.workspace}, {"name", team.name}});
            else
                std::cout << one_line(fmt::format("{:<20} {}", team.workspace, team.name)) << '\n';
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const TeamRemove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        if (!desk.run(store::RuleStore(desk.pool()).remove_team(options.workspace, options.name)))
            return refuse(fmt::format("workspace {} has no team {}", options.workspace, options.name));
        std::cout << "removed team " << options.name << '\n';
        return 0;
    });
}

}  // namespace program
