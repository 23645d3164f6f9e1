// Acknowledgements and floods over the database: once for each window, bounded, and known when they come
// back.
#include "desk_fixture.hpp"
#include "store/audit.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;

struct Acknowledgements : DeskTest {
    // As a writer does it, with limits.
    std::size_t queue(const std::string& recipient, const store::Limits& limits, store::Timestamp now,
                      const smtp::Recipient& mailbox) {
        auto connection = wait_for(io, store::Connection::open(database.conninfo(), deadline(), 10s));
        store::IntakeStore intake(*connection, 0);
        wait_for(io, intake.begin({}, deadline()));
        store::BatchPlan plan;
        plan.limits = limits;
        plan.decided_at = now;
        plan.acknowledgements = {{mailbox.destination.workspace, tickets::Uuid::make(now),
                                  tickets::Uuid::make(now), mailbox.destination.mailbox, recipient, "mail"}};
        bool sent = false;
        return wait_for(io, intake.commit(std::move(plan), deadline(), sent)).acknowledged;
    }
    static store::Deadline deadline() { return std::chrono::steady_clock::now() + 10s; }
};

TEST_F(Acknowledgements, OnceForEachWindowAndSoManyADay) {
    using std::chrono::hours;
    const store::Limits limits{.answers_per_day = 3, .answer_window = hours(4)};
    // Not at a window's edge: what is asked here is the window that slides.
    const auto now = std::chrono::system_clock::now();
    EXPECT_EQ(queue("ann@client.example", limits, now, support), 1U);
    EXPECT_EQ(queue("ann@client.example", limits, now, support), 0U);
    EXPECT_EQ(queue("ann@client.example", limits, now + hours(3), support), 0U);
    EXPECT_EQ(queue("ann@client.example", limits, now + hours(3), sales), 1U) << "of another mailbox";
    EXPECT_EQ(queue("bob@client.example", limits, now + hours(3), support), 1U) << "to somebody else";
    EXPECT_EQ(queue("ann@client.example", limits, now + hours(5), support), 1U) << "the next window";
    EXPECT_EQ(queue("ann@client.example", limits, now + hours(10), other), 0U) << "of the whole installation";
    EXPECT_EQ(queue("ann@client.example", {.answer_window = hours(4)}, now + hours(10), other), 1U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM outbox o JOIN deliveries d ON d.outbox_id = o.id "
                           "WHERE kind = 'acknowledgement' AND d.queued_at <= now() "
                           "AND next_attempt = d.queued_at"),
              "5")
        << "the queue goes by the database's clock, which is behind ours here";
}

TEST_F(Acknowledgements, AgentsGetNone) {
    database.sql("INSERT INTO agents (name, address) VALUES ('Lee', 'lee@client.example')");
    EXPECT_EQ(queue("lee@client.example", {}, std::chrono::system_clock::now(), support), 0U);
    database.sql("UPDATE agents SET removed_at = now()");
    EXPECT_EQ(queue("lee@client.example", {}, std::chrono::system_clock::now(), support), 1U);
}

TEST_F(Acknowledgements, AMailboxKeepsItsTemplate) {
    store::SettingsStore settings(daemon->pool);
    const auto set = [&](bool on, std::optional<store::AcknowledgementSource> words) {
        const auto done = wait_for(io, settings.set_acknowledgement(support.address, on, std::move(words)));
        return done ? std::string() : done.error().text;
    };
    EXPECT_THAT(set(true, std::nullopt), testing::HasSubstr("no template"));
    EXPECT_THAT(set(true, {{"{{nam}}", "x"}}), testing::HasSubstr("there is no variable {{nam}}"));
    EXPECT_THAT(set(true, {{"x", "{{"}}), testing::HasSubstr("the text: "));
    EXPECT_THAT(set(true, {{"x\r\nBcc: y", "x"}}), testing::HasSubstr("a line"));
    EXPECT_EQ(set(true, {{"Got [{{ticket.short_id}}]", "Hello {{person.name|there}}"}}), "");
    const auto info = [&] {
        return wait_for(io, settings.snapshot())
            .mailboxes.at({support.destination.workspace, support.destination.mailbox});
    };
    EXPECT_TRUE(info().acknowledges);
    ASSERT_TRUE(info().acknowledgement);
    EXPECT_EQ(info().acknowledgement->subject.render({{"ticket.short_id", "k7"}}), "Got [k7]");
    EXPECT_EQ(set(false, std::nullopt), "");
    EXPECT_FALSE(info().acknowledges);
    EXPECT_EQ(info().acknowledgement->text_source, "Hello {{person.name|there}}");
    EXPECT_EQ(set(true, std::nullopt), "");
    EXPECT_TRUE(info().acknowledges);
}

