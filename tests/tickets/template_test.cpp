#include "tickets/template.hpp"

#include <gtest/gtest.h>

namespace tickets {
namespace {

std::string rendered(std::string_view text, const Variables& values) {
    const auto parsed = Template::parse(text);
    return parsed ? parsed->render(values) : "refused: " + parsed.error().text;
}

struct Case {
    const char *text, *expected;
};

TEST(Template, ReplacesItsVariables) {
    const Variables values{
        {"ticket.short_id", "k7m2q9xt"}, {"ticket.subject", "{{person.name}} }}"}, {"person.name", ""}};
    for (const auto& [text, expected] : std::vector<Case>{
             {"", ""},
             {"no variables { } }} {", "no variables { } }} {"},
             {"{{ticket.short_id}}", "k7m2q9xt"},
             {"[{{ ticket.short_id }}]", "[k7m2q9xt]"},
             {"Hello {{person.name|there}},\n", "Hello there,\n"},
             {"Hello {{ person.name | my friend }}!", "Hello my friend!"},
             {"Hello {{person.name}}!", "Hello !"},
             {"{{ticket.short_id|none}}{{ticket.short_id}}", "k7m2q9xtk7m2q9xt"},
             {"{{ticket.subject}}", "{{person.name}} }}"},
             {"{{person.name|a|b}}", "a|b"},
         })
        EXPECT_EQ(rendered(text, values), expected) << text;
    EXPECT_EQ(rendered("{{person.name|there}}", {}), "there") << "a value that is not given is empty";
    EXPECT_EQ(rendered("{{person.name|there}}", {{"person.name", " \t"}}), "there");
}

TEST(Template, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"{{person.nam}}", "{{}}", "{{|x}}", "{{ticket.short_id", "{{{person.name}}}",
                             "{{person.name}} {{secret|x}}", "\xff", "{{Person.Name}}"})
        EXPECT_FALSE(Template::parse(text)) << text;
    EXPECT_NE(rendered("{{person.nam}}", {}).find("{{person.name}}"), std::string::npos) << "what there is";
    EXPECT_TRUE(Template::parse(std::string(Template::max_size, 'x')));
    EXPECT_FALSE(Template::parse(std::string(Template::max_size + 1, 'x')));
    std::string many;
    for (std::size_t i = 0; i < Template::max_variables; ++i) many += "{{person.name}}";
    EXPECT_TRUE(Template::parse(many));
    EXPECT_FALSE(Template::parse(many + "{{person.name}}"));
}

TEST(Template, WhatAnAgentWritesKnowsMore) {
    EXPECT_FALSE(Template::parse("{{alias.name}}")) << "nobody signs an acknowledgement";
    const auto parsed = Template::parse("{{alias.name}}", Writer::agent);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->render({{"alias.name", "Ben"}}), "Ben");
    for (const auto& variable : variables())
        EXPECT_TRUE(Template::parse("{{" + std::string(variable.name) + "}}", Writer::agent))
            << variable.name;
    EXPECT_TRUE(Template::parse(std::string(16 * Template::max_size, 'x'), Writer::agent));
    EXPECT_FALSE(Template::parse(std::string(16 * Template::max_size + 1, 'x'), Writer::agent));
}

TEST(Template, ValuesAreTextInHtml) {
    const auto parsed = Template::parse("<b title=\"{{person.name}}\">{{person.name}}</b> {{date|<now>}}");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(
        parsed->render({{"person.name", "\"><script>'&"}}, Template::Format::html),
        "<b title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&quot;&gt;&lt;script&gt;&#39;&amp;</b> &lt;now&gt;");
}

TEST(Template, AValueIsBounded) {
    const std::string name(1'000'000, 'x');
    EXPECT_EQ(rendered("{{person.name}}", {{"person.name", name}}).size(), Template::max_value);
}

}  // namespace
}  // namespace tickets
