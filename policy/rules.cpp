#include "policy/rules.hpp"

#include "mail/encoded_word.hpp"
#include "mail/header_index.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "net/networks.hpp"
#include "policy/network_trie.hpp"
#include "policy/rule_patterns.hpp"
#include "policy/rule_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

namespace policy {
namespace {

constexpr std::size_t max_occurrences = 50;  // of a header field that are looked at
constexpr std::size_t max_attachments = 200;

std::string_view bytes_of(const net::Networks::Bytes& address) {
    return {reinterpret_cast<const char*>(address.data()), address.size()};
}

class NetworkTable {
  public:
    void add(std::uint32_t condition, std::string_view cidr) {
        const auto slash = cidr.find('/');
        const auto address = cidr.substr(0, slash);
        const auto prefix = net::Networks::parse(address);
        if (!prefix) return;
        const bool v4 = address.find(':') == std::string_view::npos;
        unsigned bits = v4 ? 32 : 128;
        if (slash != std::string_view::npos)
            std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), bits);
        if (v4) bits += 96;
        trie_.insert({0, bytes_of(*prefix)}, PrefixKey::owner_bits + bits, condition);
    }

    void match(const std::string& address, std::vector<char>& hits) const {
        if (const auto bytes = net::Networks::parse(address))
            trie_.visit({0, bytes_of(*bytes)}, [&](std::uint32_t condition) { hits[condition] = 1; });
    }

  private:
    NetworkTrie<std::uint32_t> trie_;
};

struct Range {
    std::uint32_t condition;
    Match match;
    double bound;
};

// Everything that is compared with one field of a mail.
struct Source {
    Field field;
    std::string header;
    Patterns patterns;
    NetworkTable networks;
    std::vector<Range> ranges;

    [[nodiscard]] int cost() const {
        switch (field) {
            case Field::attachment:
            case Field::attachment_type:
                return 3;
            case Field::header:
                return 2;
            default:
                return patterns.only_exact() ? 0 : 1;
        }
    }
};

struct Check {
    std::uint32_t source, condition;
    bool negated;
};

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string domain_of(std::string_view address) {
    const auto at = address.rfind('@');
    return at == std::string_view::npos ? std::string() : std::string(address.substr(at + 1));
}

}  // namespace

struct RuleSet::Compiled {
    struct Entry {
        const Rule* rule;
        std::optional<std::size_t> domain;  // place in `domains`
        std::vector<Check> checks;
        std::string evidence;
    };
    std::vector<Entry> entries;
    std::vector<Source> sources;
    std::vector<std::string> domains;
    std::vector<Check> recipients;  // what depends on the mailbox, not on the mail
    std::uint32_t conditions = 0;

    explicit Compiled(const std::vector<Rule>& rules) {
        std::map<std::pair<Field, std::string>, std::uint32_t> places;
        for (const auto& rule : rules) {
            if (!rule.enabled) continue;
            Entry entry{
                &rule, {}, {}, fmt::format("rule {} \"{}\": {}", rule.id, rule.name, describe(rule.actions))};
            if (rule.domain) entry.domain = domain_place(*rule.domain);
            for (const auto& condition : rule.conditions) {
                const auto [place, added] =
                    places.emplace(std::pair(condition.field, mail::lower(condition.header)), sources.size());
                if (added) sources.push_back({condition.field, condition.header, {}, {}, {}});
                add(condition, sources[place->second]);
                entry.checks.push_back({place->second, conditions++, condition.negated});
                if (condition.field == Field::recipient) recipients.push_back(entry.checks.back());
            }
            entries.push_back(std::move(entry));
        }
        for (auto& source : sources) source.patterns.compile();
        for (auto& entry : entries)
            std::ranges::stable_sort(entry.checks, {},
                                     [&](const Check& check) { return sources[check.source].cost(); });
    }

  private:
    std::size_t domain_place(const std::string& domain) {
        const auto place = static_cast<std::size_t>(std::ranges::find(domains, domain) - domains.begin());
        if (place == domains.size()) domains.push_back(domain);
        return place;
    }

    void add(const Condition& condition, Source& source) const {
        for (const auto& value : condition.values) {
            if (condition.match == Match::at_least || condition.match == Match::at_most)
                source.ranges.push_back({conditions, condition.match, number(value)});
            else if (condition.field == Field::client)
                source.networks.add(conditions, value);
            else if (condition.field == Field::mail_from && value == "<>")
                source.patterns.add(conditions, Match::exact, "", false);
            else
                source.patterns.add(conditions, condition.match, value, condition.match_case);
        }
    }
};

// One mail on its way through the rules: what has been looked at is not looked at again.
class RuleSet::Evaluation {
  public:
    Evaluation(const Compiled& rules, const RuleInput& mail)
        : rules_(rules),
          mail_(mail),
          mail_from_(address_key(mail.mail_from)),
          hits_(rules.conditions),
          done_(rules.sources.size()) {}

