// From an accepted mail to what the desk sees of it.
#include "desk_fixture.hpp"

namespace {

using namespace support;
using store::DeskStore;

struct Desk : DeskTest {};

TEST_F(Desk, AMailIsATicketWhenItsSenderReads250) {
    const auto reply = send(mail_text("1@c"));
    EXPECT_EQ(reply.code, 250);
    EXPECT_TRUE(reply.text.starts_with("Accepted ")) << reply.text;
    const auto all = tickets();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].subject, "about 1@c");
    EXPECT_EQ(all[0].status, "Open");
    EXPECT_EQ(all[0].person->address, "ann@client.example");
    EXPECT_EQ(all[0].person->name, "Ann");
    EXPECT_EQ(all[0].created_by->address, "ann@client.example");
    EXPECT_EQ(all[0].email_sender, "support@acme.example");
    ASSERT_EQ(all[0].interactions.size(), 1U);
    EXPECT_EQ(all[0].interactions[0].message_id, "1@c");
    EXPECT_EQ(all[0].interactions[0].reason, "none/none/newcomer: open");
}

TEST_F(Desk, TheRawMailComesBackBitForBit) {
    std::string raw = mail_text("1@c");
    for (int i = 0; i < 700'000; ++i) raw += static_cast<char>(i % 65536 * 7919 % 256);
    ASSERT_EQ(send(raw).code, 250);
    const auto ticket = tickets().at(0);
    EXPECT_EQ(wait_for(io, DeskStore(daemon->pool).raw(ticket.workspace_id, ticket.interactions[0].id)), raw);
}

TEST_F(Desk, WhatTextCannotHoldIsMendedInTheCopyOnly) {
    using namespace std::string_literals;
    const std::string raw = "From: a\0b <a@c.example>\r\nSubject: a\0b\xff\r\nMessage-ID: <\0@c>\r\n\r\n\0"s;
    ASSERT_EQ(send(raw).code, 250);
    const auto ticket = tickets().at(0);
    EXPECT_EQ(wait_for(io, DeskStore(daemon->pool).raw(ticket.workspace_id, ticket.interactions[0].id)), raw);
}

TEST_F(Desk, AMailWithoutFromIsOfAnUnknownPerson) {
    ASSERT_EQ(send("Subject: who am I\r\n\r\n").code, 250);
    EXPECT_EQ(tickets().at(0).person, std::nullopt);
}

TEST_F(Desk, ATicketOfNobodyTakesAnAnswerOfNobody) {
    take("Message-ID: <1@c>\r\nSubject: first\r\n\r\n");
    take("Message-ID: <2@c>\r\nReferences: <1@c>\r\nSubject: second\r\n\r\n");
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_EQ(tickets()[0].interactions.at(1).subject, "second");
    EXPECT_TRUE(daemon->probe.failures.empty());
}

TEST_F(Desk, TicketsAreFoundByIdAndShortIdAndThroughMerges) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    const auto before = tickets();
    ASSERT_EQ(before.size(), 2U);
    take(mail_text("3@c", "<1@c> <2@c>"));
    const auto after = tickets();
    ASSERT_EQ(after.size(), 1U) << "one person started both, and nobody acted on the younger";
    EXPECT_EQ(after[0].id, before[0].id);
    EXPECT_EQ(after[0].interactions.size(), 3U);
    DeskStore desk(daemon->pool);
    for (const auto& ticket : before)
        for (const std::string& id : {ticket.id.str(), ticket.short_id, "#" + ticket.short_id}) {
            const auto found = wait_for(io, desk.find(id, std::nullopt));
            ASSERT_EQ(found.size(), 1U) << id;
            EXPECT_EQ(found[0].id, after[0].id);
        }
    EXPECT_TRUE(wait_for(io, desk.find("zzzzzzzz", std::nullopt)).empty());
    EXPECT_TRUE(wait_for(io, desk.find(before[0].short_id, "beta")).empty());
}

TEST_F(Desk, ATicketThatTheDeskActedOnIsLinkedAndKeptApart) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    database.sql("UPDATE tickets SET acted_at = now()");
    take(mail_text("3@c", "<1@c> <2@c>"));
    const auto all = tickets();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].interactions.size(), 2U) << "the nearer parent's";
    EXPECT_EQ(wait_for(io, DeskStore(daemon->pool).links(1, all[0].id)),
              std::vector<std::string>{all[1].short_id});
    EXPECT_EQ(wait_for(io, DeskStore(daemon->pool).links(1, all[1].id)),
              std::vector<std::string>{all[0].short_id});
}

TEST_F(Desk, AResolvedTicketIsOpenAgainWhenAPersonAnswers) {
    take(mail_text("1@c"));
    database.sql("UPDATE tickets SET status = 'Resolved'");
    take(mail_text("2@c", "<1@c>"));
    EXPECT_EQ(tickets().at(0).status, "Open");
}

TEST_F(Desk, ListsAreFilteredAndNewestFirst) {
    take(mail_text("1@c"));
    take(mail_text("2@c"), {other});
    take(mail_text("3@c"));
    DeskStore desk(daemon->pool);
    const auto lines = wait_for(io, desk.list({}));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].subject, "about 3@c");
    EXPECT_EQ(wait_for(io, desk.list({.workspace = "beta"})).size(), 1U);
    EXPECT_EQ(wait_for(io, desk.list({.status = "Resolved"})).size(), 0U);
    EXPECT_EQ(wait_for(io, desk.list({.limit = 1})).size(), 1U);
}

TEST_F(Desk, InteractionsAreCountedAsUsageOnceAWorkspaceAndMonth) {
    take(mail_text("1@c"), {support, sales, other});
    take(mail_text("1@c"));
    take(mail_text("2@c", "<1@c>"));
    const auto usage = wait_for(io, DeskStore(daemon->pool).usage(std::nullopt));
    ASSERT_EQ(usage.size(), 2U);
    EXPECT_EQ(usage[0].workspace, "acme");
    EXPECT_EQ(usage[0].interactions, 2) << "a mail to two mailboxes is one interaction, a duplicate none";
    EXPECT_EQ(usage[1].interactions, 1);
}

}  // namespace
