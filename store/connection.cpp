#include "store/connection.hpp"

#include "store/statements.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

namespace store {
namespace {

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

}  // namespace

// One timer for all the waits of a call. Its handler may run after the call has ended (it was queued
// already when the timer was cancelled), so it sees the call through a shared flag only.
class Connection::Watch {
  public:
    Watch(Connection& connection, Deadline deadline)
        : timer_(connection.timer_),
          state_(std::make_shared<State>(State{&connection.socket_, true, false})) {
        timer_.expires_at(deadline);
        timer_.async_wait([state = state_](boost::system::error_code error) {
            if (error || !state->active) return;
            state->expired = true;
            state->socket->cancel(error);
        });
    }
    ~Watch() {
        state_->active = false;
        timer_.cancel();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    [[nodiscard]] bool expired() const {
        return state_->expired || timer_.expiry() <= std::chrono::steady_clock::now();
    }

  private:
    struct State {
        asio::posix::stream_descriptor* socket;
        bool active;
        bool expired;
    };
    asio::steady_timer& timer_;
    std::shared_ptr<State> state_;
};

Connection::Connection(asio::any_io_executor executor, PGconn* connection)
    : connection_(connection, &PQfinish), socket_(executor), timer_(executor) {
    prepared_.resize(sql::all.size());
}

Connection::~Connection() {
    // libpq closes the descriptor.
    if (socket_.is_open()) socket_.release();
}

bool Connection::in_transaction() const {
    return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

void Connection::fail(const std::string& what) {
    broken_ = true;
    throw Error(Error::Kind::connection, "", what);
}

void Connection::check(bool ok) {
    if (!ok) fail(PQerrorMessage(connection_.get()));
}

asio::awaitable<void> Connection::wait(Until until, const Watch& watch) {
    using Descriptor = asio::posix::stream_descriptor;
    if (!watch.expired()) {
        if (until == Until::readable) {
            co_await socket_.async_wait(Descriptor::wait_read, waiting);
        } else if (until == Until::writable) {
            co_await socket_.async_wait(Descriptor::wait_write, waiting);
        } else {
            co_await asio::experimental::make_parallel_group(
                socket_.async_wait(Descriptor::wait_read, asio::deferred),
                socket_.async_wait(Descriptor::wait_write, asio::deferred))
                .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        }
    }
    if (watch.expired()) fail("no answer from PostgreSQL in time");
}

asio::awaitable<void> Connection::connect(const Watch& watch) {
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        // The descriptor may be another one after each step (several addresses, TLS retried without).
        if (socket_.is_open()) socket_.release();
        socket_.assign(PQsocket(connection_.get()));
        co_await wait(state == PGRES_POLLING_READING ? Until::readable : Until::writable, watch);
        state = PQconnectPoll(connection_.get());
        check(state != PGRES_POLLING_FAILED);
    }
    if (socket_.is_open()) socket_.release();
    socket_.assign(PQsocket(connection_.get()));
}

asio::awaitable<std::unique_ptr<Connection>> Connection::open(std::string conninfo, Deadline deadline,
                                                              std::chrono::milliseconds statement_timeout) {
    const char* const keywords[] = {"dbname", "client_encoding", "fallback_application_name", nullptr};
    const char* const values[] = {conninfo.c_str(), "UTF8", "ticketgate", nullptr};
    const auto executor = co_await asio::this_coro::executor;
    std::unique_ptr<Connection> connection(
        new Connection(executor, PQconnectStartParams(keywords, values, 1)));
    PGconn* const raw = connection->connection_.get();
    if (!raw || PQstatus(raw) == CONNECTION_BAD)
        connection->fail(raw ? PQerrorMessage(raw) : "out of memory");
    {
        const Watch watch(*connection, deadline);
        co_await connection->connect(watch);
    }
    connection->check(PQsetnonblocking(raw, 1) == 0 && PQenterPipelineMode(raw) == 1);
    PQsetNoticeProcessor(
        raw, [](void*, const char*) {}, nullptr);
    std::vector<Query> setup;
    setup.push_back({&sql::set_session_limits, {}});
    setup.back().params.text(std::to_string(statement_timeout.count()));
    co_await connection->run(std::move(setup), deadline);
    co_return connection;
}

std::vector<Query> single(const Statement& statement, Params params) {
    std::vector<Query> queries;
    queries.push_back({&statement, std::move(params)});
    return queries;
}

std::optional<std::string> conninfo_objection(const std::string& conninfo) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
    if (options) return std::nullopt;
    std::string text = message ? message : "out of memory";
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

void Connection::send(const Query& query) {
    const auto values = query.params.values();
    const auto lengths = query.params.lengths();
    const auto formats = query.params.formats();
    check(PQsendQueryPrepared(connection_.get(), query.statement->name, query.params.count(), values.data(),
                              lengths.data(), formats.data(), 1) == 1);
}

// Waits for both directions: a server that has filled its own output buffer stops reading ours.
asio::awaitable<void> Connection::flush(const Watch& watch) {
    for (;;) {
        const int state = PQflush(connection_.get());
        check(state >= 0);
        if (state == 0) co_return;
        co_await wait(Until::either, watch);
        check(PQconsumeInput(connection_.get()) == 1);
    }
}

asio::awaitable<Result> Connection::next(const Watch& watch) {
    while (PQisBusy(connection_.get())) {
        co_await wait(Until::readable, watch);
        check(PQconsumeInput(connection_.get()) == 1);
    }
    co_return Result(PQgetResult(connection_.get()));
}

asio::awaitable<std::vector<Result>> Connection::run(std::vector<Query> queries, Deadline deadline,
                                                     bool* sent) {
    if (broken_) fail("the connection is broken");
    const Watch watch(*this, deadline);

    struct Expected {
        const Statement* prepares;  // or null: the answer of a query
    };
    std::vector<Expected> expected;
    std::vector<bool> preparing(prepared_.size());
    for (const Query& query : queries) {
        const Statement& statement = *query.statement;
        if (!prepared_[statement.index] && !preparing[statement.index]) {
            check(PQsendPrepare(connection_.get(), statement.name, statement.text, 0, nullptr) == 1);
            preparing[statement.index] = true;
            expected.push_back({&statement});
        }
        send(query);
        expected.push_back({nullptr});
    }
    check(PQpipelineSync(connection_.get()) == 1);
    co_await flush(watch);
    if (sent) *sent = true;

    std::vector<Result> results;
    std::optional<Error> error;
    for (std::size_t at = 0;;) {
        Result result = co_await next(watch);
        if (!result.get()) {  // the end of one statement's results, or of the connection
            if (PQstatus(connection_.get()) == CONNECTION_BAD) fail(PQerrorMessage(connection_.get()));
            continue;
        }
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC) break;
        if (at < expected.size()) {
            const Statement* const prepares = expected[at++].prepares;
            if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
                if (prepares)
                    prepared_[prepares->index] = true;
                else
                    results.push_back(std::move(result));
                continue;
            }
        }
        if (status == PGRES_PIPELINE_ABORTED || error) continue;
        const char* const field = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        const std::string state = field ? field : "";
        error.emplace(Error::kind_of(state), state, PQresultErrorMessage(result.get()));
    }
    if (error) {
        if (PQstatus(connection_.get()) == CONNECTION_BAD) broken_ = true;
        throw *error;
    }
    co_return results;
}

asio::awaitable<bool> Connection::wait_notification(Deadline deadline) {
    const Watch watch(*this, deadline);
    for (;;) {
        bool notified = false;
        while (PGnotify* notification = PQnotifies(connection_.get())) {
            PQfreemem(notification);
            notified = true;
        }
        if (notified) co_return true;
        if (watch.expired()) co_return false;
        co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, waiting);
        if (watch.expired()) continue;
        check(PQconsumeInput(connection_.get()) == 1);
    }
}

}  // namespace store
