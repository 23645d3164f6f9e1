// The rules of smtp/transaction.hpp in memory: a script of replies, and what each recipient's result is.
#include "smtp/transaction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using smtp::Extensions;
using smtp::Fate;
using smtp::OutgoingMail;
using smtp::Transaction;
using Next = smtp::Transaction::Next;

namespace {

const Extensions one_by_one, together = [] {
    Extensions extensions;
    extensions.pipelining = true;
    return extensions;
}();

OutgoingMail mail_to(std::vector<std::string> recipients) {
    OutgoingMail mail;
    mail.reverse_path = "desk@ours.example";
    mail.recipients = std::move(recipients);
    mail.content = std::make_shared<const std::string>("Subject: x\r\n\r\nbody\r\n");
    return mail;
}

std::string_view name(Fate fate) {
    switch (fate) {
        case Fate::sent:
            return "sent";
        case Fate::deferred:
            return "deferred";
        case Fate::failed:
            return "failed";
        default:
            return "uncertain";
    }
}

struct Outcome {
    std::string said;     // commands with / at the ends of groups, (content), (dot)
    std::string results;  // "fate phase code status" of each, in order
    bool reusable = false, stale = false, dirty = false;
};

// "-": the connection has gone; "~": the content can't be written, what follows is read.
Outcome run(const OutgoingMail& mail, const Extensions& server, const std::vector<std::string>& replies,
            Transaction::Before before = {}) {
    Transaction transaction(mail, server, before);
    Outcome outcome;
    auto reply = replies.begin();
    for (Next next = transaction.next(); next != Next::over; next = transaction.next()) {
        if (next == Next::send_commands) {
            for (const char c : transaction.commands())
                if (c != '\r') outcome.said += c == '\n' ? ';' : c;
            outcome.said += " / ";
            continue;
        }
        const bool broken = reply != replies.end() && *reply == "~";
        if (next != Next::read_reply && !broken) {
            outcome.said += next == Next::send_content ? "(content) " : "(dot) ";
            transaction.ended();
            continue;
        }
        if (broken) ++reply;
        if (reply == replies.end() || *reply == "-") {
            transaction.on_loss("4.4.2", "the server closed the connection");
            if (reply != replies.end()) ++reply;
        } else {
            transaction.on_reply({std::stoi(reply->substr(0, 3)), reply->size() > 4 ? reply->substr(4) : ""});
            ++reply;
        }
    }
    EXPECT_TRUE(reply == replies.end()) << "not read: " << *reply;
    outcome.dirty = transaction.dirty();
    const smtp::DeliveryResult result = std::move(transaction).result();
    outcome.reusable = result.reusable;
    outcome.stale = result.stale;
    EXPECT_EQ(result.recipients.size(), mail.recipients.size());
    for (const auto& each : result.recipients) {
        if (!outcome.results.empty()) outcome.results += ", ";
        outcome.results += std::string(name(each.fate)) + " " + std::string(name_of(each.phase)) + " " +
                           std::to_string(each.reply.code);
        if (!each.reply.status.empty()) outcome.results += " " + each.reply.status;
    }
    return outcome;
}

const std::string a = "a@other.example", b = "b@other.example", c = "c@other.example";

}  // namespace

TEST(Transaction, one_by_one_and_together) {
    const Outcome slow = run(mail_to({a, b}), one_by_one, {"250", "250", "250", "354", "250 2.0.0 ok"});
    EXPECT_EQ(slow.said,
              "MAIL FROM:<desk@ours.example>; / RCPT TO:<a@other.example>; / RCPT TO:<b@other.example>; / "
              "DATA; / (content) ");
    EXPECT_EQ(slow.results, "sent final_dot 250 2.0.0, sent final_dot 250 2.0.0");
    EXPECT_TRUE(slow.reusable);
    EXPECT_FALSE(slow.dirty);
    const Outcome fast = run(mail_to({a, b}), together, {"250", "250", "250", "354", "250"});
    EXPECT_EQ(fast.said,
              "MAIL FROM:<desk@ours.example>;RCPT TO:<a@other.example>;RCPT TO:<b@other.example>;DATA; / "
              "(content) ");
    EXPECT_EQ(fast.results, "sent final_dot 250, sent final_dot 250");
}

