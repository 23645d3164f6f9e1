#include "mail/reply.hpp"
#include "mail/reply_lines.hpp"

#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

using mail::NamedAddress;
using mail::split_reply;

// Who wrote when, as mail programs say it. Line ends where they wrap it.
// clang-format off
const char* const attributions[] = {
    // English
    "On Mon, Mar 5, 2018 at 10:15 AM, Ann Lee <ann@mail.example> wrote:",
    "On Mon, Mar 5, 2018 at 10:15 AM Ann Lee via Forum <\nnotifications@forum.mail.example> wrote:",
    "On 5 Mar 2018, at 10:15, Ann Lee <ann@mail.example> wrote:",
    "On 05/03/2018 10:15, Ann Lee wrote:",
    "On Monday, March 5, 2018 10:15:22 AM CET Ann Lee wrote:",
    "On Monday, March 5th, 2018 at 10:15 AM, Ann Lee <ann@mail.example> wrote:",
    "On Mon, 2018-03-05 at 10:15 +0100, Ann Lee wrote:",
    "On Monday, 5 March 2018, Ann Lee wrote:",
    "---- On Mon, 05 Mar 2018 10:15:22 +0100 Ann Lee <ann@mail.example> wrote ----",
    "--- On Mon, 3/5/18, Ann Lee <ann@mail.example> wrote:",
    "At 2018-03-05 10:15:22, \"Ann Lee\" <ann@mail.example> wrote:",
    "In message <abc@mail.example>, Ann Lee <ann@mail.example> writes",
    "Ann Lee <ann@mail.example> wrote on Mon, 5 Mar 2018 at 10:15:",
    "2018-03-05 10:15 GMT+01:00 Ann Lee <ann@mail.example>:",
    "2018-03-05 10:15 GMT+01:00 Ann Lee\n<ann@mail.example>:",
    "2018/3/5 Ann Lee <ann@mail.example>",
    "10:15 AM, March 5, 2018, \"Ann Lee\" <ann@mail.example>:",
    "Quoting Ann Lee <ann@mail.example>:",
    "Zitat von Ann Lee <ann@mail.example>:",
    // German
    "Am Mo., 5. März 2018 um 10:15 Uhr schrieb Ann Lee <ann@mail.example>:",
    "Am Mo., 5. März 2018 um 10:15 Uhr schrieb Ann Lee via Forum <\nann@mail.example>:",
    "Am 05.03.2018 um 10:15 schrieb Ann Lee:",
    "Am Montag, den 05.03.2018, 10:15 +0100 schrieb Ann Lee:",
    "Am 5. März 2018 10:15:22 MEZ schrieb Ann Lee <ann@mail.example>:",
    "Ann Lee <ann@mail.example> hat am 05.03.2018 um 10:15 geschrieben:",
    "Ann Lee <ann@mail.example> schrieb am Mo., 5. März\n2018, 10:15:",
    // French
    "Le lun. 5 mars 2018 à 10:15, Ann Lee <ann@mail.example> a écrit :",
    "Le 5 mars 2018 à 10:15, Ann Lee <ann@mail.example> a\nécrit :",
    "Le 05/03/2018 à 10:15, Ann Lee a écrit :",
    "Le lundi 5 mars 2018 à 10:15:22 UTC+1, Ann Lee <ann@mail.example> a écrit :",
    // Spanish, Catalan, Galician, Portuguese, Italian, Romanian
    "El lun., 5 mar. 2018 a las 10:15, Ann Lee (<ann@mail.example>) escribió:",
    "El 5/3/18 a las 10:15, Ann Lee escribió:",
    "El lunes, 5 de marzo de 2018 10:15, Ann Lee <ann@mail.example> escribió:",
    "El dl., 5 març 2018, 10:15, Ann Lee <ann@mail.example> va escriure:",
    "Missatge de Ann Lee <ann@mail.example> del dia dl., 5 de març 2018\na les 10:15:",
    "Em seg., 5 de mar. de 2018 às 10:15, Ann Lee <ann@mail.example> escreveu:",
    "Em 05/03/2018 10:15, Ann Lee escreveu:",
    "Ann Lee <ann@mail.example> escreveu no dia segunda, 5/03/2018\nà(s) 10:15:",
    "Il giorno lun 5 mar 2018 alle ore 10:15 Ann Lee <ann@mail.example> ha scritto:",
    "Il 05/03/2018 10:15, Ann Lee ha scritto:",
    "În lun., 5 mar. 2018 la 10:15, Ann Lee <ann@mail.example> a scris:",
    // Dutch, Nordic
    "Op ma 5 mrt. 2018 om 10:15 schreef Ann Lee <ann@mail.example>:",
    "Op 5 maart 2018 10:15 schreef \"Ann Lee\" <ann@mail.example> het\nvolgende geschreven:",
    "Op 05-03-18 om 10:15 schreef Ann Lee:",
    "Den mån 5 mars 2018 kl 10:15 skrev Ann Lee <ann@mail.example>:",
    "5 mars 2018 kl. 10:15 skrev Ann Lee <ann@mail.example>:",
    "Den man. 5. mar. 2018 kl. 10.15 skrev Ann Lee <ann@mail.example>:",
    "Den 05-03-2018 kl. 10:15 skrev Ann Lee:",
    "man. 5. mar. 2018 kl. 10:15 skrev Ann Lee <ann@mail.example>:",
    "ma 5. maalisk. 2018 klo 10.15 Ann Lee (ann@mail.example) kirjoitti:",
    "Ann Lee <ann@mail.example> kirjoitti 5.3.2018 klo 10.15:",
    "mán., 5. mar. 2018 kl. 10:15 skrifaði Ann Lee <ann@mail.example>:",
    // Slavic
    "pon., 5 mar 2018 o 10:15 Ann Lee <ann@mail.example> napisał(a):",
    "W dniu 05.03.2018 o 10:15, Ann Lee pisze:",
    "Dnia 5 marca 2018 10:15 Ann Lee <ann@mail.example> napisał(a):",
    "po 5. 3. 2018 v 10:15 odesílatel Ann Lee <ann@mail.example> napsal:",
    "Dne 05. 03. 18 v 10:15 Ann Lee napsal(a):",
    "po 5. 3. 2018 o 10:15 Ann Lee <ann@mail.example> napísal(a):",
    "пн, 5 мар. 2018 г. в 10:15, Ann Lee <ann@mail.example>:",
    "5 марта 2018 г., 10:15 пользователь Ann Lee <ann@mail.example> написал:",
    "05.03.2018 10:15, Ann Lee пишет:",
    "Понедельник, 5 марта 2018, 10:15 +03:00 от Ann Lee <ann@mail.example>:",
    "пн, 5 бер. 2018 р. о 10:15 Ann Lee <ann@mail.example> пише:",
    "На пн, 5.03.2018 г. в 10:15 Ann Lee <ann@mail.example> написа:",
    "пон, 5. мар 2018. у 10:15 Ann Lee <ann@mail.example> је написао/ла:",
    "pon, 5. ožu 2018. u 10:15 Ann Lee <ann@mail.example> napisao je:",
    "V V pon., 5. mar. 2018 ob 10:15 je oseba Ann Lee <ann@mail.example>\nnapisala:",
    // Baltic, Hungarian, Greek, Turkish
    "2018-03-05, pr, 10:15 Ann Lee <ann@mail.example> rašė:",
    "pirmd., 2018. g. 5. marts, plkst. 10:15 — lietotājs Ann Lee (<ann@mail.example>)\nrakstīja:",
    "Kuupäev E, 5. märts 2018 kell 10:15 kirjutas Ann Lee <ann@mail.example>:",
    "Ann Lee <ann@mail.example> ezt írta (időpont: 2018. márc. 5., H, 10:15):",
    "2018. 03. 05. 10:15 keltezéssel, Ann Lee írta:",
    "Στις Δευ, 5 Μαρ 2018 στις 10:15 π.μ., ο χρήστης Ann Lee <ann@mail.example> έγραψε:",
    "Ann Lee <ann@mail.example>, 5 Mar 2018 Pzt, 10:15 tarihinde şunu yazdı:",
    // Right to left
    "في الاثنين، 5 مارس 2018 في 10:15 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@mail.example>:",
    "بتاريخ 5 مارس 2018 10:15، كتب Ann Lee <ann@mail.example>:",
    "‫בתאריך יום ב׳, 5 במרץ 2018 ב-10:15 מאת ‪Ann Lee‬‏ <‪ann@mail.example‬‏>:‬",
    "در تاریخ دوشنبه ۵ مارس ۲۰۱۸،‏ ۱۰:۱۵ Ann Lee <ann@mail.example> نوشت:",
    // South and south-east Asia
    "सोम, 5 मार्च 2018 को 10:15 am बजे को Ann Lee <ann@mail.example> ने लिखा:",
    "সোম, ৫ মার্চ, ২০১৮ তারিখে ১০:১৫ এ Ann Lee <ann@mail.example> লিখেছেন:",
    "Pada Sen, 5 Mar 2018 pukul 10.15 Ann Lee <ann@mail.example> menulis:",
    "Pada Isn, 5 Mac 2018 10:15 Ann Lee <ann@mail.example> menulis:",
    "Vào Th 2, 5 thg 3, 2018 vào lúc 10:15 Ann Lee <ann@mail.example> đã viết:",
    "ในวันที่ จ. 5 มี.ค. 2018 เวลา 10:15 Ann Lee <ann@mail.example> เขียนว่า:",
    // Chinese, Japanese, Korean
    "Ann Lee <ann@mail.example> 于2018年3月5日周一 上午10:15写道：",
    "在 2018年3月5日，10:15，Ann Lee <ann@mail.example> 写道：",
    "在 2018-03-05 10:15:22，\"Ann Lee\" <ann@mail.example> 写道：",
    "Ann Lee <ann@mail.example> 於 2018年3月5日 週一 上午10:15寫道：",
    "2018年3月5日(月) 10:15 Ann Lee <ann@mail.example>:",
    "2018/03/05 10:15、Ann Lee <ann@mail.example>のメール:",
    "2018년 3월 5일 (월) 오전 10:15, Ann Lee <ann@mail.example>님이 작성:",
};
// clang-format on

