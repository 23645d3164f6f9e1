#include "store/rule_store.hpp"

#include "policy/rule_json.hpp"
#include "store/desk_actions.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace store {
namespace {

std::string no_rule(std::int64_t id) {
    return fmt::format("there is no rule {}; see: ticketgate rule list", id);
}

// Why it can't be in force; the rule is filled in as far as it can be read.
std::optional<std::string> read_rule_text(const std::string& conditions, const std::string& actions,
                                          policy::Rule& rule) {
    if (auto objection = policy::read_conditions(conditions, rule.conditions)) return objection;
    if (auto objection = policy::read_actions(actions, rule.actions)) return objection;
    return policy::check(rule);
}

StoredRule read_stored(const Row& row) {
    StoredRule stored;
    stored.workspace_id = row.integer(0);
    stored.workspace = row.text(1);
    stored.rule.id = row.integer(2);
    stored.rule.name = row.text(3);
    stored.rule.enabled = row.boolean(4);
    stored.rule.domain = row.maybe_text(5);
    stored.rule.mailbox = row.maybe_integer(6);
    stored.mailbox = row.maybe_text(7);
    stored.problem = read_rule_text(row.text(8), row.text(9), stored.rule).value_or("");
    stored.place = row.integer(10);
    stored.matched = row.integer(11);
    if (!row.is_null(12)) stored.last_matched = row.time(12);
    return stored;
}

auth::Verdict verdict_named(const std::string& text) {
    for (const auto verdict : {auth::Verdict::pass, auth::Verdict::temperror, auth::Verdict::fail})
        if (auth::name(verdict) == text) return verdict;
    return auth::Verdict::none;
}

// The rule's own columns, from its place among the parameters of add_rule and change_rule on.
void put(Params& params, const policy::Rule& rule) {
    params.text(rule.name)
        .maybe_text(rule.domain)
        .maybe_integer(rule.mailbox)
        .text(boost::json::serialize(policy::to_json(rule.conditions)))
        .text(boost::json::serialize(policy::to_json(rule.actions)));
}

}  // namespace

asio::awaitable<std::vector<StoredRule>> RuleStore::list(std::optional<std::string> workspace) {
    const auto results = co_await pool_.run(
        single(sql::list_rules, std::move(Params().maybe_text(workspace).maybe_integer(std::nullopt))));
    std::vector<StoredRule> rules;
    for (int i = 0; i < results[0].size(); ++i) rules.push_back(read_stored(results[0][i]));
    co_return rules;
}

asio::awaitable<std::optional<StoredRule>> RuleStore::find(std::int64_t id) {
    const auto results =
        co_await pool_.run(single(sql::list_rules, std::move(Params().maybe_text(std::nullopt).integer(id))));
    if (results[0].size() == 0) co_return std::nullopt;
    co_return read_stored(results[0][0]);
}

asio::awaitable<Outcome<policy::Rule>> RuleStore::checked(std::string workspace, RuleScope scope,
                                                          policy::Rule rule) {
    const Snapshot now = co_await SettingsStore(pool_).snapshot();
    rule.domain.reset();
    rule.mailbox.reset();
    if (scope.domain) {
        const auto domain = now.domains.find(mail::domain_to_ascii(*scope.domain));
        if (domain == now.domains.end() || domain->second.workspace_name != workspace)
            co_return Refusal{fmt::format("{} is no domain of workspace {}", *scope.domain, workspace)};
        rule.domain = domain->first;
    }
    if (scope.mailbox) {
        const auto mailbox = now.addresses.find(policy::address_key(*scope.mailbox));
        if (mailbox == now.addresses.end() || now.mailboxes.at(mailbox->second).workspace_name != workspace)
            co_return Refusal{fmt::format("{} is no mailbox of workspace {}", *scope.mailbox, workspace)};
        rule.mailbox = mailbox->second.mailbox;
    }
    if (auto objection = policy::check(rule)) co_return Refusal{*std::move(objection)};
    const auto& effects = rule.actions.effects;
    if (effects.assign_agent) {
        const auto agents = co_await AgentStore(pool_).list();
        if (std::ranges::none_of(
                agents, [&](const AgentInfo& agent) { return agent.address == effects.assign_agent; }))
            co_return Refusal{
                fmt::format("there is no agent {}; see: ticketgate agent list", *effects.assign_agent)};
    }
    if (effects.assign_team) {
        const auto all = co_await teams();
        if (std::ranges::none_of(all, [&](const TeamInfo& team) {
                return team.workspace == workspace && team.name == effects.assign_team;
            }))
            co_return Refusal{fmt::format("workspace {} has no team {}; see: ticketgate team list", workspace,
                                          *effects.assign_team)};
    }
    co_return rule;
}

asio::awaitable<Outcome<std::int64_t>> RuleStore::add(std::string workspace, RuleScope scope,
                                                      policy::Rule rule, std::optional<std::int64_t> place) {
    const auto found = co_await pool_.run(single(sql::find_workspace, std::move(Params().text(workspace))));
    if (found[0].size() == 0) co_return Refusal{fmt::format("there is no workspace {}", workspace)};
    const auto checked_rule = co_await checked(workspace, std::move(scope), std::move(rule));
    if (!checked_rule) co_return checked_rule.error();
    std::vector<Query> queries;
    queries.push_back({&sql::add_rule, {}});
    queries.back().params.integer(found[0][0].integer(0)).maybe_integer(place);
    put(queries.back().params, *checked_rule);
    queries.back().params.integer(static_cast<std::int64_t>(policy::max_rules));
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[0].size() == 0)
        co_return Refusal{fmt::format("workspace {} has {} rules already", workspace, policy::max_rules)};
    co_return results[0][0].integer(0);
}

