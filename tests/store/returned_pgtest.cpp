// What comes to addresses that we signed, over the database: RCPT, tickets, deliveries, marks, held mail.
#include "desk_fixture.hpp"
#include "intake/release.hpp"
#include "store/key_store.hpp"
#include "store/reply_addresses.hpp"
#include "store/returned.hpp"

#include <fmt/format.h>

namespace {

using namespace support;
using tickets::Uuid;

using Counts = std::map<std::string, std::size_t>;

struct Returned : DeskTest {
    Uuid ticket;

    void SetUp() override {
        DeskTest::SetUp();
        take(mail_text("1@client"));
        ticket = *Uuid::parse(database.sql("SELECT id FROM tickets"));
    }

    std::string address(auth::AddressPurpose purpose, const Uuid& id,
                        const std::string& domain = "acme.example") {
        const auto settings = wait_for(io, daemon->settings.refreshed());
        return settings->address_keys.sign(purpose, 1, id.bytes) + "@" + domain;
    }

    // A mail of an agent's in the ticket, to `recipient`; its delivery.
    Uuid reply(const std::string& message_id, const std::string& recipient = "ann@client.example") {
        const auto now = std::chrono::system_clock::now();
        const Uuid interaction = Uuid::make(now), delivery = Uuid::make(now);
        database.sql(fmt::format(
            "INSERT INTO interactions SELECT (jsonb_populate_record(i, jsonb_build_object('id', '{0}', "
            "'direction', "
            "'outbound', 'message_id', '{1}', 'ticket_id', '{2}'))).* FROM interactions i LIMIT 1;"
            "INSERT INTO message_refs VALUES (1, '{3}', 2, '{0}');"
            "INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, "
            "destination, "
            "email_sender, state) VALUES (1, '{4}', '{0}', '{5}', '{5}', 'client.example', "
            "'support@acme.example', "
            "'sent')",
            interaction.str(), message_id, ticket.str(), threading::id_key(message_id).str(), delivery.str(),
            recipient));
        return delivery;
    }

    smtp::Resolution resolve(const std::string& to) {
        intake::SettingsDirectory directory(daemon->pool, daemon->settings, daemon->examiner, daemon->probe);
        return wait_for(io, directory.resolve(mail::mailbox_of(to), {"192.0.2.1", "", "client.example"}));
    }

    // As the session does: what RCPT found is where it goes.
    int come(const std::string& raw, const std::string& to, const std::string& from = "") {
        const auto found = resolve(to);
        EXPECT_EQ(found.outcome, smtp::Resolution::Outcome::found) << to;
        return send(raw, {{mail::mailbox_of(to), found.destination}}, from).code;
    }

    void come_back(const Uuid& delivery, const std::string& raw) {
        EXPECT_EQ(come(raw, address(auth::AddressPurpose::bounce, delivery)), 250);
    }

