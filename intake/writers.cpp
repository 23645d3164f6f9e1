#include "intake/writers.hpp"

#include "intake/plan.hpp"

#include <openssl/rand.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>

namespace intake {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t max_mails = 32;
constexpr std::size_t max_bytes = 1 << 20;
constexpr int max_attempts = 5;
constexpr auto look_up_time = 5s;
constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

Fate fate_of(const store::Error& error) {
    return error.sqlstate() == "53100" ? Fate::no_space : Fate::unavailable;  // disk_full
}

std::string_view name(store::Error::Kind kind) {
    switch (kind) {
        case store::Error::Kind::connection:
            return "connection";
        case store::Error::Kind::serialization:
            return "serialization";
        case store::Error::Kind::data:
            return "data";
    }
    return "other";
}

std::string_view found_by(const store::BouncedDelivery& bounced) {
    if (bounced.delivery) return "return_path";
    return "message_id";
}

std::int16_t random_shard() {
    unsigned char byte = 0;
    RAND_bytes(&byte, 1);
    return static_cast<std::int16_t>(byte % 32);
}

}  // namespace

struct Writers::Pending {
    Pending(asio::any_io_executor executor, std::shared_ptr<const Arrival> mail)
        : arrival(std::move(mail)), done(executor) {}

    void settle(Fate result) {
        fate = result;
        done.cancel();
    }

    std::shared_ptr<const Arrival> arrival;
    asio::steady_timer done;
    bool taken = false;
    std::optional<Fate> fate;
};

// One writer with its connection.
class Writers::Writer {
  public:
    explicit Writer(Writers& writers) : writers_(writers), shard_(random_shard()) {}

    asio::awaitable<void> run() {
        for (;;) {
            while (writers_.queue_.empty()) co_await writers_.work_.async_wait(waiting);
            const Group group = writers_.take();
            try {
                co_await write(group);
            } catch (const std::exception& error) {
                writers_.probe_.batch_failed("other", error.what());
                connection_.reset();
            }
            // Nobody may be left waiting, whatever happened above.
            for (const auto& pending : group)
                if (!pending->fate) pending->settle(Fate::unavailable);
        }
    }

  private:
    enum class Tried { committed, again, lost, refused };

    asio::awaitable<void> write(const Group& group) {
        deadline_ = Clock::now() + writers_.options_.timeout;
        std::vector<std::shared_ptr<const Arrival>> mails;
        for (const auto& pending : group) mails.push_back(pending->arrival);
        switch (co_await try_repeatedly(mails)) {
            case Tried::committed:
                for (const auto& pending : group) pending->settle(Fate::committed);
                co_return;
            case Tried::refused:
                co_await one_by_one(group);
                co_return;
            case Tried::lost:
                co_await resolve(group);
                co_return;
            case Tried::again:
                co_return;
        }
    }

    // Somebody in the group has data that the database refuses: the others must not suffer for it.
    asio::awaitable<void> one_by_one(const Group& group) {
        for (const auto& pending : group) {
            const Group single{pending};
            std::vector<std::shared_ptr<const Arrival>> mail{pending->arrival};
            Tried tried = group.size() > 1 ? co_await try_repeatedly(mail) : Tried::refused;
            if (tried == Tried::refused) {
                mail.front() = std::make_shared<const Arrival>(bare(*pending->arrival));
                tried = co_await try_repeatedly(mail);
            }
            if (tried == Tried::committed)
                pending->settle(Fate::committed);
            else if (tried == Tried::lost)
                co_await resolve(single);
            else
                pending->settle(Fate::unavailable);
        }
    }

    asio::awaitable<Tried> try_repeatedly(const std::vector<std::shared_ptr<const Arrival>>& mails) {
        Tried tried = Tried::again;
        for (int attempt = 0; tried == Tried::again && attempt < max_attempts; ++attempt)
            tried = co_await try_once(mails);
        co_return tried;
    }

    asio::awaitable<Tried> try_once(const std::vector<std::shared_ptr<const Arrival>>& mails) {
        commit_sent_ = false;
        // One that was opened for an earlier group may have died since, with the server that restarted.
        const bool old_connection = connection_ && !connection_->broken();
        std::optional<store::Error> failed;
        try {
            co_await connect(deadline_);
            began_ = Clock::now();
            auto facts = co_await store_->begin(keys_of(mails, limits()), deadline_);
            const auto now = std::chrono::system_clock::now();
            auto decided = plan(
                mails, facts, now, [now] { return Uuid::make(now); }, limits());
            dispositions_ = decided.dispositions;
            const auto committed = co_await store_->commit(std::move(decided), deadline_, commit_sent_);
            report(mails);
            writers_.probe_.acknowledged(committed.acknowledged);
            for (const auto& row : committed.bounced)
                writers_.probe_.bounced(!row.final ? "delayed" : row.hard ? "hard" : "soft", found_by(row));
            co_return Tried::committed;
        } catch (const store::Error& error) {
            failed = error;
        }
        writers_.probe_.batch_failed(name(failed->kind()), failed->what());
        error_fate_ = fate_of(*failed);
        if (failed->kind() == store::Error::Kind::connection) {
            connection_.reset();
            co_return old_connection && !commit_sent_ && Clock::now() < deadline_ ? Tried::again
                                                                                  : Tried::lost;
        }
        co_await roll_back();
        co_return failed->kind() == store::Error::Kind::serialization ? Tried::again : Tried::refused;
    }

