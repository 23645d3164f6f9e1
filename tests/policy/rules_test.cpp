// Rules x mails: which rules match, what they do, in which order, and where.
#include "policy/rules.hpp"

#include "policy/rule_patterns.hpp"
#include "policy/rule_text.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace policy {
namespace {

using std::string;
using testing::ElementsAre;
using testing::HasSubstr;

Rule rule(std::int64_t id, std::vector<string> conditions, RuleActions actions = {.stop = true}) {
    Rule rule;
    rule.id = id;
    rule.name = "rule";
    rule.actions = std::move(actions);
    for (auto& text : conditions) {
        rule.conditions.emplace_back();
        if (text.starts_with('!')) {
            rule.conditions.back().negated = true;
            text.erase(0, 1);
        }
        EXPECT_EQ(parse_condition(text, rule.conditions.back()), std::nullopt) << text;
    }
    EXPECT_EQ(check(rule), std::nullopt);
    return rule;
}

const string raw =
    "From: Ann <Ann@Client.example>\r\nTo: help@desk.example\r\nSubject: Re: Invoice 17\r\n"
    "X-Priority: 1 (Highest)\r\nX-Label: red\r\nX-Label: =?UTF-8?Q?gr=C3=BCn?=\r\nX-Empty:\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"Invoice "
    "17.PDF\"\r\n\r\n"
    "%PDF\r\n--b--\r\n";

struct Mail {
    auth::Authentication authentication;
    RuleInput input{.raw = raw,
                    .from = "ann@client.example",
                    .mail_from = "Bounce+1@Mailer.example",
                    .client = "192.0.2.77",
                    .authentication = authentication,
                    .kind = mail::Kind::human,
                    .subject = "Re: Invoice 17",
                    .size = 1000,
                    .spam_score = std::nullopt};
    std::vector<Addressed> to{{10, {"help@desk.example"}}};

