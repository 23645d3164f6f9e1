#include "desk/writing.hpp"

#include <gmock/gmock.h>

namespace desk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const tickets::Variables values{
    {"person.name", "Ann <b>"}, {"person.first_name", "Ann"}, {"alias.name", "Ben"}};

store::AliasInfo alias_of(std::string text, std::string html = {}) {
    return {.id = 1,
            .name = "Ben",
            .signature_name = "Ben",
            .signature_text = std::move(text),
            .signature_html = std::move(html)};
}

TEST(Writing, VariablesAreTextInHtml) {
    const auto body = body_of({"Dear {{person.name}}", "<p>Dear {{person.name}}</p>"}, {}, values, {}, {});
    ASSERT_TRUE(body);
    EXPECT_EQ(body->text, "Dear Ann <b>\n");
    EXPECT_THAT(body->html, HasSubstr("Dear Ann &lt;b&gt;"));
    const auto unknown = body_of({"{{person.nam}}", ""}, {}, values, {}, {});
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().text, HasSubstr("{{person.nam}}"));
    const auto verbatim = body_of({"{{person.nam}}", "", true}, {}, values, {}, {});
    ASSERT_TRUE(verbatim);
    EXPECT_EQ(verbatim->text, "{{person.nam}}\n");
}

TEST(Writing, HtmlIsMadeSafeWhoeverWroteIt) {
    const auto body = body_of({"", "<p onclick=x>hi<script>alert(1)</script><img src=\"cid:a.png\"></p>"},
                              alias_of("", "<b>Ben</b><script>x</script>"), values, {}, {});
    ASSERT_TRUE(body);
    EXPECT_THAT(body->html, Not(HasSubstr("script")));
    EXPECT_THAT(body->html, Not(HasSubstr("onclick")));
    EXPECT_THAT(body->html, HasSubstr("src=\"cid:a.png\""));
    EXPECT_THAT(body->html, HasSubstr("<b>Ben</b>"));
    EXPECT_THAT(body->text, HasSubstr("hi")) << "from the HTML";
}

TEST(Writing, TheSignatureStandsBelow) {
    const auto plain = body_of({"Hello", ""}, alias_of("Acme\n{{person.first_name}}'s desk"), values, {}, {});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->text, "Hello\n\n-- \nBen\nAcme\nAnn's desk\n");
    EXPECT_EQ(plain->html, "") << "nobody wrote HTML";
    const auto rich = body_of({"1 < 2\n\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xF0\x9F\x98\x80", ""},
                              alias_of("", "<i>Acme</i>"), values, {}, {});
    ASSERT_TRUE(rich);
    EXPECT_THAT(rich->html, HasSubstr("1 &lt; 2<br>"));
    EXPECT_THAT(rich->html, HasSubstr("dir=\"auto\""));
    EXPECT_THAT(rich->html, HasSubstr("<i>Acme</i>"));
    EXPECT_THAT(rich->text, HasSubstr("\xF0\x9F\x98\x80"));
    EXPECT_THAT(rich->text, HasSubstr("-- \nBen\nAcme"));
}

TEST(Writing, NothingToSayIsRefused) {
    EXPECT_FALSE(body_of({" \n", ""}, alias_of("x"), values, {}, {}));
    EXPECT_FALSE(body_of({"\xff", ""}, {}, values, {}, {}));
    EXPECT_TRUE(body_of({"", ""}, {}, values, {}, attachments_of({{"a.txt", "x", {}, false}})))
        << "a file says enough";
}

