// Bounces: one mail a server program (tests/mail/bounces, written by us after what the programs write), what
// is no bounce although it looks like one, and the decisions behind a reason.
#include "mail/bounce.hpp"
#include "mail/bounce_reason.hpp"
#include "mail/bounce_report.hpp"
#include "mail/bounce_text.hpp"
#include "mail/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using testing::SizeIs;

std::string summary(const mail::Bounce& bounce) {
    std::string out;
    for (const mail::BouncedRecipient& recipient : bounce.recipients) {
        if (!out.empty()) out += ", ";
        out += recipient.address + ' ' + recipient.reason + ' ';
        out += !recipient.bounce_class                              ? "none"
               : *recipient.bounce_class == mail::BounceClass::hard ? "hard"
                                                                    : "soft";
    }
    return out;
}

struct Dialect {
    const char* file;
    bool final;
    const char* original_message_id;
    const char* recipients;
};

class Dialects : public testing::TestWithParam<Dialect> {};

TEST_P(Dialects, Read) {
    std::ifstream input(
        std::string(TICKETGATE_SOURCE_DIR) + "/tests/mail/bounces/" + GetParam().file + ".eml",
        std::ios::binary);
    ASSERT_TRUE(input.is_open());
    const std::string raw{std::istreambuf_iterator<char>(input), {}};
    const mail::Message message = mail::read_message(raw);
    ASSERT_TRUE(message.bounce);
    EXPECT_EQ(summary(*message.bounce), GetParam().recipients);
    EXPECT_EQ(message.bounce->final, GetParam().final);
    EXPECT_EQ(message.bounce->original_message_id.value_or(""), GetParam().original_message_id);
}

constexpr Dialect dialects[] = {
    {"activehunter", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"apachejames", true, "orig@example.com", "anna@example.org filtered soft"},
    {"biglobe", true, "orig@example.com", "anna@biglobe.example mailboxfull soft"},
    {"courier", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"domino", true, "orig@example.com", "anna@example.net userunknown hard"},
    {"ezweb1", true, "orig@example.com", "anna@ezweb.example userunknown hard"},
    {"ezweb2", true, "orig@example.com", "anna@ezweb.example suspend soft"},
    {"ezweb3", true, "orig@example.com", "anna@ezweb.example userunknown hard"},
    {"1und1", true, "orig@example.com", "anna@example.org mesgtoobig soft"},
    {"exchange2003", true, "orig@example.com", "anna@example.co.jp userunknown hard"},
    {"exchange2007", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"exim_frozen", false, "", "anna@example.org hostunknown hard"},
    {"exim_delay", false, "", "anna@example.org expired soft, bob@example.net expired soft"},
    {"exim_pipe", true, "orig@example.com", "anna@example.org mailererror soft"},
    {"fml", true, "", "anna-ml@example.com rejected soft"},
    {"gmx", true, "orig@example.com", "anna@example.jp userunknown hard"},
    {"gsuite", true, "orig@example.com", "anna@example.invalid hostunknown hard"},
    {"imail", true, "orig@example.com", "anna@example.com userunknown hard"},
    {"imail2", true, "orig@example.com", "anna@example.com userunknown hard"},
    {"interscan", true, "orig@example.com", "anna@example.co.jp userunknown hard"},
    {"kddi", true, "orig@example.com", "anna@dion.example mailboxfull soft"},
    {"mailfoundry", true, "orig@example.com", "anna@example.org filtered soft"},
    {"mailmarshal", true, "", "anna@example.org userunknown hard"},
    {"mailru", true, "orig@example.com", "anna@example.jp userunknown hard"},
    {"mcafee", true, "orig@example.com", "anna@example.org filtered soft"},
    {"messagingserver", true, "orig@example.com", "anna@example.jp mailboxfull soft"},
    {"mfilter", true, "orig@example.com", "anna@example.jp userunknown hard"},
    {"notes", true, "orig@example.com", "anna@notes.example.jp userunknown hard"},
    {"opensmtpd", true, "orig@example.com", "anna@example.jp mailboxfull soft"},
    {"outlook", true, "orig@example.com", "anna@example.jp mailboxfull soft"},
    {"surfcontrol", true, "orig@example.com", "anna@example.com filtered soft"},
    {"v5sendmail", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"v5sendmail2", true, "orig@example.com", "anna@example.org expired soft"},
    {"verizon", true, "", "5555@vtext.example userunknown hard"},
    {"vzwpix", true, "", "5555@vzwpix.example userunknown hard"},
    {"unknown_1", true, "orig@example.com", "anna@example.co.jp filtered soft"},
    {"unknown_2", true, "orig@example.com", "anna@example.com filtered soft"},
    {"unknown_3", true, "orig@example.com", "anna@example.com filtered soft"},
    {"unknown_4", true, "orig@example.com", "anna@example.com mailboxfull soft"},
    {"unknown_6", true, "", "anna@example.net userunknown hard"},
    {"yahoo", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"zoho1", true, "orig@example.com", "anna@example.co.jp userunknown hard"},
    {"zoho2", true, "orig@example.com", "anna@example.co.jp expired soft"},
    {"ses_json", true, "", "anna@example.jp userunknown hard, bob@example.jp userunknown hard"},
    {"ses_json_sns", true, "", "anna@example.jp feedback soft"},
    {"googlegroups", true, "orig@example.com", "anna-group@example.org rejected soft"},
    {"powermta", true, "orig@example.com", "anna@example.jp hostunknown hard"},
    {"sendgrid", true, "orig@example.com", "anna@example.jp userunknown hard"},
    {"barracuda", true, "orig@example.com", "anna@example.jp spamdetected soft"},
    {"o365", true, "orig@example.com", "anna@example.org userunknown hard"},
    {"amavis", true, "", "anna@example.org spamdetected soft"},
    {"delivered", true, "", "anna@example.org delivered none"},
};

