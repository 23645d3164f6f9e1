// What goes for good, and what stays: old tickets and persons, alone and beside the writers.
#include "desk/replies.hpp"
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "store/audit.hpp"
#include "store/erasure.hpp"
#include "store/purge.hpp"

#include <gmock/gmock.h>

#include <sstream>
#include <tuple>

namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto from_bob = "Bob <bob@client.example>";

struct RemovalTest : DeskTest {
    std::string sql(const std::string& text) { return database.sql(text); }

    void age(const std::string& message_id) {
        sql("UPDATE interactions SET received = received - interval '100 days' WHERE message_id = '" +
            message_id + "'");
    }

    // Held, as mail that failed verification will be.
    void hold(const std::string& message_id) {
        const std::string mail = "(SELECT id FROM interactions WHERE message_id = '" + message_id + "')";
        const std::string ticket =
            sql("SELECT ticket_id FROM interactions WHERE message_id = '" + message_id + "'");
        sql("UPDATE dispositions SET disposition = 'held' WHERE interaction_id = " + mail +
            "; UPDATE interactions SET ticket_id = NULL WHERE message_id = '" + message_id +
            "'; DELETE FROM tickets WHERE id = '" + ticket +
            "'; UPDATE usage SET interactions = interactions - 1 "
            "WHERE ctid = (SELECT min(ctid) FROM usage WHERE workspace_id = 1)");
    }

    std::string count(const std::string& table) { return sql("SELECT count(*) FROM " + table); }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0)
                << check.name << ": " << (check.examples.empty() ? "" : check.examples.front());
    }

    // Until somebody on `io` waits for a row.
    void wait_for_a_lock() {
        io.restart();
        while (sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                   "wait_event_type = 'Lock'") == "0")
            io.run_one_for(10ms);
    }

    store::Timestamp days_ago(int days) { return std::chrono::system_clock::now() - std::chrono::days(days); }
};

struct Purge : RemovalTest {
    store::PurgeCounts purge() {
        return wait_for(io, store::Purge(daemon->pool, days_ago(90)).run({1, 2}, [](const auto&) {}));
    }
};

TEST_F(Purge, OnADeskWithoutOldMailNothingGoes) {
    take(mail_text("1@c"));
    const auto counts = purge();
    EXPECT_EQ(counts.tickets + counts.mails + counts.held + counts.bytes + counts.persons, 0);
    EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(Purge, AnOldTicketGoesWithAllThatIsKnownOfIt) {
    take(mail_text("1@c"), {support, sales, other});
    take(mail_text("1@c"));  // a duplicate of it
    take(mail_text("2@c"), {support});
    take(mail_text("2@c"), {sales});        // the same mail to a second mailbox
    take(mail_text("3@c", "<1@c> <2@c>"));  // makes one ticket and one thread of two
    take(mail_text("4@c", "", from_bob));
    desk::TicketActions desk(daemon->pool);
    ASSERT_TRUE(wait_for(io, desk.tag({tickets().at(0).short_id, {}}, {"x"}, {})));
    sql("INSERT INTO ticket_fields SELECT workspace_id, id, 'Order', '7' FROM tickets ORDER BY id LIMIT 1");
    // An answer to each of them waits to be sent.
    sql("INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, message, "
        "dedupe_key) "
        "SELECT workspace_id, id, 'acknowledgement', mailbox_ids[1], id, 'ann@client.example', '', id FROM "
        "interactions; "
        "SELECT deliver_outbox(workspace_id, id, mailbox_id, recipient) FROM outbox");
    const std::string usage = sql("SELECT sum(interactions) FROM usage");
    for (const char* old : {"1@c", "2@c", "3@c"}) age(old);
    expect_everything_holds();

    const auto expected = wait_for(io, store::Purge(daemon->pool, days_ago(90)).count({1, 2}));
    EXPECT_EQ(tickets().size(), 3U) << "counting removes nothing";
    const auto counts = purge();
    EXPECT_EQ(counts.tickets, 2);
    EXPECT_EQ(counts.mails, 4);
    EXPECT_EQ(counts.persons, 2) << "Ann, in both workspaces";
    EXPECT_EQ(std::tie(expected.tickets, expected.mails, expected.bytes),
              std::tie(counts.tickets, counts.mails, counts.bytes));
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_EQ(tickets()[0].subject, "about 4@c");
    for (const char* table : {"tickets", "interactions", "raw_chunks", "message_refs", "dispositions",
                              "persons", "outbox", "deliveries"})
        EXPECT_EQ(count(table), "1") << table;
    for (const char* table : {"ticket_links", "ticket_tags", "ticket_fields", "thread_merges"})
        EXPECT_EQ(count(table), "0") << table;
    EXPECT_EQ(sql("SELECT sum(interactions) FROM usage"), usage);
    EXPECT_EQ(sql("SELECT sum(interactions) FROM usage_removed"), "4");
    expect_everything_holds();
    take(mail_text("1@c"));
    EXPECT_EQ(tickets().size(), 2U) << "what comes again is new";
    expect_everything_holds();
}

TEST_F(Purge, ATicketWithAYoungMailStays) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "<1@c>"));
    age("1@c");
    EXPECT_EQ(purge().mails, 0);
    age("2@c");
    EXPECT_EQ(purge().mails, 2);
    expect_everything_holds();
}

