// The writers against a real server: duplicates, groups, failures, and many at once.
#include "desk_fixture.hpp"

#include <gmock/gmock.h>

#include <random>
#include <set>

namespace {

using namespace support;

struct Intake : DeskTest {
    // Delivers all of them at once over several daemons' writers; the replies in order.
    std::vector<int> deliver_together(const std::vector<std::string>& mails,
                                      const std::vector<Daemon*>& daemons) {
        std::vector<int> codes(mails.size());
        std::size_t open = mails.size();
        for (std::size_t i = 0; i < mails.size(); ++i)
            boost::asio::co_spawn(
                io, daemons[i % daemons.size()]->deliver(mails[i], {support}, "ann@client.example"),
                [&codes, &open, i](std::exception_ptr, smtp::Reply reply) {
                    codes[i] = reply.code;
                    --open;
                });
        io.restart();
        while (open > 0) io.run_one();
        return codes;
    }
};

TEST_F(Intake, TheSameMailTwiceIsStoredOnce) {
    EXPECT_EQ(send(mail_text("1@c")).code, 250);
    EXPECT_EQ(send(mail_text("1@c")).code, 250);
    EXPECT_EQ(tickets().at(0).interactions.size(), 1U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions WHERE disposition = 'duplicate'"), "1");
    EXPECT_EQ(daemon->probe.dispositions["duplicate/same_mail"], 1U);
}

TEST_F(Intake, TheSameIdWithAnotherBodyIsAnotherMail) {
    take(mail_text("1@c"));
    take(mail_text("1@c") + "more\r\n");
    ASSERT_EQ(tickets().size(), 2U);
    EXPECT_EQ(tickets()[0].interactions[0].thread, tickets()[1].interactions[0].thread);
}

TEST_F(Intake, ToTwoMailboxesAtOnceOrApartItIsOneTicket) {
    EXPECT_EQ(send(mail_text("1@c"), {support, sales}).code, 250);
    EXPECT_EQ(send(mail_text("2@c")).code, 250);
    EXPECT_EQ(send(mail_text("2@c"), {sales}).code, 250);
    EXPECT_EQ(tickets().size(), 2U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions WHERE disposition = 'ticketed'"), "4");
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions WHERE cardinality(mailbox_ids) = 2"), "2");
}

TEST_F(Intake, WorkspacesShareNothing) {
    take(mail_text("1@c"));
    take(mail_text("1@c"), {other});
    take(mail_text("2@c", "<1@c>"), {other});
    const auto all = tickets();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].interactions.size(), 1U);
    EXPECT_EQ(all[1].interactions.size(), 2U);
}

TEST_F(Intake, AThousandReferencesAreBoundedAndAccepted) {
    std::string references;
    for (int i = 0; i < 10'000; ++i) references += "<" + std::to_string(i) + "@c>\r\n ";
    EXPECT_EQ(send(mail_text("x@c", references)).code, 250);
    EXPECT_LE(std::stoi(database.sql("SELECT count(*) FROM message_refs")), 101);
}

TEST_F(Intake, AnIdThatAllMailsNameCostsNoMoreThanAnother) {
    take(mail_text("1@c", "<root@c>"));
    database.sql(
        "INSERT INTO message_refs SELECT 1, gen_random_uuid(), 2, gen_random_uuid() FROM generate_series(1, "
        "100000);"
        "INSERT INTO message_refs SELECT 1, r.id_key, 0, gen_random_uuid() FROM message_refs r, "
        "generate_series(1, 50000) WHERE r.role = 0");
    // The counters of a backend are there for others once it has ended.
    const auto entries_read = [&] {
        database.sql(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = "
            "'ticketgate'");
        return std::stoll(database.sql(
            "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'message_refs_pkey'"));
    };
    const auto before = entries_read();
    take(mail_text("2@c", "<root@c>"));
    EXPECT_LT(entries_read() - before, 1000);
}

TEST_F(Intake, AMailWhoseDataTheDatabaseRefusesIsStoredBareAndItsNeighboursWhole) {
    database.sql("ALTER TABLE interactions ADD CHECK (subject NOT LIKE '%poison%')");
    std::vector<std::string> mails;
    for (int i = 0; i < 8; ++i) mails.push_back(mail_text((i == 3 ? "poison" : "fine") + std::to_string(i)));
    for (const int code : deliver_together(mails, {daemon.get()})) EXPECT_EQ(code, 250);
    EXPECT_EQ(tickets().size(), 8U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets WHERE subject = '(unreadable)'"), "1");
    const auto poison = database.sql("SELECT id FROM interactions WHERE subject = '(unreadable)'");
    EXPECT_EQ(wait_for(io, store::DeskStore(daemon->pool).raw(1, *tickets::Uuid::parse(poison))), mails[3]);
}

TEST_F(Intake, WhatCanNotBeStoredAtAllIs451AndNothingIsThere) {
    database.sql("ALTER TABLE interactions ADD CHECK (raw_size < 0)");
    const auto reply = send(mail_text("1@c"));
    EXPECT_EQ(reply.code, 451);
    EXPECT_EQ(reply.enhanced, "4.3.0");
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets"), "0");
    EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions"), "0");
}

// A standby before its promotion, a lock that an operator's lock_timeout ended: the mail is not to blame.
TEST_F(Intake, AStateOfTheServerCostsNoMailItsReading) {
    for (const std::string state : {"25006", "42501", "55P03", "58030"}) {
        database.sql("CREATE SEQUENCE tries_" + state +
                     "; CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                     "IF nextval('tries_" +
                     state + "') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '" + state +
                     "'; END IF; RETURN NEW; END $$; CREATE OR REPLACE TRIGGER fail_once BEFORE INSERT ON "
                     "interactions FOR EACH ROW EXECUTE FUNCTION fail_once()");
        EXPECT_EQ(send(mail_text(state + "@c")).code, 451) << state;
        EXPECT_EQ(send(mail_text(state + "@c")).code, 250) << state;
    }
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets WHERE subject LIKE 'about %'"), "4")
        << "none is bare";
}

TEST_F(Intake, AConnectionThatDiedSinceTheLastMailIsReplacedAndNobodyNotices) {
    take(mail_text("0@c"));
    for (int i = 1; i <= 6; ++i) {
        database.end_backends();
        take(mail_text(std::to_string(i) + "@c"));
    }
    EXPECT_THAT(daemon->probe.failures, testing::Each("connection"));
    EXPECT_GE(daemon->probe.failures.size(), 5U) << "of two writers one may not have been asked before";
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "7");
}

// COMMIT reaches the server, its answer does not reach us: the row tells, and nothing is said on a guess.
TEST_F(Intake, ACommitWithoutAnAnswerIsLookedUp) {
    database.sql(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON dispositions DEFERRABLE INITIALLY DEFERRED FOR EACH "
        "ROW EXECUTE FUNCTION die()");
    EXPECT_EQ(send(mail_text("1@c")).code, 451) << "it died before it had committed";
    EXPECT_EQ(daemon->probe.looked_up, 1U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "0");
    database.sql("DROP TRIGGER die ON dispositions");
    EXPECT_EQ(send(mail_text("1@c")).code, 250);
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "1");
}

TEST_F(Intake, ADatabaseThatIsAwayIs451AndComesBackByItself) {
    Daemon impatient(io, database.conninfo(), 1s);
    wait_for(io, impatient.settings.refreshed());
    const std::string name = database.sql("SELECT current_database()");
    Database elsewhere;  // to act on the first from outside
    elsewhere.sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
    elsewhere.sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '" +
                  name + "'");
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(wait_for(io, impatient.deliver(mail_text("1@c"), {support}, "ann@client.example")).code, 451);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
    elsewhere.sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    EXPECT_EQ(wait_for(io, impatient.deliver(mail_text("1@c"), {support}, "ann@client.example")).code, 250);
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "1");
}

