// Domain rules asked about mail that is stored: what would match, and what it would do. Nothing is written.
#pragma once

#include "policy/rules.hpp"
#include "store/pool.hpp"
#include "store/settings.hpp"

#include <functional>
#include <string>

namespace intake {

struct TriedMail {
    tickets::Uuid interaction;
    store::Timestamp received;
    std::string author, subject;
    std::string became;         // "ticketed (new_ticket)", as it was then
    policy::Decision decision;  // of the rules that are tried
};

struct TrialReport {
    std::int64_t asked = 0, matched = 0;
};

// The newest `last` mails of a workspace that came by SMTP, the newest first; `matched` is told of those that
// a rule is for. Of the envelope's recipients only their mailboxes are known, so each is asked about by its
// own address; and of what verified a mail only the verdict. Throws store::Error.
[[nodiscard]] store::asio::awaitable<TrialReport> try_rules(store::Pool& pool,
                                                            const store::Snapshot& settings,
                                                            std::int64_t workspace,
                                                            const policy::RuleSet& rules, std::int64_t last,
                                                            std::function<void(const TriedMail&)> matched);

}  // namespace intake