TEST_F(Purge, OnlyTheWorkspaceThatIsNamed) {
    take(mail_text("1@c"), {support, other});
    age("1@c");
    const auto counts = wait_for(io, store::Purge(daemon->pool, days_ago(90)).run({2}, [](const auto&) {}));
    EXPECT_EQ(counts.tickets, 1);
    EXPECT_EQ(tickets().at(0).workspace, "acme");
}

TEST_F(Purge, HeldMailGoesWhenItIsOldItself) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "", from_bob));
    hold("1@c");
    hold("2@c");
    age("1@c");
    expect_everything_holds();
    const auto counts = purge();
    EXPECT_EQ(counts.tickets + counts.mails, 0);
    EXPECT_EQ(counts.held, 1);
    EXPECT_EQ(sql("SELECT message_id FROM interactions"), "2@c");
    expect_everything_holds();
}

TEST_F(Purge, PersonsAndThreadsOfMailThatStaysStay) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "<1@c>", from_bob));  // Bob's only ticket is Ann's
    take(mail_text("3@c", "", from_bob));
    take(mail_text("5@c"));
    take(mail_text("6@c", "<1@c> <5@c>"));  // unites threads
    age("3@c");
    EXPECT_EQ(purge().persons, 0);
    EXPECT_EQ(count("persons"), "2");
    EXPECT_NE(count("thread_merges"), "0");
    expect_everything_holds();
}

TEST_F(Purge, ManyTicketsGoInPagesAndAStopLosesNothing) {
    for (int i = 0; i < 250; ++i) take(mail_text(std::to_string(i) + "@c"));
    sql("UPDATE interactions SET received = received - interval '100 days'");
    struct Stop {};
    const auto stopped = [&] {
        wait_for(io, store::Purge(daemon->pool, days_ago(90)).run({1}, [](const auto&) { throw Stop(); }));
    };
    EXPECT_THROW(stopped(), Stop);
    EXPECT_EQ(count("tickets"), "150");
    expect_everything_holds();
    EXPECT_EQ(purge().tickets, 150);
    EXPECT_EQ(count("persons"), "0");
    expect_everything_holds();
}

TEST_F(Purge, AMailThatComesWhileItsTicketGoesIsNotLost) {
    take(mail_text("1@c"));
    age("1@c");
    boost::asio::io_context io2;
    store::Pool pool(io2.get_executor(), {database.conninfo(), 1, 10s});
    const auto ticket = tickets().at(0).id;
    auto removal = wait_for(io2, store::Removal::begin(pool, 1, {ticket}));
    smtp::Reply reply;
    bool answered = false;
    boost::asio::co_spawn(io, daemon->deliver(mail_text("2@c", "<1@c>"), {support}, "ann@client.example"),
                          [&](std::exception_ptr, smtp::Reply given) {
                              reply = given;
                              answered = true;
                          });
    wait_for_a_lock();
    const auto mails = wait_for(io2, removal.mails_of({ticket}, std::nullopt));
    ASSERT_EQ(mails.size(), 1U);
    removal.remove_mails({mails[0].id});
    removal.remove_tickets({ticket});
    wait_for(io2, removal.commit());
    while (!answered) io.run_one();
    EXPECT_EQ(reply.code, 250);
    EXPECT_THAT(daemon->probe.failures, ElementsAre("serialization"));
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_NE(tickets()[0].id, ticket);
    EXPECT_EQ(tickets()[0].interactions.at(0).message_id, "2@c");
    expect_everything_holds();
}

TEST_F(Purge, ATicketIsLockedWithWhatWasMergedIntoIt) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "", from_bob));
    const auto ids = std::vector{tickets().at(0).id, tickets().at(1).id};
    desk::TicketActions desk(daemon->pool);
    ASSERT_TRUE(wait_for(io, desk.merge({ids[0].str(), {}}, {ids[1].str(), {}})));
    auto removal = wait_for(io, store::Removal::begin(daemon->pool, 1, {ids[1]}));
    EXPECT_THAT(removal.locked(), ElementsAre(ids[0], ids[1])) << "with what was merged into it";
    wait_for(io, removal.roll_back());
}