TEST(Transaction, MAIL_names_what_the_server_knows) {
    OutgoingMail mail = mail_to({a});
    Extensions server;
    server.size = 1000;
    server.eight_bit_mime = server.smtputf8 = true;
    const auto said = [&] { return run(mail, server, {"550"}).said; };
    EXPECT_EQ(said(), "MAIL FROM:<desk@ours.example> SIZE=20; / ");
    mail.reverse_path = "";
    mail.content = std::make_shared<const std::string>("\r\n\xc3\xa9\r\n");
    EXPECT_EQ(said(), "MAIL FROM:<> SIZE=6 BODY=8BITMIME; / ");
    mail.recipients = {"\xc3\xa9@other.example"};
    EXPECT_EQ(said(), "MAIL FROM:<> SIZE=6 BODY=8BITMIME SMTPUTF8; / ");
    mail = mail_to({a});
    mail.content = std::make_shared<const std::string>("Cc: \xc3\xa9@other.example\r\n\r\n");
    EXPECT_EQ(said(), "MAIL FROM:<desk@ours.example> SIZE=24 BODY=8BITMIME SMTPUTF8; / ");
}

// H04 to H08, what comes of each reply wherever it comes. Both ways of speaking have one result.
TEST(Transaction, H04_to_H08_every_reply_has_its_result) {
    const struct {
        const char* what;
        std::vector<std::string> slow, fast;  // replies one by one, and together
        std::string results;
        bool reusable, dirty;
    } cases[] = {
        {"H04 MAIL 4xx",
         {"450 4.2.0 x"},
         {"450 4.2.0 x", "503", "503", "503"},
         "deferred mail 450 4.2.0, deferred mail 450 4.2.0",
         true,
         false},
        {"H04 MAIL 5xx",
         {"550"},
         {"550", "503", "503", "503"},
         "failed mail 550, failed mail 550",
         true,
         false},
        {"MAIL 5xx, but RCPT and DATA are taken",
         {"550"},
         {"550", "250", "250", "354", "250"},
         "failed mail 550, failed mail 550",
         true,
         false},
        {"H07 RCPT mixed",
         {"250", "250", "550 5.1.1 x", "354", "250"},
         {"250", "250", "550 5.1.1 x", "354", "250"},
         "sent final_dot 250, failed rcpt 550 5.1.1",
         true,
         false},
        {"H07 greylisted",
         {"250", "450 4.7.1 x", "250", "354", "250"},
         {"250", "450 4.7.1 x", "250", "354", "250"},
         "deferred rcpt 450 4.7.1, sent final_dot 250",
         true,
         false},
        {"H06 452",
         {"250", "250", "452 4.5.3 x", "354", "250"},
         {"250", "250", "452 4.5.3 x", "354", "250"},
         "sent final_dot 250, deferred rcpt 452 4.5.3",
         true,
         false},
        {"H06 552",
         {"250", "250", "552 x", "354", "250"},
         {"250", "250", "552 x", "354", "250"},
         "sent final_dot 250, deferred rcpt 552",
         true,
         false},
        {"no RCPT taken",
         {"250", "550", "450"},
         {"250", "550", "450", "554 5.5.1 x"},
         "failed rcpt 550, deferred rcpt 450",
         true,
         true},
        {"H08 no RCPT taken, and 354",
         {"250", "550", "450"},
         {"250", "550", "450", "354", "250 taken"},
         "failed rcpt 550, deferred rcpt 450",
         true,
         true},
        {"H08 and the dot is refused",
         {"250", "550", "450"},
         {"250", "550", "450", "354", "554"},
         "failed rcpt 550, deferred rcpt 450",
         true,
         true},
        {"H04 DATA 4xx",
         {"250", "250", "550", "451 4.3.0 x"},
         {"250", "250", "550", "451 4.3.0 x"},
         "deferred data 451 4.3.0, failed rcpt 550",
         true,
         true},
        {"H04 DATA 5xx though RCPT was taken",
         {"250", "250", "250", "554 x"},
         {"250", "250", "250", "554 x"},
         "failed data 554, failed data 554",
         true,
         true},
        {"DATA 250",
         {"250", "250", "250", "250"},
         {"250", "250", "250", "250"},
         "deferred data 0 4.5.0, deferred data 0 4.5.0",
         false,
         true},
        {"H04 dot 4xx",
         {"250", "250", "250", "354", "451 4.3.0 x"},
         {"250", "250", "250", "354", "451 4.3.0 x"},
         "deferred final_dot 451 4.3.0, deferred final_dot 451 4.3.0",
         true,
         false},
        {"H04 dot 5xx",
         {"250", "250", "550", "354", "554 5.7.1 spam"},
         {"250", "250", "550", "354", "554 5.7.1 spam"},
         "failed final_dot 554 5.7.1, failed rcpt 550",
         true,
         false},
        {"H04 dot 552",
         {"250", "250", "250", "354", "552 5.3.4 x"},
         {"250", "250", "250", "354", "552 5.3.4 x"},
         "failed final_dot 552 5.3.4, failed final_dot 552 5.3.4",
         true,
         false},
        {"H05 no answer to the dot",
         {"250", "250", "550", "354", "-"},
         {"250", "250", "550", "354", "-"},
         "uncertain final_dot 0 4.4.2, failed rcpt 550",
         false,
         true},
        {"H05 no sense in the answer to the dot",
         {"250", "250", "250", "354", "354"},
         {"250", "250", "250", "354", "354"},
         "uncertain final_dot 0 4.5.0, uncertain final_dot 0 4.5.0",
         false,
         true},
        {"421 to the dot is an answer",
         {"250", "250", "250", "354", "421 4.3.2 x"},
         {"250", "250", "250", "354", "421 4.3.2 x"},
         "deferred final_dot 421 4.3.2, deferred final_dot 421 4.3.2",
         false,
         true},
        {"421 to MAIL", {"421 x"}, {"421 x"}, "deferred mail 421, deferred mail 421", false, false},
        {"421 to RCPT",
         {"250", "550", "421 x"},
         {"250", "550", "421 x"},
         "failed rcpt 550, deferred rcpt 421",
         false,
         true},
        {"421 to DATA",
         {"250", "250", "550", "421 x"},
         {"250", "250", "550", "421 x"},
         "deferred data 421, failed rcpt 550",
         false,
         true},
        {"gone before MAIL is answered",
         {"-"},
         {"-"},
         "deferred mail 0 4.4.2, deferred mail 0 4.4.2",
         false,
         false},
        {"gone amid the RCPTs",
         {"250", "550", "-"},
         {"250", "550", "-"},
         "failed rcpt 550, deferred rcpt 0 4.4.2",
         false,
         true},
        {"gone before DATA is answered",
         {"250", "250", "250", "-"},
         {"250", "250", "250", "-"},
         "deferred data 0 4.4.2, deferred data 0 4.4.2",
         false,
         true},
        {"gone amid the content",
         {"250", "250", "550", "354", "~", "-"},
         {"250", "250", "550", "354", "~", "-"},
         "deferred data 0 4.4.2, failed rcpt 550",
         false,
         true},
        {"last words amid the content",
         {"250", "250", "550", "354", "~", "552 5.3.4 x"},
         {"250", "250", "550", "354", "~", "552 5.3.4 x"},
         "failed data 552 5.3.4, failed rcpt 550",
         false,
         true},
        {"odd words amid the content",
         {"250", "250", "550", "354", "~", "250 x"},
         {"250", "250", "550", "354", "~", "250 x"},
         "deferred data 0 4.4.2, failed rcpt 550",
         false,
         true},
        {"354 to MAIL", {"354"}, {"354"}, "deferred mail 0 4.5.0, deferred mail 0 4.5.0", false, false},
        {"354 to RCPT",
         {"250", "354"},
         {"250", "354"},
         "deferred rcpt 0 4.5.0, deferred rcpt 0 4.5.0",
         false,
         true},
    };
    const OutgoingMail mail = mail_to({a, b});
    for (const auto& each : cases)
        for (const bool pipelining : {false, true}) {
            SCOPED_TRACE(std::string(each.what) + (pipelining ? ", together" : ", one by one"));
            const Outcome outcome =
                run(mail, pipelining ? together : one_by_one, pipelining ? each.fast : each.slow);
            EXPECT_EQ(outcome.results, each.results);
            EXPECT_EQ(outcome.reusable, each.reusable);
            EXPECT_EQ(outcome.dirty, each.dirty);
            EXPECT_FALSE(outcome.stale);
            EXPECT_EQ(outcome.said.find("(content)") != std::string::npos,
                      each.results.find("final_dot") != std::string::npos);
        }
}