    std::string of_delivery(const std::string& columns, const Uuid& id) {
        return database.sql("SELECT concat_ws('|', " + columns + ") FROM deliveries WHERE id = '" + id.str() +
                            "'");
    }
    std::string status() {
        return database.sql("SELECT status FROM tickets WHERE id = '" + ticket.str() + "'");
    }
    void set_status(const std::string& to) {
        database.sql("UPDATE tickets SET status = '" + to + "' WHERE id = '" + ticket.str() + "'");
    }
    std::string count(const std::string& table) { return database.sql("SELECT count(*) FROM " + table); }
};

std::string bounce(const std::string& recipient, const std::string& status, const std::string& words,
                   const std::string& original = "ours@acme.example", const std::string& action = "failed") {
    return "From: MAILER-DAEMON@client.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
           "--b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
           "Reporting-MTA: dns; mx.client.example\r\n\r\nFinal-Recipient: rfc822; " +
           recipient + "\r\nAction: " + action + "\r\nStatus: " + status + "\r\nDiagnostic-Code: smtp; " +
           words +
           "\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: support@acme.example\r\nMessage-ID: <" +
           original + ">\r\n\r\nHello\r\n--b--\r\n";
}

const std::string gone = "550 5.1.1 User unknown";
const std::string hard_bounce = bounce("ann@client.example", "5.1.1", gone);

TEST_F(Returned, AReplyAddressIsARecipientUntilItIsRevoked) {
    using Outcome = smtp::Resolution::Outcome;
    const Uuid id = Uuid::make(std::chrono::system_clock::now());
    const std::string to = address(auth::AddressPurpose::reply, id);
    EXPECT_EQ(resolve(to).outcome, Outcome::unknown_mailbox) << "no row of it";
    wait_for(io, daemon->pool.run([&] {
        std::vector<store::Query> queries;
        queries.push_back(store::add_reply_address(1, id, ticket, std::nullopt));
        return queries;
    }()));
    const auto found = resolve(to);
    EXPECT_EQ(found.outcome, Outcome::found);
    EXPECT_EQ(found.destination, support.destination);
    EXPECT_EQ(resolve(address(auth::AddressPurpose::reply, id, "beta.example")).outcome,
              Outcome::unknown_mailbox)
        << "signed for another workspace";
    std::string forged = to;
    forged[20] = forged[20] == 'a' ? 'b' : 'a';
    database.sql(
        "UPDATE domains SET catch_all_mailbox = 1 WHERE name = 'acme.example'; "
        "UPDATE installation SET settings_version = settings_version + 1");
    EXPECT_EQ(resolve(forged).outcome, Outcome::unknown_mailbox) << "not even for a catch-all";
    database.sql("UPDATE reply_addresses SET revoked_at = now()");
    const auto revoked = resolve(to);
    EXPECT_EQ(revoked.outcome, Outcome::revoked);
    EXPECT_EQ(revoked.refusal.code, 550);
    EXPECT_EQ(revoked.refusal.enhanced, "5.7.1");
    EXPECT_NE(revoked.refusal.text.find("support@acme.example"), std::string::npos);
}

TEST_F(Returned, AKeyThatAnotherNodeJustMadeIsLookedUp) {
    store::KeyStore keys(daemon->pool);
    const auto before = wait_for(io, daemon->settings.refreshed());
    ASSERT_TRUE(wait_for(io, keys.rotate_address_key()));
    const Uuid delivery = reply("ours@acme.example");
    store::SettingsStore store(daemon->pool);
    const auto fresh = wait_for(io, store.snapshot());
    const std::string to =
        fresh.address_keys.sign(auth::AddressPurpose::bounce, 1, delivery.bytes) + "@acme.example";
    EXPECT_EQ(resolve(to).outcome, smtp::Resolution::Outcome::found);
}

TEST_F(Returned, WithTheDatabaseAwayItIsPutOff) {
    const std::string to = address(auth::AddressPurpose::bounce, reply("ours@acme.example"));
    Daemon away(io, "host=/nowhere dbname=none", 200ms, 0);
    intake::SettingsDirectory directory(away.pool, daemon->settings, daemon->examiner, daemon->probe);
    EXPECT_EQ(wait_for(io, directory.resolve(mail::mailbox_of(to), {"192.0.2.1", "", ""})).outcome,
              smtp::Resolution::Outcome::unavailable);
}

TEST_F(Returned, AnAnswerToAReplyAddressJoinsItsTicketAfterMergesToo) {
    const Uuid id = Uuid::make(std::chrono::system_clock::now());
    database.sql(
        fmt::format("INSERT INTO reply_addresses (workspace_id, id, ticket_id) VALUES (1, '{}', '{}')",
                    id.str(), ticket.str()));
    const std::string to = address(auth::AddressPurpose::reply, id);
    EXPECT_EQ(come(mail_text("2@client"), to, "ann@client.example"), 250);
    EXPECT_EQ(database.sql("SELECT ticket_id FROM interactions WHERE message_id = '2@client'"), ticket.str());
    EXPECT_EQ(database.sql("SELECT reply_address FROM interactions WHERE message_id = '2@client'"), id.str());
    take(mail_text("3@client", "", "Bob <bob@client.example>"), {sales});
    const std::string other =
        database.sql("SELECT ticket_id FROM interactions WHERE message_id = '3@client'");
    database.sql(fmt::format("UPDATE tickets SET merged_into = '{}' WHERE id = '{}'", other, ticket.str()));
    EXPECT_EQ(resolve(to).destination, sales.destination);
    EXPECT_EQ(come(mail_text("4@client"), to, "ann@client.example"), 250);
    EXPECT_EQ(database.sql("SELECT ticket_id FROM interactions WHERE message_id = '4@client'"), other);
    EXPECT_EQ(database.sql("SELECT proof FROM interactions WHERE message_id = '4@client'"), "signed_address");
}

TEST_F(Returned, AHardBounceEndsTheDeliveryMarksTheAddressAndOpensTheTicket) {
    const Uuid delivery = reply("ours@acme.example");
    set_status("Resolved");
    come_back(delivery, hard_bounce);
    EXPECT_EQ(of_delivery("state, code, status, reply", delivery), "bounced|550|5.1.1|" + gone);
    EXPECT_EQ(status(), "Open");
    EXPECT_EQ(database.sql("SELECT concat_ws('|', kind, text, delivery_id) FROM ticket_events"),
              "bounced|ann@client.example: " + gone + "|" + delivery.str());
    EXPECT_EQ(database.sql("SELECT concat_ws('|', address, status, reply) FROM address_marks"),
              "ann@client.example|5.1.1|" + gone);
    EXPECT_EQ(database.sql(
                  "SELECT concat_ws('|', kind, ticket_id, returned) FROM interactions WHERE kind = 'bounce'"),
              "bounce|" + ticket.str() + "|" + delivery.str());
    EXPECT_EQ(count("outbox"), "0") << "nothing is ever sent in answer";

    // Another one of the same delivery is told, and opens nothing any more.
    set_status("Resolved");
    const std::string again = bounce("ann@client.example", "5.1.1", gone + " still");
    come_back(delivery, again);
    EXPECT_EQ(status(), "Resolved");
    EXPECT_EQ(count("ticket_events"), "2");
    come_back(delivery, again);
    EXPECT_EQ(daemon->probe.bounces, (Counts{{"hard/return_path", 2}})) << "the same mail counts once";
}

TEST_F(Returned, ASoftOneMarksNothingAndADelayedOneOnlyTells) {
    const Uuid full = reply("ours@acme.example"), late = reply("late@acme.example");
    set_status("Resolved");
    come_back(late,
              bounce("ann@client.example", "4.4.1", "451 4.4.1 No answer", "late@acme.example", "delayed"));
    EXPECT_EQ(of_delivery("state, reply", late), "sent|451 4.4.1 No answer");
    EXPECT_EQ(status(), "Resolved");
    EXPECT_EQ(database.sql("SELECT kind FROM ticket_events"), "delayed");
    come_back(full, bounce("ann@client.example", "5.2.2", "552 5.2.2 Mailbox full"));
    EXPECT_EQ(of_delivery("state", full), "bounced");
    EXPECT_EQ(status(), "Open") << "nobody will try the answer again";
    EXPECT_EQ(count("address_marks"), "0");
    EXPECT_EQ(daemon->probe.bounces, (Counts{{"delayed/return_path", 1}, {"soft/return_path", 1}}));
}

TEST_F(Returned, WhatAnAgentDidToADeliveryStays) {
    const Uuid cancelled = reply("ours@acme.example"), held = reply("theirs@acme.example");
    database.sql("UPDATE deliveries SET state = 'held' WHERE id = '" + held.str() +
                 "'; UPDATE deliveries SET state = 'cancelled', finished_at = '2026-01-02' WHERE id = '" +
                 cancelled.str() + "'");
    for (const auto& delivery : {cancelled, held}) come_back(delivery, hard_bounce);
    EXPECT_EQ(of_delivery("state, finished_at::date", cancelled), "cancelled|2026-01-02");
    EXPECT_EQ(of_delivery("state, finished_at", held), "held") << "it has no end yet";
    EXPECT_EQ(of_delivery("reply", held), gone);
    EXPECT_EQ(count("ticket_events"), "2");
}

// The worker has not yet said that it was sent: what it says then matches nothing.
TEST_F(Returned, ABounceThatIsQuickerThanItsWorkerTakesTheClaimAway) {
    const Uuid delivery = reply("ours@acme.example");
    database.sql("UPDATE deliveries SET state = 'sending', claim = gen_random_uuid(), leased_until = now()");
    come_back(delivery, hard_bounce);
    EXPECT_EQ(of_delivery("state, claim IS NULL, leased_until IS NULL", delivery), "bounced|t|t");
}

// Where a smarthost rewrote the return path.
TEST_F(Returned, WithoutTheReturnPathTheMessageIdAndTheRecipientFindIt) {
    const Uuid ann = reply("ours@acme.example"), bob = reply("other@acme.example", "bob@client.example");
    EXPECT_EQ(come(bounce("Ann@client.example", "5.1.1", gone), "support@acme.example"), 250);
    EXPECT_EQ(of_delivery("state", ann), "bounced");
    EXPECT_EQ(of_delivery("state", bob), "sent");
    EXPECT_EQ(daemon->probe.bounces, (Counts{{"hard/message_id", 1}}));
    EXPECT_EQ(database.sql("SELECT ticket_id FROM interactions WHERE kind = 'bounce'"), ticket.str());
}

TEST_F(Returned, AForgedBounceDoesNothingToDeliveries) {
    const Uuid delivery = reply("ours@acme.example");
    set_status("Resolved");
    const std::vector<std::string> forged{
        bounce("ann@client.example", "5.1.1", gone, "guessed@acme.example"),  // an id that nobody has
        bounce("eve@client.example", "5.1.1", gone),                          // was not sent to them
        bounce("ann@client.example", "5.1.1", gone, "1@client")};             // the customer's own mail
    for (const auto& raw : forged) EXPECT_EQ(come(raw, "support@acme.example"), 250);
    EXPECT_EQ(of_delivery("state", delivery), "sent");
    EXPECT_EQ(status(), "Resolved");
    EXPECT_EQ(count("address_marks"), "0");
    EXPECT_EQ(count("ticket_events"), "0");
    EXPECT_EQ(daemon->probe.bounces, Counts{});
}

TEST_F(Returned, ABounceOfWhatTheDeskWroteByItselfEndsItsDelivery) {
    const std::string first = database.sql("SELECT id FROM interactions");
    const auto now = std::chrono::system_clock::now();
    const Uuid answer = Uuid::make(now), digest = Uuid::make(now);
    database.sql(
        fmt::format("INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, "
                    "message, dedupe_key) VALUES "
                    "(1, '{0}', 'acknowledgement', {3}, '{2}', 'ann@client.example', '', 'a'), "
                    "(1, '{1}', 'held_digest', {3}, NULL, 'boss@client.example', '', 'b');"
                    "SELECT deliver_outbox(1, id, mailbox_id, recipient) FROM outbox;"
                    "UPDATE deliveries SET state = 'sent';"
                    "INSERT INTO message_refs VALUES (1, '{4}', 3, '{2}')",
                    answer.str(), digest.str(), first, support.destination.mailbox,
                    threading::id_key("answer@acme.example").str()));
    set_status("Resolved");
    EXPECT_EQ(
        come(bounce("ann@client.example", "5.1.1", gone, "answer@acme.example"), "support@acme.example"),
        250);
    EXPECT_EQ(of_delivery("state", answer), "bounced");
    EXPECT_EQ(database.sql("SELECT concat_ws('|', kind, ticket_id) FROM ticket_events"),
              "bounced|" + ticket.str());
    EXPECT_EQ(database.sql("SELECT address FROM address_marks"), "ann@client.example");
    EXPECT_EQ(status(), "Resolved") << "no agent's answer was lost";
    const std::string path = address(auth::AddressPurpose::bounce, digest);
    EXPECT_EQ(come(bounce("boss@client.example", "5.1.1", gone, "digest@acme.example"), path), 250);
    EXPECT_EQ(of_delivery("state", digest), "bounced");
    EXPECT_EQ(count("ticket_events"), "1") << "it has no ticket";
    EXPECT_EQ(count("address_marks"), "1") << "its owner is no customer";
    EXPECT_EQ(count("outbox"), "2") << "nothing is ever sent in answer";
}

// G04: absence notes come to the return path of what they answer.
TEST_F(Returned, AnAbsenceNoteIsFiledAndReopensNothing) {
    const Uuid delivery = reply("ours@acme.example");
    set_status("Resolved");
    EXPECT_EQ(
        come("From: ann@client.example\r\nSubject: Out of office: hello\r\nAuto-Submitted: auto-replied\r\n"
             "Message-ID: <away@client>\r\n\r\nI am out of the office until Monday.\r\n",
             address(auth::AddressPurpose::bounce, delivery)),
        250);
    EXPECT_EQ(
        database.sql(
            "SELECT concat_ws('|', kind, ticket_id) FROM interactions WHERE message_id = 'away@client'"),
        "out_of_office|" + ticket.str());
    EXPECT_EQ(status(), "Resolved");
    EXPECT_EQ(of_delivery("state", delivery), "sent");
    EXPECT_EQ(
        come(mail_text("9@client"), address(auth::AddressPurpose::bounce, delivery), "ann@client.example"),
        250);
    EXPECT_EQ(database.sql("SELECT ticket_id FROM interactions WHERE message_id = '9@client'"), ticket.str())
        << "a person's answer to the return path is not lost";
    EXPECT_EQ(status(), "Open");
}

TEST_F(Returned, AMarkGoesByHandOrWhenVerifiedMailComes) {
    const auto mark = [&] {
        database.sql(
            "INSERT INTO address_marks VALUES (1, 'ann@client.example', now(), '5.1.1', 'gone', NULL)");
    };
    mark();
    store::AddressMarks marks(daemon->pool);
    const auto all = wait_for(io, marks.list("acme"));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].address, "ann@client.example");
    EXPECT_EQ(all[0].workspace, "acme");
    EXPECT_TRUE(wait_for(io, marks.list("beta")).empty());
    EXPECT_EQ(wait_for(io, marks.unmark("ann@client.example", "beta")), 0);
    EXPECT_EQ(wait_for(io, marks.unmark("ann@client.example", std::nullopt)), 1);
    mark();
    std::vector<store::Query> queries;
    queries.push_back(store::unmark_addresses({{1, "bob@client.example"}, {2, "ann@client.example"}}));
    queries.push_back(store::unmark_addresses({{1, "ann@client.example"}, {1, "ann@client.example"}}));
    const auto results = wait_for(io, daemon->pool.run(std::move(queries)));
    EXPECT_EQ(results[0].affected(), 0);
    EXPECT_EQ(results[1].affected(), 1);
}

