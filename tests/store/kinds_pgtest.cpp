// What no person wrote: stored with its kind, never reopens, and goes where the mailbox says.
#include "desk_fixture.hpp"
#include "intake/reprocess.hpp"
#include "store/audit.hpp"
#include "store/explain_store.hpp"
#include "store/held_store.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using store::AutomaticMail;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

struct Kinds : DeskTest {
    std::string installation;

    void SetUp() override {
        DeskTest::SetUp();
        installation = database.sql("SELECT id FROM installation");
        database.sql("UPDATE tickets SET status = 'Resolved'");
    }

    void set(const smtp::Recipient& mailbox, std::optional<AutomaticMail> automatic,
             std::optional<AutomaticMail> bounces) {
        ASSERT_TRUE(wait_for(
            io, store::SettingsStore(daemon->pool).set_mailbox(mailbox.address, {automatic, bounces, {}})));
        wait_for(io, daemon->settings.refreshed());
    }

    std::string status() {
        return database.sql("SELECT string_agg(status::text, ' ' ORDER BY id) FROM tickets");
    }

    std::string dispositions() {
        return database.sql(
            "SELECT string_agg(disposition || '/' || reason, ' ' ORDER BY decided_at, mailbox_id) FROM "
            "dispositions");
    }

    std::vector<store::HeldMail> held(std::optional<std::string> workspace = std::nullopt) {
        return wait_for(io, store::HeldStore(daemon->pool).list(std::move(workspace), 50));
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name;
    }

    static std::string with(const std::string& field, const std::string& mail) {
        return field + "\r\n" + mail;
    }
};

const std::string auto_reply = "Auto-Submitted: auto-replied";
const std::string failed = "X-Failed-Recipients: lee@client.example";

TEST_F(Kinds, AMailIsStoredWithItsKindAndReasons) {
    take(mail_text("1@c"));
    take(with("List-Id: <talk.client.example>", mail_text("2@c")));
    const auto all = tickets();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].interactions[0].kind, "human");
    EXPECT_TRUE(all[0].interactions[0].kind_reasons.empty());
    EXPECT_EQ(all[1].interactions[0].kind, "list");
    EXPECT_THAT(all[1].interactions[0].kind_reasons, ElementsAre("list_id"));
    const auto stored = wait_for(io, store::stored_decision(daemon->pool, all[1].interactions[0].id));
    EXPECT_EQ(stored->kind, "list");
    EXPECT_THAT(stored->kind_reasons, ElementsAre("list_id"));
    EXPECT_THAT(daemon->probe.kinds, UnorderedElementsAre(std::pair("human", 1U), std::pair("list", 1U)));
}

TEST_F(Kinds, OnlyAPersonReopens) {
    take(mail_text("1@c"));
    for (const std::string before : {"Resolved", "Pending", "Overdue"}) {
        database.sql("UPDATE tickets SET status = '" + before + "'");
        take(with(auto_reply, mail_text(before + "-auto@c", "<1@c>")));
        take(with(auto_reply + " (vacation)", mail_text(before + "-away@c", "<1@c>")));
        take(with("List-Id: <talk.client.example>", mail_text(before + "-list@c", "<1@c>")));
        EXPECT_EQ(send(with(failed, mail_text(before + "-bounce@c", "<1@c>")), {}, "").code, 250);
        EXPECT_EQ(status(), before);
    }
    EXPECT_EQ(tickets().at(0).interactions.size(), 13U) << "they belong to it all the same";
    EXPECT_TRUE(held().empty());
    take(mail_text("2@c", "<1@c>"));
    EXPECT_EQ(status(), "Open");
    expect_everything_holds();
}

TEST_F(Kinds, AMachineMergesNoTickets) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    take(with(auto_reply, mail_text("3@c", "<1@c> <2@c>")));
    EXPECT_EQ(tickets().size(), 2U);
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_links"), "1");
}

