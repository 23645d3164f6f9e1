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
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"},
        {"<a href=\"https://x.example/p\">here</a>!", "here <https://x.example/p>!\n"},
        {"<a href=\"https://x.example\">https://x.example</a>", "https://x.example\n"},
        {"<a href=\"mailto:joe@x.example?subject=a\">Joe</a>", "Joe <joe@x.example>\n"},
        {"<a href=\"javascript:alert(1)\">here</a>", "here\n"},
        {"<a href=\"#top\">top</a>", "top\n"},
        {"&lt;b&gt; &amp; &euro;&nbsp;5 &#252;", "<b> & \u20ac 5 \u00fc\n"},
        {"<html><head><title>t</title><style>p{}</style></head><body>x<script>y</script></body></html>",
         "x\n"},
        {"<style>p{}</style></head><body>x", "x\n"},
        {"<pre>a\n  b</pre>", "a\n  b\n"},
        {"<p>a</p></body></html><p>footer</p>", "a\n\nfooter\n"},
        {"<img alt=\"logo\" src=x>", "logo\n"},
        {"<meta charset=iso-8859-1><p>\u00fc", "\u00fc\n"},
        {"<!-- c --><p>a<!-- <p>b --></p>", "a\n"},
        {"a < b and <b", "a < b and\n"},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::html_to_text(test.html), test.expected) << test.html;
}

TEST(HtmlText, HostileMarkupIsBounded) {
    const auto repeated = [](const std::string& piece, std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) text += piece;
        return text;
    };
    for (const char* piece : {"<div>", "<svg><style>", "<font><p>", "<a \"", "<a '>", "<", "</p>", "&",
                              "<!--", "<a href=", "<![CDATA[", "<table><tr><td>"})
        EXPECT_TRUE(mail::is_utf8(mail::html_to_text(repeated(piece, 400'000)))) << piece;
    // a tag with 200,000 attributes is left out, what follows is read
    EXPECT_EQ(mail::html_to_text("<p>a<b" + repeated(" a=b", 800'000) + ">c"), "ac\n");
    // nesting far past libxml2's stack keeps its text
    EXPECT_TRUE(mail::html_to_text(repeated("<div>", 500'000) + "end").find("end") != std::string::npos);
}

}  // namespace
