// A connection to the desk for one command: the database, and how its failures are told.
#pragma once

#include "daemon/config.hpp"
#include "daemon/run_async.hpp"
#include "mail/mailbox.hpp"
#include "store/migrate.hpp"
#include "store/pool.hpp"

#include <optional>
#include <string>

namespace program {

class DeskSession {
  public:
    explicit DeskSession(const Config& config)
        : pool_(io_.get_executor(), {config.database_conninfo, 1, config.database_timeout}) {}

    boost::asio::io_context& io() { return io_; }
    store::Pool& pool() { return pool_; }

    template <class Result>
    Result run(boost::asio::awaitable<Result> work) {
        return run_async(io_, std::move(work));
    }

  private:
    boost::asio::io_context io_;
    store::Pool pool_;
};

// Calls `work` with a session whose schema fits this program. A database that can't be reached, or has
// another schema, is a message on standard error and status 1.
template <class Work>
int with_desk(const Config& config, Work work);

// For commands that walk over whole tables, which takes longer than any question of the desk may.
[[nodiscard]] Config patient(Config config);

// An address as an operator writes it, or none with the reason on standard error.
[[nodiscard]] std::optional<mail::Mailbox> operators_address(const std::string& text);

// For standard error; returns the status of bad input.
int refuse(const std::string& message);
int fail(const std::string& message);

template <class Work>
int with_desk(const Config& config, Work work) {
    try {
        DeskSession session(config);
        if (const auto objection = session.run(store::schema_objection(session.pool())))
            return fail(*objection);
        return work(session);
    } catch (const store::Error& error) {
        return fail(error.what());
    }
}

}  // namespace program
