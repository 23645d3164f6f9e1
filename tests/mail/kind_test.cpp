#include "mail/kind.hpp"
#include "mail/kind_signals.hpp"
#include "mail/kind_words.hpp"
#include "mail/read.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using mail::Kind;

constexpr const char* installation = "0123456789abcdef";

struct Case {
    const char* name;
    std::string header;  // beside From, To and Date
    Kind kind;
    std::vector<std::string> reasons;
    std::string body = "Hello,\r\n\r\nmy printer does not print.\r\n";
    std::optional<std::string> reverse_path = "kim@example.net";
    std::string from = "Kim Doe <kim@example.net>";
};

void PrintTo(const Case& one, std::ostream* out) {
    *out << one.name;
}

std::string mail_of(const Case& one) {
    return "From: " + one.from + "\r\nTo: desk@example.org\r\nDate: Fri, 2 Oct 2026 10:00:00 +0000\r\n" +
           one.header + "\r\n" + one.body;
}

mail::Circumstances around(const Case& one) {
    return {.reverse_path = one.reverse_path, .installation = installation};
}

class KindTest : public testing::TestWithParam<Case> {};

TEST_P(KindTest, IsDecidedWithItsReasons) {
    const mail::Message read = mail::read_message(mail_of(GetParam()), around(GetParam()));
    EXPECT_EQ(mail::name_of(read.kind), mail::name_of(GetParam().kind));
    EXPECT_EQ(read.kind_reasons, GetParam().reasons);
}

TEST_P(KindTest, IsTheSameWhenOnlyTheHeaderIsLookedAt) {
    const std::string raw = mail_of(GetParam());
    const mail::Message read = mail::read_message(raw, around(GetParam()));
    const auto quick = mail::read_kind(raw, mail::read_header(raw), around(GetParam()));
    EXPECT_EQ(mail::name_of(quick.kind), mail::name_of(read.kind));
    EXPECT_EQ(quick.reasons, read.kind_reasons);
    EXPECT_EQ(quick.original_message_id(), read.bounce ? read.bounce->original_message_id : std::nullopt);
}