TEST(Transaction, H08_the_lone_dot_is_no_mail) {
    EXPECT_EQ(run(mail_to({a}), together, {"250", "550", "354", "250"}).said,
              "MAIL FROM:<desk@ours.example>;RCPT TO:<a@other.example>;DATA; / (dot) ");
}

TEST(Transaction, a_connection_that_ended_while_it_was_idle_was_no_attempt) {
    const Transaction::Before used{.used = true}, dirty{.used = true, .dirty = true};
    EXPECT_TRUE(run(mail_to({a}), together, {"-"}, used).stale);
    EXPECT_TRUE(run(mail_to({a}), together, {"421 4.4.2 idle"}, used).stale);
    EXPECT_TRUE(run(mail_to({a}), together, {"-"}, dirty).stale);
    EXPECT_TRUE(run(mail_to({a}), together, {"250", "421 enough"}, dirty).stale);
    EXPECT_TRUE(run(mail_to({a}), together, {"502"}, dirty).stale);
    EXPECT_FALSE(run(mail_to({a}), together, {"250", "-"}, used).stale);
    EXPECT_FALSE(run(mail_to({a}), together, {"450", "503", "503"}, used).stale);
    EXPECT_FALSE(run(mail_to({a}), together, {"-"}).stale) << "a new connection: that was an attempt";
}