TEST(Reply, KnowsWhoWroteWhenInManyLanguages) {
    for (const std::string attribution : attributions) {
        for (const std::string quote :
             {"> Is it there?\n> Ann\n", "\n> Is it there?\n>\n> Ann\n", "\nIs it there?\n\nAnn\n"}) {
            const std::string text = "Yes, it is there.\n\n" + attribution + "\n" + quote;
            const mail::ReplyParts parts = split_reply(text);
            EXPECT_EQ(parts.reply, "Yes, it is there.\n") << text;
            EXPECT_EQ(parts.quoted, attribution + "\n" + quote) << text;
        }
        const mail::ReplyParts below = split_reply(attribution + "\n> Is it there?\n\nYes, it is there.\n");
        EXPECT_EQ(below.reply, "Yes, it is there.\n") << attribution;
    }
}

// Text that looks a little like it.
TEST(Reply, LeavesAPersonsWordsAlone) {
    for (const char* text : {
             "On Monday we met.\nOn Tuesday, at 10:15, nobody came.\nHe wrote:\nit is all over.\n",
             "On the other hand, as my boss said: never on Monday.\n\nWhat do you think?\n",
             "In 2014 he wrote:\n\nI am done.\n",
             "Please write to <joe@mail.example> or <https://a.example/b>.\n",
             "<joe@mail.example>\n",
             "From: Berlin\nTo: Paris\nDate: 5 May\n",
             "We go\nFrom: Berlin\nTo: Paris\nDate: 5 May\nand back.\n",
             "My settings:\nname | value\nport | 25\n",
             "| a | b |\n| 1 | 2 |\n",
             "Name     Price\n-----------------\nApples   1.00\nPears    2.00\nPlums    3.00\nNuts     "
             "4.00\nFigs     "
             "5.00\nDates    6.00\nand that is all of it.\n",
             "Sent from my desk, is much easier than from a phone.\n",
             "The notification was sent from my iPhone app.\n",
             "Call Kim\n",
             "good stuff\n",
             "Her new number is\n\n503-555-0105\n",
             "Please look at:\n\nhttps://a.example/b/c\n",
             "I would like to have it.\n\nThank you!\n",
             "a -- b\n",
             ">From the start it was wrong.\n",
             "Look:\n```\n> prompt\n---\n# comment\n```\nDone?\n",
             "====\nNews\n====\nAll is well.\n",
         })
        EXPECT_EQ(split_reply(text).reply, text);
}

