#include "store/pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace store {

Pool::Pool(asio::any_io_executor executor, Options options)
    : options_(std::move(options)), executor_(executor) {}

Pool::Lease::~Lease() {
    if (connection_) pool_->give_back(std::move(connection_));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    if (connection->broken() || connection->in_transaction()) {
        --open_;
        // Those that idle were made by the same server; when it went away they are dead too.
        if (connection->broken()) {
            open_ -= idle_.size();
            idle_.clear();
        }
    } else {
        idle_.push_back(std::move(connection));
    }
    wake_one();
}

void Pool::wake_one() {
    if (waiting_.empty()) return;
    waiting_.front()->cancel();
    waiting_.pop_front();
}

asio::awaitable<Pool::Lease> Pool::acquire(Deadline deadline) {
    while (idle_.empty() && open_ >= options_.size) {
        if (std::chrono::steady_clock::now() >= deadline)
            throw Error(Error::Kind::connection, "", "no free database connection in time");
        asio::steady_timer freed(executor_, deadline);
        waiting_.push_back(&freed);
        co_await freed.async_wait(asio::as_tuple(asio::use_awaitable));
        std::erase(waiting_, &freed);
    }
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        co_return Lease(*this, std::move(connection));
    }
    ++open_;
    try {
        co_return Lease(*this, co_await Connection::open(options_.conninfo, deadline, options_.timeout));
    } catch (...) {
        --open_;
        wake_one();
        throw;
    }
}

asio::awaitable<std::vector<Result>> Pool::run(std::vector<Query> queries) {
    const auto until = deadline();
    for (int attempt = 0;; ++attempt) {
        try {
            const Lease lease = co_await acquire(until);
            co_return co_await lease->run(queries, until);
        } catch (const Error& error) {
            const bool stale = error.kind() == Error::Kind::connection && error.sqlstate().empty();
            if (!stale || attempt > 0 || std::chrono::steady_clock::now() >= until) throw;
        }
    }
}

}  // namespace store