// Replies, cross-references and repeats from everywhere into two daemons: no deadlock, every mail once.
TEST_F(Intake, ManyAtOnceOverTwoDaemonsKeepEveryMailOnceAndThreadsWhole) {
    Daemon second(io, database.conninfo());
    wait_for(io, second.settings.refreshed());
    std::mt19937 random(11);
    std::vector<std::string> mails;
    for (int n = 0; n < 400; ++n) {
        std::string references;
        for (unsigned i = random() % 4; i > 0; --i)
            references += "<" + std::to_string(random() % 300) + "@c> ";
        const std::string from = "p" + std::to_string(random() % 5) + "@client.example";
        mails.push_back(mail_text(std::to_string(n) + "@c", references, from));
        if (n % 10 == 0) mails.push_back(mails.back());
    }
    std::map<int, std::set<std::set<std::string>>> partitions;
    for (int order = 0; order < 2; ++order) {
        std::ranges::shuffle(mails, random);
        for (const int code : deliver_together(mails, {daemon.get(), &second})) EXPECT_EQ(code, 250);
        std::map<tickets::Uuid, std::set<std::string>> threads;
        std::size_t interactions = 0;
        for (const auto& ticket : tickets())
            for (const auto& interaction : ticket.interactions) {
                threads[interaction.thread].insert(*interaction.message_id);
                ++interactions;
            }
        EXPECT_EQ(interactions, 400U);
        for (auto& entry : threads) partitions[order].insert(std::move(entry.second));
        EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions"), std::to_string(mails.size()));
        EXPECT_EQ(database.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"),
                  "0");
        EXPECT_EQ(
            database.sql("SELECT count(*) FROM thread_merges m JOIN thread_merges r ON r.thread = m.root"),
            "0")
            << "a root is nobody's child";
        database.sql(
            "TRUNCATE dispositions, message_refs, raw_chunks, interactions, ticket_links, tickets, "
            "thread_merges, usage CASCADE");
    }
    EXPECT_EQ(partitions[0], partitions[1]);
    for (const auto& failure : daemon->probe.failures) EXPECT_EQ(failure, "serialization");
}

}  // namespace
