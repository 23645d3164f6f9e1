// Domain rules and teams as rows; the rules in force, ready to be asked, for store::Snapshot.
//
// A rule is checked before it is stored (policy::check, and that whom and what it names is there); a row that
// can't be read all the same is never in force, and list() says why. Every change reaches all nodes.
#pragma once

#include "policy/rules.hpp"
#include "store/settings.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct StoredRule {
    std::int64_t workspace_id = 0;
    std::string workspace;
    policy::Rule rule;
    std::optional<std::string> mailbox;  // the address of rule.mailbox
    std::int64_t place = 0;
    std::int64_t matched = 0;
    std::optional<Timestamp> last_matched;
    std::string problem;  // why it is not in force; empty: nothing is wrong with it
};

// Whose mail it is for; neither: all of the workspace's.
struct RuleScope {
    std::optional<std::string> domain, mailbox;  // a domain's name, a mailbox's address
};

// A mail that is stored, for a dry run.
struct LatestMail {
    tickets::Uuid interaction;
    std::string author, subject, client, reverse_path;
    auth::Verdict verdict = auth::Verdict::none;
    mail::Kind kind = mail::Kind::human;
    std::int64_t size = 0;
    Timestamp received;
    std::vector<std::int64_t> mailboxes;
    std::string became;  // "ticketed (new_ticket)"
    std::optional<double> spam_score = {};
};

struct TeamInfo {
    std::int64_t workspace_id = 0;
    std::string workspace, name;
};

class RuleStore {
  public:
    explicit RuleStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<std::vector<StoredRule>> list(std::optional<std::string> workspace);
    asio::awaitable<std::optional<StoredRule>> find(std::int64_t id);

    // Checked as it would be stored, in its key form: for a dry run.
    asio::awaitable<Outcome<policy::Rule>> checked(std::string workspace, RuleScope scope, policy::Rule rule);

    // `place`: 1 is the first; none: the last. Returns its id.
    asio::awaitable<Outcome<std::int64_t>> add(std::string workspace, RuleScope scope, policy::Rule rule,
                                               std::optional<std::int64_t> place);
    // Its name, scope, conditions and actions become those of `rule`.
    asio::awaitable<Outcome<std::monostate>> change(std::int64_t id, RuleScope scope, policy::Rule rule);
    asio::awaitable<Outcome<std::monostate>> enable(std::int64_t id, bool enabled);
    asio::awaitable<Outcome<std::monostate>> move(std::int64_t id, std::int64_t place);
    asio::awaitable<Outcome<std::monostate>> remove(std::int64_t id);

    // The newest of a workspace that came by SMTP, the newest first; those before `behind`.
    asio::awaitable<std::vector<LatestMail>> latest_mails(std::int64_t workspace, std::int64_t count,
                                                          std::optional<tickets::Uuid> behind);

    asio::awaitable<bool> add_team(std::string workspace,
                                   std::string name);  // false: is one, or no workspace
    asio::awaitable<bool> remove_team(std::string workspace, std::string name);  // false: is none
    asio::awaitable<std::vector<TeamInfo>> teams();

  private:
    asio::awaitable<Outcome<std::monostate>> change_row(std::int64_t id, const Statement& statement,
                                                        std::function<void(Params&)> add);

    Pool& pool_;
};

// Of the rows of sql::rules_in_force; what has not changed since `before` is not compiled again.
[[nodiscard]] RulesInForce read_rules(const Result& rows, const RulesInForce& before);

// How often rules matched: counted in memory, written by flush(). What was counted since the last one is lost
// with the process.
class RuleCounts {
  public:
    void add(std::int64_t workspace, const std::vector<std::int64_t>& rules, Timestamp now);

    // False when the database could not be asked: what was counted is kept for the next time.
    asio::awaitable<bool> flush(Pool& pool);
    // Every two seconds, beside the intake's transactions: a mail waits for no counter.
    asio::awaitable<void> keep(Pool& pool);

  private:
    struct Count {
        std::int64_t matched = 0;
        Timestamp last;
    };
    std::map<std::pair<std::int64_t, std::int64_t>, Count> counts_;
};

}  // namespace store