INSTANTIATE_TEST_SUITE_P(Bounce, Dialects, testing::ValuesIn(dialects),
                         [](const auto& test) { return "of_" + std::string(test.param.file); });

std::string report(const std::string& fields,
                   const std::string& text = "This is the mail system at host x.") {
    return "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n\r\n" +
           text + "\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n" + fields +
           "\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <orig@desk.example>\r\n"
           "To: hidden@x.example\r\n\r\n--B--\r\n";
}

std::optional<mail::Bounce> read(const std::string& raw) {
    return mail::read_message(raw).bounce;
}

TEST(DeliveryStatus, SeveralGroups) {
    const auto bounce =
        read(report("Reporting-MTA: dns; mx.example\r\n\r\n"
                    "Final-Recipient: rfc822; a@x.example\r\nAction: failed\r\nStatus: 5.0.0\r\n"
                    "Diagnostic-Code: smtp; 550 5.1.1 <a@x.example>: Recipient address rejected:\r\n"
                    "    User unknown (in reply to RCPT TO command)\r\n\r\n"
                    "Final-Recipient: rfc822; b@x.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
                    "Diagnostic-Code: X-Postfix; connect to x.example: Connection timed out\r\n"
                    "Final-Recipient: rfc822; c@x.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n"));
    ASSERT_TRUE(bounce);
    EXPECT_EQ(summary(*bounce),
              "a@x.example userunknown hard, b@x.example expired soft, c@x.example delivered none");
    EXPECT_TRUE(bounce->final);
    EXPECT_EQ(bounce->bounce_class, mail::BounceClass::hard);
    EXPECT_EQ(bounce->recipients[0].status, "5.1.1");
    EXPECT_EQ(bounce->recipients[0].smtp_reply,
              "550 5.1.1 <a@x.example>: Recipient address rejected: User unknown");
    EXPECT_EQ(bounce->original_message_id, "orig@desk.example");
}

TEST(DeliveryStatus, HalfBroken) {
    // No type, a misspelt field, a fold without a blank, an address that is hidden but known from the
    // original.
    const auto bounce =
        read(report("Final-Recipient: LOCAL;<>\r\nction: failed\r\nStatus: 5.2.2 (mailbox full)\r\n"
                    "Diagnostic-Code: 552 5.2.2 Mailbox\r\nis full\r\n"));
    ASSERT_TRUE(bounce);
    EXPECT_EQ(summary(*bounce), "hidden@x.example mailboxfull soft");
    EXPECT_EQ(bounce->recipients[0].smtp_reply, "552 5.2.2 Mailbox is full");
}

TEST(DeliveryStatus, OnlyAWarningIsNotFinal) {
    const auto bounce =
        read(report("Final-Recipient: rfc822; a@x.example\r\nAction: delayed\r\nStatus: 4.0.0\r\n"));
    ASSERT_TRUE(bounce);
    EXPECT_FALSE(bounce->final);
    EXPECT_EQ(bounce->bounce_class, mail::BounceClass::soft);
}