// A mail that answers nothing but our acknowledgement, a bounce of it, and itself.
TEST_F(Acknowledgements, WhatComesBackOpensNoTicket) {
    take(mail_text("1@client.example"));
    const std::string installation = database.sql("SELECT id FROM installation");
    const std::string ours = mail::own_message_id("abc", installation, "acme.example");
    const tickets::Uuid key = threading::id_key(ours);
    database.sql("INSERT INTO message_refs SELECT workspace_id, '" + key.str() +
                 "', 3, id FROM interactions");
    take("In-Reply-To: <" + ours + ">\r\n" + mail_text("2@client.example"));
    take("Auto-Submitted: auto-replied\r\nIn-Reply-To: <" + ours + ">\r\n" + mail_text("3@client.example"));
    EXPECT_EQ(
        send("From: MAILER-DAEMON@client.example\r\nTo: support@acme.example\r\nSubject: Undelivered\r\n"
             "Message-ID: <4@client.example>\r\nContent-Type: multipart/report; "
             "report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n"
             "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
             "Final-Recipient: rfc822; ann@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
             "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" +
                 ours + ">\r\nSubject: x\r\n\r\nx\r\n--b--\r\n",
             {}, "")
            .code,
        250);
    take("X-Ticketgate-Loop: " + installation + "\r\n" + mail_text(ours));
    EXPECT_EQ(tickets().size(), 1U);
    EXPECT_EQ(
        database.sql("SELECT string_agg(kind || ' ' || (ticket_id IS NOT NULL)::text, ', ' ORDER BY id) "
                     "FROM interactions"),
        "human true, human true, auto_reply true, bounce true, loop false");
    EXPECT_EQ(database.sql("SELECT count(*) FROM outbox"), "0");
    for (const auto& check : wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
        EXPECT_EQ(check.wrong, 0) << check.name;
}

TEST_F(Acknowledgements, TicketsOfTheLastHourAreCounted) {
    for (int i = 0; i < 4; ++i) take(mail_text(std::to_string(i) + "@client.example"));
    take(mail_text("sales@client.example"), {sales});
    take(mail_text("eve@client.example", "", "eve@client.example"));
    auto connection = wait_for(io, store::Connection::open(database.conninfo(), deadline(), 10s));
    store::IntakeStore intake(*connection, 0);
    const std::int64_t mailbox = support.destination.mailbox;
    store::BatchKeys keys;
    keys.openers[1] = {{"ann@client.example", mailbox},
                       {"ann@client.example", sales.destination.mailbox},
                       {"eve@client.example", mailbox}};
    keys.tickets_per_hour = 3;
    auto opened = wait_for(io, intake.begin(keys, deadline()))[1].opened;
    EXPECT_EQ((opened[{"ann@client.example", mailbox}]), 3) << "no more than the limit";
    EXPECT_EQ((opened[{"ann@client.example", sales.destination.mailbox}]), 1);
    EXPECT_EQ((opened[{"eve@client.example", mailbox}]), 1);
    wait_for(io, intake.rollback(deadline()));
}

TEST_F(Acknowledgements, ATicketThatIsReopenedAllTheTimeStaysResolved) {
    take(mail_text("1@client.example"));
    auto connection = wait_for(io, store::Connection::open(database.conninfo(), deadline(), 10s));
    store::IntakeStore intake(*connection, 0);
    const auto id = tickets()[0].id;
    const auto mail_comes = [&](store::Timestamp at, std::int64_t limit) {
        database.sql("UPDATE tickets SET status = 'Resolved'");
        wait_for(io, intake.begin({}, deadline()));
        store::BatchPlan plan;
        plan.limits.reopenings_per_hour = limit;
        plan.joins = {{1, id, at, {}, true}};
        bool sent = false;
        wait_for(io, intake.commit(std::move(plan), deadline(), sent));
        return database.sql("SELECT status FROM tickets");
    };
    const auto now = std::chrono::system_clock::now();
    EXPECT_EQ(mail_comes(now, 2), "Open");
    EXPECT_EQ(mail_comes(now, 2), "Open");
    EXPECT_EQ(mail_comes(now, 2), "Resolved");
    EXPECT_EQ(mail_comes(now + std::chrono::minutes(59), 2), "Resolved");
    EXPECT_EQ(mail_comes(now + std::chrono::minutes(61), 2), "Open") << "an hour has gone";
    EXPECT_EQ(mail_comes(now + std::chrono::minutes(62), 0), "Open") << "no limit";
}

}  // namespace
