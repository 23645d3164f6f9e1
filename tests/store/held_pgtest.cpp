// Held mail over a database: released, by two at once and beside a copy; deleted, expired; whom the desk
// trusts.
#include "desk/held_digest.hpp"
#include "desk_fixture.hpp"
#include "intake/imported.hpp"
#include "intake/release.hpp"
#include "mail/kind.hpp"
#include "mail/read.hpp"
#include "store/audit.hpp"
#include "store/erasure.hpp"
#include "store/explain_store.hpp"
#include "store/held_store.hpp"
#include "store/kept_mail.hpp"
#include "store/trust_store.hpp"

#include <gmock/gmock.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace {

using namespace support;
using intake::ReleaseReport;
using Outcome = ReleaseReport::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

struct Held : DeskTest {
    void hold_everything() {
        database.sql(
            "INSERT INTO rules (workspace_id, place, name, conditions, actions) VALUES "
            "(1, 1, 'all', '[]', '{\"mail\": \"hold\", \"stop\": true}')");
        database.sql("UPDATE installation SET settings_version = settings_version + 1");
        wait_for(io, daemon->settings.refreshed());
    }
    void hold_no_more() {
        database.sql("DELETE FROM rules");
        database.sql("UPDATE installation SET settings_version = settings_version + 1");
        wait_for(io, daemon->settings.refreshed());
    }

    std::vector<store::HeldMail> held() {
        return wait_for(io, store::HeldStore(daemon->pool).list(std::nullopt, 100));
    }

    tickets::Uuid hold(const std::string& raw, std::vector<smtp::Recipient> to = {}) {
        hold_everything();
        take(raw, std::move(to));
        hold_no_more();
        return held().front().interaction;
    }

    ReleaseReport release(const tickets::Uuid& id) {
        return wait_for(io, intake::Release(daemon->pool, *daemon->settings.current(), "ben").run(id));
    }

    std::string dispositions() {
        return database.sql(
            "SELECT string_agg(disposition || '/' || reason, ' ' ORDER BY intake_id, mailbox_id) "
            "FROM dispositions");
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name << ": " << testing::PrintToString(check.examples);
    }
};

TEST_F(Held, ReleasedMailOpensItsTicketAndIsAnswered) {
    const auto id = hold(mail_text("a@x"), {support, sales});
    EXPECT_EQ(dispositions(), "held/rule held/rule");
    const auto before = wait_for(io, store::stored_decision(daemon->pool, id));
    const auto done = release(id);
    EXPECT_EQ(done.outcome, Outcome::opened);
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_EQ(tickets()[0].id, done.ticket);
    EXPECT_EQ(tickets()[0].subject, "about a@x");
    EXPECT_EQ(dispositions(), "ticketed/released ticketed/released");
    EXPECT_EQ(database.sql("SELECT released_by || '|' || held_row || '|' || reason FROM interactions"),
              "ben|" + before->row + "|none/none/newcomer: open");
    const auto after = wait_for(io, store::stored_decision(daemon->pool, id));
    EXPECT_EQ(after->held_row, before->row);
    EXPECT_EQ(after->released_by, "ben");
    EXPECT_TRUE(after->released_at && !before->released_at);
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "1");
    EXPECT_TRUE(held().empty());
    take(mail_text("b@x", "<a@x>"));
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_EQ(dispositions(), "ticketed/released ticketed/released ticketed/stored_id");
    expect_everything_holds();
    const auto again = release(id);
    EXPECT_EQ(again.outcome, Outcome::before);
    EXPECT_EQ(again.ticket, done.ticket);
    expect_everything_holds();
}

TEST_F(Held, ReleasedMailJoinsTheTicketThatItAnswers) {
    take(mail_text("a@x"));
    const auto id = hold(mail_text("b@x", "<a@x>"));
    EXPECT_EQ(held().size(), 1U);
    const auto done = release(id);
    EXPECT_EQ(done.outcome, Outcome::joined);
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_EQ(done.ticket, tickets()[0].id);
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions WHERE ticket_id IS NOT NULL"), "2");
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "2");
    EXPECT_EQ(release(*done.ticket).outcome, Outcome::missing);
    EXPECT_EQ(
        release(wait_for(io, store::KeptMailStore(daemon->pool).page({}, std::nullopt)).front().interaction)
            .outcome,
        Outcome::not_held);
    expect_everything_holds();
}

TEST_F(Held, WhatFailedVerificationSpeaksMarked) {
    const auto id = hold(mail_text("a@x"));
    database.sql("UPDATE interactions SET verdict = 'fail'");
    EXPECT_EQ(release(id).outcome, Outcome::opened);
    EXPECT_EQ(database.sql("SELECT marked::text || verdict || reason FROM interactions"),
              "truefailnone/none/newcomer: open");
    expect_everything_holds();
}

