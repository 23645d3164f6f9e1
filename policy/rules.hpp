// A workspace's domain rules, ready to be asked: what do they say of a mail? (docs/rules.md)
//
// They are gone through in their order. The first that says what becomes of the mail decides that; the first
// that sets something sets it, tags add up; one that stops ends it. A mail to several mailboxes is asked
// about for each. Pure, total and const: several threads may ask at once. What costs most is looked at last,
// and only when a rule in scope asks: header fields once each, and the body only for attachments.
#pragma once

#include "auth/authentication.hpp"
#include "mail/message.hpp"
#include "policy/rule.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace policy {

// A mail as rules see it.
struct RuleInput {
    std::string_view raw;   // for header fields and attachments
    std::string from;       // address key of the header's From; empty when there is none
    std::string mail_from;  // the reverse-path as the envelope had it; empty for the null one
    std::string client;     // address; empty when it is not known
    const auth::Authentication& authentication;
    mail::Kind kind = mail::Kind::human;
    std::string_view subject;
    std::int64_t size = 0;
    std::optional<double> spam_score;
};

// One of a workspace's mailboxes that the mail is for, and by which addresses (their keys).
struct Addressed {
    std::int64_t mailbox = 0;
    std::vector<std::string> recipients;
};

class RuleSet {
  public:
    // Rules that check() let pass, in their order. Disabled ones are kept and never match.
    explicit RuleSet(std::vector<Rule> rules);
    ~RuleSet();
    RuleSet(RuleSet&&) noexcept;
    RuleSet& operator=(RuleSet&&) noexcept;

    [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

    // A decision for each of the mailboxes. Its evidence has a line for each rule that matched.
    [[nodiscard]] std::vector<Decision> evaluate(const RuleInput& mail,
                                                 const std::vector<Addressed>& to) const;

  private:
    struct Compiled;
    class Evaluation;

    std::vector<Rule> rules_;
    std::unique_ptr<const Compiled> compiled_;
};

}  // namespace policy
