// SQL that nobody runs is SQL that nobody knows to be right: at the end of all tests of this program the
// server's log must name every statement.
#include "store/statements.hpp"
#include "support/database.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace {

class EveryStatementHasRun : public testing::Environment {
  public:
    void TearDown() override {
        if (testing::GTEST_FLAG(filter) != "*") return;  // a part of the tests runs a part of the SQL
        const std::string log = support::Database::server_log();
        for (const auto* statement : store::sql::all)
            EXPECT_NE(log.find("execute " + std::string(statement->name) + ":"), std::string::npos)
                << "the statement " << statement->name << " has never run";
    }
};

const auto* const registered = testing::AddGlobalTestEnvironment(new EveryStatementHasRun);

}  // namespace