    Decision ask(const Addressed& to) {
        recipients_ = &to.recipients;
        forget_recipients();
        Decision decision;
        bool decided = false;
        for (const auto& entry : rules_.entries) {
            const Rule& rule = *entry.rule;
            if (rule.mailbox && *rule.mailbox != to.mailbox) continue;
            if (entry.domain && !in_domain_[*entry.domain]) continue;
            if (!std::ranges::all_of(entry.checks, [&](const Check& check) { return holds(check); }))
                continue;
            const auto& actions = rule.actions;
            decision.rules.push_back(rule.id);
            decision.evidence += (decision.evidence.empty() ? "" : "\n") + entry.evidence;
            combine(decision.effects, actions.effects);
            if (actions.action && decided) {
                decision.evidence += " (what becomes of the mail was decided before)";
            } else if (actions.action) {
                decided = true;
                decision.action = *actions.action;
                decision.words = actions.words;
                if (decision.action != Action::accept) decision.reason = "rule";
            }
            if (actions.stop) break;
        }
        return decision;
    }

  private:
    void forget_recipients() {
        in_domain_.assign(rules_.domains.size(), 0);
        for (const auto& recipient : *recipients_)
            for (std::size_t i = 0; i < rules_.domains.size(); ++i)
                if (domain_of(recipient) == rules_.domains[i]) in_domain_[i] = 1;
        for (const auto& check : rules_.recipients) done_[check.source] = hits_[check.condition] = 0;
    }

    bool holds(const Check& check) {
        if (!done_[check.source]) {
            done_[check.source] = 1;
            look(rules_.sources[check.source]);
        }
        return (hits_[check.condition] != 0) != check.negated;
    }

    void look(const Source& source) {
        const auto text = [&](std::string_view value) { source.patterns.match(value, hits_); };
        const auto known = [&](std::string_view value) {
            if (!value.empty()) text(value);
        };
        const auto& authentication = mail_.authentication;
        switch (source.field) {
            case Field::recipient:
                for (const auto& recipient : *recipients_) text(recipient);
                break;
            case Field::from:
                known(mail_.from);
                break;
            case Field::from_domain:
                known(domain_of(mail_.from));
                break;
            case Field::mail_from:  // the null reverse-path is one
                text(mail_from_);
                break;
            case Field::mail_from_domain:
                known(domain_of(mail_from_));
                break;
            case Field::client:
                source.networks.match(mail_.client, hits_);
                break;
            case Field::verdict:
                text(auth::name(authentication.verdict));
                break;
            case Field::spf:
                text(auth::name(authentication.spf.result));
                break;
            case Field::dkim:
                if (authentication.dkim.empty()) text(auth::name(auth::Result::none));
                for (const auto& signature : authentication.dkim) text(auth::name(signature.result));
                break;
            case Field::dmarc:
                text(auth::name(authentication.dmarc.result));
                break;
            case Field::kind:
                text(mail::name_of(mail_.kind));
                break;
            case Field::header:
                look_at_header(source);
                break;
            case Field::subject:
                text(mail_.subject);
                break;
            case Field::size:
                compare(source, static_cast<double>(mail_.size));
                break;
            case Field::attachment:
                for (const auto& attachment : attachments()) known(attachment.first);
                break;
            case Field::attachment_type:
                for (const auto& attachment : attachments()) known(attachment.second);
                break;
            case Field::spam_score:
                if (mail_.spam_score) compare(source, *mail_.spam_score);
                break;
        }
    }

    void compare(const Source& source, double value) {
        for (const auto& [condition, match, bound] : source.ranges)
            if (match == Match::at_least ? value >= bound : value <= bound) hits_[condition] = 1;
    }

    void look_at_header(const Source& source) {
        if (!header_) header_ = mail::index_header(mail_.raw);
        std::size_t occurrences = 0;
        for (const auto& field : header_->fields) {
            if (!mail::iequals(field.name, source.header)) continue;
            if (++occurrences > max_occurrences) return;
            source.patterns.match(mail::unstructured(field.value), hits_);
        }
    }

    // Names and types.
    const std::vector<std::pair<std::string, std::string>>& attachments() {
        if (!attachments_) {
            attachments_.emplace();
            for (auto& attachment : mail::read_message(mail_.raw).attachments) {
                if (attachments_->size() == max_attachments) break;
                attachments_->emplace_back(std::move(attachment.name), std::move(attachment.type));
            }
        }
        return *attachments_;
    }

    const Compiled& rules_;
    const RuleInput& mail_;
    const std::string mail_from_;
    const std::vector<std::string>* recipients_ = nullptr;
    std::vector<char> hits_, done_, in_domain_;
    std::optional<mail::HeaderIndex> header_;
    std::optional<std::vector<std::pair<std::string, std::string>>> attachments_;
};

RuleSet::RuleSet(std::vector<Rule> rules)
    : rules_(std::move(rules)), compiled_(std::make_unique<const Compiled>(rules_)) {}
RuleSet::~RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;

std::vector<Decision> RuleSet::evaluate(const RuleInput& mail, const std::vector<Addressed>& to) const {
    Evaluation evaluation(*compiled_, mail);
    std::vector<Decision> decisions;
    for (const auto& mailbox : to) decisions.push_back(evaluation.ask(mailbox));
    return decisions;
}

}  // namespace policy
