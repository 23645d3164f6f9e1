// History below an answer is found again by our own reader of replies.
#include "mail/compose_quote.hpp"

#include "mail/compose.hpp"
#include "mail/read.hpp"

#include <gtest/gtest.h>

namespace mail {
namespace {

const QuotedMail question{.author_name = "Ann",
                          .author_address = "ann@client.example",
                          .text = "My printer\n\n> is it?\nis on fire.\n\n",
                          .html = "<p>My printer is <b>on fire</b>.</p></blockquote></div><script>x</script>",
                          .date = "Mon, 5 Jan 2026 at 13:00"};

TEST(ComposeQuote, TextIsMarkedLineByLine) {
    EXPECT_EQ(quoted_text(question),
              "On Mon, 5 Jan 2026 at 13:00, Ann <ann@client.example> wrote:\n"
              "> My printer\n>\n>> is it?\n> is on fire.\n");
    EXPECT_EQ(quoted_text({.author_name = "",
                           .author_address = "ann@client.example",
                           .text = " ",
                           .html = "<p>Hello &amp; good day</p>",
                           .date = ""}),
              "ann@client.example wrote:\n> Hello & good day\n");
    EXPECT_EQ(quoted_text({}), "somebody wrote:\n");
}

TEST(ComposeQuote, NothingInTheHtmlEndsTheQuote) {
    const std::string html = quoted_html(question);
    EXPECT_EQ(html.find("</blockquote>"), html.rfind("</blockquote>"));
    EXPECT_EQ(html.find("script"), std::string::npos);
    EXPECT_NE(html.find("Ann &lt;ann@client.example&gt; wrote:"), std::string::npos);
    const std::string from_text = quoted_html(
        {.author_name = "A\n<b>", .author_address = "", .text = "<script>\na & b", .html = "", .date = ""});
    EXPECT_NE(from_text.find("A &lt;b&gt; wrote:"), std::string::npos) << from_text;
    EXPECT_NE(from_text.find("&lt;script&gt;<br>\na &amp; b"), std::string::npos) << from_text;
}

TEST(ComposeQuote, AReaderTakesItOff) {
    Composition mail;
    mail.from = {"Bob", "support@acme.example"};
    mail.to = {{"Ann", "ann@client.example"}};
    mail.message_id = "1@acme.example";
    mail.text = "Use water.\n\n" + quoted_text(question);
    EXPECT_EQ(read_message(*compose(mail)).reply_text, "Use water.\n");
    mail.text.clear();
    mail.html = "<p>Use water.</p>" + quoted_html(question);
    EXPECT_EQ(read_message(*compose(mail)).reply_text, "Use water.\n");
}

}  // namespace
}  // namespace mail