TEST(DeliveryStatus, ReportWithoutOne) {
    const auto bounce = read(
        "From: x@x.example\r\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=B\r\n\r\n--B\r\n\r\nSorry.\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n"
        "To: a@x.example\r\n\r\nx\r\n--B--\r\n");
    ASSERT_TRUE(bounce);
    EXPECT_EQ(summary(*bounce), "a@x.example onhold soft");
}

TEST(Report, Complaint) {
    const std::string raw =
        "From: fbl@isp.example\r\nContent-Type: multipart/report; report-type=feedback-report; "
        "boundary=B\r\n\r\n"
        "--B\r\n\r\nA complaint.\r\n--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: "
        "abuse\r\n"
        "Original-Rcpt-To: <a@isp.example>\r\nOriginal-Rcpt-To: b@isp.example\r\n\r\n--B\r\n"
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <orig@desk.example>\r\n\r\nx\r\n--B--\r\n";
    EXPECT_EQ(mail::report_type(mail::parse_mime(raw)), mail::ReportType::feedback);
    const auto bounce = read(raw);
    ASSERT_TRUE(bounce);
    EXPECT_EQ(summary(*bounce), "a@isp.example feedback soft, b@isp.example feedback soft");
    EXPECT_EQ(bounce->original_message_id, "orig@desk.example");
}

TEST(Report, ReceiptIsNoBounce) {
    const std::string raw =
        "From: anna@x.example\r\nSubject: Not read: hello\r\nContent-Type: multipart/report; "
        "report-type=disposition-notification; boundary=B\r\n\r\n--B\r\n\r\nYour message could not be "
        "delivered.\r\n"
        "--B\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: "
        "rfc822;anna@x.example\r\n"
        "Disposition: automatic-action/MDN-sent-automatically; deleted\r\n\r\n--B--\r\n";
    EXPECT_EQ(mail::report_type(mail::parse_mime(raw)), mail::ReportType::disposition);
    EXPECT_FALSE(read(raw));
}

struct NoBounce {
    const char* why;
    const char* raw;
};

class NoBounces : public testing::TestWithParam<NoBounce> {};

TEST_P(NoBounces, AreNone) {
    EXPECT_FALSE(read(GetParam().raw)) << GetParam().why;
}

constexpr NoBounce no_bounces[] = {
    {"forwarded",
     "From: Anna <anna@x.example>\nTo: desk@desk.example\nSubject: Fwd: Undelivered Mail Returned to "
     "Sender\n\n"
     "What is this?\n\n---------- Forwarded message ---------\nFrom: <MAILER-DAEMON@mx.example>\n\n"
     "This is the mail system at host mx.example.\n\n<bob@y.example>: host y.example said: 550 5.1.1 User "
     "unknown\n"},
    {"forwarded_as_attachment",
     "From: Anna <anna@x.example>\nSubject: please help\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\n"
     "My mails come back.\n--B\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example\n"
     "Subject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n--B--\n"},
    {"quoted",
     "From: Anna <anna@x.example>\nSubject: my mail is undelivered\n\nHello,\n\nyour server says:\n"
     "> This is the mail system at host mx.example.\n> <bob@y.example>: 550 User unknown\n"},
    {"undelivered_in_the_subject",
     "From: Anna <anna@x.example>\nSubject: Undelivered parcel\n\nThe parcel was not delivered to me.\n"},
    {"talks_of_the_daemon",
     "From: Anna <anna@x.example>\nSubject: question\n\nI got a mail from mailer-daemon: could not be "
     "delivered.\n"},
    {"reply_of_a_person_who_is_postmaster",
     "From: Postmaster Bob <postmaster@y.example>\nSubject: Re: failure notice\nIn-Reply-To: "
     "<a@desk.example>\n\n"
     "Your mails were rejected by our filter. Fixed now.\n\nBob\n"},
    {"handed_on_by_a_list",
     "Return-Path: <list-bounces@l.example>\nList-Post: <mailto:list@l.example>\nFrom: "
     "MAILER-DAEMON@y.example\n"
     "Subject: failure notice\n\nHi. This is the qmail-send program at y.example.\n\n<bob@y.example>:\n"
     "550 User unknown\n"},
    {"out_of_office_with_null_path",
     "Return-Path: <>\nFrom: Anna <anna@x.example>\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n"
     "I am away until Monday.\n"},
    {"forwards_a_complaint",
     "From: Anna <anna@x.example>\nSubject: Fwd: a complaint about you\n"
     "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nWhat is this?\n--B\n"
     "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: "
     "<bob@y.example>\n--B--\n"},
    {"forwards_outlooks_complaint",
     "From: Anna <anna@x.example>\nSubject: your newsletter\nContent-Type: multipart/mixed; "
     "boundary=B\n\n--B\n\nWhat is this?\n--B\nContent-Type: message/rfc822\n\n"
     "X-HmXmrOriginalRecipient: bob@y.example\nFrom: staff@hotmail.com\n\nx\n--B--\n"},
    {"forwards_a_delivery_status",
     "From: Anna <anna@x.example>\nSubject: errors from your shop\nContent-Type: multipart/mixed; "
     "boundary=B\n\n--B\n\nYour shop says this.\n--B\nContent-Type: message/delivery-status\n\n"
     "Final-Recipient: rfc822; bob@y.example\nAction: failed\nStatus: 5.1.1\n--B--\n"},
    {"forwards_a_delivery_status_under_its_subject",
     "From: Anna <anna@x.example>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: "
     "multipart/mixed; boundary=B\n\n--B\n\nPlease look.\n--B\nContent-Type: "
     "message/delivery-status\n\nFinal-Recipient: rfc822; bob@y.example\nAction: failed\n"
     "Status: 5.1.1\n--B--\n"},
    {"nothing", ""},
};

