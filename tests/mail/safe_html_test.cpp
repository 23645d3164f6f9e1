#include "mail/safe_html.hpp"

#include "mail/safe_style.hpp"
#include "mail/safe_url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using mail::inside_image;
using mail::outside_address;
using mail::safe_html;
using mail::safe_link;
using mail::safe_style;

const std::string policy = R"( rel="noopener noreferrer nofollow" target="_blank")";

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

struct Pair {
    std::string input, expected;
};

void check(const std::vector<Pair>& table) {
    for (const Pair& row : table) {
        EXPECT_EQ(safe_html(row.input), row.expected) << row.input;
        EXPECT_EQ(safe_html(row.expected), row.expected) << row.input;
    }
}

TEST(SafeHtml, KeepsWhatPeopleWrite) {
    check({
        {"", ""},
        {"plain & simple", "plain &amp; simple"},
        {"<p>One<p>Two", "<p>One</p><p>Two</p>"},
        {"<P ALIGN=Center>x</P>", "<p align=\"Center\">x</p>"},
        {"a<br>b<br/>c</br>d", "a<br>b<br>c<br>d"},
        {"&eacute;&#8364;&#x20AC;&nbsp;&lt;", "é€€\u00A0&lt;"},
        {"it&#146;s \xC2\x93it\xC2\x94", "it’s “it”"},
        {"<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"},
        {"<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"},
        {"<pre>\n\n a\n b</pre>", "<pre> a\n b</pre>"},
        {"<blockquote type=cite>x</blockquote>", "<blockquote type=\"cite\">x</blockquote>"},
        {"<font color='#FF0000' size=+1 face=\"Arial, 'x'\">x</font>",
         "<font color=\"#FF0000\" size=\"+1\" face=\"Arial, 'x'\">x</font>"},
        {"<section><details><summary>a</summary>b</details></section>",
         "<div><div><div>a</div>b</div></div>"},
        {"<body bgcolor=#000000 text=white>x</body></html>y",
         "<div style=\"background-color:#000000;color:white\">xy</div>"},
        {"<body class=x>a</body>", "a"},
    });
}

TEST(SafeHtml, ReadsHtmlAsMailProgramsWriteIt) {
    check({
        {"<p class=MsoNormal>Hi<o:p></o:p></p>", "<p>Hi</p>"},
        {"<!--[if gte mso 9]><xml><o:x>9</o:x></xml><![endif]-->a", "a"},
        {"<![if !mso]>shown<![endif]>", "shown"},
        {"&copy 2020 &eacutet&eacute &amp x &ltb&gt &AMP; &notin; &notit;",
         "\u00a9 2020 \u00e9t\u00e9 &amp; x &lt;b&gt; &amp; \u2209 &amp;notit;"},
        {"&#128;&#x92;&#150 \u0085", "\u20ac\u2019\u2013 \u2026"},
        {"<a href=\"http://a/?b&copy=1\">x</a>", "<a href=\"http://a/?b&amp;copy=1\"" + policy + ">x</a>"},
        {"<!--[if !mso]><!-->shown<!--<![endif]-->", "shown"},
        {"<xml><o:PixelsPerInch>96</o:PixelsPerInch></xml>a", "a"},
        {"<html><head><title>T</title><style>p{}</style><base href=x><meta x></head><body>a", "a"},
        {"<?xml version='1.0'?><!DOCTYPE html><p>a", "<p>a</p>"},
        {"<b><p>x</p></b>y", "<b><p>x</p></b>y"},
        {"<p><b>a<p>c</b>d", "<p><b>a</b></p><p><b>c</b>d</p>"},
        {"<b><i>a</b>b</i>c", "<b><i>a</i></b><i>b</i>c"},
        {"<b><div>x</b>y</div>", "<b><div>x</div></b><div>y</div>"},
        {"<a href=http://a><table><tr><td>x</table></a>",
         "<a href=\"http://a\"" + policy + "><table><tr><td>x</td></tr></table></a>"},
        {"<h1>a<h2>b</h1>c", "<h1>a</h1><h2>b</h2>c"},
        {"<b><pre>a</b>\n\nb</pre>", "<b><pre>a</pre></b><pre>b</pre>"},
        {"<span><div>a</span>b</div>", "<span><div>ab</div></span>"},
    });
}