asio::awaitable<Outcome<std::monostate>> RuleStore::change(std::int64_t id, RuleScope scope,
                                                           policy::Rule rule) {
    const auto stored = co_await find(id);
    if (!stored) co_return Refusal{no_rule(id)};
    const auto checked_rule = co_await checked(stored->workspace, std::move(scope), std::move(rule));
    if (!checked_rule) co_return checked_rule.error();
    co_return co_await change_row(id, sql::change_rule, [&](Params& params) { put(params, *checked_rule); });
}

asio::awaitable<Outcome<std::monostate>> RuleStore::enable(std::int64_t id, bool enabled) {
    co_return co_await change_row(id, sql::enable_rule, [&](Params& params) { params.boolean(enabled); });
}

asio::awaitable<Outcome<std::monostate>> RuleStore::move(std::int64_t id, std::int64_t place) {
    co_return co_await change_row(id, sql::move_rule, [&](Params& params) { params.integer(place); });
}

asio::awaitable<Outcome<std::monostate>> RuleStore::remove(std::int64_t id) {
    co_return co_await change_row(id, sql::remove_rule, [](Params&) {});
}

asio::awaitable<Outcome<std::monostate>> RuleStore::change_row(std::int64_t id, const Statement& statement,
                                                               std::function<void(Params&)> add) {
    const auto stored = co_await find(id);
    if (!stored) co_return Refusal{no_rule(id)};
    std::vector<Query> queries;
    queries.push_back({&statement, {}});
    queries.back().params.integer(stored->workspace_id).integer(id);
    add(queries.back().params);
    queries.push_back({&sql::notify_settings, {}});
    co_await pool_.run(std::move(queries));
    co_return std::monostate{};
}

asio::awaitable<std::vector<LatestMail>> RuleStore::latest_mails(std::int64_t workspace, std::int64_t count,
                                                                 std::optional<tickets::Uuid> behind) {
    const auto results = co_await pool_.run(
        single(sql::latest_mails, std::move(Params().integer(workspace).integer(count).maybe_uuid(behind))));
    std::vector<LatestMail> mails;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        mails.push_back({.interaction = row.uuid(0),
                         .author = row.text(1),
                         .subject = row.text(2),
                         .client = row.text(3),
                         .reverse_path = row.text(4),
                         .verdict = verdict_named(row.text(5)),
                         .kind = mail::kind_named(row.maybe_text(6).value_or("")).value_or(mail::Kind::human),
                         .size = row.integer(7),
                         .received = row.time(8),
                         .mailboxes = row.integers(9),
                         .became = row.maybe_text(10).value_or("")});
        if (const auto score = row.maybe_text(11)) mails.back().spam_score = std::stod(*score);
    }
    co_return mails;
}

asio::awaitable<bool> RuleStore::add_team(std::string workspace, std::string name) {
    const auto results =
        co_await pool_.run(single(sql::add_team, std::move(Params().text(workspace).text(name))));
    co_return results[0].affected() > 0;
}

asio::awaitable<bool> RuleStore::remove_team(std::string workspace, std::string name) {
    const auto results =
        co_await pool_.run(single(sql::remove_team, std::move(Params().text(workspace).text(name))));
    co_return results[0].affected() > 0;
}

asio::awaitable<std::vector<TeamInfo>> RuleStore::teams() {
    const auto results = co_await pool_.run(single(sql::list_teams));
    std::vector<TeamInfo> list;
    for (int i = 0; i < results[0].size(); ++i)
        list.push_back({results[0][i].integer(0), results[0][i].text(1), results[0][i].text(2)});
    co_return list;
}

RulesInForce read_rules(const Result& rows, const RulesInForce& before) {
    std::map<std::int64_t, std::vector<policy::Rule>> rules;
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        policy::Rule rule;
        rule.id = row.integer(1);
        rule.name = row.text(2);
        rule.domain = row.maybe_text(3);
        rule.mailbox = row.maybe_integer(4);
        if (!read_rule_text(row.text(5), row.text(6), rule)) rules[row.integer(0)].push_back(std::move(rule));
    }
    RulesInForce in_force;
    for (auto& [workspace, list] : rules) {
        const auto known = before.find(workspace);
        in_force[workspace] = known != before.end() && known->second->rules() == list
                                  ? known->second
                                  : std::make_shared<const policy::RuleSet>(std::move(list));
    }
    return in_force;
}

void RuleCounts::add(std::int64_t workspace, const std::vector<std::int64_t>& rules, Timestamp now) {
    for (const auto rule : rules) {
        Count& count = counts_[{workspace, rule}];
        ++count.matched;
        count.last = std::max(count.last, now);
    }
}

asio::awaitable<bool> RuleCounts::flush(Pool& pool) {
    if (counts_.empty()) co_return true;
    const auto taken = std::move(counts_);
    counts_.clear();
    std::vector<std::int64_t> workspaces, rules, matched;
    std::vector<Timestamp> last;
    for (const auto& [key, count] : taken) {
        workspaces.push_back(key.first);
        rules.push_back(key.second);
        matched.push_back(count.matched);
        last.push_back(count.last);
    }
    try {
        co_await pool.run(
            single(sql::count_rule_matches,
                   std::move(Params().integers(workspaces).integers(rules).integers(matched).times(last))));
        co_return true;
    } catch (const Error&) {
        for (const auto& [key, count] : taken) {
            counts_[key].matched += count.matched;
            counts_[key].last = std::max(counts_[key].last, count.last);
        }
        co_return false;
    }
}

asio::awaitable<void> RuleCounts::keep(Pool& pool) {
    for (asio::steady_timer pause(co_await asio::this_coro::executor);;) {
        pause.expires_after(std::chrono::seconds(2));
        co_await pause.async_wait(asio::use_awaitable);
        co_await flush(pool);
    }
}

}  // namespace store