TEST(Reply, SplitsWhatMailProgramsWrite) {
    const struct {
        const char* text;
        const char* reply;
        const char* quoted;
        const char* signature;
    } cases[] = {
        {"", "", "", ""},
        {"\n\n", "\n", "", ""},
        // Outlook
        {"Yes.\n\nFrom: Ann Lee <ann@mail.example>\nSent: Monday, March 5, 2018 10:15 AM\nTo: desk\nSubject: "
         "Is it?\n\nIs it?\n",
         "Yes.\n",
         "From: Ann Lee <ann@mail.example>\nSent: Monday, March 5, 2018 10:15 AM\nTo: desk\nSubject: Is "
         "it?\n\nIs it?\n",
         ""},
        {"Ja.\n\n________________________________\nVon: Ann Lee <ann@mail.example>\nGesendet: Montag, 5. "
         "März 2018 10:15\nAn: desk\nBetreff: Ist es?\n\nIst es?\n",
         "Ja.\n",
         "________________________________\nVon: Ann Lee <ann@mail.example>\nGesendet: Montag, 5. März 2018 "
         "10:15\nAn: desk\nBetreff: Ist es?\n\nIst es?\n",
         ""},
        {"Oui.\n\n*De :* Ann Lee\n*Envoyé :* lundi 5 mars 2018 10:15\n*À :* desk\n*Objet :* Est-ce ?\n\nQ\n",
         "Oui.\n",
         "*De :* Ann Lee\n*Envoyé :* lundi 5 mars 2018 10:15\n*À :* desk\n*Objet :* Est-ce ?\n\nQ\n", ""},
        {"Da.\n\nОт: Ann Lee\nОтправлено: 5 марта 2018 г. 10:15\nКому: desk\nТема: Q\n\nQ\n", "Da.\n",
         "От: Ann Lee\nОтправлено: 5 марта 2018 г. 10:15\nКому: desk\nТема: Q\n\nQ\n", ""},
        {"好。\n\n发件人：Ann Lee\n发送时间：2018年3月5日 10:15\n收件人：desk\n主题：问\n\n问\n", "好。\n",
         "发件人：Ann Lee\n发送时间：2018年3月5日 10:15\n收件人：desk\n主题：问\n\n问\n", ""},
        // QQ, Samsung, Yahoo
        {"好。\n\n------------------ 原始邮件 ------------------\n问\n", "好。\n",
         "------------------ 原始邮件 ------------------\n问\n", ""},
        {"Yes.\n\n-------- Original message --------\nQ\n", "Yes.\n",
         "-------- Original message --------\nQ\n", ""},
        {"Yes.\n\n-----Ursprüngliche Nachricht-----\nQ\n", "Yes.\n", "-----Ursprüngliche Nachricht-----\nQ\n",
         ""},
        {"Yes.\n\nBegin forwarded message:\n\n> Q\n", "Yes.\n", "Begin forwarded message:\n\n> Q\n", ""},
        {"Yes.\n\n##- Please type your reply above this line -##\n\nYour request\n", "Yes.\n",
         "##- Please type your reply above this line -##\n\nYour request\n", ""},
        // devices
        {"Yes.\n\nSent from my iPhone\n\nOn 5 Mar 2018, at 10:15, Ann Lee <ann@mail.example> wrote:\n\n> Q\n",
         "Yes.\n", "On 5 Mar 2018, at 10:15, Ann Lee <ann@mail.example> wrote:\n\n> Q\n",
         "Sent from my iPhone\n"},
        {"Ja.\n\nVon meinem iPhone gesendet\n", "Ja.\n", "", "Von meinem iPhone gesendet\n"},
        {"Oui.\n\nEnvoyé de mon iPhone\n", "Oui.\n", "", "Envoyé de mon iPhone\n"},
        {"はい。\n\niPhoneから送信\n", "はい。\n", "", "iPhoneから送信\n"},
        {"好。\n\n发自我的 iPhone\n", "好。\n", "", "发自我的 iPhone\n"},
        {"네.\n\n나의 iPhone에서 보냄\n", "네.\n", "", "나의 iPhone에서 보냄\n"},
        {"Yes.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", "Yes.\n", "",
         "Get Outlook for iOS<https://aka.ms/o0ukef>\n"},
        // signatures
        {"Yes.\n\n-- \nAlex Doe\nExample Ltd\n", "Yes.\n", "", "-- \nAlex Doe\nExample Ltd\n"},
        {"Yes.\n--\nAlex Doe\n\nOn 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n", "Yes.\n",
         "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n", "--\nAlex Doe\n"},
        {"Yes, it is.\n\nBest regards,\nAlex Doe\nHead of Sales\nTel. +1 555 0100\n", "Yes, it is.\n", "",
         "Best regards,\nAlex Doe\nHead of Sales\nTel. +1 555 0100\n"},
        {"Yes, it is here.\n\nAlex\n", "Yes, it is here.\n", "", "Alex\n"},
        {"Ja, ist da.\n\nMit freundlichen Grüßen\nAlex Doe\n", "Ja, ist da.\n", "",
         "Mit freundlichen Grüßen\nAlex Doe\n"},
        {"Yes, it is.\n\nThanks,\nAlex\n\nOn 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n",
         "Yes, it is.\n\nThanks,\nAlex\n", "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n", ""},
        // answers between quotes
        {"On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> One?\n\nYes.\n\n> Two?\n\nNo.\n",
         "> One?\n\nYes.\n\n> Two?\n\nNo.\n", "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n", ""},
        {"Hi Ann,\n\nOn 5 Mar 2018, at 10:15, Ann Lee wrote:\n> One?\n\nYes.\n",
         "Hi Ann,\n\n> One?\n\nYes.\n", "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n", ""},
        // quotes whose long lines were wrapped once more
        {"Yes.\n\nOn 5 Mar 2018, at 10:15, Ann Lee wrote:\n> It is a long line that somebody quoted, so long "
         "that it does not\nfit.\n> Q\n",
         "Yes.\n",
         "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> It is a long line that somebody quoted, so long that it "
         "does not\nfit.\n> Q\n",
         ""},
        // never to nothing
        {"> Q\n", "> Q\n", "", ""},
        {"On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n", "On 5 Mar 2018, at 10:15, Ann Lee wrote:\n> Q\n",
         "", ""},
        {"---------- Forwarded message ---------\nFrom: Ann Lee <ann@mail.example>\nDate: Mon, Mar 5, "
         "2018\nSubject: Q\nTo: desk\n\nQ\n\nThanks,\nAnn\n",
         "---------- Forwarded message ---------\nFrom: Ann Lee <ann@mail.example>\nDate: Mon, Mar 5, "
         "2018\nSubject: Q\nTo: desk\n\nQ\n\nThanks,\nAnn\n",
         "", ""},
        {"Sent from my iPhone\n", "Sent from my iPhone\n", "", ""},
        // other quote marks
        {"Yes.\n\nAnn Lee <ann@mail.example> wrote on 5 Mar 2018:\nAL> Q\nAL> Q\n", "Yes.\n",
         "Ann Lee <ann@mail.example> wrote on 5 Mar 2018:\nAL> Q\nAL> Q\n", ""},
        {"Yes.\n\nAnn Lee wrote:\n| Q\n| Q\n", "Yes.\n", "Ann Lee wrote:\n| Q\n| Q\n", ""},
        {"Yes.\n\n>>>>Q\n>>Q\n", "Yes.\n", ">>>>Q\n>>Q\n", ""},
        {"\xC2\xA0\nYes.\n\xE2\x80\x8B\n> Q\n", "Yes.\n", "> Q\n", ""},
    };
    const NamedAddress from{"Alex Doe", "alex@mail.example"};
    for (const auto& test : cases) {
        const mail::ReplyParts parts = split_reply(test.text, from);
        EXPECT_EQ(parts.quoted, test.quoted) << test.text;
        EXPECT_EQ(parts.signature, test.signature) << test.text;
        if (*test.text != '\n') EXPECT_EQ(parts.reply, test.reply) << test.text;
    }
}