TEST(SafeHtml, NeverLosesText) {
    check({
        {"<name@host.example> wrote", "&lt;name@host.example&gt; wrote"},
        {"<first.last@host.example>", "&lt;first.last@host.example&gt;"},
        {"<https://example.org/x> <mailto:a@b.example>",
         "&lt;https://example.org/x&gt; &lt;mailto:a@b.example&gt;"},
        {"1 < 2 > 0 <3 </3 <$5>", "1 &lt; 2 &gt; 0 &lt;3 &lt;/3 &lt;$5&gt;"},
        {"<foo>bar</foo><x-y z=1>w", "barw"},
        {"if x <y then", "if x &lt;y then"},
        {"a <!-- never closed <b>x</b> y", "a x y"},
        {"<a href=\"http://a>b <i>c</i>", "b <i>c</i>"},
        {"<title>open <b>x</b>", "open <b>x</b>"},
        {"<svg>open<p>x", "open<p>x</p>"},
        {"<form><label>Name</label><button>Send</button></form>", "NameSend"},
        {"<td>no table</td>", "no table"},
        {"<a title='x>y'>z</a>", "<a title=\"x&gt;y\">z</a>"},
    });
}

TEST(SafeHtml, TablesAreWhole) {
    check({
        {"<table width=100% cellpadding=0 background=http://x/y.png><tr><td colspan=2 nowrap>a<td>b</table>",
         "<table width=\"100%\" cellpadding=\"0\"><tr><td colspan=\"2\" "
         "nowrap=\"\">a</td><td>b</td></tr></table>"},
        {"<table>lost<tr><td>a</table>", "<table><tr><td>lost</td></tr><tr><td>a</td></tr></table>"},
        {"<table><td>a</table>", "<table><tr><td>a</td></tr></table>"},
        {"<table><tbody><tr><b>x<td>y</table>",
         "<table><tbody><tr><td><b>x</b></td><td>y</td></tr></tbody></table>"},
        {"<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</table>",
         "<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>"},
        {"<table><col width=1><tr><td>a</table>",
         "<table><colgroup><col width=\"1\"></colgroup><tr><td>a</td></tr></table>"},
        {"<table><caption>c<tr><td>a</table>", "<table><caption>c</caption><tr><td>a</td></tr></table>"},
        {"<table><form><tr><td>a</form></table>", "<table><tr><td>a</td></tr></table>"},
        {"<table><tr><td><p>a</td></tr></table>b", "<table><tr><td><p>a</p></td></tr></table>b"},
        {"<table><tr><td colspan=99999999>a</table>", "<table><tr><td>a</td></tr></table>"},
    });
}

TEST(SafeHtml, LinksLeadOutsideAndNowhereElse) {
    check({
        {"<a href='http://example.org/?a=1&amp;b=2' onclick=x target=_top>x</a>",
         "<a href=\"http://example.org/?a=1&amp;b=2\"" + policy + ">x</a>"},
        {"<a href=mailto:a@b.example?subject=x>x</a>",
         "<a href=\"mailto:a@b.example?subject=x\"" + policy + ">x</a>"},
        {"<a href=/x>x</a>", "<a>x</a>"},
        {"<a href=http://a>1<a href=http://b>2</a>",
         "<a href=\"http://a\"" + policy + ">1</a><a href=\"http://b\"" + policy + ">2</a>"},
        {"<a href=http://a><div>1<a href=http://b>2</a></div></a>",
         "<a href=\"http://a\"" + policy + "><div>1</div></a><div><a href=\"http://b\"" + policy +
             ">2</a></div>"},
    });
}

TEST(SafeUrl, Schemes) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"http://example.org", "http://example.org"},
        {" HTTPS://Example.org/A b", "https://Example.org/A%20b"},
        {"//example.org/x", "https://example.org/x"},
        {"\\\\example.org/x", "https://example.org/x"},
        {"https:example.org", "https://example.org"},
        {"ht\ntp://example.org", "http://example.org"},
        {"tel:+49123", "tel:+49123"},
        {"http://x/\"'<>`", "http://x/%22%27%3C%3E%60"},
        {"http://x/\u202Egpj", "http://x/%E2%80%AEgpj"},
        {"http://", ""},
        {"mailto:", ""},
        {"javascript:alert(1)", ""},
        {"java\tscript:alert(1)", ""},
        {"\x01javascript:alert(1)", ""},
        {"JaVaScRiPt\n:alert(1)", ""},
        {"vbscript:x", ""},
        {"data:text/html,x", ""},
        {"file:///etc/passwd", ""},
        {"blob:https://x", ""},
        {"view-source:http://x", ""},
        {"http&colon;//x", ""},
        {"x", ""},
        {"#x", ""},
    };
    for (const auto& [input, expected] : table) {
        EXPECT_EQ(safe_link(input).value_or(""), expected) << input;
        EXPECT_EQ(safe_link(expected).value_or(""), expected) << input;
    }
    EXPECT_FALSE(outside_address("mailto:a@b.example"));
    EXPECT_FALSE(safe_link("http://" + std::string(20000, 'x')));
}