// Nobody verifies here, so whoever writes is nobody's agent.
TEST_F(Returned, WhatComesToANoticesAddressIsHeldAndItsReleaseIsAMailOfTheTicket) {
    const Uuid id = Uuid::make(std::chrono::system_clock::now());
    database.sql("INSERT INTO agents (name, address, notifies) VALUES ('Ben', 'ben@acme.example', true)");
    database.sql(
        fmt::format("INSERT INTO reply_addresses (workspace_id, id, ticket_id, agent_id) SELECT 1, '{}', "
                    "'{}', id FROM agents",
                    id.str(), ticket.str()));
    const std::string to = address(auth::AddressPurpose::reply, id);
    EXPECT_EQ(come(mail_text("5@client", "", "Ben <ben@acme.example>"), to, "ben@acme.example"), 250);
    EXPECT_EQ(daemon->probe.dispositions["held/agent_address"], 1U);
    EXPECT_EQ(count("agent_mails"), "0");
    const Uuid held = *Uuid::parse(database.sql("SELECT id FROM interactions WHERE message_id = '5@client'"));
    const auto settings = wait_for(io, daemon->settings.refreshed());
    const auto report = wait_for(io, intake::Release(daemon->pool, *settings, "ann").run(held));
    EXPECT_EQ(report.outcome, intake::ReleaseReport::Outcome::joined);
    EXPECT_EQ(report.ticket, ticket);
    EXPECT_EQ(count("agent_mails"), "0") << "nobody has verified it since";
}

TEST_F(Returned, OneBatchOfBouncesAndAnswersFindsEverything) {
    std::vector<std::pair<std::string, std::string>> mails;
    std::vector<Uuid> deliveries;
    for (int i = 0; i < 20; ++i) {
        deliveries.push_back(reply("ours" + std::to_string(i) + "@acme.example"));
        mails.emplace_back(bounce("ann@client.example", "5.1.1", gone + " " + std::to_string(i)),
                           address(auth::AddressPurpose::bounce, deliveries.back()));
    }
    Daemon second(io, database.conninfo());
    wait_for(io, second.settings.refreshed());
    std::size_t open = mails.size();
    for (std::size_t i = 0; i < mails.size(); ++i) {
        Daemon& one = i % 2 == 0 ? *daemon : second;
        boost::asio::co_spawn(
            io, one.deliver(mails[i].first, {{mail::mailbox_of(mails[i].second), support.destination}}, ""),
            [&](std::exception_ptr, smtp::Reply reply) {
                EXPECT_EQ(reply.code, 250);
                --open;
            });
    }
    io.restart();
    while (open > 0) io.run_one();
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries WHERE state = 'bounced'"), "20");
    EXPECT_EQ(count("ticket_events"), "20");
}

}  // namespace
