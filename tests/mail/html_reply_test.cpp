#include "mail/html_text.hpp"
#include "mail/reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

// What each mail program's HTML says of where the quote begins, also where no words do.
TEST(HtmlReply, KnowsTheMarksOfMailPrograms) {
    const struct {
        const char* html;
        const char* reply;
        const char* quoted;
        const char* signature;
    } cases[] = {
        // Gmail
        {"<div dir=ltr>Yes.</div><br><div class=gmail_quote><div dir=ltr class=gmail_attr>Xx 5 yy 2018 zz "
         "Ann Lee &lt;<a "
         "href=\"mailto:ann@mail.example\">ann@mail.example</a>&gt; qqq:<br></div><blockquote "
         "class=gmail_quote "
         "style=\"margin:0 0 0 .8ex;border-left:1px\">Q</blockquote></div>",
         "Yes.\n", "Xx 5 yy 2018 zz Ann Lee <ann@mail.example> qqq:\n\n> Q\n", ""},
        {"<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>From: "
         "<b>Ann</b><br>Date: Mon, 5 "
         "Mar 2018<br>Subject: Q<br>To: desk<br></div><br>Q</div>",
         "---------- Forwarded message ---------\nFrom: Ann\nDate: Mon, 5 Mar 2018\nSubject: Q\nTo: "
         "desk\n\nQ\n",
         "", ""},
        {"<div>Yes.<br clear=all><div><br></div>-- <br><div class=gmail_signature>Alex Doe</div></div>",
         "Yes.\n", "", "--\nAlex Doe\n"},
        // answers between quotes
        {"<div class=gmail_attr>On 5 Mar 2018 Ann Lee wrote:</div><blockquote "
         "class=gmail_quote>One?</blockquote><div>Yes.</div>"
         "<blockquote class=gmail_quote>Two?</blockquote><div>No.</div>",
         "> One?\n\nYes.\n\n> Two?\n\nNo.\n", "On 5 Mar 2018 Ann Lee wrote:\n", ""},
        // Outlook, in a language without a table
        {"<p class=MsoNormal>Yes.</p><div><div style='border:none;border-top:solid #E1E1E1 "
         "1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
         "<p class=MsoNormal><b>Xx:</b> Ann<br><b>Yy:</b> desk</p></div></div><p class=MsoNormal>Q</p>",
         "Yes.\n", "Xx: Ann\nYy: desk\nQ\n", ""},
        {"<div>Yes.</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Xx:</b> "
         "Ann</div><div>Q</div>",
         "Yes.\n", "Xx: Ann\nQ\n", ""},
        {"<div>Yes.</div><div id=ms-outlook-mobile-signature>Alex Doe</div><div "
         "class=ms-outlook-mobile-reference-message>Q</div>",
         "Yes.\n", "Q\n", "Alex Doe\n"},
        // Apple, Thunderbird
        {"Yes.<div><br><blockquote type=cite><div>On 5 Mar 2018, at 10:15, Ann "
         "wrote:</div><div>Q</div></blockquote></div>",
         "Yes.\n", "> On 5 Mar 2018, at 10:15, Ann wrote:\n> Q\n", ""},
        {"<div class=moz-cite-prefix>Xx Ann Lee yyy:<br></div><blockquote "
         "type=cite>Q</blockquote><p>Yes.</p><pre "
         "class=moz-signature>-- \nAlex</pre>",
         "Yes.\n", "Xx Ann Lee yyy:\n\n> Q\n", "--\nAlex\n"},
        // Yahoo, Proton, Zoho, GMX, Zimbra, Spark
        {"<div>Yes.</div><div class=\"ydp1a2byahoo_quoted\">Xx<br>Q</div>", "Yes.\n", "Xx\nQ\n", ""},
        {"<div>Yes.</div><div class=\"protonmail_signature_block\">Alex</div><div "
         "class=protonmail_quote>Xx<blockquote "
         "type=cite>Q</blockquote></div>",
         "Yes.\n", "Xx\n\n> Q\n", "Alex\n"},
        {"<div>Yes.</div><div class=zmail_extra>Xx<br>Q</div>", "Yes.\n", "Xx\nQ\n", ""},
        {"<div>Yes.</div><div name=\"quote\" style=\"border-left:2px\">Xx<br>Q</div>", "Yes.\n", "Xx\nQ\n",
         ""},
        {"<div>Yes.</div><hr id=zwchr data-marker=__DIVIDER__><div>Xx</div><div>Q</div>", "Yes.\n", "Xx\nQ\n",
         ""},
        {"<div name=messageBodySection>Yes.</div><div name=messageSignatureSection>Alex</div><div "
         "name=messageReplySection>Xx<br>Q</div>",
         "Yes.\n", "Xx\nQ\n", "Alex\n"},
        // a mail is never trimmed to nothing
        {"<div class=yahoo_quoted>Q</div>", "Q\n", "", ""},
        {"<div id=Signature>Alex</div>", "Alex\n", "", ""},
    };
    for (const auto& test : cases) {
        const mail::MarkedText read = mail::read_html(test.html);
        const mail::ReplyParts parts = mail::split_reply(read.text, {}, read.marks);
        EXPECT_EQ(parts.reply, test.reply) << test.html;
        EXPECT_EQ(parts.quoted, test.quoted) << test.html;
        EXPECT_EQ(parts.signature, test.signature) << test.html;
    }
}

}  // namespace