INSTANTIATE_TEST_SUITE_P(Bounce, NoBounces, testing::ValuesIn(no_bounces),
                         [](const auto& test) { return std::string(test.param.why); });

TEST(Bounce, NullReversePathOfTheEnvelopeIsASignal) {
    const std::string raw =
        "From: Support <help@x.example>\nSubject: Sorry\n\n"
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        "<bob@y.example>:\n550 5.2.2 mailbox full\n";
    EXPECT_FALSE(mail::read_message(raw).bounce);
    EXPECT_TRUE(mail::read_message(raw, {.reverse_path = "", .installation = ""}).bounce);
}

struct InWords {
    const char* name;
    const char* header;
    const char* text;
    const char* recipients;
};

class Programs : public testing::TestWithParam<InWords> {};

TEST_P(Programs, AreRead) {
    const auto bounce =
        read(std::string("Return-Path: <>\n") + GetParam().header + "\n\n" + GetParam().text + "\n");
    ASSERT_TRUE(bounce);
    EXPECT_EQ(summary(*bounce), GetParam().recipients);
}

constexpr InWords programs[] = {
    {"ezweb_disabled", "From: Postmaster@ezweb.example\nSubject: Mail System Error - Returned Mail",
     "The user(s) account is disabled.\n\n<anna@x.example>: 550 user unknown (in reply to end of DATA "
     "command)\n",
     "anna@x.example suspend soft"},
    {"ezweb_each", "From: Postmaster@ezweb.example\nSubject: Mail System Error - Returned Mail",
     "Each of the following recipients was rejected by a remote mail server.\n\n"
     "    Recipient: <anna@x.example>\n    Reason:    <anna@x.example>... User Unknown\n",
     "anna@x.example userunknown hard"},
    {"imail_userid", "From: postmaster@x.example\nSubject: Undeliverable Mail",
     "Invalid final delivery userid: anna@x.example\n\nOriginal message follows.\n",
     "anna@x.example userunknown hard"},
    {"imail_attempts", "From: postmaster@x.example\nSubject: Undeliverable Mail",
     "Delivery failed 20 attempts: anna@x.example\n\nOriginal message follows.\n",
     "anna@x.example expired soft"},
    {"james_command_is_a_heading", "From: postmaster@x.example\nSubject: Error sending",
     "Hi. This is the James mail server at x.example.\nMessage details:\n  MAIL FROM: me@desk.example\n"
     "  RCPT TO: anna@x.example\n\n  Error message:\n550 Requested action not taken: no such user here\n",
     "anna@x.example filtered soft"},
    {"courier_data", "From: MAILER-DAEMON@x.example\nSubject: NOTICE: mail delivery status.",
     "This is a delivery status notification from x.example.\n\nYour message to the following recipients "
     "cannot be delivered:\n\n<anna@x.example>:\n    mx.x.example [192.0.2.1]:\n>>> DATA\n"
     "<<< 550 User unknown\n",
     "anna@x.example filtered soft"},
    {"opensmtpd_refuses_all", "From: MAILER-DAEMON@x.example\nSubject: Delivery status notification: error",
     "This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n"
     "anna@x.example: Destination seem to reject all mails\n\n",
     "anna@x.example notaccept hard"},
    {"opensmtpd_route", "From: MAILER-DAEMON@x.example\nSubject: Delivery status notification: error",
     "This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n"
     "anna@x.example: No valid route to remote MX\n\n",
     "anna@x.example networkerror soft"},
    {"gmail_full_in_state_18",
     "From: mailer-daemon@x.example\nSubject: Delivery Status Notification (Failure)",
     "Delivery to the following recipient failed permanently:\n\n     anna@x.example\n\nTechnical details of "
     "permanent failure: \nThe error that the other server returned was: 552 552 5.2.2 full (state 18).\n",
     "anna@x.example mailboxfull soft"},
    {"fml_loop",
     "From: list-admin@x.example\nSubject: Loop Alert: dup Message-ID (list ML)\nX-MLServer: fml [fml 4.0]",
     "found duplicated Message-ID\n", "list@x.example systemerror soft"},
    {"notes_two_names", "From: postmaster@x.example\nSubject: DELIVERY FAILURE",
     "------- Failure Reasons  --------\n\nSeveral matches found in Domino Directory\nanna@x.example\n",
     "anna@x.example systemerror soft"},
    {"exim_points_home", "From: Mailer-Daemon@x.example\nSubject: Mail delivery failed",
     "This message was created automatically by mail delivery software.\n\n  anna@x.example\n"
     "    lowest numbered MX record points to local host\n",
     "anna@x.example networkerror soft"},
    {"amazon_complaint",
     "From: complaints@eu.email-abuse.amazonses.com\nSubject: complaint about message from 192.0.2.1\n"
     "Content-Type: multipart/mixed; boundary=B",
     "--B\n\nAn abuse report.\n--B\nContent-Type: message/rfc822\n\nTo: anna@x.example\n\nx\n--B--",
     "anna@x.example feedback soft"},
    {"apple_unsubscribes", "From: anna@x.example\nSubject: Unsubscribe\nX-Apple-Unsubscribe: true", "x",
     "anna@x.example feedback soft"},
};