TEST_F(Held, AMachinesMailBecomesATicketWhenAnAgentWantsIt) {
    take(mail_text("a@x") + "X", {support});
    const std::string loop = "X-Ticketgate-Loop: " + daemon->settings.current()->installation + "\r\n";
    take(loop + mail_text("b@x", "<a@x>"));
    ASSERT_EQ(held().size(), 1U);
    EXPECT_EQ(release(held().front().interaction).outcome, Outcome::opened);  // a loop joins nothing
    EXPECT_EQ(tickets().size(), 2U);
    expect_everything_holds();
}

TEST_F(Held, TwoAgentsAtOnceReleaseOnce) {
    const auto id = hold(mail_text("a@x"));
    Daemon second(io, database.conninfo());
    const auto settings = daemon->settings.current();
    intake::Release one(daemon->pool, *settings, "ann"), two(second.pool, *settings, "ben");
    const auto both = [&]() -> boost::asio::awaitable<std::vector<Outcome>> {
        auto group = boost::asio::experimental::make_parallel_group(
            boost::asio::co_spawn(io, one.run(id), boost::asio::deferred),
            boost::asio::co_spawn(io, two.run(id), boost::asio::deferred));
        auto [order, failed, first, also_failed, other] =
            co_await group.async_wait(boost::asio::experimental::wait_for_all(), boost::asio::use_awaitable);
        for (const auto& error : {failed, also_failed})
            if (error) std::rethrow_exception(error);
        co_return std::vector{first.outcome, other.outcome};
    };
    EXPECT_THAT(wait_for(io, both()), testing::UnorderedElementsAre(Outcome::opened, Outcome::before));
    EXPECT_EQ(tickets().size(), 1U);
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "1");
    expect_everything_holds();
}

TEST_F(Held, WhatCameAgainMeanwhileMakesItADuplicate) {
    const auto id = hold(mail_text("a@x"));
    take(mail_text("a@x"));
    ASSERT_EQ(tickets().size(), 1U);
    const auto done = release(id);
    EXPECT_EQ(done.outcome, Outcome::duplicate);
    EXPECT_EQ(done.ticket, tickets()[0].id);
    EXPECT_EQ(dispositions(), "duplicate/same_mail ticketed/new_ticket");
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "1");
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "1");
    EXPECT_EQ(release(id).outcome, Outcome::missing);
    expect_everything_holds();
}

TEST_F(Held, DamagedMailStays) {
    const auto id = hold(mail_text("a@x"));
    database.sql("UPDATE interactions SET raw_digest = decode('00', 'hex')");
    EXPECT_EQ(release(id).outcome, Outcome::damaged);
    EXPECT_EQ(held().size(), 1U);
}

TEST_F(Held, ReleasedInALaterMonthIsCountedThere) {
    const auto id = hold(mail_text("a@x"));
    database.sql("UPDATE dispositions SET decided_at = decided_at - interval '40 days'");
    release(id);
    EXPECT_EQ(database.sql("SELECT month = date_trunc('month', now() AT TIME ZONE 'UTC')::date FROM usage"),
              "t");
    expect_everything_holds();
}

TEST_F(Held, DeletedMailIsDiscarded) {
    const auto id = hold(mail_text("a@x"), {support, sales});
    take(mail_text("b@x"));
    const auto in_ticket = database.sql("SELECT id FROM interactions WHERE ticket_id IS NOT NULL");
    store::HeldStore store(daemon->pool);
    EXPECT_EQ(wait_for(io, store.discard(1, {id, *tickets::Uuid::parse(in_ticket)}, "deleted")), 1);
    EXPECT_EQ(wait_for(io, store.discard(1, {id}, "deleted")), 0);
    EXPECT_EQ(dispositions(), "discarded/deleted discarded/deleted ticketed/new_ticket");
    EXPECT_EQ(database.sql("SELECT count(DISTINCT interaction_id) FROM raw_chunks"), "1");
    EXPECT_EQ(database.sql("SELECT count(DISTINCT interaction_id) FROM message_refs"), "1");
    EXPECT_EQ(release(id).outcome, Outcome::missing);
    expect_everything_holds();
}

TEST_F(Held, ExpiresWhenItsWorkspaceKeepsItNoLonger) {
    hold(mail_text("a@x"));
    hold(mail_text("b@x"));
    store::HeldStore store(daemon->pool);
    EXPECT_EQ(wait_for(io, store.expire()), 0);
    database.sql(
        "UPDATE dispositions SET decided_at = now() - interval '29 days 23 hours' "
        "WHERE interaction_id = (SELECT min(id::text)::uuid FROM interactions)");
    EXPECT_EQ(wait_for(io, store.expire()), 0);
    const auto standing = wait_for(io, store.standing());
    EXPECT_EQ(standing.by_reason, (std::map<std::string, std::int64_t>{{"rule", 2}}));
    EXPECT_GE(standing.oldest, std::chrono::hours(29 * 24 + 23));
    database.sql("UPDATE workspaces SET held_days = 29");
    EXPECT_EQ(wait_for(io, store.expire()), 1);
    EXPECT_EQ(held().size(), 1U);
    EXPECT_EQ(dispositions(), "discarded/expired held/rule");
    expect_everything_holds();
}

