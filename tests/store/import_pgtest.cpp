// Imported mail in the database: recognised when it comes again, and no usage.
#include "store/import_store.hpp"

#include "desk_fixture.hpp"
#include "intake/imported.hpp"

namespace {

using namespace support;

struct Import : DeskTest {
    intake::Fate import(const std::string& raw, store::Timestamp received) {
        const auto arrival = std::make_shared<const intake::Arrival>(
            intake::prepare_imported(raw, support, *daemon->settings.current(),
                                     intake::import_id(support.destination, raw), received));
        return wait_for(io, daemon->writers.write(arrival));
    }
};

TEST_F(Import, OldMailIsATicketOfItsTimeAndNoUsage) {
    const store::Timestamp then = std::chrono::sys_days(std::chrono::year(2006) / 1 / 2);
    ASSERT_EQ(import(mail_text("1@c"), then), intake::Fate::committed);
    const auto ticket = tickets().at(0);
    EXPECT_EQ(ticket.received, then);
    EXPECT_EQ(ticket.interactions.at(0).received, then);
    EXPECT_TRUE(ticket.interactions.at(0).imported);
    EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions WHERE disposition = 'ticketed'"), "1");
    EXPECT_EQ(database.sql("SELECT count(*) FROM usage"), "0");
    take(mail_text("2@c", "<1@c>"));
    EXPECT_FALSE(tickets().at(0).interactions.at(1).imported);
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "1");
}

TEST_F(Import, ItsIntakeIdIsFoundAgain) {
    const std::string raw = mail_text("1@c");
    const auto id = intake::import_id(support.destination, raw), other_id = intake::import_id({2, 1}, raw);
    const auto known = [&](std::int64_t workspace) {
        return wait_for(io, store::committed_intakes(daemon->pool, workspace, {id, other_id}));
    };
    EXPECT_TRUE(known(1).empty());
    ASSERT_EQ(import(raw, std::chrono::system_clock::now()), intake::Fate::committed);
    EXPECT_EQ(known(1), std::unordered_set<tickets::Uuid>{id});
    EXPECT_TRUE(known(2).empty()) << "of another workspace";
}

}  // namespace
