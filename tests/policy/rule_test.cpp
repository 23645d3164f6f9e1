// What an operator writes: conditions and actions in words, as JSON, and what is refused when it is saved.
#include "policy/rule_json.hpp"
#include "policy/rule_text.hpp"

#include <gmock/gmock.h>
#include <boost/json/serialize.hpp>

namespace policy {
namespace {

using std::string;
using testing::ElementsAre;
using testing::HasSubstr;

Rule rule_of(const string& condition, bool negated = false) {
    Rule rule;
    rule.name = "test";
    rule.actions.stop = true;
    rule.conditions.emplace_back();
    rule.conditions[0].negated = negated;
    const auto objection = parse_condition(condition, rule.conditions[0]);
    EXPECT_EQ(objection, std::nullopt) << condition;
    return rule;
}

TEST(RuleText, ConditionsAreReadAndToldInTheSameWords) {
    for (const string text : {
             "recipient=help@desk.example",
             "from=ann@client.example, bob@client.example",
             "from_domain*=*.client.example",
             "mail_from=<>",
             "mail_from_domain~^mail[0-9]+\\.",
             "client=192.0.2.0/24, 2001:db8::/32",
             "verdict=fail",
             "spf=softfail, fail",
             "dkim=none",
             "dmarc=pass",
             "kind=list",
             "header:X-Spam-Flag=yes",
             "subject*=*a\\, b*, *c*",
             "subject~a, b",
             "subject=<=3",
             "size>=1000000",
             "spam_score<=4.5",
             "attachment*=*.exe",
             "attachment_type=application/pdf",
         }) {
        Rule rule = rule_of(text);
        EXPECT_EQ(check(rule), std::nullopt) << text;
        EXPECT_EQ(describe(rule.conditions[0]), text);
    }
    Rule rule = rule_of("subject=x", true);
    rule.conditions[0].match_case = true;
    EXPECT_EQ(describe(rule.conditions[0]), "not subject=x (case matters)");
}

TEST(RuleText, ValuesAreBroughtIntoTheirKeyForm) {
    const std::vector<std::pair<string, string>> forms{
        {"from=Ann@Client.EXAMPLE.", "ann@client.example"},
        {"from_domain=b\u00fccher.example", "xn--bcher-kva.example"},
        {"recipient=Help@b\u00fccher.example", "help@xn--bcher-kva.example"},
        {"kind=BOUNCE", "bounce"},
        {"attachment_type=Application/PDF", "application/pdf"},
    };
    for (const auto& [text, value] : forms) {
        Rule rule = rule_of(text);
        EXPECT_EQ(check(rule), std::nullopt) << text;
        EXPECT_THAT(rule.conditions[0].values, ElementsAre(value));
    }
}

TEST(RuleText, WhatIsNoConditionIsRefusedWithAReason) {
    const std::vector<std::pair<string, string>> wrong{
        {"", "compares nothing"},
        {"subject", "compares nothing"},
        {"subjekt=x", "looks at recipient"},
        {"=x", "looks at"},
    };
    for (const auto& [text, reason] : wrong) {
        Condition condition;
        EXPECT_THAT(parse_condition(text, condition).value_or(""), HasSubstr(reason)) << text;
    }
    const std::vector<std::pair<string, string>> bad{
        {"subject=", "compared with nothing"},
        {"subject=,, ,", "compared with nothing"},
        {"subject>=3", "compared by =, *= or ~"},
        {"size=3", "compared by >= or <="},
        {"size>=many", "no number"},
        {"size>=nan", "no number"},
        {"size>=1, 2", "too many values"},
        {"subject:X=1", "header's name"},
        {"header=1", "header's name"},
        {"header:a b=1", "no name of a header"},
        {"from=ann", "no address"},
        {"from=*@client.example", ""},
        {"from_domain=*.client.example", "no domain name"},
        {"client=192.0.2.0/33", "no address or network"},
        {"client*=192.0.2.*", "takes no patterns"},
        {"kind=robot", "no kind"},
        {"verdict=maybe", "no verdict"},
        {"spf=maybe", "no result"},
        {"verdict~pass", "takes no patterns"},
        {"subject~(", "missing )"},
        {"subject~a)(b", "unexpected )"},
        {"subject~(?<=a)b", "RE2"},
        {"subject~\\1", "RE2"},
        {"subject~(a{500}){4}", "repetition"},
        {"subject~((a{100}){10}){3}", "repetition"},
        {"subject~[a-z]{900}.{900}", "too large"},
        {"subject~" + string(501, 'x'), "longer than 500"},
        {"subject=a\x01", "no plain text"},
        {"subject=\xff", "no plain text"},
    };
    for (const auto& [text, reason] : bad) {
        Rule rule = rule_of(text);
        const auto objection = check(rule);
        if (reason.empty())
            EXPECT_EQ(objection, std::nullopt) << text;
        else
            EXPECT_THAT(objection.value_or(""), HasSubstr(reason)) << text;
    }
    Rule rule = rule_of("from=a@x.example");
    rule.conditions[0].match_case = true;
    EXPECT_THAT(check(rule).value_or(""), HasSubstr("never tells case"));
    rule = rule_of("subject~[0-9]{450}");
    rule.conditions[0].values.assign(50, rule.conditions[0].values[0]);
    EXPECT_THAT(check(rule).value_or(""), HasSubstr("together"));
    rule = rule_of("subject=x");
    rule.conditions.resize(max_conditions + 1, rule.conditions[0]);
    EXPECT_THAT(check(rule).value_or(""), HasSubstr("at most 20"));
}

TEST(RuleText, ActionsAreChecked) {
    const auto objection = [](const std::function<void(Rule&)>& change) {
        Rule rule;
        rule.name = "test";
        change(rule);
        return check(rule).value_or("");
    };
    EXPECT_THAT(objection([](Rule&) {}), HasSubstr("does nothing"));
    EXPECT_THAT(objection([](Rule& rule) { rule.name = ""; }), HasSubstr("name"));
    EXPECT_THAT(objection([](Rule& rule) { rule.name = "a\nb"; }), HasSubstr("name"));
    const auto words = [&](const string& text) {
        return objection([&](Rule& rule) {
            rule.actions.action = Action::refuse;
            rule.actions.words = parse_words(text);
        });
    };
    EXPECT_EQ(words("No bills here"), "");
    EXPECT_EQ(words("550 5.7.1 No"), "");
    EXPECT_EQ(words("450 4.2.1 Later"), "");
    EXPECT_EQ(words("450"), "");
    EXPECT_THAT(words("250 fine"), HasSubstr("550 to 559"));
    EXPECT_THAT(words("421 4.3.0 bye"), HasSubstr("550 to 559"));
    EXPECT_THAT(words("450 5.7.1 No"), HasSubstr("no status"));
    EXPECT_THAT(words("550 5.7 No"), HasSubstr("no status"));
    EXPECT_THAT(words("550 5.7.1 No\r\n250 yes"), HasSubstr("ASCII"));
    EXPECT_THAT(words(string(201, 'x')), HasSubstr("200"));
    EXPECT_THAT(objection([](Rule& rule) {
                    rule.actions.action = Action::hold;
                    rule.actions.words.text = "x";
                }),
                HasSubstr("only a refusal"));
    EXPECT_THAT(objection([](Rule& rule) { rule.actions.effects.tags = {"a,b"}; }), HasSubstr("no tag"));
    EXPECT_THAT(objection([](Rule& rule) { rule.actions.effects.tags = {"-x"}; }), HasSubstr("no tag"));
    EXPECT_THAT(objection([](Rule& rule) {
                    rule.actions.effects.fields = {{"a=b", "c"}};
                }),
                HasSubstr("name of a field"));
    EXPECT_THAT(objection([](Rule& rule) { rule.actions.effects.priority = 9; }), HasSubstr("priority"));
    EXPECT_THAT(objection([](Rule& rule) {
                    rule.actions.stop = true;
                    rule.domain = "x.example";
                    rule.mailbox = 1;
                }),
                HasSubstr("not for both"));
}

TEST(RuleText, WordsOfARefusal) {
    EXPECT_EQ(parse_words("No bills here"), (Words{550, "5.7.1", "No bills here"}));
    EXPECT_EQ(parse_words("553 Nobody"), (Words{553, "5.7.1", "Nobody"}));
    EXPECT_EQ(parse_words("451 4.7.0  Come again"), (Words{451, "4.7.0", "Come again"}));
    EXPECT_EQ(parse_words("").code, 550);
    EXPECT_FALSE(parse_words("450").text.empty());
    EXPECT_EQ(parse_words("5500 Euro").text, "5500 Euro");
}

TEST(RuleJson, WhatIsWrittenIsRead) {
    Rule rule;
    rule.name = "bills";
    for (const auto& text : {"from_domain=a.example, b.example", "header:X-A~^x", "size>=10"}) {
        rule.conditions.emplace_back();
        ASSERT_EQ(parse_condition(text, rule.conditions.back()), std::nullopt);
    }
    rule.conditions[1].negated = rule.conditions[1].match_case = true;
    rule.actions.action = Action::refuse;
    rule.actions.words = {553, "5.1.8", "No"};
    rule.actions.effects = {"ben@desk.example", "billing", 3, {"a", "b"}, {{"Order", "7"}}, false};
    rule.actions.stop = true;
    Rule read;
    read.name = rule.name;
    EXPECT_EQ(read_conditions(boost::json::serialize(to_json(rule.conditions)), read.conditions),
              std::nullopt);
    EXPECT_EQ(read_actions(boost::json::serialize(to_json(rule.actions)), read.actions), std::nullopt);
    EXPECT_EQ(read, rule);
    const string file = R"({"rule": {"name": "bills", "if": )" +
                        boost::json::serialize(to_json(rule.conditions)) + R"(, "then": )" +
                        boost::json::serialize(to_json(rule.actions)) + "}, \"id\": 3}";
    read = {};
    EXPECT_EQ(read_rule(file, read), std::nullopt);
    EXPECT_EQ(read, rule);
}

TEST(RuleJson, ReadersAreStrict) {
    const std::vector<std::pair<string, string>> wrong{
        {"", "no JSON"},
        {"[]", "no object"},
        {R"({"nam": "x"})", "nam is not known"},
        {R"({"if": {}})", "no list"},
        {R"({"if": [{"field": "subject"}]})", "a field and a match"},
        {R"({"if": [{"field": "subject", "match": "like"}]})", "match is"},
        {R"({"if": [{"field": "moon", "match": "exact"}]})", "no field"},
        {R"({"if": [{"field": "subject", "match": "exact", "values": "x"}]})", "no list"},
        {R"({"if": [{"field": "subject", "match": "exact", "value": "x"}]})", "not known"},
        {R"({"if": [{"field": "subject", "match": "exact", "values": [], "not": 1}]})", "neither"},
        {R"({"then": {"mail": "burn"}})", "mail is"},
        {R"({"then": {"words": {"code": "550"}}})", "no number"},
        {R"({"then": {"priority": 3}})", "no text"},
        {R"({"then": {"fields": ["a"]}})", "no object"},
        {R"({"then": {"tag": "x"}})", "tag is not known"},
        {"{\"name\": " + string(100, '[') + string(100, ']') + "}", "no JSON"},
        {string(2 << 20, ' '), "too large"},
    };
    for (const auto& [json, reason] : wrong) {
        Rule rule;
        EXPECT_THAT(read_rule(json, rule).value_or(""), HasSubstr(reason)) << json.substr(0, 100);
    }
}

TEST(RuleJson, ADecisionIsKept) {
    Decision decision;
    EXPECT_EQ(to_json(decision), "");
    decision.evidence = "rule 7 \"x\": tag a\nrule 9";
    decision.rules = {7, 9};
    decision.effects.tags = {"a"};
    decision.effects.priority = 4;
    decision.effects.fields = {{"Order", "7"}};
    const auto read = read_decision(to_json(decision));
    EXPECT_EQ(read.evidence, decision.evidence);
    EXPECT_EQ(read.rules, decision.rules);
    EXPECT_EQ(read.effects, decision.effects);
    EXPECT_EQ(read_decision("nonsense").rules.size(), 0U);
}

}  // namespace
}  // namespace policy
