// Stored mail is read again: what an older reader got wrong is mended, and nothing else is touched.
#include "desk_fixture.hpp"
#include "intake/reprocess.hpp"
#include "store/audit.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using testing::ElementsAre;

struct Reprocess : DeskTest {
    std::vector<store::Mending> mendings;

    intake::ReprocessReport reprocess(intake::ReprocessOptions options = {}) {
        mendings.clear();
        const auto settings = wait_for(io, store::SettingsStore(daemon->pool).snapshot());
        return wait_for(io, intake::Reprocess(daemon->pool, settings)
                                .run(
                                    options, [&](const store::Mending& mail) { mendings.push_back(mail); },
                                    [](std::int64_t) {}));
    }

    std::string interaction(const std::string& subject) {
        return database.sql("SELECT id FROM interactions WHERE subject = 'about " + subject + "'");
    }

    // Every row of what may change, and of what may not.
    std::string everything() {
        return database.sql(
            "SELECT (SELECT string_agg(i::text, ',' ORDER BY id) FROM interactions i)"
            " || (SELECT string_agg(r::text, ',' ORDER BY workspace_id, id_key, role, interaction_id) FROM "
            "message_refs r)"
            " || (SELECT string_agg(t::text, ',' ORDER BY id) FROM tickets t)"
            " || (SELECT string_agg(d::text, ',' ORDER BY intake_id, mailbox_id) FROM dispositions d)"
            " || (SELECT string_agg(u::text, ',' ORDER BY u::text) FROM usage u)");
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name;
    }
};

TEST_F(Reprocess, WhatThisReaderReadItReadsTheSameAgain) {
    using namespace std::string_literals;
    take(mail_text("1@c"));
    take("Cc: Carl <carl@client.example>, support@acme.example\r\n" + mail_text("2@c", "<1@c> <x@y>"));
    take("Subject: =?utf-8?q?=C3=BC?=\r\nIn-Reply-To: Message of ann@client.example\r\n\r\nno id\r\n");
    take("From: a\0b <a@c.example>\r\nSubject: a\0b\xff\r\nMessage-ID: <\0@c>\r\n\r\n\0"s);
    take("\r\n\r\n", {support, other});
    const std::string before = everything();
    const auto report = reprocess();
    EXPECT_EQ(report.read, 6) << "a mail to two workspaces is two interactions";
    EXPECT_EQ(report.changed, 0);
    EXPECT_TRUE(report.damaged.empty());
    EXPECT_EQ(everything(), before);
}

TEST_F(Reprocess, WhatAnOlderReaderGotWrongIsMended) {
    take("Cc: carl@client.example\r\n" + mail_text("1@c", "<x@y> <z@y>"));
    take(mail_text("2@c", "<1@c>"));
    const std::string right = everything();
    database.sql(
        "UPDATE interactions SET message_id = NULL, subject = 'wrong', author = 'x@y', author_name = "
        "'wrong', "
        "correspondents = '{a@b,c@d}' WHERE id = '" +
        interaction("1@c") + "'");
    database.sql("UPDATE tickets SET subject = 'wrong'");
    database.sql("DELETE FROM message_refs WHERE role = 0");
    database.sql("INSERT INTO message_refs SELECT 1, gen_random_uuid(), 0, id FROM interactions");
    const std::string wrong = everything();

    EXPECT_EQ(reprocess({.interaction = {}, .since = {}, .dry_run = true}).changed, 2);
    EXPECT_EQ(everything(), wrong) << "a dry run shows only";
    ASSERT_EQ(mendings.size(), 2U);
    EXPECT_EQ(mendings[0].before.reading.subject, "wrong");
    EXPECT_EQ(mendings[0].after.subject, "about 1@c");
    EXPECT_EQ(mendings[0].after.message_id, "1@c");

    const auto report = reprocess();
    EXPECT_EQ(report.read, 2);
    EXPECT_EQ(report.changed, 2);
    EXPECT_EQ(everything(), right);
    EXPECT_EQ(reprocess().changed, 0) << "twice changes nothing more";
    expect_everything_holds();
}

