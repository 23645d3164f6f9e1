// Quotes, closings and notices as one mail program or firm writes them, and texts that only look alike.
#include "mail/reply.hpp"
#include "mail/reply_marks.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace {

struct Case {
    const char* text;
    const char* reply;  // nullptr: all of it
};

void expect_replies(std::span<const Case> cases) {
    const mail::NamedAddress from{"Alex Doe", "alex@mail.example"};
    for (const Case& test : cases)
        EXPECT_EQ(mail::split_reply(test.text, from).reply, test.reply != nullptr ? test.reply : test.text);
}

TEST(ReplyClients, QuotesOfOneProgram) {
    const Case cases[] = {
        {"Yes.\n\n>>> Jo Roe <jo@a.example> 3/3/2016 5:21 PM >>>\nIs it?\n", "Yes.\n"},
        {"Yes.\n\n  On Thu, Mar 3, 2016 at 5:21 PM, Jo Roe<jo@a.example> wrote:   Is it?\nTell.\n", "Yes.\n"},
        {"Yes.\n\n---- Jo Roe <jo@a.example> wrote ----\n\nIs it?\n", "Yes.\n"},
        {"Yes.\n\nMar 3, 2016, 17:21 by jo@a.example:\n\n> Is it?\n", "Yes.\n"},
        {"Yes.\n\n----- Mail original -----\nDe: Jo <jo@a.example>\nObjet: x\n\nIs it?\n", "Yes.\n"},
        {"Yes.\n\n\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\nIs it?\n", "Yes.\n"},
        {"Yes.\n\n------------------ Original ------------------\nIs it?\n", "Yes.\n"},
        {"Yes.\n\nFrom: jo@a.example\nDate: Wed, 16 May 2012 00:15:02 -0600\n\nIs it?\n", "Yes.\n"},
        {"Yes.\n\nJe 2016-03-03 17:21, Jo Roe <jo@a.example> skribis:\n\n> Is it?\n", "Yes.\n"},
        {"Jo Roe <jo@a.example> writes:\n\n> Is it?\n\nYes.\n", "Yes.\n"},
        {"Yes.\n\nOn Mon, 3 Mar 2016 at 5:21 PM, Jo wrote:\n\n> View it (http://a.example/action\n"
         "_nonce=3)\n>\n",
         "Yes.\n"},
        {"Yes.\n\nSent with AquaMail for Android\nhttps://a.example/aqua\n", "Yes.\n"},
        {"Yes.\n\nGet BlueMail for Android\n", "Yes.\n"},
        {"Yes.\n\nSent from my Wiko RIDGE FAB 4G\n", "Yes.\n"},
    };
    expect_replies(cases);
}

TEST(ReplyClients, ClosingsAndNotices) {
    const Case cases[] = {
        {"Please cancel my order.\n\nAlex Doe\nHead of Sales\nT: +1 555 0100\n\nThis e-mail is confidential "
         "and "
         "intended solely for the addressee. If you are not the intended recipient, please delete it.\n",
         "Please cancel my order.\n"},
        {"Please cancel my order.\n\nThanks for your help!\nAlex\n", "Please cancel my order.\n"},
        {"I will be out on Friday.\n\nAD\n", "I will be out on Friday.\n"},
        {"I will be out on Friday.\n\nHugs and kisses,\nAlex\n", "I will be out on Friday.\n"},
        {"I will be out on Friday.\n\nAlex Doe\n\"Carpe diem\"\n", "I will be out on Friday.\n"},
    };
    expect_replies(cases);
}

TEST(ReplyClients, LookAlikesStay) {
    const Case cases[] = {
        {"Hello,\n\nI think that I am not the intended recipient of this e-mail, so it came in error. Please "
         "delete my address.\n",
         nullptr},
        {"Send it to:\n\nAlex Doe\n12 Elm Street\nSpringfield, IL 62701\n", nullptr},
        {"The order is 12345.\n\nName: Alex Doe\nPhone: 555-0100\n", nullptr},
        {"Please add the following user to the group.\n\nJane Roe\njane@a.example\n713-555-0199\n", nullptr},
        {"Who is this?\n\nTom\n", nullptr},
        {"The mail had these headers:\n\nFrom: x@a.example\nDate: Wed, 16 May 2012 00:15:02 -0600\n\nIs it "
         "spam?\n",
         nullptr},
        {"Steps\n=====\n1. open\n2. click\n\nResult\n------\nIt crashes.\n", nullptr},
        {"See here:\n>>> >>>  http://a.example/2 <<<\nand there\n", nullptr},
        {"--\nAlex\n", nullptr},
    };
    expect_replies(cases);
}

// A character cut off at the end would become longer than it was.
TEST(ReplyClients, FoldsWhatIsCutOff) {
    for (const std::string cut : {"\xE2", "\xE2\x80", "\xF0\x9F", "\xC3"})
        EXPECT_EQ(mail::fold_line("AB" + cut), "ab" + cut);
}

}  // namespace