    [[nodiscard]] const store::Limits& limits() const { return writers_.options_.limits; }

    asio::awaitable<void> roll_back() {
        try {
            if (connection_->in_transaction()) co_await store_->rollback(deadline_);
        } catch (const store::Error&) {
            connection_.reset();
        }
    }

    // A connection that works, or Error at the deadline. A server that is just restarting is worth a wait.
    asio::awaitable<void> connect(store::Deadline deadline) {
        if (connection_ && !connection_->broken()) co_return;
        asio::steady_timer pause(writers_.executor_);
        for (auto wait = 100ms;; wait = std::min(wait * 2, std::chrono::milliseconds(2s))) {
            try {
                connection_ = co_await store::Connection::open(writers_.options_.conninfo, deadline,
                                                               writers_.options_.timeout);
                store_.emplace(*connection_, shard_);
                co_return;
            } catch (const store::Error&) {
                connection_.reset();
                if (Clock::now() + wait >= deadline) throw;
            }
            pause.expires_after(wait);
            co_await pause.async_wait(waiting);
        }
    }

    // The connection is gone. Before COMMIT was sent, so is the transaction; after, only the rows can tell.
    asio::awaitable<void> resolve(const Group& group) {
        if (commit_sent_) {
            try {
                const auto until = Clock::now() + look_up_time;
                co_await connect(until);
                for (const auto& pending : group) {
                    const Arrival& mail = *pending->arrival;
                    const bool stored =
                        co_await store_->committed(mail.parts.front().workspace, mail.intake, until);
                    writers_.probe_.outcome_unknown(stored);
                    if (stored) report_dispositions(mail);
                    pending->settle(stored ? Fate::committed : error_fate_);
                }
            } catch (const store::Error& error) {
                connection_.reset();
                writers_.probe_.batch_failed("connection", error.what());
            }
        }
        for (const auto& pending : group)
            if (!pending->fate) pending->settle(error_fate_);
    }

    void report(const std::vector<std::shared_ptr<const Arrival>>& mails) {
        std::size_t bytes = 0;
        const auto now = Clock::now();
        for (const auto& mail : mails) {
            bytes += mail->bytes();
            writers_.probe_.mail_committed(now - mail->final_dot);
            report_dispositions(*mail);
        }
        writers_.probe_.batch_committed(mails.size(), bytes, now - began_);
    }

    void report_dispositions(const Arrival& mail) {
        writers_.probe_.kind_of_mail(mail::name_of(mail.kind.kind));
        for (const auto& row : dispositions_)
            if (row.intake == mail.intake) writers_.probe_.disposed(row.disposition, row.reason, 1);
    }

    Writers& writers_;
    const std::int16_t shard_;
    std::unique_ptr<store::Connection> connection_;
    std::optional<store::IntakeStore> store_;  // over the connection, as long as it lives
    store::Deadline deadline_;
    Clock::time_point began_;
    std::vector<store::Disposition> dispositions_;  // of the last plan that was sent
    bool commit_sent_ = false;
    Fate error_fate_ = Fate::unavailable;
};

Writers::Writers(asio::any_io_executor executor, Options options, Probe& probe)
    : executor_(executor),
      options_(std::move(options)),
      probe_(probe),
      work_(executor, Clock::time_point::max()) {}

asio::awaitable<void> Writers::run() {
    Writer writer(*this);
    co_await writer.run();
}

std::chrono::steady_clock::duration Writers::oldest_queued() const {
    return queue_.empty() ? Clock::duration::zero() : Clock::now() - queue_.front()->arrival->final_dot;
}

Writers::Group Writers::take() {
    Group group;
    std::size_t bytes = 0, ids = 0;
    while (!queue_.empty() && group.size() < max_mails) {
        const Arrival& mail = *queue_.front()->arrival;
        bytes += mail.bytes();
        ids += mail.refs.size() * mail.parts.size();
        if (!group.empty() && (bytes > max_bytes || ids > store::max_ids_per_batch)) break;
        queue_.front()->taken = true;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}

asio::awaitable<Fate> Writers::write(std::shared_ptr<const Arrival> arrival) {
    const auto pending = std::make_shared<Pending>(executor_, std::move(arrival));
    queue_.push_back(pending);
    work_.cancel_one();
    pending->done.expires_after(options_.timeout);
    while (!pending->fate) {
        co_await pending->done.async_wait(waiting);
        if (pending->fate) break;
        if (!pending->taken) {
            std::erase(queue_, pending);
            co_return Fate::unavailable;
        }
        // A writer has it, and has its own deadline.
        pending->done.expires_at(Clock::time_point::max());
    }
    co_return *pending->fate;
}

}  // namespace intake
