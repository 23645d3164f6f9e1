#include "mail/html_text.hpp"

#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(HtmlText, ReadsLikeAPerson) {
    const struct {
        const char* html;
        const char* expected;
    } cases[] = {
        {"", ""},
        {"plain", "plain\n"},
        {"<p>one</p><p>two</p>", "one\n\ntwo\n"},
        {"<div>one</div><div>two<br>three</div>", "one\ntwo\nthree\n"},
        {"a  <b>b</b>c\n d", "a bc d\n"},
        {"<ul><li>one<li>two</ul>", "- one\n- two\n"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc\n"},
        {"<a href=\"https://x.example/p\">here</a>!", "here <https://x.example/p>!\n"},
        {"<a href=\"https://x.example\">https://x.example</a>", "https://x.example\n"},
        {"<a href=\"mailto:joe@x.example?subject=a\">Joe</a>", "Joe <joe@x.example>\n"},
        {"<a href=\"javascript:alert(1)\">here</a>", "here\n"},
        {"<a href=\"#top\">top</a>", "top\n"},
        {"<p><![if !supportLists]>1.<![endif]>one</p>", "1.one\n"},
        {"&copy 2020 &#146;", "\u00a9 2020 \u2019\n"},
        {"&lt;b&gt; &amp; &euro;&nbsp;5 &#252;", "<b> & \u20ac 5 \u00fc\n"},
        {"<html><head><title>t</title><style>p{}</style></head><body>x<script>y</script></body></html>",
         "x\n"},
        {"<style>p{}</style></head><body>x", "x\n"},
        {"<pre>a\n  b</pre>", "a\n  b\n"},
        {"<p>a</p></body></html><p>footer</p>", "a\n\nfooter\n"},
        {"<img alt=\"logo\" src=x>", "logo\n"},
        {"<meta charset=iso-8859-1><p>\u00fc", "\u00fc\n"},
        {"<!-- c --><p>a<!-- <p>b --></p>", "a\n"},
        {"a < b and <b", "a < b and <b\n"},
        {"write to <joe@x.example> or <https://x.example/a>.",
         "write to <joe@x.example> or <https://x.example/a>.\n"},
        {"<div>a</div><div><br></div><div>b</div>", "a\n\nb\n"},
        {"a<br><br><br><br>b<br></div>", "a\n\nb\n"},
        {"<p>a</p><p>&nbsp;</p><p>&nbsp;</p><p>b</p>", "a\n\nb\n"},
        {"<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p "
         "class=MsoNormal>b</p>",
         "a\n\nb\n"},
        {"<p style=\"margin-top:0; margin-bottom:0\">a</p><p style=\"margin:0\">b</p>", "a\nb\n"},
        {"<blockquote>a<br>b<p>c</p><blockquote>d</blockquote></blockquote>e",
         "> a\n> b\n>\n> c\n>\n> > d\n\ne\n"},
        {"<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">a</blockquote>", "a\n"},
        {"<ol><li>a<li>b<ul><li>c</ul><li>d</ol>", "1. a\n2. b\n  - c\n3. d\n"},
        {"<ol start=5><li><p>a</p></ol>", "5. a\n"},
        {"<table border=1><tr><td>a</td><td><p>b</p></td></tr><tr><td></td><td>c</td></tr></table>",
         "a | b\nc\n"},
        {"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2\n"},
        {"<table><tr><td><table><tr><td><div>a</div></td></tr></table></td></tr></table>b", "a\n\nb\n"},
        {"<div style=\"display: none\">x</div>a<span style='font-size:0px'>x<b>y</b></span>", "a\n"},
        {"<td style=\"font-size:0px\"><div style=\"font-size:13px\">a</div>", "a\n"},
        {"<div style=\"max-height:0;overflow:hidden\">x</div><p hidden>x</p>a", "a\n"},
        {"a<img alt=spy width=1 height=1 src=x>", "a\n"},
        {"<!--[if mso]><p>x</p><![endif]--><!--[if !mso]><!--><p>a</p><!--<![endif]-->", "a\n"},
        {"&nbsp;&nbsp;a&nbsp;&nbsp;b &#8203;&zwnj;c", "  a  b c\n"},
        {"<pre>a\n\n\n  b\r\nc</pre>d", "a\n\n  b\nc\n\nd\n"},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::html_to_text(test.html), test.expected) << test.html;
}

TEST(HtmlText, HostileMarkupIsBounded) {
    const auto repeated = [](const std::string& piece, std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) text += piece;
        return text;
    };
    for (const char* piece :
         {"<div>", "<svg><style>", "<font><p>", "<a \"", "<a '>", "<", "</p>", "&", "<!--",
          "<a href=", "<![CDATA[", "<table><tr><td>", "<blockquote>a", "<ol><li>a",
          "<div class=yahoo_quoted>a", "<a@b>", "<p style=font-size:0>", "&nbsp;", "<br>"})
        EXPECT_TRUE(mail::is_utf8(mail::html_to_text(repeated(piece, 400'000)))) << piece;
    // a tag with 200,000 attributes is left out, what follows is read
    EXPECT_EQ(mail::html_to_text("<p>a<b" + repeated(" a=b", 800'000) + ">c"), "ac\n");
    // nesting far past libxml2's stack keeps its text
    EXPECT_TRUE(mail::html_to_text(repeated("<div>", 500'000) + "end").find("end") != std::string::npos);
}

}  // namespace