TEST_F(Held, WhoIsTrustedIsKnownToTheSettings) {
    store::TrustStore store(daemon->pool);
    const policy::TrustedSender ann{"ann@client.example", "dkim", "list.example"};
    EXPECT_TRUE(wait_for(io, store.add(1, ann, "ben")));
    EXPECT_FALSE(wait_for(io, store.add(1, ann, "eve")));
    EXPECT_TRUE(wait_for(io, store.add(2, {"@client.example", "spf", "client.example"}, "ben")));
    const auto settings = wait_for(io, daemon->settings.refreshed());
    EXPECT_THAT(settings->trusted.at(1), ElementsAre(ann));
    EXPECT_EQ(settings->trusted.at(2).size(), 1U);
    const auto list = wait_for(io, store.list("acme"));
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].created_by, "ben");
    EXPECT_EQ(wait_for(io, store.list(std::nullopt)).size(), 2U);
    wait_for(io, store::Erasure(daemon->pool, "ann@client.example", false)
                     .run({1}, [](std::int64_t, std::int64_t) {}));
    EXPECT_TRUE(wait_for(io, store.list("acme")).empty());
    const auto other = wait_for(io, store.list("beta")).front().id;
    EXPECT_TRUE(wait_for(io, store.remove(other)));
    EXPECT_FALSE(wait_for(io, store.remove(other)));
    EXPECT_TRUE(wait_for(io, daemon->settings.refreshed())->trusted.empty());
}

TEST_F(Held, TheOwnerHearsOnceADay) {
    store::SettingsStore settings(daemon->pool);
    store::Outbox outbox(daemon->pool);
    const auto set = [&](const std::string& owner) {
        return wait_for(io, settings.set_mailbox({"support", "acme.example"}, {{}, {}, {}, owner}));
    };
    EXPECT_FALSE(set("sales@acme.example"));  // would be held itself, and told of
    EXPECT_TRUE(set("boss@client.example"));
    EXPECT_TRUE(wait_for(io, outbox.digests_due()).empty());
    hold(mail_text("a@x"), {support, sales});
    const auto due = wait_for(io, outbox.digests_due());
    ASSERT_EQ(due.size(), 1U);  // sales has no owner
    EXPECT_EQ(due[0].count, 1);
    EXPECT_THAT(due[0].reasons, ElementsAre("rule"));
    const std::string& installation = daemon->settings.current()->installation;
    const auto mail = desk::held_digest(due[0], installation, std::chrono::system_clock::now());
    EXPECT_TRUE(wait_for(io, outbox.queue(mail)));
    EXPECT_FALSE(wait_for(io, outbox.queue(mail)));
    EXPECT_TRUE(wait_for(io, outbox.digests_due()).empty());
    EXPECT_EQ(database.sql("SELECT kind || ' ' || d.recipient || ' ' || destination || ' ' || email_sender "
                           "|| ' ' || state FROM outbox o JOIN deliveries d ON d.outbox_id = o.id"),
              "held_digest boss@client.example client.example support@acme.example queued");
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries WHERE next_attempt <= now()"), "1");
    const auto read = mail::read_message(mail.message);
    EXPECT_EQ(read.header.subject, "1 mail waits at support@acme.example");
    EXPECT_THAT(read.text, HasSubstr("Held because of: rule"));
    EXPECT_TRUE(mail::is_own_message_id(*read.header.message_id, installation));
    database.sql("UPDATE outbox SET dedupe_key = dedupe_key || ' of yesterday'");
    EXPECT_EQ(wait_for(io, outbox.digests_due()).size(), 1U);
    EXPECT_TRUE(set(""));
    EXPECT_TRUE(wait_for(io, outbox.digests_due()).empty());
    // A mailbox that nothing is left of takes its queued mail along.
    database.sql("DELETE FROM dispositions WHERE mailbox_id = 1");
    EXPECT_TRUE(wait_for(io, settings.remove_mailbox({"support", "acme.example"})));
    EXPECT_EQ(database.sql("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM deliveries)"), "0");
}

TEST_F(Held, AWorkspaceSaysHowLongItKeepsIt) {
    store::SettingsStore settings(daemon->pool);
    EXPECT_TRUE(wait_for(io, settings.set_workspace("acme", 14)));
    EXPECT_FALSE(wait_for(io, settings.set_workspace("gamma", 14)));
    EXPECT_EQ(wait_for(io, settings.workspaces())[0].held_days, 14);
    EXPECT_EQ(wait_for(io, settings.workspaces())[1].held_days, 30);
}

}  // namespace
