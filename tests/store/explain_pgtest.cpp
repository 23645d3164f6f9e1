// Explaining looks as the writers do, and leaves nothing behind.
#include "store/explain_store.hpp"

#include "desk_fixture.hpp"
#include "intake/explain.hpp"
#include "intake/plan.hpp"

namespace {

using namespace support;

struct Explain : DeskTest {
    std::string rows() {
        return database.sql(
            "SELECT concat_ws(' ', (SELECT count(*) FROM persons), (SELECT count(*) FROM tickets), (SELECT "
            "count(*) FROM interactions), (SELECT count(*) FROM dispositions), (SELECT count(*) FROM "
            "message_refs), (SELECT count(*) FROM raw_chunks), (SELECT sum(interactions) FROM usage))");
    }
};

TEST_F(Explain, WhatWouldBecomeOfAMailStoresNothing) {
    take(mail_text("1@c"));
    const auto before = rows();
    smtp::ReceivedMessage message;
    message.recipients = {support};
    message.raw = mail_text("2@c", "<1@c>", "bob@client.example");
    const auto arrival = std::make_shared<const intake::Arrival>(
        intake::prepare(std::move(message), *daemon->settings.current(), "", {}));
    const auto facts = wait_for(io, intake::look_up(daemon->pool, intake::keys_of({arrival})));
    const auto explained = intake::explain(arrival, facts);
    EXPECT_EQ(explained.ticket, tickets().at(0).id);
    EXPECT_EQ(explained.row, "stored_id/none/newcomer: join_marked");
    EXPECT_EQ(rows(), before);
    take(mail_text("2@c", "<1@c>", "bob@client.example"));
    EXPECT_EQ(tickets().at(0).interactions.at(1).reason, explained.row);
}

TEST_F(Explain, AStoredMailHasItsEvidenceAndDispositions) {
    take(mail_text("1@c"), {support, sales});
    const auto id = tickets().at(0).interactions.at(0).id;
    const auto stored = wait_for(io, store::stored_decision(daemon->pool, id));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->workspace, "acme");
    EXPECT_EQ(stored->ticket, tickets().at(0).id);
    EXPECT_EQ(stored->row, "none/none/newcomer: open");
    EXPECT_EQ(stored->client_address, "192.0.2.1");
    EXPECT_EQ(stored->helo, "client.example");
    EXPECT_EQ(stored->reverse_path, "ann@client.example");
    ASSERT_EQ(stored->dispositions.size(), 2U);
    EXPECT_EQ(stored->dispositions[0].mailbox, "sales@acme.example");
    EXPECT_EQ(stored->dispositions[0].disposition, "ticketed");
    EXPECT_EQ(stored->dispositions[0].reason, "new_ticket");
    EXPECT_FALSE(wait_for(io, store::stored_decision(daemon->pool, {})));
}

}  // namespace