const std::string away = "I am out of the office until Monday.\r\n";
const std::string report_of(const std::string& type, const std::string& part) {
    return "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=" + type +
           "; boundary=b\r\nX-Part: " + part + "\r\n";
}
std::string parts(const std::string& type, const std::string& content) {
    return "--b\r\n\r\nA report.\r\n--b\r\nContent-Type: " + type + "\r\n\r\n" + content + "\r\n--b--\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    People, KindTest,
    testing::Values(
        Case{"plain", "Subject: Printer\r\n", Kind::human, {}},
        Case{"auto_submitted_no", "Auto-Submitted: no\r\n", Kind::human, {}},
        Case{"auto_submitted_no_with_comments",
             "Auto-Submitted: (by (a)\\) person) No (really); x=y\r\n",
             Kind::human,
             {}},
        Case{"auto_submitted_without_a_word", "Auto-Submitted: (nothing)\r\n", Kind::human, {}},
        Case{"outlook",
             "X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n",
             Kind::human,
             {"x_auto_response_suppress"}},
        Case{"outlook_says_all",
             "X-Auto-Response-Suppress: All\r\n",
             Kind::human,
             {"x_auto_response_suppress"}},
        Case{"rule_that_forwards", "X-MS-Exchange-Inbox-Rules-Loop: kim@example.net\r\n", Kind::human, {}},
        Case{"sent_by_a_relay", "Feedback-ID: 1.eu:abc:Relay\r\n", Kind::human, {"feedback_id"}},
        Case{"forwarded_by_procmail", "X-Loop: kim@example.net\r\n", Kind::human, {"x_loop"}},
        Case{"precedence_of_a_person", "Precedence: first-class\r\n", Kind::human, {}},
        Case{"autoreply_no", "X-Autoreply: no\r\n", Kind::human, {}},
        Case{"autoconverted", "X-MIME-Autoconverted: from 8bit to quoted-printable\r\n", Kind::human, {}},
        Case{"answer_out_of_a_sales_program",
             "List-Unsubscribe: <https://example.net/u>\r\nIn-Reply-To: <a@example.org>\r\n",
             Kind::human,
             {"list_unsubscribe"}},
        Case{"about_an_absence_note", "Subject: Abwesenheitsnotiz\r\n", Kind::human, {"automatic_subject"}},
        Case{"about_an_absence_note_from_outlook",
             "Subject: Out of office\r\nX-Auto-Response-Suppress: All\r\n",
             Kind::human,
             {"x_auto_response_suppress", "automatic_subject"}},
        Case{"how_to_set_an_absence_note",
             "Subject: Abwesenheitsnotiz einrichten\r\nX-Auto-Response-Suppress: OOF\r\n",
             Kind::human,
             {"x_auto_response_suppress"}},
        Case{"answers_an_absence_note",
             "Subject: Re: Automatic reply: Printer\r\nIn-Reply-To: <a@b.example>\r\n",
             Kind::human,
             {},
             away},
        Case{"forwards_a_bounce", "Subject: Fwd: Undelivered Mail Returned to Sender\r\n", Kind::human, {}},
        Case{"asks_about_a_bounce", "Subject: Delivery failed, what now?\r\n", Kind::human, {}},
        Case{"writes_that_he_is_away", "Subject: Next week\r\n", Kind::human, {}, away},
        Case{"postmaster",
             "Subject: Your server\r\n",
             Kind::human,
             {"from_postmaster"},
             "Your server refuses us.\r\n",
             "postmaster@example.net",
             "postmaster@example.net"},
        Case{"form_of_a_web_site",
             "Reply-To: kim@example.com\r\n",
             Kind::human,
             {"from_no_reply"},
             "Hello\r\n",
             "web@example.net",
             "Shop <no-reply@example.net>"},
        Case{"return_path_of_a_file_counts_less", "Return-Path: <>\r\n", Kind::human, {}},
        Case{"somebody_elses_loop", "X-Ticketgate-Loop: fedcba9876543210\r\n", Kind::human, {}},
        Case{"answers_our_mail", "In-Reply-To: <x.0123456789abcdef.tg@example.org>\r\n", Kind::human, {}},
        Case{"invitation",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::human,
             {},
             parts("text/calendar; method=REQUEST", "BEGIN:VCALENDAR")},
        Case{"forwards_a_complaint",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::human,
             {},
             parts("message/feedback-report", "Feedback-Type: abuse")},
        Case{"forwards_outlooks_complaint",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::human,
             {},
             parts("message/rfc822", "X-HmXmrOriginalRecipient: lee@example.com\r\n\r\nx")},
        Case{"forwards_a_bounces_part_under_its_subject",
             "Subject: Undelivered Mail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
             "boundary=b\r\n",
             Kind::human,
             {},
             parts("message/delivery-status", "Final-Recipient: rfc822; lee@example.com\r\nStatus: 5.1.1")},
        Case{"errors_from_a_shop",
             "Subject: errors from your shop\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
             "boundary=b\r\n",
             Kind::human,
             {},
             parts("message/delivery-status", "Final-Recipient: rfc822; lee@example.com\r\nStatus: 5.1.1")},
        Case{"forwards_a_bounces_part",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::human,
             {},
             parts("message/delivery-status", "Status: 5.1.1")}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Machines, KindTest,
    testing::Values(
        Case{"auto_replied",
             "Auto-Submitted: auto-replied\r\n",
             Kind::auto_reply,
             {"auto_submitted_auto_replied"}},
        Case{"auto_generated",
             "Auto-Submitted: (x) Auto-Generated; type=y\r\n",
             Kind::auto_reply,
             {"auto_submitted_auto_generated"}},
        Case{"auto_notified",
             "Auto-Submitted: auto-notified; owner-email=\"k@example.net\"\r\n",
             Kind::auto_reply,
             {"auto_submitted_auto_notified"}},
        Case{"keyword_of_a_vendor", "Auto-Submitted: x-robot\r\n", Kind::auto_reply, {"auto_submitted"}},
        Case{"null_reverse_path", "", Kind::auto_reply, {"null_reverse_path"}, "Hello\r\n", ""},
        Case{"null_return_path_of_a_file",
             "Return-Path: <>\r\n",
             Kind::auto_reply,
             {"null_reverse_path"},
             "Hello\r\n",
             std::nullopt},
        Case{"precedence_auto_reply",
             "Precedence: auto_reply\r\n",
             Kind::auto_reply,
             {"precedence_auto_reply"}},
        Case{"x_autoreply", "X-Autoreply: yes\r\n", Kind::auto_reply, {"x_autoreply"}},
        Case{"x_autoresponder", "X-AutoResponder: Acme\r\n", Kind::auto_reply, {"x_autoreply"}},
        Case{"x_auto_reply_from", "X-AutoReply-From: kim@example.net\r\n", Kind::auto_reply, {"x_autoreply"}},
        Case{"machinegenerated",
             "X-FC-Machinegenerated: true\r\n",
             Kind::auto_reply,
             {"x_fc_machinegenerated"}},
        Case{"delivered_to_autoresponder",
             "Delivered-To: Autoresponder\r\n",
             Kind::auto_reply,
             {"delivered_to_autoresponder"}},
        Case{"relay_type",
             "X-AMAZON-MAIL-RELAY-TYPE: NOTIFICATION\r\n",
             Kind::auto_reply,
             {"x_amazon_mail_relay_type"}},
        Case{"loop_of_a_robot", "X-Loop: yes\r\n", Kind::auto_reply, {"x_loop"}},
        Case{"cron", "X-Cron-Env: <SHELL=/bin/sh>\r\n", Kind::auto_reply, {"x_cron_env"}},
        Case{"administers_a_list",
             "X-List-Administrivia: yes\r\nPrecedence: bulk\r\n",
             Kind::auto_reply,
             {"x_list_administrivia"}},
        Case{"no_reply",
             "",
             Kind::auto_reply,
             {"from_no_reply"},
             "Your order\r\n",
             "x@example.net",
             "Shop <do_not-reply@example.net>"},
        Case{"no_reply_twice",
             "Reply-To: noreply@example.net\r\n",
             Kind::auto_reply,
             {"from_no_reply"},
             "Your order\r\n",
             "x@example.net",
             "Shop <shop-noreply@example.net>"},
        Case{"mailer_daemon",
             "Subject: Your quota\r\n",
             Kind::auto_reply,
             {"from_mail_server"},
             "95 %\r\n",
             "x@example.net",
             "MAILER-DAEMON@example.net"},
        Case{"accepts_a_meeting",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::auto_reply,
             {"calendar_reply"},
             parts("text/calendar; method=REPLY; charset=utf-8", "BEGIN:VCALENDAR")},
        Case{"accepts_a_meeting_in_capitals",
             "MIME-Version: 1.0\r\nContent-Type: Multipart/Mixed; boundary=b\r\n",
             Kind::auto_reply,
             {"calendar_reply"},
             parts("TEXT/Calendar; method=REPLY", "BEGIN:VCALENDAR")},
        Case{"accepts_a_meeting_below_a_picture",
             "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
             Kind::auto_reply,
             {"calendar_reply"},
             "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                 std::string(100'000, 'A') + "\r\n" +
                 parts("text/calendar; method=REPLY", "BEGIN:VCALENDAR")},
        Case{"is_an_answer_to_a_meeting",
             "MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY\r\n",
             Kind::auto_reply,
             {"calendar_reply"},
             "BEGIN:VCALENDAR\r\n"},
        Case{"acknowledges",
             "Subject: [AutoReply] Printer\r\nIn-Reply-To: <a@example.org>\r\n",
             Kind::auto_reply,
             {"automatic_subject"}},
        Case{"sieve",
             "Auto-Submitted: auto-replied (vacation)\r\n",
             Kind::out_of_office,
             {"auto_submitted_vacation"}},
        Case{"zimbra",
             "Auto-Submitted: auto-replied (zimbra; vacation)\r\nPrecedence: bulk\r\n",
             Kind::out_of_office,
             {"auto_submitted_vacation"}},
        Case{"icloud", "X-Apple-Action: VACATION\r\n", Kind::out_of_office, {"x_apple_action"}},
        Case{"exchange",
             "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
             "X-MS-Exchange-Inbox-Rules-Loop: kim@example.net\r\nSubject: Automatic reply: Printer\r\n",
             Kind::out_of_office,
             {"exchange_inbox_rule", "away_subject"}},
        Case{"exchange_behind_a_gateway",
             "Subject: Automatic reply: Printer\r\nX-Auto-Response-Suppress: All\r\n",
             Kind::out_of_office,
             {"away_subject"}},
        Case{"only_its_prefix_is_left",
             "Subject: Automatic reply: Printer\r\nIn-Reply-To: <a@example.org>\r\n",
             Kind::out_of_office,
             {"away_subject"}},
        Case{"subject_and_text",
             "Subject: Out of Office AutoReply: Printer\r\n",
             Kind::out_of_office,
             {"away_subject"},
             away},
        Case{"notes",
             "Subject: Kim Doe is out of the office.\r\nIn-Reply-To: <a@example.org>\r\n",
             Kind::out_of_office,
             {"away_subject"},
             away},
        Case{"vacation_program",
             "Precedence: bulk\r\nIn-Reply-To: <a@example.org>\r\nSubject: Re: Printer\r\n",
             Kind::out_of_office,
             {"away_text"},
             away},
        Case{"vacation_program_that_says_list",
             "Precedence: list\r\nIn-Reply-To: <a@example.org>\r\nSubject: Re: Printer\r\n",
             Kind::out_of_office,
             {"away_text"},
             away},
        Case{"gmail",
             "Precedence: bulk\r\nX-Autoreply: yes\r\nSubject: Re: Printer\r\n",
             Kind::out_of_office,
             {"away_text"},
             "I'm on vacation and will read your mail when I return.\r\n"},
        Case{"says_it_in_the_text",
             "Auto-Submitted: auto-replied\r\n",
             Kind::out_of_office,
             {"away_text"},
             "Ich bin bis 3. M\xC3\xA4rz im Urlaub.\r\n"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lists, KindTest,
    testing::Values(
        Case{"list_id", "List-Id: <talk.example.net>\r\n", Kind::list, {"list_id"}},
        Case{"precedence_list", "Precedence: list\r\n", Kind::list, {"precedence_list"}},
        Case{"precedence_bulk", "Precedence: bulk\r\n", Kind::list, {"precedence_bulk"}},
        Case{"mailing_list", "Mailing-List: contact talk-help@example.net\r\n", Kind::list, {"mailing_list"}},
        Case{"newsletter", "List-Unsubscribe: <https://example.net/u>\r\n", Kind::list, {"list_unsubscribe"}},
        Case{"newsletter_without_answers",
             "List-Unsubscribe: <https://example.net/u>\r\n",
             Kind::list,
             {"list_unsubscribe"},
             "News\r\n",
             "x@example.net",
             "News <noreply@example.net>"},
        Case{"absence_note_to_a_list",
             "List-Id: <talk.example.net>\r\nAuto-Submitted: auto-replied (vacation)\r\n",
             Kind::list,
             {"list_id"}},
        Case{"bounce_to_a_list",
             "List-Post: <mailto:talk@example.net>\r\n" + report_of("delivery-status", "x"),
             Kind::list,
             {"list_post"},
             parts("message/delivery-status", "Status: 5.1.1"),
             "talk-owner@example.net",
             "MAILER-DAEMON@example.com"},
        Case{"answer_of_the_lists_server",
             "List-Id: <talk.example.net>\r\nAuto-Submitted: auto-replied\r\n",
             Kind::auto_reply,
             {"auto_submitted_auto_replied", "null_reverse_path"},
             "Held.\r\n",
             ""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Servers, KindTest,
    testing::Values(
        Case{"delivery_status",
             report_of("delivery-status", "x"),
             Kind::bounce,
             {"delivery_status"},
             parts("message/delivery-status", "Status: 5.1.1"),
             "",
             "postmaster@example.net"},
        Case{"report_behind_a_comment",
             "MIME-Version: 1.0\r\nContent-Type: (a report) multipart/report; boundary=b\r\n",
             Kind::bounce,
             {"delivery_status"},
             parts("message/delivery-status", "Status: 5.1.1")},
        Case{"report_without_its_type",
             "MIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n",
             Kind::bounce,
             {"delivery_status"},
             parts("message/delivery-status", "Status: 5.1.1")},
        Case{"failed_recipients",
             "X-Failed-Recipients: lee@example.com\r\n",
             Kind::bounce,
             {"x_failed_recipients"}},
        Case{"subject_of_a_server",
             "Subject: Mail delivery failed: returning message to sender\r\n",
             Kind::bounce,
             {"bounce_subject"},
             "No such user.\r\n",
             "",
             "MAILER-DAEMON@example.net"},
        Case{"server_without_address",
             "Subject: Unzustellbar: Drucker\r\n",
             Kind::bounce,
             {"bounce_subject"},
             "No such user.\r\n",
             "kim@example.net",
             "MAILER-DAEMON <>"},
        Case{"postmaster_with_a_servers_subject",
             "Subject: Undeliverable: Printer\r\n",
             Kind::bounce,
             {"bounce_subject"},
             "No such user.\r\n",
             "x@example.net",
             "Postmaster <postmaster@example.net>"},
        Case{"bounce_in_japanese",
             "Subject: \xE9\x85\x8D\xE4\xBF\xA1\xE4\xB8\x8D\xE8\x83\xBD\r\n",
             Kind::bounce,
             {"bounce_subject"},
             "No such user.\r\n",
             ""},
        Case{"mdn",
             report_of("disposition-notification", "x"),
             Kind::report,
             {"disposition_notification"},
             parts("message/disposition-notification",
                   "Disposition: manual-action/MDN-sent-manually; displayed")},
        Case{"arf",
             report_of("feedback-report", "x"),
             Kind::report,
             {"feedback_report"},
             parts("message/feedback-report", "Feedback-Type: abuse")},
        Case{"tls_report",
             "MIME-Version: 1.0\r\nTLS-Report-Domain: example.org\r\n",
             Kind::report,
             {"tls_report"}},
        Case{"dmarc_aggregate",
             "Subject: Report Domain: example.org Submitter: mail.example.net Report-ID: <1@example.net>\r\n",
             Kind::report,
             {"dmarc_aggregate"}},
        Case{"report_of_a_kind_to_come",
             report_of("weather", "x"),
             Kind::report,
             {"other_report"},
             parts("message/weather", "rain")},
        Case{"x_arf", "X-XARF: PLAIN\r\n", Kind::report, {"x_arf"}},
        Case{"our_loop_field", "X-Ticketgate-Loop: 0123456789abcdef\r\n", Kind::loop, {"own_loop_field"}},
        Case{"our_message_id",
             "Message-ID: <k7.0123456789abcdef.tg@example.org>\r\n",
             Kind::loop,
             {"own_message_id"}},
        Case{"our_mail_comes_back_through_a_list",
             "List-Id: <talk.example.net>\r\nX-Ticketgate-Loop: 0123456789abcdef\r\n",
             Kind::loop,
             {"own_loop_field"}},
        Case{"our_mail_comes_back_as_a_bounce",
             "X-Ticketgate-Loop: 0123456789abcdef\r\n" + report_of("delivery-status", "x"),
             Kind::loop,
             {"own_loop_field"},
             parts("message/delivery-status", "Status: 5.1.1"),
             ""}),
    [](const auto& info) { return info.param.name; });

TEST(Kind, KnowsAbsenceNotesInTheWorldsLanguages) {
    for (const char* subject :
         {"Automatic reply: Printer",
          "Out of Office: Printer",
          "Abwesend: Drucker",
          "Automatische Antwort: Drucker",
          "R\u00e9ponse automatique : Imprimante",
          "Reponse automatique: Imprimante",
          "REPONSE AUTOMATIQUE: IMPRIMANTE",
          "Absence du bureau : Imprimante",
          "Respuesta autom\u00e1tica: Impresora",
          "Fuera de la oficina: Impresora",
          "Resposta autom\u00e1tica: Impressora",
          "Aus\u00eancia tempor\u00e1ria: Impressora",
          "Resposta autom\u00e0tica: Impressora",
          "Risposta automatica: Stampante",
          "Fuori sede: Stampante",
          "Automatisch antwoord: Printer",
          "Afwezig: Printer",
          "Automatisk svar: Printer",
          "Ikke til stede: Printer",
          "Frav\u00e6r: Skriver",
          "Autosvar: Skrivare",
          "Fr\u00e5nvarande: Skrivare",
          "Sj\u00e1lfvirkt svar: Prentari",
          "Automaattinen vastaus: Tulostin",
          "Poissa: Tulostin",
          "Odpowied\u017a automatyczna: Drukarka",
          "Poza biurem: Drukarka",
          "Automatick\u00e1 odpov\u011b\u010f: Tisk\u00e1rna",
          "Automatick\u00e1 odpove\u010f: Tla\u010diare\u0148",
          "Automatikus v\u00e1lasz: Nyomtat\u00f3",
          "H\u00e1zon k\u00edv\u00fcl: Nyomtat\u00f3",
          "R\u0103spuns automat: Imprimanta",
          "Samodejni odgovor: Tiskalnik",
          "Automatski odgovor: Pisa\u010d",
          "\u0410\u0443\u0442\u043e\u043c\u0430\u0442\u0441\u043a\u0438 "
          "\u043e\u0434\u0433\u043e\u0432\u043e\u0440: X",
          "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\u0435\u043d "
          "\u043e\u0442\u0433\u043e\u0432\u043e\u0440: X",
          "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\u0435\u0441\u043a\u0438\u0439 "
          "\u043e\u0442\u0432\u0435\u0442: X",
          "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\u043d\u0430 "
          "\u0432\u0456\u0434\u043f\u043e\u0432\u0456\u0434\u044c: X",
          "Automaatvastus: Printer",
          "Autom\u0101tisk\u0101 atbilde: Printeris",
          "Automatinis atsakymas: Spausdintuvas",
          "P\u00ebrgjigje automatike: Printer",
          "\u0391\u03c5\u03c4\u03cc\u03bc\u03b1\u03c4\u03b7 "
          "\u03b1\u03c0\u03ac\u03bd\u03c4\u03b7\u03c3\u03b7: X",
          "Otomatik yan\u0131t: Yaz\u0131c\u0131",
          "\u05ea\u05e9\u05d5\u05d1\u05d4 \u05d0\u05d5\u05d8\u05d5\u05de\u05d8\u05d9\u05ea: X",
          "\u0631\u062f \u062a\u0644\u0642\u0627\u0626\u064a: X",
          "\u067e\u0627\u0633\u062e \u062e\u0648\u062f\u06a9\u0627\u0631: X",
          "\u0e01\u0e32\u0e23\u0e15\u0e2d\u0e1a\u0e01\u0e25\u0e31\u0e1a\u0e2d\u0e31\u0e15\u0e42\u0e19\u0e21"
          "\u0e31\u0e15\u0e34: X",
          "Tr\u1ea3 l\u1eddi t\u1ef1 \u0111\u1ed9ng: X",
          "Balasan otomatis: X",
          "\u81ea\u52a8\u7b54\u590d: X",
          "\u81ea\u52a8\u56de\u590d\uff1aX",
          "\u81ea\u52d5\u56de\u8986: X",
          "\u81ea\u52d5\u5fdc\u7b54: X",
          "\uc790\ub3d9 \ud68c\uc2e0: X",
          "\ubd80\uc7ac \uc911: X"}) {
        const std::string raw =
            mail_of({"",
                     std::string("Subject: ") + subject + "\r\nIn-Reply-To: <a@example.org>\r\n",
                     Kind::out_of_office,
                     {}});
        EXPECT_EQ(mail::name_of(mail::read_message(raw).kind), "out_of_office") << subject;
    }
}

TEST(Kind, KnowsWhoDoesNotWantAnAnswer) {
    for (const char* local :
         {"noreply", "no-reply", "No.Reply", "do_not_reply", "donotreply-4711", "shop-noreply",
          "ne-pas-repondre", "nicht-antworten", "nao-responda", "noresponder"})
        EXPECT_TRUE(mail::is_no_reply(local)) << local;
    for (const char* local : {"reply", "norbert", "replies", "nora", "info", ""})
        EXPECT_FALSE(mail::is_no_reply(local)) << local;
    for (const char* local : {"MAILER-DAEMON", "Mail Delivery Subsystem", "mailer_daemon",
                              "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"})
        EXPECT_TRUE(mail::is_mail_server(local)) << local;
    for (const char* local : {"postmaster", "maildan", "microsoftexchange", "daemon"})
        EXPECT_FALSE(mail::is_mail_server(local)) << local;
}

TEST(Kind, RecognisesOnlyOurOwnMessageIds) {
    const std::string id = mail::own_message_id("k7", installation, "example.org");
    EXPECT_EQ(id, "k7.0123456789abcdef.tg@example.org");
    EXPECT_TRUE(mail::is_own_message_id(id, installation));
    EXPECT_FALSE(mail::is_own_message_id(id, "fedcba9876543210"));
    EXPECT_FALSE(mail::is_own_message_id(id, ""));
    EXPECT_FALSE(mail::is_own_message_id("0123456789abcdef.tg@example.org", installation));
    EXPECT_FALSE(mail::is_own_message_id("k7.0123456789abcdef@example.org", installation));
}

TEST(Kind, ReadsTheKeywordOfAutoSubmitted) {
    EXPECT_EQ(mail::auto_submitted_keyword("auto-replied"), "auto-replied");
    EXPECT_EQ(mail::auto_submitted_keyword(" (a (b) \\) c) No (d) ; x=\"y\""), "no");
    EXPECT_EQ(mail::auto_submitted_keyword("(never closed no"), "");
    EXPECT_EQ(mail::auto_submitted_keyword(""), "");
}

TEST(Kind, AnyBytesHaveOne) {
    std::string bytes;
    for (int i = 0; i < 4096; ++i) bytes += static_cast<char>((i * 37 + i / 251) & 0xFF);
    for (const char* field : {"Subject", "Auto-Submitted", "From", "Precedence", "Content-Type", "X-Loop"})
        EXPECT_FALSE(mail::name_of(mail::read_message(std::string(field) + ": " + bytes).kind).empty());
}

}  // namespace