TEST_F(Purge, APersonWhoGoesWhileTheirMailIsWrittenIsAddedAgain) {
    take(mail_text("1@c"));
    sql("CREATE SEQUENCE calls; CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('calls') = 1 THEN DELETE FROM persons WHERE id = NEW.person_id; END IF; RETURN NEW; END "
        "$$; "
        "CREATE TRIGGER go BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION go()");
    take(mail_text("2@c", "", from_bob));
    EXPECT_THAT(daemon->probe.failures, ElementsAre("serialization"));
    ASSERT_EQ(tickets().size(), 2U);
    EXPECT_EQ(tickets()[1].subject, "about 2@c") << "read, not stored bare";
    EXPECT_EQ(tickets()[1].person->address, "bob@client.example");
}

TEST_F(Purge, WhoActsOnATicketThatGoesIsTold) {
    take(mail_text("1@c"));
    boost::asio::io_context io2;
    store::Pool pool(io2.get_executor(), {database.conninfo(), 1, 10s});
    const auto ticket = tickets().at(0).id;
    auto removal = wait_for(io2, store::Removal::begin(pool, 1, {ticket}));
    std::optional<store::Outcome<desk::Done>> outcome;
    desk::TicketActions desk(daemon->pool);
    boost::asio::co_spawn(
        io, desk.set_status({ticket.str(), {}}, "pending"),
        [&](std::exception_ptr, store::Outcome<desk::Done> given) { outcome.emplace(given); });
    wait_for_a_lock();
    const auto mails = wait_for(io2, removal.mails_of({ticket}, std::nullopt));
    removal.remove_mails({mails.at(0).id});
    removal.remove_tickets({ticket});
    wait_for(io2, removal.commit());
    while (!outcome) io.run_one();
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().text, "there is no ticket " + ticket.str());
}

struct Erasure : RemovalTest {
    store::ErasureReport erase(bool dry_run = false, const std::string& address = "ann@client.example") {
        return wait_for(io,
                        store::Erasure(daemon->pool, address, dry_run)
                            .run({1, 2}, [](std::int64_t done, std::int64_t all) { EXPECT_LE(done, all); }));
    }

    // Every table's rows as text: is something of them left?
    std::string everything() {
        std::string tables =
            sql("SELECT string_agg(quote_ident(tablename), ' ') FROM pg_tables WHERE schemaname = 'public'");
        std::string rows;
        std::istringstream names(tables);
        for (std::string name; names >> name;) {
            if (name == "raw_chunks") continue;
            rows += sql("SELECT coalesce(string_agg(t::text, E'\n'), '') FROM " + name + " t") + "\n";
        }
        return rows;
    }
};

TEST_F(Erasure, TheirMailTicketsAndTracesGo) {
    take(mail_text("1@c"), {support, other});
    take(mail_text("1@c"));
    take(mail_text("2@c", "<1@c>"));
    take(mail_text("3@c"), {sales});
    take(mail_text("4@c"));
    hold("4@c");
    take("Subject: nobody's\r\n\r\nwithout an author\r\n");  // its envelope says who
    sql("UPDATE interactions SET author = '' WHERE message_id IS NULL");
    take(mail_text("5@c", "", from_bob));
    sql("UPDATE interactions SET reverse_path = 'bob@client.example' WHERE author = 'bob@client.example'");
    const std::string usage = sql("SELECT sum(interactions) FROM usage");
    const auto said = erase(true);
    EXPECT_EQ(count("interactions"), "7") << "a dry run removes nothing";
    const auto report = erase();
    EXPECT_EQ(report.mails, 6);
    EXPECT_EQ(report.tickets, 4);
    EXPECT_EQ(report.persons, 2);
    EXPECT_TRUE(report.left.empty());
    EXPECT_EQ(std::tie(said.mails, said.bytes, said.tickets, said.persons),
              std::tie(report.mails, report.bytes, report.tickets, report.persons));
    EXPECT_THAT(everything(), Not(HasSubstr("ann@client")));
    EXPECT_THAT(everything(), Not(HasSubstr("Ann")));
    EXPECT_EQ(tickets().at(0).subject, "about 5@c");
    EXPECT_EQ(count("tickets"), "1");
    EXPECT_EQ(sql("SELECT sum(interactions) FROM usage"), usage);
    expect_everything_holds();
    EXPECT_EQ(erase().mails, 0);
    take(mail_text("1@c"));
    EXPECT_EQ(tickets().size(), 2U);
    expect_everything_holds();
}