TEST(SafeHtml, Images) {
    check({
        {"<img src=http://t.example/p.gif width=1 height=1px alt=logo onerror=x>",
         "<img data-outside-src=\"http://t.example/p.gif\" width=\"1\" height=\"1\" alt=\"logo\">"},
        {"<img src='//t.example/p.gif'>", "<img data-outside-src=\"https://t.example/p.gif\">"},
        {"<img data-outside-src='javascript:x' src=x alt=y>", "<img alt=\"y\">"},
        {"<img srcset='http://t.example/a 1x' src=x>", ""},
        {"<img src='cid:Pic.1@host'>", "<img src=\"cid:Pic.1@host\">"},
        {"<img src='CID:%3Ca%20b%3E'>", "<img src=\"cid:a%20b\">"},
        {"<img src='data:image/PNG;base64,iVBO Rw0='>", "<img src=\"data:image/png;base64,iVBORw0=\">"},
        {"<img src='data:image/svg+xml;base64,PHN2Zz4=' alt=x>", "<img alt=\"x\">"},
        {"<img src='data:text/html;base64,PHN2Zz4=' alt=x>", "<img alt=\"x\">"},
        {"<img src='data:image/png,%3Cscript' alt=x>", "<img alt=\"x\">"},
        {"<image src=http://t.example/p.gif>", "<img data-outside-src=\"http://t.example/p.gif\">"},
        {"<input type=image src=http://t.example/p.gif><bgsound src=x><video poster=x src=y>v</video>", "v"},
    });
}

TEST(SafeUrl, InsideImages) {
    EXPECT_EQ(inside_image("cid:%2541"), "cid:%2541");
    EXPECT_EQ(inside_image("cid:ü"), "cid:%C3%BC");
    EXPECT_FALSE(inside_image("cid:"));
    EXPECT_FALSE(inside_image("cid:" + std::string(2000, 'x')));
    EXPECT_FALSE(inside_image("data:image/png;base64,"));
    EXPECT_FALSE(inside_image("data:image/png;base64,<script>"));
    EXPECT_FALSE(inside_image("http://x"));
}

TEST(SafeStyle, KeepsLooksAndNothingElse) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"color: RED; background : #FFF", "color:red;background-color:#fff"},
        {"margin:0 auto 1.5em;padding:4PX", "margin:0 auto 1.5em;padding:4px"},
        {"font:italic bold 12px/30px Georgia, 'Times New Roman' !important",
         "font:italic bold 12px/30px Georgia,'Times New Roman'"},
        {"font-family:\"Segoe UI\",sans-serif", "font-family:'Segoe UI',sans-serif"},
        {"color:rgba( 1, 2 ,3, .5 )", "color:rgba(1,2,3,.5)"},
        {"border:1px solid rgb(0,0,0)", "border:1px solid rgb(0,0,0)"},
        {"text-indent:-18.0pt", "text-indent:-18.0pt"},
        {"background:url(http://t/x.png) no-repeat #123456", "background-color:#123456"},
        {"background:url(data:x;y) red", ""},
        {"background:none", "background-color:none"},
        {"background-image:url(x)", ""},
        {"background-color:url(x)", ""},
        {"list-style:url(x)", ""},
        {"width:expression(alert(1))", ""},
        {"color:e\\78pression(1)", ""},
        {"color:re/**/d", ""},
        {"co/**/lor:red", ""},
        {"position:fixed;top:0;z-index:9;opacity:0", ""},
        {"margin:-999px", ""},
        {"width:999999px", ""},
        {"behavior:url(x);-moz-binding:url(x)", ""},
        {"@import 'x';color:red", "color:red"},
        {"color:red\"onerror=x", ""},
        {"font-family:'x;color:red", ""},
        {"font-family:'</style><script>'", ""},
        {"color:var(--x)", ""},
        {"mso-line-height-rule:exactly;line-height:20px", "line-height:20px"},
        {"color:{red}", ""},
    };
    for (const auto& [input, expected] : table) {
        EXPECT_EQ(safe_style(input), expected) << input;
        EXPECT_EQ(safe_style(expected), expected) << input;
    }
    EXPECT_EQ(safe_style(repeated("color:red;", 1000)), "");
}

