// The queue over a database, with played servers.
#include "queue_fixture.hpp"

namespace {

using namespace test;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

using Queue = QueueTest;

TEST_F(Queue, SendsWhatIsDueAndWritesWhatTheServerSaid) {
    start();
    reply({"ann@one.example", "ben@two.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "2");
    EXPECT_THAT(world.recipients(), UnorderedElementsAre("ann@one.example", "ben@two.example"));
    EXPECT_THAT(world.delivered[0].content, StartsWith("From: support@acme.example\r\n"));
    EXPECT_EQ(
        database.sql(
            "SELECT string_agg(concat_ws('|', attempt, result, phase, server, code, status, reply), ' ')"
            " FROM delivery_attempts WHERE server = 'mx.one.example'"),
        "1|sent|final_dot|mx.one.example|250|2.0.0|taken");
    EXPECT_EQ(
        database.sql("SELECT bool_and(claim IS NULL AND leased_until IS NULL AND finished_at IS NOT NULL)"
                     " FROM deliveries"),
        "t");
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_events"), "0");
    EXPECT_EQ(database.sql("SELECT status FROM tickets WHERE workspace_id = 1"), "Resolved");
}

TEST_F(Queue, IsWokenByNotify) {
    options.poll = 1h;
    start();
    run_until([&] {
        return database.sql(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE"
                   " 'LISTEN ticketgate_deliveries%'") != "0";
    });
    reply({"ann@one.example"});
    database.sql("SELECT pg_notify('ticketgate_deliveries', '')");
    run_until_sql("SELECT state FROM deliveries", "sent");
}

TEST_F(Queue, WhatFailsOpensItsTicketAgainAndMarksTheAddress) {
    world.answers["ann@one.example"] = {
        answer(smtp::Fate::failed, 550, "5.1.1", "no such user", smtp::Phase::rcpt)};
    start();
    reply({"ann@one.example", "ben@one.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state IN ('sent', 'failed')", "2");
    EXPECT_EQ(state("ann@one.example"), "failed");
    EXPECT_EQ(database.sql("SELECT kind || ' ' || text FROM ticket_events"),
              "failed ann@one.example: 550 5.1.1 no such user");
    EXPECT_EQ(database.sql("SELECT status FROM tickets WHERE workspace_id = 1"), "Open");
    EXPECT_EQ(database.sql("SELECT address || ' ' || status FROM address_marks"), "ann@one.example 5.1.1");
}

TEST_F(Queue, WhatIsDeferredWaitsAndIsTriedAgain) {
    options.lanes.schedule = {.waits = {300ms}, .jitter = 0};
    world.answers["ann@one.example"] = {
        answer(smtp::Fate::deferred, 451, "4.7.1", "greylisted", smtp::Phase::rcpt),
        answer(smtp::Fate::deferred, 452, "4.2.2", "full", smtp::Phase::rcpt)};
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state FROM deliveries", "sent");
    EXPECT_EQ(database.sql("SELECT string_agg(concat_ws(' ', attempt, result, code), ', ' ORDER BY attempt)"
                           " FROM delivery_attempts"),
              "1 deferred 451, 2 deferred 452, 3 sent 250");
    EXPECT_EQ(
        database.sql(
            "SELECT count(*) FROM delivery_attempts a JOIN delivery_attempts b ON b.attempt = a.attempt + 1"
            " WHERE b.ended_at - a.ended_at > interval '250 ms'"),
        "2");
}

TEST_F(Queue, GivesUpWhenItsTimeIsOver) {
    options.lanes.schedule = {.waits = {100ms}, .jitter = 0};
    options.terms.lifetime = 2s;
    world.dead.insert("one.example");
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state FROM deliveries", "failed");
    EXPECT_EQ(database.sql("SELECT status || ' ' || reply FROM deliveries"),
              "4.4.7 Given up. connection refused");
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_events WHERE kind = 'failed'"), "1");
}

TEST_F(Queue, UncertainIsShownAndTriedAgainThreeTimesInAll) {
    options.lanes.schedule.uncertain = 100ms;
    for (int i = 0; i < 10; ++i)
        world.answers["ann@one.example"].push_back(
            answer(smtp::Fate::uncertain, 0, "4.4.2", "the server closed the connection"));
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT next_attempt FROM deliveries", "infinity");
    EXPECT_EQ(state("ann@one.example"), "uncertain");
    EXPECT_EQ(database.sql("SELECT count(*) FROM delivery_attempts WHERE result = 'uncertain'"), "3");
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_events WHERE kind = 'uncertain'"), "3");
    EXPECT_EQ(database.sql("SELECT status FROM tickets WHERE workspace_id = 1"), "Resolved");
}

TEST_F(Queue, UncertainWaitsForAHandWhereThatIsWanted) {
    options.terms.uncertain_by_hand = true;
    options.lanes.schedule.uncertain = 0ms;
    world.answers["ann@one.example"] = {
        answer(smtp::Fate::uncertain, 0, "4.4.2", "the server closed the connection")};
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state || ' ' || next_attempt FROM deliveries", "uncertain infinity");
}

TEST_F(Queue, ADeadDestinationHoldsUpNobodyAndIsAskedOnce) {
    world.stall.insert("dead.example");
    start();
    std::vector<std::string> alive;
    for (int i = 0; i < 30; ++i) {
        reply({"x" + std::to_string(i) + "@dead.example"});
        alive.push_back("ann@alive" + std::to_string(i % 10) + ".example");
        reply({alive.back()});
    }
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "30");
    EXPECT_EQ(world.dials["dead.example"], 1);
    EXPECT_LE(std::stoi(database.sql("SELECT count(*) FROM deliveries WHERE state = 'sending'")), 8);
}

TEST_F(Queue, WhatIsMeantForADestinationThatIsDownIsPutOffAtOnce) {
    world.dead.insert("dead.example");
    start();
    for (int i = 0; i < 40; ++i) reply({"x" + std::to_string(i) + "@dead.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'deferred'", "40");
    EXPECT_EQ(world.dials["dead.example"], 1);
    EXPECT_EQ(database.sql("SELECT count(DISTINCT reply) || ' ' || max(reply) FROM deliveries"),
              "1 connection refused");
    database.sql(
        "UPDATE deliveries SET next_attempt = now(), by_hand = true WHERE recipient = 'x3@dead.example'");
    database.sql("SELECT pg_notify('ticketgate_deliveries', '')");
    world.dead.clear();
    run_until_sql("SELECT string_agg(recipient, ' ') FROM deliveries WHERE state = 'sent'",
                  "x3@dead.example");
}

TEST_F(Queue, KeepsToTheConnectionsOfALaneAndUsesThemAgain) {
    router.limits = {.connections = 3, .messages_per_connection = 10, .rate_per_minute = 0};
    start();
    for (int i = 0; i < 100; ++i) reply({"x" + std::to_string(i) + "@one.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "100");
    EXPECT_LE(world.most_standing["one.example"], 3);
    EXPECT_GE(world.dials["one.example"], 10);
    EXPECT_LE(world.dials["one.example"], 60);
}

TEST_F(Queue, AConnectionThatEndedMeanwhileIsNoAttempt) {
    world.stale = 3;
    router.limits.connections = 1;
    start();
    for (int i = 0; i < 10; ++i) reply({"x" + std::to_string(i) + "@one.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "10");
    EXPECT_EQ(database.sql("SELECT max(attempts) FROM deliveries"), "1");
    EXPECT_THAT(world.delivered, SizeIs(10));
}

TEST_F(Queue, TlsThatNobodyAskedForFallsBackToPlainText) {
    world.no_tls.insert("one.example");
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state FROM deliveries", "sent");
    EXPECT_EQ(world.plain_text["one.example"], 1);
    EXPECT_EQ(database.sql("SELECT tls_policy FROM delivery_attempts"), "plain");
}

TEST_F(Queue, TlsThatIsWantedNeverDoes) {
    world.no_tls.insert("one.example");
    router.tls = smtp::TlsUse::dane;
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state FROM deliveries", "deferred");
    EXPECT_EQ(world.plain_text["one.example"], 0);
}

TEST_F(Queue, NoRouteIsNoMail) {
    router.refused["null.example"] = {
        .permanent = true, .code = 556, .status = "5.1.10", .words = "takes no mail"};
    router.refused["dns.example"] = {.code = 451, .status = "4.4.3", .words = "no answer from DNS"};
    start();
    reply({"ann@null.example", "ann@dns.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state IN ('failed', 'deferred')", "2");
    EXPECT_EQ(state("ann@null.example"), "failed");
    EXPECT_EQ(database.sql("SELECT string_agg(concat_ws(' ', phase, code, status, reply), ', ' ORDER BY code)"
                           " FROM delivery_attempts"),
              "resolve 451 4.4.3 no answer from DNS, resolve 556 5.1.10 takes no mail");
    EXPECT_EQ(database.sql("SELECT address FROM address_marks"), "ann@null.example");
}

TEST_F(Queue, TheDesksOwnMailComesFromNobody) {
    start();
    database.sql(
        "INSERT INTO outbox (workspace_id, id, kind, mailbox_id, recipient, message, dedupe_key) VALUES"
        " (1, gen_random_uuid(), 'held_digest', 1, 'owner@one.example', 'Subject: x\r\n\r\nbody\r\n', 'k');"
        "SELECT deliver_outbox(1, id, 1, recipient) FROM outbox");
    reply({"ann@one.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "2");
    ASSERT_THAT(world.delivered, SizeIs(2));
    const auto& own = world.delivered[world.delivered[0].recipient == "owner@one.example" ? 0 : 1];
    EXPECT_EQ(own.reverse_path, "");
    EXPECT_EQ(own.content, "Subject: x\r\n\r\nbody\r\n");
}

TEST_F(Queue, DamagedMailIsNotSent) {
    start();
    const auto id = reply({});
    database.sql("UPDATE interactions SET raw_digest = '\\x00'");
    database.sql(
        "INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination,"
        " email_sender) VALUES (1, gen_random_uuid(), '" +
        id +
        "', 'a@one.example', 'a@one.example',"
        " 'one.example', 'support@acme.example')");
    run_until_sql("SELECT state FROM deliveries", "failed");
    EXPECT_THAT(world.delivered, IsEmpty());
    EXPECT_THAT(database.sql("SELECT reply FROM deliveries"), HasSubstr("not what was written"));
}

TEST_F(Queue, SeveralWorkersSendEachMailOnce) {
    options.poll = 50ms;
    for (int i = 0; i < 3; ++i) start();
    for (int i = 0; i < 90; ++i)
        reply({"x" + std::to_string(i) + "@d" + std::to_string(i % 7) + ".example"}, 1 + i % 2);
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "90");
    auto recipients = world.recipients();
    std::ranges::sort(recipients);
    EXPECT_THAT(recipients, SizeIs(90));
    EXPECT_EQ(std::ranges::adjacent_find(recipients), recipients.end());
    EXPECT_EQ(database.sql("SELECT max(attempts) FROM deliveries"), "1");
}

TEST_F(Queue, StoppedItGivesBackWhatItHasNotBegun) {
    world.stall.insert("stall.example");
    auto& queue = start();
    for (int i = 0; i < 5; ++i) reply({"x" + std::to_string(i) + "@stall.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sending'", "5");
    support::wait_for(io, queue.stop(0s));
    queues.clear();
    EXPECT_EQ(
        database.sql("SELECT count(*) FROM deliveries WHERE claim IS NOT NULL OR leased_until IS NOT NULL"),
        "0");
    EXPECT_EQ(database.sql("SELECT string_agg(DISTINCT state::text || attempts, ' ') FROM deliveries"),
              "queued0");
}

TEST_F(Queue, StoppedItAwaitsNoRoute) {
    world.routing.insert("slow.example");
    auto& queue = start();
    reply({"ann@slow.example"});
    run_until_sql("SELECT state FROM deliveries", "sending");
    const auto began = std::chrono::steady_clock::now();
    support::wait_for(io, queue.stop(30s));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
    queues.clear();
    EXPECT_EQ(world.dials["slow.example"], 0);
    EXPECT_EQ(database.sql("SELECT state::text || attempts FROM deliveries"), "queued0");
}

TEST_F(Queue, ALeaseIsRenewedForAsLongAsItTakes) {
    options.terms.lease = 600ms;
    world.stall.insert("stall.example");
    start();
    start();
    reply({"ann@stall.example"});
    run_until_sql("SELECT state FROM deliveries", "sending");
    const auto until = std::chrono::steady_clock::now() + 2s;
    run_until([&] { return std::chrono::steady_clock::now() > until; });
    EXPECT_EQ(probe.reclaimed_count, 0U);
    EXPECT_EQ(database.sql("SELECT state::text || attempts FROM deliveries"), "sending1");
}

// Where the clock of the database jumped, another puts it back while our own says that the lease holds.
TEST_F(Queue, WhatWasTakenFromItIsNotSent) {
    options.terms.lease = 900ms;
    router.limits.connections = 1;
    world.routing.insert("slow.example");
    start();
    reply({"ann@slow.example"});
    run_until_sql("SELECT state FROM deliveries", "sending");
    database.sql("UPDATE deliveries SET state = 'held', claim = NULL, leased_until = NULL");
    const auto renewals = std::chrono::steady_clock::now() + 700ms;
    run_until([&] { return std::chrono::steady_clock::now() > renewals; });
    world.go_on();
    run_until([&] { return probe.lost_count == 1; });
    EXPECT_THAT(world.delivered, IsEmpty());
    EXPECT_EQ(state("ann@slow.example"), "held");
}

TEST_F(Queue, ADatabaseThatGoesAwayLosesNothing) {
    options.database.timeout = 5s;
    int rounds = 0;
    world.on_delivery = [&](const std::string&) {
        if (++rounds % 20 == 10) database.end_backends();
    };
    start();
    for (int i = 0; i < 60; ++i) reply({"x" + std::to_string(i) + "@d" + std::to_string(i % 3) + ".example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "60");
    EXPECT_THAT(world.delivered, SizeIs(60));
    EXPECT_FALSE(probe.failures.empty());
}

}  // namespace