TEST_F(Erasure, WhatOthersWroteStaysAndMakesSense) {
    take("Cc: bob@client.example, carl@client.example\r\n" + mail_text("1@c"));
    take("Cc: Ann <ann@client.example>, carl@client.example\r\n" + mail_text("2@c", "<1@c>", from_bob));
    take(mail_text("3@c", "<1@c>"));
    take("Reply-To: ann@client.example\r\n" + mail_text("4@c", "", from_bob));
    const auto short_id =
        sql("SELECT t.short_id FROM tickets t JOIN interactions i ON i.ticket_id = t.id WHERE message_id = "
            "'1@c'");
    const auto report = erase();
    EXPECT_EQ(report.mails, 2);
    EXPECT_EQ(report.tickets, 0);
    ASSERT_EQ(report.left.size(), 2U);
    EXPECT_EQ(report.left[0].short_id, short_id);
    EXPECT_EQ(report.left[0].mails, 1);
    EXPECT_THAT(everything(), Not(HasSubstr("ann@client.example,")));
    EXPECT_EQ(sql("SELECT participants FROM tickets WHERE short_id = '" + short_id + "'"),
              "{bob@client.example,carl@client.example}");
    EXPECT_EQ(sql("SELECT count(*) FROM interactions WHERE 'ann@client.example' = ANY (correspondents) OR "
                  "reverse_path <> ''"),
              "0");
    const auto found = wait_for(io, store::DeskStore(daemon->pool).find(short_id, std::nullopt));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].subject, "about 2@c") << "of the first mail that is there";
    ASSERT_TRUE(found[0].person && found[0].created_by);
    EXPECT_EQ(found[0].person->address, "bob@client.example");
    EXPECT_EQ(found[0].created_by->address, "bob@client.example");
    EXPECT_EQ(found[0].interactions.size(), 1U);
    const auto raw = wait_for(io, store::DeskStore(daemon->pool).raw(1, found[0].interactions[0].id));
    EXPECT_THAT(raw.value(), HasSubstr("Cc: Ann <ann@client.example>")) << "bit for bit as Bob sent it";
    expect_everything_holds();
    take(mail_text("6@c", "<2@c>", from_bob));
    EXPECT_EQ(tickets().size(), 2U) << "and the conversation goes on";
    expect_everything_holds();
}

TEST_F(Erasure, WhatTheDeskAnsweredOthersMakesNobodyOfThePersonWhoIsLeft) {
    ASSERT_TRUE(wait_for(io, store::AgentStore(daemon->pool).add("Ben", "ben@agents.example")));
    take("Cc: bob@client.example\r\n" + mail_text("1@c"));
    desk::ReplyRequest answer;
    answer.ticket = {tickets().at(0).short_id, {}};
    answer.agent = "Ben";
    answer.words.text = "Hello";
    answer.cc = {"bob@client.example"};
    const auto sent = wait_for(io, desk::Replies(daemon->pool).reply(answer));
    ASSERT_TRUE(sent) << sent.error().text;
    take(mail_text("2@c", "<1@c>", from_bob));
    EXPECT_EQ(erase().mails, 1);
    const auto left = tickets().at(0);
    EXPECT_EQ(left.interactions.size(), 2U) << "Bob got the answer too";
    EXPECT_EQ(left.subject, "about 2@c");
    ASSERT_TRUE(left.person && left.created_by);
    EXPECT_EQ(left.person->address, "bob@client.example");
    EXPECT_EQ(left.created_by->address, "bob@client.example");
    expect_everything_holds();
}

TEST_F(Erasure, WhatWasMergedForgetsThemToo) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "", from_bob));
    desk::TicketActions desk(daemon->pool);
    ASSERT_TRUE(wait_for(io, desk.merge({tickets().at(0).id.str(), {}}, {tickets().at(1).id.str(), {}})));
    const auto report = erase();
    EXPECT_EQ(report.mails, 1);
    EXPECT_EQ(report.persons, 1);
    EXPECT_EQ(sql("SELECT string_agg(DISTINCT subject, ',') FROM tickets"), "about 2@c");
    EXPECT_EQ(count("tickets"), "2") << "the old number leads on";
    EXPECT_EQ(sql("SELECT count(*) FROM tickets WHERE 'ann@client.example' = ANY (participants)"), "0");
    expect_everything_holds();
}

TEST_F(Erasure, OfSomebodyUnknownNothingGoes) {
    take(mail_text("1@c"));
    const auto report = erase(false, "nobody@client.example");
    EXPECT_EQ(report.mails + report.tickets + report.persons, 0);
    EXPECT_TRUE(report.left.empty());
    EXPECT_EQ(tickets().size(), 1U);
}

}  // namespace