TEST(Transaction, clears_up_after_a_mail_that_was_given_up) {
    const Outcome outcome =
        run(mail_to({a}), together, {"250", "250", "250", "354", "250"}, {.used = true, .dirty = true});
    EXPECT_EQ(outcome.said,
              "RSET;MAIL FROM:<desk@ours.example>;RCPT TO:<a@other.example>;DATA; / (content) ");
    EXPECT_EQ(outcome.results, "sent final_dot 250");
    EXPECT_FALSE(outcome.dirty);
}

TEST(Transaction, groups_are_small_enough_for_both_sides_buffers) {
    std::vector<std::string> many, replies = {"250"};
    for (int i = 0; i < 1000; ++i) {
        many.push_back("recipient" + std::to_string(i) + "@other.example");
        replies.push_back(i % 2 ? "550" : "250");
    }
    replies.insert(replies.end(), {"354", "250"});
    const Outcome outcome = run(mail_to(many), together, replies);
    std::size_t longest = 0, at = 0, groups = 0;
    for (std::size_t end; (end = outcome.said.find(" / ", at)) != std::string::npos; at = end + 3, ++groups)
        longest = std::max(longest, end - at);
    EXPECT_LT(longest, 4096U + 300U);
    EXPECT_LT(groups, 15U);
    EXPECT_TRUE(outcome.results.starts_with("sent final_dot 250, failed rcpt 550, sent"));

    // Refused at MAIL, the rest is not even said.
    const std::string first = outcome.said.substr(0, outcome.said.find(" / "));
    const auto commands = static_cast<std::size_t>(std::count(first.begin(), first.end(), ';'));
    const Outcome refused = run(mail_to(many), together, std::vector<std::string>(commands, "503"));
    EXPECT_EQ(refused.said, first + " / ");
    EXPECT_TRUE(refused.results.starts_with("failed mail 503, failed mail 503, "));
}

TEST(Transaction, H15_what_the_server_cannot_take_fails_without_a_word) {
    OutgoingMail mail = mail_to({a});
    Extensions server;
    server.size = 19;
    EXPECT_EQ(run(mail, server, {}).results, "failed mail 0 5.3.4");
    server.size = 20;
    EXPECT_EQ(run(mail, server, {"550"}).results, "failed mail 550");
    server.eight_bit_mime = true;
    mail.content = std::make_shared<const std::string>("Cc: \xc3\xa9@b.c\r\n\r\n");
    EXPECT_EQ(run(mail, server, {}).results, "failed mail 0 5.6.7");
    mail = mail_to({a, "\xc3\xa9@other.example"});
    EXPECT_EQ(run(mail, {}, {}).results, "failed mail 0 5.6.7, failed mail 0 5.6.7");
    mail = mail_to({a});
    mail.content = std::make_shared<const std::string>("\r\n\xc3\xa9\r\n");
    EXPECT_EQ(run(mail, {}, {}).results, "failed mail 0 5.6.3");
    const Outcome outcome = run(mail, {}, {}, {.used = true, .dirty = true});
    EXPECT_EQ(outcome.said, "");
    EXPECT_TRUE(outcome.reusable);
    EXPECT_TRUE(outcome.dirty);
}

TEST(Transaction, H18_H19_nothing_goes_out_that_could_be_taken_for_a_command) {
    OutgoingMail mail = mail_to({"a@other.example>\r\nRCPT TO:<x@other.example", b, "no address"});
    const Outcome outcome = run(mail, together, {"250", "250", "354", "250"});
    EXPECT_EQ(outcome.said, "MAIL FROM:<desk@ours.example>;RCPT TO:<b@other.example>;DATA; / (content) ");
    EXPECT_EQ(outcome.results, "failed rcpt 0 5.1.3, sent final_dot 250, failed rcpt 0 5.1.3");

    mail = mail_to({a, "x"});
    mail.reverse_path = "desk@ours.example> SIZE=1\r\nDATA";
    EXPECT_EQ(run(mail, together, {}).results, "failed mail 0 5.1.7, failed mail 0 5.1.7");
    mail = mail_to({a, "x"});
    mail.content = std::make_shared<const std::string>("a\n.\r\nMAIL FROM:<>\r\n");
    EXPECT_EQ(run(mail, together, {}).results, "failed mail 0 5.6.0, failed rcpt 0 5.1.3");
    EXPECT_EQ(run(mail_to({}), together, {}).results, "");
    EXPECT_EQ(run(mail_to({"x"}), together, {}).results, "failed rcpt 0 5.1.3");
}
