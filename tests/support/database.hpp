// A database of its own for a test, migrated, in the tests' cluster (pg_cluster.sh); dropped at the end.
#pragma once

#include "store/pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace support {

class Database {
  public:
    Database();
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] const std::string& conninfo() const { return conninfo_; }

    // Runs SQL beside the code under test; the first column of the first row, or "".
    std::string sql(const std::string& text) const;

    // Ends the program's connections to this database, and waits until they are gone.
    void end_backends() const;

    // What the server logged for this database's statements, by name (log_statement is on).
    [[nodiscard]] static std::string server_log();

  private:
    std::string name_, conninfo_;
};

// Runs a coroutine to its end on a context of its own test.
template <class Result>
Result wait_for(boost::asio::io_context& io, boost::asio::awaitable<Result> work) {
    // Results need no default constructor this way.
    auto boxed = [](boost::asio::awaitable<Result> inner) -> boost::asio::awaitable<std::optional<Result>> {
        co_return co_await std::move(inner);
    };
    std::exception_ptr error;
    std::optional<Result> result;
    bool done = false;
    boost::asio::co_spawn(io, boxed(std::move(work)),
                          [&](std::exception_ptr thrown, std::optional<Result> value) {
                              error = thrown;
                              if (value) result.emplace(std::move(*value));
                              done = true;
                          });
    io.restart();
    while (!done && io.run_one() > 0) {
    }
    if (error) std::rethrow_exception(error);
    return std::move(*result);
}

void wait_for(boost::asio::io_context& io, boost::asio::awaitable<void> work);

}  // namespace support