INSTANTIATE_TEST_SUITE_P(Bounce, Programs, testing::ValuesIn(programs),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(DeliveryStatus, TheReportingProgramKnowsBetter) {
    const auto summary_of = [](const std::string& reporter, const std::string& diagnostic,
                               const std::string& more = {}) {
        const auto bounce = read(
            report("Reporting-MTA: dns; " + reporter + "\r\n\r\nFinal-Recipient: rfc822; a@x.example\r\n" +
                   "Action: failed\r\nDiagnostic-Code: smtp; " + diagnostic + "\r\n" + more));
        return bounce ? summary(*bounce) : "none";
    };
    EXPECT_EQ(summary_of("x.example", "550 5.1.1 Mailbox does not exist"), "a@x.example userunknown hard");
    EXPECT_EQ(summary_of("inbound-smtp.eu-west-1.amazonaws.com", "550 5.1.1 Mailbox does not exist"),
              "a@x.example filtered soft");
    const std::string category = "X-PowerMTA-BounceCategory: ";
    EXPECT_EQ(summary_of("x.example", "550 5.2.1 User unknown", category + "bad-mailbox\r\n"),
              "a@x.example userunknown hard");
    EXPECT_EQ(summary_of("x.example", "552 5.2.2 mailbox full", category + "bad-mailbox\r\n"),
              "a@x.example mailboxfull soft");
    EXPECT_EQ(summary_of("x.example", "554 5.7.1 no", category + "spam-related\r\n"),
              "a@x.example spamdetected soft");
    EXPECT_EQ(summary_of("x.example", "550 5.7.1 relaying denied", category + "bad-domain\r\n"),
              "a@x.example norelaying soft");
}

TEST(Bounce, JsonSaysItOnOneLine) {
    // as Amazon sends it, and inside of another notification
    for (const std::string slash : {"\\", "\\\\"}) {
        const auto entries = mail::read_ses_notification(
            R"({"notificationType":"Bounce","bouncedRecipients":[{"emailAddress":"a@x.example",)"
            R"("diagnosticCode":"smtp; 550 5.1.1)" +
            slash + "nuser " + slash + "u003ca@x.example" + slash + "u003E " + slash + "u00e4" + slash +
            "u000a" + slash + "/unknown\"}]}");
        ASSERT_THAT(entries, SizeIs(1));
        EXPECT_EQ(entries[0].words, "550 5.1.1 user <a@x.example> ? /unknown");
    }
    for (const std::string end : {"\\", "\\u", "\\u12", "\\\"}]}", ""})
        EXPECT_THAT(mail::read_ses_notification(
                        R"({"notificationType":"Bounce","bouncedRecipients":[{"emailAddress":")" + end),
                    SizeIs(1))
            << end;
}

