// The connection against a real server: pipelines, errors, deadlines.
#include "store/connection.hpp"

#include "store/migrate.hpp"
#include "store/migrations.hpp"
#include "store/statements.hpp"
#include "support/database.hpp"

#include <gtest/gtest.h>

namespace store {
namespace {

using namespace std::chrono_literals;
using support::wait_for;

Deadline soon() {
    return std::chrono::steady_clock::now() + 10s;
}

std::vector<Query> one(const Statement& statement, Params params = {}) {
    std::vector<Query> queries;
    queries.push_back({&statement, std::move(params)});
    return queries;
}

struct ConnectionTest : testing::Test {
    support::Database database;
    boost::asio::io_context io;
    std::unique_ptr<Connection> open(std::chrono::milliseconds timeout = 10s) {
        return wait_for(io, Connection::open(database.conninfo(), soon(), timeout));
    }
};

TEST_F(ConnectionTest, AnswersComeInOrder) {
    const auto connection = open();
    auto queries = one(sql::ping);
    queries.push_back({&sql::schema_version, {}});
    queries.push_back({&sql::ping, {}});
    const auto results = wait_for(io, connection->run(std::move(queries), soon()));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[0][0].integer(0), 1);
    EXPECT_EQ(results[1][0].integer(0), migrations::all.back()->number);
}

TEST_F(ConnectionTest, AnErrorIsThatOfTheFirstStatementAndLeavesTheConnectionUsable) {
    const auto connection = open();
    auto queries = one(sql::add_workspace, std::move(Params().text("kept out")));
    queries.push_back(
        {&sql::add_mailbox_address, std::move(Params().text("a@b").text("b").integer(1).integer(1))});
    queries.push_back({&sql::ping, {}});
    try {
        wait_for(io, connection->run(std::move(queries), soon()));
        FAIL() << "a foreign key was not checked";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate(), "23503");
        EXPECT_EQ(error.kind(), Error::Kind::data);
    }
    EXPECT_FALSE(connection->broken());
    EXPECT_FALSE(connection->in_transaction());
    EXPECT_EQ(wait_for(io, connection->run(one(sql::list_workspaces), soon()))[0].size(), 0)
        << "what stood before the error in the pipeline is undone with it";
}

TEST_F(ConnectionTest, MegabytesInOnePipelineDoNotStopEachOther) {
    const auto connection = open();
    std::vector<Query> queries;
    for (int i = 0; i < 200; ++i)
        queries.push_back({&sql::find_persons,
                           std::move(Params()
                                         .integers(std::vector<std::int64_t>(1000, 1))
                                         .texts(std::vector<std::string>(1000, std::string(100, 'x'))))});
    EXPECT_EQ(wait_for(io, connection->run(std::move(queries), soon())).size(), 200U);
}

TEST_F(ConnectionTest, AServerThatDoesNotAnswerInTimeIsAConnectionError) {
    const auto connection = open();
    const auto holder = open();
    wait_for(io, holder->run(one(sql::lock_id_buckets, std::move(Params().integers({1}))), soon()));
    // Autocommitted: the lock is gone again. Hold it in a transaction of its own.
    auto queries = one(sql::begin_transaction);
    queries.push_back({&sql::lock_id_buckets, std::move(Params().integers({1}))});
    wait_for(io, holder->run(std::move(queries), soon()));
    const auto before = std::chrono::steady_clock::now();
    try {
        wait_for(io, connection->run(one(sql::lock_id_buckets, std::move(Params().integers({1}))),
                                     before + 200ms));
        FAIL() << "it waited for ever";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), Error::Kind::connection);
    }
    EXPECT_TRUE(connection->broken());
    EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
    EXPECT_THROW(wait_for(io, connection->run(one(sql::ping), soon())), Error);
}

TEST_F(ConnectionTest, TheServerEndsWhatTakesTooLong) {
    const auto connection = open(100ms);
    const auto holder = open();
    auto queries = one(sql::begin_transaction);
    queries.push_back({&sql::lock_id_buckets, std::move(Params().integers({2}))});
    wait_for(io, holder->run(std::move(queries), soon()));
    try {
        wait_for(io, connection->run(one(sql::lock_id_buckets, std::move(Params().integers({2}))), soon()));
        FAIL() << "statement_timeout does not hold";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate(), "57014");
        EXPECT_EQ(error.kind(), Error::Kind::connection);
    }
}

TEST_F(ConnectionTest, ABackendThatIsKilledIsAConnectionError) {
    const auto connection = open();
    database.sql(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = "
        "'ticketgate'");
    EXPECT_THROW(wait_for(io, connection->run(one(sql::ping), soon())), Error);
    EXPECT_TRUE(connection->broken());
}

TEST_F(ConnectionTest, NoServerIsAConnectionErrorAtOnce) {
    for (const char* conninfo : {"host=/nonexistent", "host=127.0.0.1 port=1", "no conninfo at all"}) {
        try {
            wait_for(io, Connection::open(conninfo, soon(), 1s));
            FAIL() << conninfo;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), Error::Kind::connection) << conninfo;
        }
    }
}

TEST_F(ConnectionTest, APoolGivesOutNoMoreThanItHas) {
    Pool pool(io.get_executor(), {database.conninfo(), 2, 300ms});
    auto first = std::make_unique<Pool::Lease>(wait_for(io, pool.acquire(soon())));
    auto second = std::make_unique<Pool::Lease>(wait_for(io, pool.acquire(soon())));
    EXPECT_EQ(pool.busy(), 2U);
    EXPECT_THROW(wait_for(io, pool.acquire(pool.deadline())), Error);
    second.reset();
    EXPECT_EQ(pool.idle(), 1U);
    EXPECT_EQ(wait_for(io, pool.run(one(sql::ping)))[0].size(), 1);
}

TEST_F(ConnectionTest, APoolReplacesConnectionsThatDiedInTheirSleep) {
    Pool pool(io.get_executor(), {database.conninfo(), 2, 10s});
    wait_for(io, pool.run(one(sql::ping)));
    database.sql(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = "
        "'ticketgate'");
    EXPECT_EQ(wait_for(io, pool.run(one(sql::ping)))[0].size(), 1);
}

TEST_F(ConnectionTest, ASchemaThatIsTooNewIsRefused) {
    Pool pool(io.get_executor(), {database.conninfo(), 1, 10s});
    EXPECT_EQ(wait_for(io, schema_objection(pool)), std::nullopt);
    database.sql("INSERT INTO schema_version VALUES (900, 1)");
    EXPECT_EQ(wait_for(io, schema_objection(pool)), std::nullopt)
        << "newer, but it says that we can work with it";
    database.sql("UPDATE schema_version SET min_compatible = 900 WHERE version = 900");
    EXPECT_NE(wait_for(io, schema_objection(pool)).value().find("900"), std::string::npos);
    database.sql("DELETE FROM schema_version");
    database.sql("INSERT INTO schema_version VALUES (0, 0)");
    EXPECT_NE(wait_for(io, schema_objection(pool)).value().find("ticketgate migrate"), std::string::npos);
    database.sql("DROP TABLE schema_version");
    EXPECT_NE(wait_for(io, schema_objection(pool)).value().find("ticketgate migrate"), std::string::npos);
}

TEST_F(ConnectionTest, MigratingTwiceChangesNothing) {
    const auto report = migrate(database.conninfo());
    EXPECT_EQ(report.from, report.to);
    EXPECT_GT(report.to, 0);
}

}  // namespace
}  // namespace store