// Kinds of attack; what each leaves is harmless text.
TEST(SafeHtml, LeavesNothingActive) {
    check({
        {"<script>alert(1)</script>", ""},
        {"a<script>alert(1)", "a"},
        {"<scr<script>ipt>alert(1)</script>", "&lt;scr"},
        {"<script/src=x></script >b", "b"},
        {"<img src=x onerror=alert(1)>", ""},
        {"<b onmouseover=alert(1) style='color:red' id=x class=y name=z>x</b>",
         "<b style=\"color:red\">x</b>"},
        {"<svg/onload=alert(1)>", ""},
        {"<svg><script>alert(1)</script></svg>x", "x"},
        {"<svg><svg></svg><p>in</svg>x", "x"},
        {"<iframe srcdoc='<script>1</script>'></iframe>x", "x"},
        {"<object data=x><embed src=y></object><applet code=z></applet>x", "x"},
        {"<meta http-equiv=refresh content='0;url=x'><link rel=stylesheet href=x><base href=x>y", "y"},
        {"<style>@import 'x'</style><style>p{background:url(x)}", ""},
        {"<math><mi xlink:href='javascript:1'>x</mi></math>y", "y"},
        {"<template><img src=x onerror=1></template>y", "y"},
        {"<form action=x><input name=parentNode><textarea>t</textarea><select><option>o</select>y</form>",
         "y"},
        {"<a href=' &#x6A;avascript&#58;alert(1)'>x</a>", "<a>x</a>"},
        {"<a href='javascript&Tab;:x' xlink:href=x ping=y formaction=z>x</a>", "<a>x</a>"},
        {"<div style=\"background:url('javascript:1')\">x</div>", "<div>x</div>"},
        {"\"><script>x</script>", "&quot;&gt;"},
        {"<a title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">x</a>",
         "<a title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">x</a>"},
        {"<noscript><p title=\"</noscript><img src=x onerror=1>\">", "&quot;&gt;"},
        {"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=1&gt;\">",
         "<table></table>"},
        {"<form><math><mtext></form><form><mglyph><style></math><img src onerror=1>", ""},
        {"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>", "alert(1)"},
        {"<![CDATA[<img src=x onerror=1>]]>x", "]]&gt;x"},
        {"<!--><img src=x onerror=1>-->y", "--&gt;y"},
        {"<!-- --!><b>y</b>-->", "<b>y</b>--&gt;"},
        {"<?x <b>y</b> ?>", "y ?&gt;"},
        {"<xmp><b>y</b></xmp>", "<pre><b>y</b></pre>"},
        {"<img src='http://x/\"onerror=\"1'>", "<img data-outside-src=\"http://x/%22onerror=%221\">"},
    });
}

TEST(SafeHtml, NoByteIsTrusted) {
    using namespace std::string_literals;
    EXPECT_EQ(safe_html("a\0b\1z\x7f<b\0>x"s), "abz<b>x</b>");
    EXPECT_EQ(safe_html("a text of some length \xEF\xBF\xBF and\x1f more of it"),
              "a text of some length  and more of it");
    EXPECT_EQ(safe_html("<p></p>\x1b a &#127; <pre>&#1;\n\nb"), "<p></p> a  <pre>b</pre>");
    EXPECT_EQ(safe_html("\x1b a text of some length"), "a text of some length");
    EXPECT_EQ(safe_html("&#127; a<img alt='&#127;'><b title='\x7f'>b</b>"), "a<b>b</b>");
    EXPECT_EQ(safe_html("\xff<b>\xC3"), "\uFFFD<b>\uFFFD</b>");
    EXPECT_EQ(safe_html("<script\xff>x</b>"), "&lt;script\uFFFD&gt;x");
}

TEST(SafeHtml, BoundedDepthAndSize) {
    const std::string deep = safe_html(repeated("<div>", 100'000) + "x");
    EXPECT_EQ(deep, repeated("<div>", 92) + "x" + repeated("</div>", 92));
    EXPECT_EQ(safe_html(repeated("<div>", 200) + "x" + repeated("</div>", 200) + "y"),
              repeated("<div>", 92) + "x" + repeated("</div>", 92) + "y");
    EXPECT_EQ(safe_html("<div " + std::string(1 << 20, 'a') + "=1>x"), "x");
    EXPECT_EQ(safe_html("<p " + repeated("a=1 ", 200) + ">x</p>"), "x");
    const std::string tables = repeated("<table>", 1000) + "x" + repeated("</table>", 1000) + "y";
    EXPECT_EQ(safe_html(safe_html(tables)), safe_html(tables));
    EXPECT_TRUE(safe_html(tables).ends_with("</table>y"));
    const std::string fonts = repeated("<p><font color=red><font size=1>x", 10'000);
    EXPECT_LT(safe_html(fonts).size(), 10 * fonts.size() + 65536);
    const std::string formatting = repeated(repeated("<b><i><u><s>", 5) + repeated("<p>x", 500), 20);
    EXPECT_LT(safe_html(formatting).size(), 10 * formatting.size() + 65536);
}

}  // namespace