struct ReasonCase {
    const char* words;
    const char* status;
    mail::SmtpCommand command;
    const char* reason;
};

TEST(Reason, ByWordsCodesAndCommand) {
    using enum mail::SmtpCommand;
    const ReasonCase cases[] = {
        {"550 user unknown", "5.1.1", unknown, "userunknown"},
        {"550 user unknown", "5.0.0", rcpt, "userunknown"},
        {"550 user unknown", "5.0.0", data, "filtered"},
        {"550 5.1.1 relaying denied", "5.1.1", unknown, "norelaying"},
        {"550 mailbox full", "5.1.1", rcpt, "mailboxfull"},
        {"550 5.7.1 <virus@x.example>: relay access denied", "5.7.1", rcpt, "norelaying"},
        {"550 something", "5.7.606", unknown, "blocked"},
        {"550 something", "5.7.25", unknown, "requireptr"},
        {"554 blocked using zen.spamhaus.org", "5.7.1", connection, "blocked"},
        {"554 message rejected as spam", "5.7.1", data, "spamdetected"},
        {"550-5.7.1 this mail is 550 5.7.1 unauthenticated mail is prohibited", "5.7.1", data, "authfailure"},
        {"501 syntax error in parameters", "5.5.4", mail, "systemerror"},
        {"500 unrecognized", "", unknown, "syntaxerror"},
        {"550 requested action not taken: mailbox unavailable", "5.5.0", unknown, "userunknown"},
        {"550 5.1.1 rcp-p2 refused due to recipient preferences", "5.1.1", rcpt, "filtered"},
        {"550 5.1.1 rcp-p1 http://postmaster.example", "5.1.1", rcpt, "userunknown"},
        {"550 5.1.351 remote server returned unknown recipient", "5.1.351", unknown, "userunknown"},
        {"550 5.4.316 message expired, connection refused", "5.4.316", unknown, "expired"},
        {"553 5.3.5 config error: mail loops back to me", "5.3.5", unknown, "systemerror"},
        {"550 5.7.1 your domain has no mx record", "5.7.1", mail, "securityerror"},
        {"", "", unknown, "onhold"},
        {"", "", helo, "blocked"},
        {"", "2.0.0", unknown, "delivered"},
    };
    for (const ReasonCase& one : cases) {
        mail::Failure failure;
        failure.words = one.words;
        failure.status = one.status;
        failure.command = one.command;
        failure.diagnostic = "smtp";
        const std::size_t at = mail::reply_at(failure.words);
        if (at != mail::no_reply) failure.reply = std::stoi(failure.words.substr(at, 3));
        EXPECT_EQ(mail::name_of(mail::reason_of(failure)), one.reason) << one.words << ' ' << one.status;
    }
}

TEST(Reason, CodesAreNoPartsOfOtherNumbers) {
    EXPECT_EQ(mail::status_in("host [192.5.1.1] 4.5.1.1 said 550 5.7.26 no"), "5.7.26");
    EXPECT_EQ(mail::status_in("5.1"), "");
    EXPECT_EQ(mail::reply_at("id=x550 in 1550 bytes from 10.0.0.550: 552 full"), 39u);
    EXPECT_EQ(mail::reply_at("nothing"), mail::no_reply);
}

TEST(Bounce, HugeOnesTakeLittleTime) {
    std::string fields, text = "This is the mail system at host x.\r\n\r\n";
    for (int i = 0; i < 20000; ++i) {
        const std::string address = "a" + std::to_string(i) + "@x.example";
        fields += "Final-Recipient: rfc822; " + address +
                  "\r\nDiagnostic-Code: smtp; mail mail mail mail mail\r\n\r\n";
        text += "<" + address + ">: message from the mail from message\r\n";
        text += "<<< 550 message from message from\r\n";
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto bounce = read(report(fields, text));
    ASSERT_TRUE(bounce);
    EXPECT_THAT(bounce->recipients, SizeIs(testing::Le(1000u)));
    read("Return-Path: <>\r\nSubject: failure notice\r\n\r\n" + text);
    read("Return-Path: <>\r\nSubject: failure notice\r\n\r\nThis is the mail system\r\n" +
         std::string(1 << 20, '@'));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
