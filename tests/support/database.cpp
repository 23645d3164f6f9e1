#include "support/database.hpp"

#include "store/migrate.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace support {
namespace {

std::string cluster_file(const std::string& name) {
    const char* const folder = std::getenv("TICKETGATE_TEST_CLUSTER");
    if (!folder) throw std::runtime_error("TICKETGATE_TEST_CLUSTER is not set; run the tests through ctest");
    std::ifstream file(std::string(folder) + "/" + name);
    std::string line;
    if (!std::getline(file, line))
        throw std::runtime_error(std::string(folder) + "/" + name + " can't be read");
    return line;
}

std::string run(const std::string& conninfo, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(conninfo.c_str()), &PQfinish);
    const store::Result result(PQexec(connection.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    return result.size() > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace

Database::Database() {
    static int count = 0;
    name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    const std::string cluster = cluster_file("dsn");
    run(cluster, "CREATE DATABASE " + name_);
    run(cluster, "ALTER DATABASE " + name_ + " SET log_statement = 'all'");
    conninfo_ = cluster + " dbname=" + name_;
    store::migrate(conninfo_);
}

Database::~Database() {
    try {
        run(cluster_file("dsn"), "DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {
        // The cluster goes away after the tests anyway.
    }
}

std::string Database::sql(const std::string& text) const {
    return run(conninfo_, text);
}

void Database::end_backends() const {
    sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE application_name = 'ticketgate' AND datname = current_database()");
}

std::string Database::server_log() {
    std::ifstream file(cluster_file("home") + "/log");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void wait_for(boost::asio::io_context& io, boost::asio::awaitable<void> work) {
    auto with_result = [](boost::asio::awaitable<void> inner) -> boost::asio::awaitable<bool> {
        co_await std::move(inner);
        co_return true;
    };
    wait_for(io, with_result(std::move(work)));
}

}  // namespace support
