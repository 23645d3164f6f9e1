#include "store/migrate.hpp"

#include "store/migrations.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

namespace store {
namespace {

// Bumped only when an older program must not touch the schema any more.
constexpr int min_compatible = 1;
constexpr int newest = migrations::all.back()->number;

class Session {
  public:
    explicit Session(const std::string& conninfo) : connection_(connect(conninfo), &PQfinish) {
        if (PQstatus(connection_.get()) != CONNECTION_OK)
            throw Error(Error::Kind::connection, "", PQerrorMessage(connection_.get()));
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
    }

    std::string run(const std::string& sql) {
        const Result result(PQexec(connection_.get(), sql.c_str()));
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            throw Error(Error::kind_of(state ? state : ""), state ? state : "",
                        PQerrorMessage(connection_.get()));
        }
        return result.size() > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }

  private:
    static PGconn* connect(const std::string& conninfo) {
        const char* const keywords[] = {"connect_timeout", "dbname", nullptr};
        const char* const values[] = {"10", conninfo.c_str(), nullptr};
        return PQconnectdbParams(keywords, values, 1);
    }
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

int version_of(Session& session) {
    if (session.run("SELECT to_regclass('schema_version') IS NOT NULL") != "t") return 0;
    return std::stoi(session.run("SELECT coalesce(max(version), 0) FROM schema_version"));
}

}  // namespace

MigrationReport migrate(const std::string& conninfo) {
    Session session(conninfo);
    session.run("SET lock_timeout = '60s'");
    session.run("SELECT pg_advisory_lock(hashtextextended('ticketgate migrations', 0))");
    MigrationReport report;
    report.from = report.to = version_of(session);
    for (const Migration* migration : migrations::all) {
        if (migration->number <= report.from) continue;
        session.run("BEGIN");
        session.run(migration->text);
        session.run(fmt::format("INSERT INTO schema_version (version, min_compatible) VALUES ({}, {})",
                                migration->number, min_compatible));
        session.run("COMMIT");
        report.to = migration->number;
    }
    return report;
}

asio::awaitable<std::optional<std::string>> schema_objection(Pool& pool) {
    std::vector<Query> queries;
    queries.push_back({&sql::schema_version, {}});
    std::vector<Result> results;
    try {
        results = co_await pool.run(std::move(queries));
    } catch (const Error& error) {
        if (error.sqlstate() != "42P01") throw;  // undefined_table
        co_return "the database has no schema yet; run: ticketgate migrate";
    }
    const auto version = results[0][0].integer(0), oldest = results[0][0].integer(1);
    if (version < newest)
        co_return fmt::format(
            "the database's schema is at version {}, this program needs {}; run: ticketgate migrate", version,
            newest);
    if (oldest > newest)
        co_return fmt::format(
            "the database's schema needs a program made for version {} or later; this one is for {}", oldest,
            newest);
    co_return std::nullopt;
}

}  // namespace store