    std::vector<Decision> ask(std::vector<Rule> rules) const {
        return RuleSet(std::move(rules)).evaluate(input, to);
    }
    bool matches(const string& condition) const { return !ask({rule(1, {condition})}).at(0).rules.empty(); }
};

TEST(Rules, EveryCondition) {
    Mail mail;
    mail.authentication.verdict = auth::Verdict::pass;
    mail.authentication.spf.result = auth::Result::softfail;
    mail.authentication.dkim = {{.result = auth::Result::fail}, {.result = auth::Result::pass}};
    mail.authentication.dmarc.result = auth::Result::pass;
    const std::vector<std::pair<string, bool>> table{
        {"recipient=help@desk.example", true},
        {"recipient=HELP@Desk.example", true},
        {"recipient=info@desk.example", false},
        {"recipient*=*@desk.example", true},
        {"recipient~^help@", true},
        {"from=ann@client.example", true},
        {"from=bob@client.example, ann@client.example", true},
        {"from=bounce+1@mailer.example", false},
        {"from_domain=client.example", true},
        {"from_domain=example", false},
        {"from_domain*=*.example", true},
        {"from_domain*=client", false},
        {"from_domain~ient", true},
        {"mail_from=bounce+1@mailer.example", true},
        {"mail_from=<>", false},
        {"mail_from_domain=mailer.example", true},
        {"client=192.0.2.77", true},
        {"client=192.0.2.0/24", true},
        {"client=192.0.2.64/26, 10.0.0.0/8", true},
        {"client=192.0.2.0/26", false},
        {"client=0.0.0.0/0", true},
        {"client=::/0", true},
        {"client=2001:db8::/32", false},
        {"verdict=pass", true},
        {"verdict=none, fail", false},
        {"spf=softfail", true},
        {"spf=pass", false},
        {"dkim=pass", true},
        {"dkim=fail", true},
        {"dkim=none", false},
        {"dmarc=pass", true},
        {"kind=human", true},
        {"kind=list, bounce", false},
        {"header:x-priority=1 (Highest)", true},
        {"header:X-Priority=1 (highest)", true},
        {"header:X-Priority*=1*", true},
        {"header:X-Priority~^[12]\\b", true},
        {"header:X-Label=red", true},
        {"header:X-Label=GRÜN", true},
        {"header:X-Label=blue", false},
        {"header:X-Empty*=*", true},
        {"header:X-Missing*=*", false},
        {"subject=re: invoice 17", true},
        {"subject=invoice", false},
        {"subject*=*invoice*", true},
        {"subject*=invoice*", false},
        {"subject*=re: invoice ??", true},
        {"subject*=re: invoice ?", false},
        {"subject~invoice \\d+$", true},
        {"subject~(?-i)invoice", false},
        {"subject~(?-i)Invoice", true},
        {"size>=1000", true},
        {"size>=1001", false},
        {"size<=1000", true},
        {"size<=999.5", false},
        {"attachment*=*.pdf", true},
        {"attachment=invoice 17.pdf", true},
        {"attachment*=*.exe", false},
        {"attachment_type=application/pdf", true},
        {"attachment_type*=image/*", false},
        {"spam_score>=0", false},
        {"spam_score<=100", false},
    };
    for (const auto& [condition, expected] : table) {
        EXPECT_EQ(mail.matches(condition), expected) << condition;
        EXPECT_EQ(mail.matches("!" + condition), !expected) << "not " << condition;
    }
}

TEST(Rules, WhatAMailDoesNotHaveMatchesNothing) {
    Mail mail;
    mail.input.from.clear();
    mail.input.mail_from.clear();
    mail.input.client.clear();
    mail.input.spam_score = 6.5;
    for (const string condition : {"from*=*", "from_domain*=*", "mail_from_domain*=*", "client=0.0.0.0/0"}) {
        EXPECT_FALSE(mail.matches(condition)) << condition;
        EXPECT_TRUE(mail.matches("!" + condition)) << condition;
    }
    EXPECT_TRUE(mail.matches("mail_from=<>"));
    EXPECT_TRUE(mail.matches("dkim=none"));
    EXPECT_TRUE(mail.matches("spam_score>=6.5"));
    EXPECT_FALSE(mail.matches("spam_score>=6.6"));
    mail.input.client = "nonsense";
    EXPECT_FALSE(mail.matches("client=0.0.0.0/0"));
    mail.input.client = "2001:db8::1";
    EXPECT_TRUE(mail.matches("client=2001:db8::/32"));
    EXPECT_FALSE(mail.matches("client=0.0.0.0/0"));
    mail.input.client = "::ffff:192.0.2.1";
    EXPECT_TRUE(mail.matches("client=192.0.2.0/24"));
}

TEST(Rules, CaseMattersWhereItIsAskedFor) {
    Mail mail;
    Rule asked = rule(1, {"subject=re: invoice 17"});
    asked.conditions[0].match_case = true;
    EXPECT_THAT(mail.ask({asked})[0].rules, ElementsAre());
    asked.conditions[0].values = {"Re: Invoice 17"};
    EXPECT_THAT(mail.ask({asked})[0].rules, ElementsAre(1));
    asked.conditions[0].match = Match::glob;
    asked.conditions[0].values = {"*invoice*"};
    EXPECT_THAT(mail.ask({asked})[0].rules, ElementsAre());
    asked.conditions[0].match = Match::regex;
    EXPECT_THAT(mail.ask({rule(1, {"subject~INVOICE"})})[0].rules, ElementsAre(1));
}

TEST(Rules, AllConditionsMustHold) {
    Mail mail;
    EXPECT_THAT(
        mail.ask({rule(1, {"subject*=*invoice*", "from_domain=client.example", "!kind=list"})})[0].rules,
        ElementsAre(1));
    EXPECT_THAT(mail.ask({rule(1, {"subject*=*invoice*", "from_domain=other.example"})})[0].rules,
                ElementsAre());
    EXPECT_THAT(mail.ask({rule(1, {})})[0].rules, ElementsAre(1)) << "no condition: every mail";
}

TEST(Rules, TheyAreGoneThroughInTheirOrder) {
    Mail mail;
    RuleActions tag{.effects = {.tags = {"a"}}}, hold{.action = Action::hold}, stop{.stop = true};
    RuleActions refuse{.action = Action::refuse, .words = {553, "5.7.1", "no"}, .effects = {.tags = {"b"}}};
    auto decision = mail.ask({rule(1, {}, tag), rule(2, {}, hold), rule(3, {}, refuse)})[0];
    EXPECT_THAT(decision.rules, ElementsAre(1, 2, 3));
    EXPECT_EQ(decision.action, Action::hold) << "the first that says what becomes of the mail";
    EXPECT_EQ(decision.reason, "rule");
    EXPECT_THAT(decision.effects.tags, ElementsAre("a", "b"));
    EXPECT_THAT(decision.evidence,
                HasSubstr("rule 1 \"rule\": tag a; go on\nrule 2 \"rule\": hold; go on\n"));
    EXPECT_THAT(decision.evidence,
                HasSubstr("rule 3 \"rule\": refuse 553 5.7.1 no; tag b; go on (what becomes"));

    decision = mail.ask({rule(3, {}, refuse), rule(2, {}, hold)})[0];
    EXPECT_EQ(decision.action, Action::refuse);
    EXPECT_EQ(decision.words, (Words{553, "5.7.1", "no"}));

    decision = mail.ask({rule(1, {}, tag), rule(4, {}, stop), rule(3, {}, refuse)})[0];
    EXPECT_THAT(decision.rules, ElementsAre(1, 4));
    EXPECT_EQ(decision.action, Action::accept);
    EXPECT_EQ(decision.reason, "");

    decision = mail.ask({rule(5, {}, {.action = Action::accept}), rule(3, {}, refuse)})[0];
    EXPECT_EQ(decision.action, Action::accept) << "accepted before it could be refused";

    RuleActions first{
        .effects = {.assign_agent = "ann@d", .priority = 3, .fields = {{"f", "1"}}, .acknowledge = true}};
    RuleActions second{.effects = {.assign_agent = "bob@d",
                                   .assign_team = "team",
                                   .priority = 1,
                                   .fields = {{"f", "2"}, {"g", "3"}},
                                   .acknowledge = false}};
    const auto effects = mail.ask({rule(1, {}, first), rule(2, {}, second)})[0].effects;
    EXPECT_EQ(effects.assign_agent, "ann@d");
    EXPECT_EQ(effects.assign_team, "team");
    EXPECT_EQ(effects.priority, 3);
    EXPECT_EQ(effects.acknowledge, true);
    EXPECT_THAT(effects.fields, ElementsAre(testing::Pair("f", "1"), testing::Pair("g", "3")));
}

TEST(Rules, ScopeAndRecipientAreOfEachMailbox) {
    Mail mail;
    mail.to = {{10, {"help@desk.example", "info@other.example"}}, {11, {"sales@desk.example"}}};
    Rule of_mailbox = rule(1, {}, {.effects = {.tags = {"m"}}}),
         of_domain = rule(2, {}, {.effects = {.tags = {"d"}}});
    of_mailbox.mailbox = 11;
    of_domain.domain = "other.example";
    Rule to_sales = rule(3, {"recipient=sales@desk.example"}, {.effects = {.tags = {"s"}}});
    Rule not_help = rule(4, {"!recipient*=help@*"}, {.effects = {.tags = {"n"}}});
    Rule off = rule(5, {}, {.effects = {.tags = {"o"}}});
    off.enabled = false;
    const auto decisions = mail.ask({of_mailbox, of_domain, to_sales, not_help, off, rule(6, {"from*=*"})});
    ASSERT_EQ(decisions.size(), 2U);
    EXPECT_THAT(decisions[0].rules, ElementsAre(2, 6));
    EXPECT_THAT(decisions[1].rules, ElementsAre(1, 3, 4, 6));
}

TEST(Rules, ManyPatternsOfOneFieldAreToldApart) {
    Mail mail;
    std::vector<Rule> rules;
    for (int i = 0; i < 500; ++i) {
        rules.push_back(
            rule(3 * i, {"subject*=*invoice " + std::to_string(i) + "*"}, {.effects = {.tags = {"g"}}}));
        rules.push_back(
            rule(3 * i + 1, {"subject~invoice " + std::to_string(i) + "$"}, {.effects = {.tags = {"r"}}}));
        rules.push_back(
            rule(3 * i + 2, {"subject=re: invoice " + std::to_string(i)}, {.effects = {.tags = {"e"}}}));
    }
    EXPECT_THAT(mail.ask(rules)[0].rules, ElementsAre(3, 51, 52, 53));
}

// What a stranger writes may take no more than so long, whatever the operator's patterns are.
TEST(Rules, BadMailIsReadInLinearTime) {
    Mail mail;
    const string subject(1 << 20, 'a');
    mail.input.subject = subject;
    string header;
    for (int i = 0; i < 3000; ++i) header += "X-A: " + string(60, 'a') + "\r\n";
    const string text = header + "\r\n";
    mail.input.raw = text;
    std::vector<Rule> rules;
    for (int i = 0; i < 100; ++i) {
        rules.push_back(rule(i, {"subject~(a*)*b{" + std::to_string(i + 1) + "}"}));
        rules.push_back(rule(1000 + i, {"subject~a.{100}c" + std::to_string(i)}));
        rules.push_back(rule(2000 + i, {"header:X-A~(x+x+)+y" + std::to_string(i)}));
    }
    const RuleSet set(std::move(rules));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(set.evaluate(mail.input, mail.to)[0].rules, ElementsAre());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Rules, AnyBytesGiveAnAnswer) {
    Mail mail;
    static constexpr char text[] = "From: \xff\xfe\x00\r\nX-A:\x80\x81 =?utf-8?q?=FF?=\r\n\r\n\xff";
    const string bytes(text, sizeof text - 1);
    mail.input.raw = bytes;
    mail.input.subject = "";
    EXPECT_FALSE(mail.matches("header:X-A~needle"));
    EXPECT_TRUE(mail.matches("header:X-A*=*"));
    EXPECT_FALSE(mail.matches("attachment*=*"));
}

// Patterns that ask for no word are tried however little the text holds.
TEST(Patterns, WordsOnlySaveWork) {
    Patterns patterns;
    const std::vector<std::pair<string, bool>> table{{"^$", false},      {".", true},        {"[0-9]", true},
                                                     {"x?", true},       {"é|ü", true},      {"STRAßE", true},
                                                     {"ab|(cd)", false}, {"(ra|tor)", true}, {"\\d+$", true}};
    std::vector<char> hits(table.size());
    for (std::uint32_t i = 0; i < table.size(); ++i) patterns.add(i, Match::regex, table[i].first, false);
    patterns.compile();
    patterns.match("Große STRASSE? Straße für 7", hits);
    for (std::uint32_t i = 0; i < table.size(); ++i)
        EXPECT_EQ(hits[i] != 0, table[i].second) << table[i].first;
}

// A set of words too large for its memory: every pattern is tried, and the answer is the same.
TEST(Patterns, PastTheMemoryOfTheWordsTheAnswerIsTheSame) {
    Patterns patterns;
    std::vector<char> hits(1500);
    for (std::uint32_t i = 0; i < hits.size(); ++i)
        patterns.add(i, Match::glob, "*" + string(400, static_cast<char>('a' + i % 26)) + std::to_string(i),
                     false);
    patterns.compile();
    patterns.match(string(500, 'r') + "1473", hits);
    for (std::uint32_t i = 0; i < hits.size(); ++i) EXPECT_EQ(hits[i] != 0, i == 1473) << i;
}

}  // namespace
}  // namespace policy