std::vector<std::string> filled_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        if (!mail::trim(line).empty()) lines.push_back(line);
        at = end + 1;
    }
    return lines;
}

// Lines of all kinds in random order: none is lost, none is there twice, and something is visible.
TEST(Reply, ThePartsAreTheWhole) {
    const char* const pieces[] = {"On 5 Mar 2018, at 10:15, Ann Lee wrote:",
                                  "> quoted",
                                  ">> quoted twice",
                                  "said",
                                  "--",
                                  "-- ",
                                  "____",
                                  "Sent from my iPhone",
                                  "From: Ann <ann@mail.example>",
                                  "To: desk",
                                  "Subject: Q",
                                  "-----Original Message-----",
                                  "Best regards,",
                                  "Alex Doe",
                                  "+1 555 0100",
                                  "",
                                  "",
                                  "```",
                                  "On Mon, Mar 5, 2018 at 10:15 Ann Lee <",
                                  "ann@mail.example> wrote:",
                                  ">>> Ann >>>",
                                  "<<< Ann <<<",
                                  "-----BEGIN PGP SIGNATURE-----",
                                  "-----END PGP SIGNATURE-----",
                                  "| a",
                                  "Ann> b",
                                  "Joe said:"};
    unsigned seed = 7;
    const auto next = [&seed](std::size_t below) {
        return (seed = seed * 1664525U + 1013904223U, (seed >> 8) % below);
    };
    for (int round = 0; round < 4000; ++round) {
        std::string text;
        for (std::size_t lines = next(14); lines > 0; --lines)
            text.append(pieces[next(std::size(pieces))]).append("\n");
        std::vector<mail::TextMark> marks;
        if (round % 3 == 0) marks.push_back({static_cast<mail::TextMark::Kind>(next(3)), next(8), next(20)});
        const mail::ReplyParts parts =
            split_reply(text, NamedAddress{"Alex Doe", "alex@mail.example"}, marks);
        std::vector<std::string> whole = filled_lines(text), put = filled_lines(parts.reply);
        EXPECT_EQ(put.empty(), whole.empty()) << text;
        for (const std::string& part : {parts.quoted, parts.signature})
            for (std::string& line : filled_lines(part)) put.push_back(std::move(line));
        std::sort(whole.begin(), whole.end());
        std::sort(put.begin(), put.end());
        EXPECT_EQ(put, whole) << text;
    }
}

