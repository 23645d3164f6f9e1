// One connection to PostgreSQL in pipeline mode, driven by Asio.
//
// run() sends several statements in one go and returns when the server has answered all of them: one
// round trip. Not thread-safe; one run() at a time. After an Error of kind `connection` the object is
// broken() and good for nothing but being destroyed. Every wait has a deadline.
#pragma once

#include "store/error.hpp"
#include "store/params.hpp"
#include "store/result.hpp"
#include "store/statement.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace store {

namespace asio = boost::asio;
using Deadline = std::chrono::steady_clock::time_point;

// What libpq finds wrong with a connection string or URI; none when nothing.
[[nodiscard]] std::optional<std::string> conninfo_objection(const std::string& conninfo);

struct Query {
    const Statement* statement;
    Params params;
};

// A statement on its own, for run().
[[nodiscard]] std::vector<Query> single(const Statement& statement, Params params = {});

class Connection {
  public:
    // Throws Error (connection) when there is none by the deadline. The server ends a statement, and a
    // transaction that idles, after `statement_timeout`: nothing of a client that froze stays locked.
    static asio::awaitable<std::unique_ptr<Connection>> open(std::string conninfo, Deadline deadline,
                                                             std::chrono::milliseconds statement_timeout);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Runs the statements in order, as one transaction unless they say BEGIN themselves, and returns a
    // result for each. Throws Error for the first that failed; those behind it did not run. `queries`
    // is not kept. `sent` (optional) is set once everything has been handed to the server's socket.
    asio::awaitable<std::vector<Result>> run(std::vector<Query> queries, Deadline deadline,
                                             bool* sent = nullptr);

    // Waits until the server sends a notification (LISTEN), or the deadline passes: false then.
    asio::awaitable<bool> wait_notification(Deadline deadline);

    [[nodiscard]] bool broken() const { return broken_; }
    // An error left a transaction open, or a result unread.
    [[nodiscard]] bool in_transaction() const;

  private:
    Connection(asio::any_io_executor executor, PGconn* connection);

    enum class Until { readable, writable, either };
    class Watch;  // ends the waits of one call at its deadline
    asio::awaitable<void> wait(Until until, const Watch& watch);
    asio::awaitable<void> connect(const Watch& watch);
    asio::awaitable<void> flush(const Watch& watch);
    asio::awaitable<Result> next(const Watch& watch);
    void send(const Query& query);
    void check(bool ok);
    [[noreturn]] void fail(const std::string& what);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    asio::posix::stream_descriptor socket_;
    asio::steady_timer timer_;
    std::vector<bool> prepared_;
    bool broken_ = false;
};

}  // namespace store
