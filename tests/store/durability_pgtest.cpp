#include "store/durability.hpp"

#include "support/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

using store::Durability;
using store::weaknesses;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DurabilityTest, WhatIsSafe) {
    EXPECT_THAT(weaknesses({"on", "on", "", 0}), IsEmpty());
    EXPECT_THAT(weaknesses({"on", "local", "", 0}), IsEmpty())
        << "without replicas there is nothing to wait for";
    for (const char* level : {"on", "remote_write", "remote_apply"})
        EXPECT_THAT(weaknesses({"on", level, "ANY 1 (a, b)", 2}), IsEmpty());
}

TEST(DurabilityTest, WhatIsNot) {
    EXPECT_THAT(weaknesses({"off", "on", "", 0}), ElementsAre(HasSubstr("fsync is off")));
    EXPECT_THAT(weaknesses({"on", "off", "", 0}), ElementsAre(HasSubstr("synchronous_commit is off")));
    EXPECT_THAT(weaknesses({"on", "on", "", 1}), ElementsAre(HasSubstr("asynchronous")));
    EXPECT_THAT(weaknesses({"on", "local", "a", 1}), ElementsAre(HasSubstr("asynchronous")));
    EXPECT_THAT(weaknesses({"off", "off", "a", 1}), testing::SizeIs(3));
}

TEST(DurabilityTest, IsThatOfOurOwnSessions) {
    support::Database database;
    boost::asio::io_context io;
    for (const char* level : {"on", "off"}) {
        store::Pool pool(io.get_executor(),
                         {database.conninfo() + " options='-c synchronous_commit=" + level + "'", 1});
        const Durability found = support::wait_for(io, store::read_durability(pool));
        EXPECT_EQ(found.synchronous_commit, level);
        EXPECT_EQ(found.fsync, database.sql("SHOW fsync"));
        EXPECT_EQ(found.synchronous_standby_names, "");
        EXPECT_EQ(found.replicas, 0);
    }
}