TEST(Reply, HostileTextIsBounded) {
    for (const char* piece : {">\n",
                              "> \n",
                              "On ",
                              "On 1\n",
                              "On 5 Mar 2018 <\n",
                              "a@b:\n",
                              "From: a@b\n",
                              ">",
                              "|",
                              "--\n",
                              "\n",
                              "x",
                              "Joe said:\n",
                              "Joe said:\n> a\n",
                              "-----Original Message-----\n",
                              "```\n",
                              ">>>>\n",
                              "Sent from my\n",
                              "-----BEGIN PGP SIGNATURE-----\n",
                              "Alex Doe\n",
                              "wrote:\n",
                              "\xE5\x86\x99\xE9\x81\x93",
                              "1\n\n"}) {
        std::string many;
        std::size_t lines = 0;
        while (many.size() < 1'000'000 && lines < mail::max_reply_lines - 2) {
            many += piece;
            lines += static_cast<std::size_t>(std::ranges::count(std::string_view(piece), '\n'));
        }
        for (const std::string& text : {many, "Hello there,\n" + many, many + "\nThat is all.\n",
                                        "Hello there,\n" + many + "\nThat is all.\n"}) {
            const auto began = std::chrono::steady_clock::now();
            const mail::ReplyParts parts = split_reply(text, NamedAddress{"Alex Doe", "alex@mail.example"});
            const auto took = std::chrono::steady_clock::now() - began;
            EXPECT_GE(parts.reply.size() + parts.quoted.size() + parts.signature.size() + 1,
                      filled_lines(text).size())
                << piece;
            EXPECT_LT(took, std::chrono::seconds(2)) << piece;
        }
    }
}

