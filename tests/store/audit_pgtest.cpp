// The audit finds what was damaged, and only that.
#include "desk_fixture.hpp"
#include "store/audit.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;

struct Audit : DeskTest {
    void SetUp() override {
        DeskTest::SetUp();
        take(mail_text("1@c"), {support, sales, other});
        take(mail_text("1@c"));                              // a duplicate
        take(mail_text("2@c", "<1@c>"));                     // an answer
        take(mail_text("3@c"));                              // another ticket
        take(mail_text("3@c"), {sales});                     // the same mail to a second mailbox
        take(mail_text("4@c", "<1@c> <3@c>"));               // makes one ticket and one thread of two
        take(mail_text("5@c") + std::string(600'000, 'x'));  // in more chunks than one
    }

    std::vector<store::AuditCheck> audit() {
        return wait_for(io, store::Audit(daemon->pool).run([](std::int64_t done, std::int64_t total) {
            EXPECT_LE(done, total);
        }));
    }

    // The checks that found something.
    std::vector<std::string> wrong() {
        std::vector<std::string> names;
        for (const auto& check : audit()) {
            if (check.wrong > 0) names.push_back(check.name);
            EXPECT_EQ(check.examples.size(),
                      std::min<std::size_t>(20, static_cast<std::size_t>(check.wrong)));
        }
        return names;
    }

    // As damaged: keys that would forbid it are dropped before.
    void damage(const std::string& sql) { database.sql(sql); }

    std::string one(const std::string& message_id) {
        return database.sql("SELECT id FROM interactions WHERE workspace_id = 1 AND message_id = '" +
                            message_id + "'");
    }
};

TEST_F(Audit, EverythingHoldsOnADeskThatNobodyDamaged) {
    const auto checks = audit();
    ASSERT_EQ(checks.size(), 14U);
    for (const auto& check : checks) {
        EXPECT_EQ(check.wrong, 0) << check.name << ": "
                                  << (check.examples.empty() ? "" : check.examples.front());
        if (check.name != "held" && check.name != "discarded" && check.name != "deliveries") {
            EXPECT_GT(check.examined, 0) << check.name;
        }
    }
}

TEST_F(Audit, AnEmptyDeskHolds) {
    const Database empty;
    store::Pool pool(io.get_executor(), {empty.conninfo(), 1, 10s});
    for (const auto& check : wait_for(io, store::Audit(pool).run([](std::int64_t, std::int64_t) {})))
        EXPECT_EQ(check.wrong, 0) << check.name;
}

TEST_F(Audit, ASecondDispositionIsFound) {
    damage("ALTER TABLE dispositions DROP CONSTRAINT dispositions_pkey");
    damage("INSERT INTO dispositions SELECT * FROM dispositions WHERE disposition = 'duplicate'");
    EXPECT_THAT(wrong(), ElementsAre("disposition_once"));
}

TEST_F(Audit, ATicketedMailWithoutInteractionIsFound) {
    damage(
        "UPDATE dispositions SET interaction_id = gen_random_uuid() WHERE disposition = 'ticketed' AND "
        "interaction_id = '" +
        one("2@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("ticketed", "dispositions"));
}

TEST_F(Audit, ATicketedMailOutsideEveryTicketIsFound) {
    damage("UPDATE interactions SET ticket_id = NULL WHERE id = '" + one("2@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("ticketed", "usage"));
}

TEST_F(Audit, AMailboxThatAnInteractionForgotIsFound) {
    damage("UPDATE interactions SET mailbox_ids = mailbox_ids[1:1] WHERE id = '" + one("3@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("ticketed"));
}

TEST_F(Audit, AHeldMailInATicketIsFound) {
    damage("UPDATE dispositions SET disposition = 'held' WHERE interaction_id = '" + one("2@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("held"));
}

TEST_F(Audit, ADiscardedMailThatIsKeptIsFound) {
    damage("UPDATE dispositions SET disposition = 'discarded' WHERE disposition = 'duplicate'");
    EXPECT_THAT(wrong(), ElementsAre("discarded"));
}

TEST_F(Audit, ADuplicateOfNothingIsFound) {
    damage("UPDATE dispositions SET interaction_id = NULL WHERE disposition = 'duplicate'");
    EXPECT_THAT(wrong(), ElementsAre("duplicates"));
}

TEST_F(Audit, AnInteractionWithoutDispositionIsFound) {
    damage("DELETE FROM dispositions WHERE interaction_id = '" + one("4@c") + "'");
    const auto checks = audit();
    EXPECT_EQ(checks[5].name, "dispositions");
    EXPECT_THAT(checks[5].examples, ElementsAre(one("4@c")));
}

TEST_F(Audit, AMailboxWithoutDispositionIsFound) {
    damage("DELETE FROM dispositions WHERE reason = 'same_mail' AND disposition = 'ticketed'");
    EXPECT_THAT(wrong(), ElementsAre("dispositions"));
}

TEST_F(Audit, AnInteractionWithoutItsOwnIdIsFound) {
    damage("DELETE FROM message_refs WHERE role = 2 AND interaction_id = '" + one("2@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("own_ids"));
}

TEST_F(Audit, ADeliveryOfNothingIsFound) {
    damage(
        "INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination, "
        "email_sender) VALUES (1, gen_random_uuid(), '" +
        one("2@c") + "', 'a@b.example', 'a@b.example', 'b.example', 'support@acme.example')");
    EXPECT_THAT(wrong(), ElementsAre("deliveries")) << "nobody sends what came";
}

TEST_F(Audit, PartsOfNothingAreFound) {
    damage("INSERT INTO raw_chunks VALUES (1, gen_random_uuid(), 0, '')");
    EXPECT_THAT(wrong(), ElementsAre("orphans"));
}

TEST_F(Audit, AThreadThatLeadsToAMergedOneIsFound) {
    damage(
        "INSERT INTO thread_merges (workspace_id, thread, root) SELECT 1, "
        "'ffffffff-ffff-7fff-bfff-ffffffffffff', thread FROM thread_merges LIMIT 1");
    EXPECT_THAT(wrong(), ElementsAre("threads"));
}

TEST_F(Audit, AMergedTicketWithMailIsFound) {
    damage(
        "UPDATE interactions SET ticket_id = (SELECT id FROM tickets WHERE merged_into IS NOT NULL) "
        "WHERE id = '" +
        one("2@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("merged_tickets"));
}

TEST_F(Audit, ATicketWithoutMailIsFound) {
    damage("UPDATE interactions SET ticket_id = (SELECT ticket_id FROM interactions WHERE id = '" +
           one("1@c") + "') WHERE id = '" + one("5@c") + "'");
    EXPECT_THAT(wrong(), ElementsAre("tickets"));
}

TEST_F(Audit, UsageThatIsNotWhatWasStoredIsFound) {
    damage("UPDATE usage SET interactions = interactions + 2 WHERE workspace_id = 2");
    const auto checks = audit();
    EXPECT_EQ(checks[12].wrong, 1);
    EXPECT_THAT(checks[12].examples.at(0), HasSubstr("3 counted, 1 stored"));
    EXPECT_THAT(wrong(), ElementsAre("usage"));
}

TEST_F(Audit, RawMailThatIsNotWhatCameIsFound) {
    const auto check = [&](const std::string& what) {
        const auto checks = audit();
        EXPECT_EQ(checks[13].name, "raw");
        EXPECT_THAT(checks[13].examples, ElementsAre(one("5@c"))) << what;
    };
    const std::string five = " WHERE interaction_id = '" + one("5@c") + "'";
    damage("CREATE TABLE saved AS SELECT * FROM raw_chunks" + five);
    const std::string restore =
        "DELETE FROM raw_chunks" + five + "; INSERT INTO raw_chunks SELECT * FROM saved";
    for (const std::string& each :
         {"UPDATE raw_chunks SET data = set_byte(data, 20, get_byte(data, 20) # 1)" + five + " AND chunk = 0",
          "DELETE FROM raw_chunks" + five + " AND chunk = 1", "DELETE FROM raw_chunks" + five,
          "DELETE FROM raw_chunks" + five + " AND chunk = 2"}) {
        damage(each);
        check(each);
        damage(restore);
    }
    EXPECT_TRUE(wrong().empty());
    damage("UPDATE interactions SET raw_size = raw_size + 1 WHERE id = '" + one("5@c") + "'");
    check("size");
}

TEST_F(Audit, TheFirstTwentyOfManyAreNamed) {
    damage("INSERT INTO raw_chunks SELECT 1, gen_random_uuid(), 0, '' FROM generate_series(1, 30)");
    EXPECT_EQ(audit()[7].wrong, 30);
    EXPECT_EQ(audit()[7].examples.size(), 20U);
}

TEST_F(Audit, KeptMailIsFoundByItsInteraction) {
    store::KeptMailStore store(daemon->pool);
    const auto id = tickets::Uuid::parse(one("5@c"));
    const auto key = wait_for(io, store.find(*id));
    ASSERT_TRUE(key);
    const auto mails = wait_for(io, store.read({*key}));
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].raw, mail_text("5@c") + std::string(600'000, 'x'));
    EXPECT_TRUE(mails[0].intact);
    EXPECT_THAT(mails[0].trace, HasSubstr("Received: from"));
    EXPECT_FALSE(wait_for(io, store.find({})));
}

TEST_F(Audit, PiecesAreBoundedAndWhole) {
    const std::vector<store::MailKey> page = {
        {1, {}, 7 << 20}, {1, {}, 2 << 20}, {1, {}, 90 << 20}, {1, {}, 1}};
    const auto pieces = store::KeptMailStore::pieces(page);
    ASSERT_EQ(pieces.size(), 4U);
    EXPECT_EQ(store::KeptMailStore::pieces({{1, {}, 5}, {1, {}, 6}}).size(), 1U);
}

}  // namespace