TEST_F(Reprocess, WhatTheDeskChangedStays) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    take(mail_text("3@c"));
    take(mail_text("4@c", "<3@c>"));
    database.sql("UPDATE interactions SET subject = 'wrong', message_id = 'wrong'");
    // One was acted on, one has another subject by now, one is as it was read.
    database.sql(
        "UPDATE tickets SET acted_at = now(), status = 'Pending', subject = 'wrong' WHERE subject = 'about "
        "1@c'");
    database.sql("UPDATE tickets SET subject = 'chosen' WHERE subject = 'about 2@c'");
    database.sql("UPDATE tickets SET subject = 'wrong', status = 'Resolved' WHERE subject = 'about 3@c'");
    const std::string membership = "SELECT string_agg(ticket_id::text, ',' ORDER BY id) FROM interactions";
    const std::string before = database.sql(membership);
    EXPECT_EQ(reprocess().changed, 4);
    EXPECT_EQ(database.sql("SELECT string_agg(subject || ' ' || status, ',' ORDER BY id) FROM tickets"),
              "wrong Pending,chosen Open,about 3@c Resolved");
    EXPECT_EQ(database.sql(membership), before);
    EXPECT_EQ(
        database.sql("SELECT count(*) FROM interactions WHERE subject = 'wrong' OR message_id = 'wrong'"),
        "0");
}

TEST_F(Reprocess, IdsThatWereMissedConnectThreadsAndMoveNoMail) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    take(mail_text("3@c", "<1@c>"));
    // As if the reader had not seen the References of the third, and it had opened a ticket.
    database.sql(
        "UPDATE interactions SET thread = id, ticket_id = (SELECT ticket_id FROM interactions "
        "WHERE message_id = '2@c') WHERE message_id = '3@c'");
    database.sql("DELETE FROM message_refs WHERE role = 0");
    EXPECT_EQ(reprocess().changed, 1);
    const auto all = tickets();
    ASSERT_EQ(all.size(), 2U);
    ASSERT_EQ(all[1].interactions.size(), 2U);
    EXPECT_EQ(all[1].interactions[1].thread, all[0].interactions[0].thread);
    EXPECT_NE(all[1].interactions[0].thread, all[0].interactions[0].thread);
    expect_everything_holds();
}

TEST_F(Reprocess, OneMailOrTheLatestOrNoneThatIsThere) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    const auto one = tickets::Uuid::parse(interaction("1@c")), two = tickets::Uuid::parse(interaction("2@c"));
    database.sql("UPDATE interactions SET author_name = 'wrong'");
    database.sql("UPDATE interactions SET received = received - interval '2 days' WHERE id = '" + one->str() +
                 "'");
    const auto since = std::chrono::system_clock::now() - 24h;
    EXPECT_EQ(reprocess({.interaction = {}, .since = since, .dry_run = true}).read, 1);
    ASSERT_EQ(mendings.size(), 1U);
    EXPECT_EQ(mendings[0].before.interaction, *two);
    EXPECT_EQ(reprocess({.interaction = one, .since = {}, .dry_run = false}).changed, 1);
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions WHERE author_name = 'wrong'"), "1");
    EXPECT_FALSE(reprocess({.interaction = tickets::Uuid{}, .since = {}, .dry_run = false}).found);
}

TEST_F(Reprocess, ADamagedMailIsLeftAsItIs) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    const auto one = tickets::Uuid::parse(interaction("1@c"));
    database.sql("UPDATE raw_chunks SET data = '\\x00' WHERE interaction_id = '" + one->str() + "'");
    database.sql("UPDATE interactions SET subject = 'wrong'");
    const auto report = reprocess();
    EXPECT_THAT(report.damaged, ElementsAre(*one));
    EXPECT_EQ(report.changed, 1);
    EXPECT_EQ(database.sql("SELECT subject FROM interactions WHERE id = '" + one->str() + "'"), "wrong");
}

TEST_F(Reprocess, MoreIdsThanOneTransactionMayLock) {
    for (int mail = 0; mail < 5; ++mail) {
        std::string references;
        for (int i = 0; i < 600; ++i)
            references += " <" + std::to_string(mail) + "." + std::to_string(i) + "@c>\r\n";
        take(mail_text("m" + std::to_string(mail) + "@c", references.substr(1, references.size() - 3)));
    }
    const std::string right = everything();
    database.sql("DELETE FROM message_refs WHERE role = 0");
    EXPECT_EQ(reprocess().changed, 5);
    EXPECT_EQ(everything(), right);
}

TEST_F(Reprocess, AMailThatChangedMeanwhileIsNotWritten) {
    take(mail_text("1@c"));
    const auto id = *tickets::Uuid::parse(interaction("1@c"));
    store::ReadingStore store(daemon->pool);
    store::Mending mail{wait_for(io, store.read(1, {id})).at(0), {}};
    mail.after = mail.before.reading;
    mail.after.subject = "new";
    database.sql("UPDATE interactions SET ticket_id = NULL");
    try {
        wait_for(io, store.mend(1, {mail}));
        ADD_FAILURE() << "it was written";
    } catch (const store::Error& error) {
        EXPECT_EQ(error.kind(), store::Error::Kind::serialization);
    }
    EXPECT_EQ(database.sql("SELECT subject FROM interactions"), "about 1@c");
}

}  // namespace