TEST(Writing, TheQuoteStandsAtTheEndAndIsNoArchive) {
    mail::Message message;
    message.header.from = mail::NamedAddress{"Ann", "ann@client.example"};
    message.header.date = "2026-11-22T22:40:00+01:00";
    message.text = "asked\n";
    message.html = "<p>asked</p>";
    const auto body = body_of({"answered", "<p>answered</p>"}, alias_of("Acme"), values, message, {});
    ASSERT_TRUE(body);
    EXPECT_THAT(body->text, HasSubstr("2026-11-22 22:40"));
    EXPECT_LT(body->text.find("answered"), body->text.find("-- \nBen"));
    EXPECT_LT(body->text.find("-- \nBen"), body->text.find("> asked"));
    EXPECT_LT(body->html.find("answered"), body->html.find("<blockquote"));
    message.text = std::string(5'000'000, 'x');
    message.html = message.text;
    const auto cut = body_of({"answered", "<p>answered</p>"}, {}, values, message, {});
    ASSERT_TRUE(cut);
    EXPECT_LT(cut->text.size() + cut->html.size(), 400'000U);
}

TEST(Writing, PicturesAreShown) {
    const auto files = attachments_of({{"logo 1.png", "\x89PNG\r\n\x1a\n", {}, true},
                                       {"fake.png", "<svg/>", {}, true},
                                       {"../x.pdf", "%PDF-", {}, false}});
    ASSERT_EQ(files.size(), 3U);
    EXPECT_TRUE(files[0].is_inline);
    EXPECT_EQ(files[0].content_id, "logo-1.png");
    EXPECT_FALSE(files[1].is_inline) << "it is no picture";
    EXPECT_EQ(files[2].name, "x.pdf");
    const auto body = body_of({"See", ""}, {}, values, {}, files);
    ASSERT_TRUE(body);
    EXPECT_THAT(body->html, HasSubstr("<img src=\"cid:logo-1.png\""));
    const auto placed = body_of({"See", "<img src=\"cid:logo-1.png\"> see"}, {}, values, {}, files);
    ASSERT_TRUE(placed);
    EXPECT_EQ(placed->html.find("cid:"), placed->html.rfind("cid:")) << "once is enough";
}

TEST(Writing, TheSubjectStaysWhatItWas) {
    for (const auto& [subject, answer] :
         std::vector<std::pair<std::string, std::string>>{{"Help", "Re: Help"},
                                                          {"Re: Help", "Re: Help"},
                                                          {"RE:Help", "RE:Help"},
                                                          {"", "Re: "},
                                                          {"a\r\nBcc: x", "Re: a  Bcc: x"}})
        EXPECT_EQ(answer_subject(subject), answer);
}

TEST(Writing, ReferencesAreAChain) {
    mail::Header answered;
    answered.message_id = "3@c";
    answered.references = {"1@c", "2@desk"};
    EXPECT_THAT(references_of("t@desk", answered, {"2@desk", "4@desk"}),
                ElementsAre("t@desk", "1@c", "2@desk", "4@desk", "3@c"));
    answered.references = {};
    answered.in_reply_to = {"2@desk"};
    EXPECT_THAT(references_of("t@desk", answered, {}), ElementsAre("t@desk", "2@desk", "3@c"));
    EXPECT_THAT(references_of("t@desk", {}, {}), ElementsAre("t@desk"));
}

TEST(Writing, TheAliasOfTheLastTimeIsTheNext) {
    std::vector<store::AliasInfo> aliases{
        {.id = 1, .name = "A"}, {.id = 2, .name = "B", .is_default = true}, {.id = 3, .name = "C"}};
    const auto chosen = [&](std::optional<std::string> wanted, std::vector<store::ConversationMail> mails) {
        const auto alias = choose_alias(aliases, wanted, mails, 7);
        return !alias ? alias.error().text : *alias ? (*alias)->name : "their own";
    };
    const store::ConversationMail theirs{.outbound = true, .agent = 8, .alias = 1};
    const store::ConversationMail last{.outbound = true, .agent = 7, .alias = 3};
    const store::ConversationMail before{.outbound = true, .agent = 7, .alias = 1};
    EXPECT_EQ(chosen({}, {}), "B") << "the default one";
    EXPECT_EQ(chosen({}, {theirs, last, before}), "C");
    EXPECT_EQ(chosen("a", {last}), "A");
    EXPECT_EQ(chosen({}, {{.outbound = true, .agent = 7}, last}), "their own") << "as the last time";
    EXPECT_EQ(chosen({}, {{.outbound = true, .agent = 7, .alias = 99}, before}), "B") << "it is removed";
    EXPECT_THAT(chosen("x", {}), HasSubstr("no alias x"));
    aliases[1].is_default = false;
    EXPECT_EQ(chosen({}, {}), "their own");
}

}  // namespace
}  // namespace desk