TEST_F(Kinds, WithoutATicketListsAndAnswersOpenOneAndTheRestIsHeld) {
    take(with("List-Id: <talk.client.example>", mail_text("1@c")));
    take(with(auto_reply, mail_text("2@c")));
    take(with(auto_reply + " (vacation)", mail_text("3@c")));
    EXPECT_EQ(tickets().size(), 3U);
    take(with(failed, mail_text("4@c")));
    take(with("TLS-Report-Domain: acme.example", mail_text("5@c")));
    take(with("X-Ticketgate-Loop: " + installation, mail_text("6@c")));
    EXPECT_EQ(tickets().size(), 3U);
    EXPECT_EQ(
        dispositions(),
        "ticketed/new_ticket ticketed/new_ticket ticketed/new_ticket held/bounce held/report held/loop");
    const auto mails = held();
    ASSERT_EQ(mails.size(), 3U);
    EXPECT_EQ(mails[0].kind, "loop") << "the newest first";
    EXPECT_EQ(mails[2].kind, "bounce");
    EXPECT_THAT(mails[2].kind_reasons, ElementsAre("x_failed_recipients"));
    EXPECT_THAT(mails[2].reasons, ElementsAre("bounce"));
    EXPECT_THAT(mails[2].mailboxes, ElementsAre("support@acme.example"));
    EXPECT_EQ(mails[2].row, "none/none/newcomer: open; bounce: hold");
    EXPECT_EQ(mails[2].subject, "about 4@c");
    EXPECT_EQ(wait_for(io, store::DeskStore(daemon->pool).raw(1, mails[2].interaction)),
              with(failed, mail_text("4@c")));
    EXPECT_EQ(wait_for(io, store::HeldStore(daemon->pool).find(mails[2].interaction))->subject, "about 4@c");
    EXPECT_TRUE(held("beta").empty());
    EXPECT_FALSE(wait_for(io, store::HeldStore(daemon->pool).find(tickets().at(0).interactions.at(0).id)))
        << "what is in a ticket is not held";
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "3");
    expect_everything_holds();
}

TEST_F(Kinds, TheMailboxSaysOtherwise) {
    set(support, AutomaticMail::hold, AutomaticMail::ticket);
    take(with(auto_reply, mail_text("1@c")));
    take(with(failed, mail_text("2@c")));
    take(with("X-Ticketgate-Loop: " + installation, mail_text("3@c")));
    EXPECT_EQ(dispositions(), "held/auto_reply ticketed/new_ticket held/loop") << "a loop is never a ticket";
    set(support, AutomaticMail::discard, std::nullopt);
    take(with(auto_reply, mail_text("4@c")));
    set(support, std::nullopt, AutomaticMail::discard);
    take(with(failed, mail_text("5@c")));
    take(with("X-Ticketgate-Loop: " + installation, mail_text("6@c")));
    take(mail_text("7@c"));
    EXPECT_EQ(dispositions(),
              "held/auto_reply ticketed/new_ticket held/loop discarded/auto_reply discarded/bounce "
              "discarded/loop ticketed/new_ticket");
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "4") << "nothing of the discarded is kept";
    expect_everything_holds();
}

TEST_F(Kinds, OfSeveralMailboxesTheMostWelcomingDecidesForAll) {
    set(support, AutomaticMail::discard, AutomaticMail::discard);
    set(sales, AutomaticMail::ticket, AutomaticMail::hold);
    take(with(auto_reply, mail_text("1@c")), {support, sales});
    take(with(failed, mail_text("2@c")), {support, sales});
    EXPECT_EQ(dispositions(), "ticketed/new_ticket ticketed/new_ticket held/bounce held/bounce");
    expect_everything_holds();
}

TEST_F(Kinds, OurOwnLoopIsHeldThoughATicketKnowsIt) {
    take(mail_text("1@c"));
    take(with("X-Ticketgate-Loop: " + installation, mail_text("2@c", "<1@c>")));
    take(mail_text("k7." + installation + ".tg@acme.example", "<1@c>"));
    EXPECT_EQ(tickets().at(0).interactions.size(), 1U);
    EXPECT_EQ(held().size(), 2U);
    take(with("X-Ticketgate-Loop: another", mail_text("3@c", "<1@c>")));
    EXPECT_EQ(tickets().at(0).interactions.size(), 2U);
    expect_everything_holds();
}

TEST_F(Kinds, EachDatabaseHasAnInstallationOfItsOwn) {
    const Database other_database;
    EXPECT_EQ(installation.size(), 32U);
    EXPECT_NE(installation, other_database.sql("SELECT id FROM installation"));
    EXPECT_EQ(daemon->settings.current()->installation, installation);
}

TEST_F(Kinds, OldMailLearnsItsKindByReprocess) {
    take(with(auto_reply, mail_text("1@c")));
    take(mail_text("2@c"));
    database.sql("UPDATE interactions SET kind = NULL, kind_reasons = '{}'");
    EXPECT_EQ(tickets().at(0).interactions.at(0).kind, std::nullopt);
    const auto settings = wait_for(io, store::SettingsStore(daemon->pool).snapshot());
    const auto report = wait_for(io, intake::Reprocess(daemon->pool, settings)
                                         .run(
                                             {}, [](const store::Mending&) {}, [](std::int64_t) {}));
    EXPECT_EQ(report.changed, 2);
    EXPECT_EQ(tickets().at(0).interactions.at(0).kind, "auto_reply");
    EXPECT_THAT(tickets().at(0).interactions.at(0).kind_reasons, ElementsAre("auto_submitted_auto_replied"));
    EXPECT_EQ(tickets().at(1).interactions.at(0).kind, "human");
}

}  // namespace