// HTML that marks all of its text, again and again.
TEST(Reply, HostileMarksAreBounded) {
    std::string text;
    constexpr std::size_t lines = 50'000;
    for (std::size_t i = 0; i < lines; ++i) text += "Some words on 5 Mar 2018 of Ann Lee.\n";
    using Kind = mail::TextMark::Kind;
    for (const Kind kind : {Kind::attribution, Kind::quote, Kind::signature}) {
        const std::vector<mail::TextMark> marks(1000, {kind, 1, lines});
        const auto began = std::chrono::steady_clock::now();
        const mail::ReplyParts parts = split_reply(text, {}, marks);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
        EXPECT_EQ(parts.quoted.empty(), kind != Kind::quote);
        EXPECT_EQ(parts.signature, "");
    }
}

TEST(Reply, ALineOfInvisibleCharactersIsBlank) {
    for (const char* blank : {"\u00a0", "\u3000", "\u200b\u200d", "\u202f", "\u2060", "\ufeff", "\u034f",
                              "\f \v", "\u061c", "\u115f", "\U000e0041"})
        EXPECT_TRUE(mail::is_blank_line(blank)) << blank;
    for (const char* filled : {"\u200bx", "\u00e4", ".", "\u3001"})
        EXPECT_FALSE(mail::is_blank_line(filled)) << filled;
}

}  // namespace
