// A few connections for short questions (settings, readiness, the desk). Writers have their own.
//
// acquire() gives an idle connection, opens one, or waits for one until the deadline; throws
// store::Error (connection). A lease gives its connection back, unless that broke or was left inside a
// transaction. The pool outlives its leases; single-threaded.
#pragma once

#include "store/connection.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace store {

class Pool {
  public:
    struct Options {
        std::string conninfo;
        std::size_t size = 4;
        std::chrono::milliseconds timeout{25'000};  // of a statement, and of everything that waits for one
    };
    Pool(asio::any_io_executor executor, Options options);

    class Lease {
      public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection)
            : pool_(&pool), connection_(std::move(connection)) {}
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = default;
        ~Lease();
        Connection* operator->() const { return connection_.get(); }
        Connection& operator*() const { return *connection_; }

      private:
        Pool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    asio::awaitable<Lease> acquire(Deadline deadline);

    // One statement on whichever connection; a connection that turns out to have been closed by the
    // server meanwhile is replaced once.
    asio::awaitable<std::vector<Result>> run(std::vector<Query> queries);

    [[nodiscard]] Deadline deadline() const { return std::chrono::steady_clock::now() + options_.timeout; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] std::size_t idle() const { return idle_.size(); }
    [[nodiscard]] std::size_t busy() const { return open_ - idle_.size(); }

  private:
    void give_back(std::unique_ptr<Connection> connection);
    void wake_one();

    Options options_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
    asio::any_io_executor executor_;
    std::deque<asio::steady_timer*> waiting_;  // for a place; each with its own deadline
};

}  // namespace store
