#include "outbound/queue.hpp"

#include "store/removal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace outbound {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr std::int64_t page = 1'000;         // destinations that are looked at at once
constexpr std::size_t most_results = 256;    // in one transaction
constexpr std::size_t most_unwritten = 512;  // more, and nothing is claimed
constexpr int letter_readers = 4;
constexpr auto after_error = 1s;
constexpr auto after_conflict = 50ms;  // of transactions
constexpr auto upkeep = 15s;
constexpr auto gathering = 50ms;  // of free places

}  // namespace

Queue::Queue(asio::any_io_executor executor, Options options, Seams seams)
    : executor_(executor),
      options_(std::move(options)),
      seams_(std::move(seams)),
      pool_(executor, options_.database),
      store_(pool_, tickets::Uuid::make(std::chrono::system_clock::now()), options_.terms),
      letters_(executor, seams_.threads, options_.memory, store_, seams_.settings),
      lanes_(executor, options_.lanes, {seams_.router, seams_.transport, letters_, seams_.settings, *this}),
      work_(executor, Clock::time_point::max()),
      unwritten_(executor, Clock::time_point::max()),
      all_ended_(executor, Clock::time_point::max()) {}
Queue::~Queue() = default;

void Queue::spawn(asio::awaitable<void> work) {
    ends_.push_back(std::make_unique<asio::cancellation_signal>());
    ++running_;
    asio::co_spawn(executor_, std::move(work),
                   asio::bind_cancellation_slot(ends_.back()->slot(), [this](std::exception_ptr thrown) {
                       if (--running_ == 0) all_ended_.cancel();
                       if (!thrown || stopping_) return;
                       try {
                           std::rethrow_exception(thrown);
                       } catch (const std::exception& error) {
                           seams_.probe.gave_up(error);
                       }
                   }));
}

void Queue::start() {
    for (int i = 0; i < letter_readers; ++i) spawn(letters_.run());
    spawn(claim_on());
    spawn(write_results());
    spawn(listen());
    spawn(renew_leases());
    spawn(look_after());
}

// Whoever stops it has cancelled what is under way.
void Queue::tell(std::string_view what, const std::exception& error) {
    if (!stopping_) seams_.probe.failed(what, error);
}

void Queue::wake() {
    woken_ = true;
    work_.cancel();
}

asio::awaitable<void> Queue::pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(executor_, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Queue::claim_on() {
    while (!stopping_) {
        woken_ = false;
        freed_ = 0;
        const auto began = Clock::now();
        auto next = std::chrono::milliseconds(after_error);
        if (results_.size() < most_unwritten) {
            claiming_ = true;
            try {
                next = co_await pass();
            } catch (const std::exception& error) {
                tell("claim", error);
            }
            claiming_ = false;
            all_ended_.cancel();
        }
        // Where a hundred thousand destinations wait, going round them must not be all that the database
        // does.
        asio::steady_timer rest(executor_, Clock::now() - began);
        co_await rest.async_wait(waiting);
        if (short_of_room_ && freed_ > 0) next = std::min<std::chrono::milliseconds>(next, gathering);
        next_pass_ = Clock::now() + next;
        while (!woken_ && !stopping_ && Clock::now() < next_pass_) {
            work_.expires_at(next_pass_);
            co_await work_.async_wait(waiting);
        }
    }
}

// Once round the destinations, from where the last one ran out of places; in how long there is more to do.
asio::awaitable<std::chrono::milliseconds> Queue::pass() {
    auto next = options_.poll;
    const auto began_behind = cursor_;
    bool begun_again = began_behind == store::WaitingDestination{};
    short_of_room_ = false;
    while (!stopping_) {
        const auto found = co_await store_.survey(cursor_, page);
        auto allotment = allot(found, under_way_, options_.room, turn_++,
                               [this](std::string_view destination) { return lanes_.room(destination); });
        for (const auto& one : found)
            if (one.due_in > 0ms) next = std::min(next, one.due_in);
        short_of_room_ = short_of_room_ || allotment.short_of_room;
        // There may be more of those than they had places for.
        if (!allotment.claims.empty() && co_await claim(std::move(allotment)) > 0) next = 0ms;
        if (!found.empty()) cursor_ = {found.back().workspace, found.back().destination, {}};
        if (under_way_.in_all >= options_.room.in_all) break;
        if (static_cast<std::int64_t>(found.size()) == page) continue;
        cursor_ = {};
        if (std::exchange(begun_again, true)) break;
    }
    // What is due but held by another daemon is seen again and again.
    co_return short_of_room_&& next > 1s ? 1s : next;
}

asio::awaitable<std::size_t> Queue::claim(Allotment allotment) {
    const auto leased_until = Clock::now() + options_.terms.lease;
    auto claimed = co_await store_.claim(std::move(allotment.claims));
    for (auto& delivery : claimed) {
        auto post = std::make_shared<Post>(Post{std::move(delivery), leased_until});
        under_way_.add(post->delivery.key.workspace, post->delivery.destination);
        posts_.insert(post);
        lanes_.add(std::move(post));
    }
    co_return claimed.size();
}

void Queue::forget(const std::shared_ptr<Post>& post) {
    under_way_.remove(post->delivery.key.workspace, post->delivery.destination);
    posts_.erase(post);
    ++freed_;
    if (!short_of_room_) return;
    // Many places at once cost less to fill; but what does not move must not keep others from theirs.
    const auto soon = Clock::now() + (freed_ * 2 >= posts_.size() ? 0ms : gathering);
    if (soon >= next_pass_) return;
    next_pass_ = soon;
    work_.cancel();
}

void Queue::settled(const std::shared_ptr<Post>& post, store::Attempt attempt) {
    results_.emplace_back(post, std::move(attempt));
    forget(post);
    unwritten_.cancel();
}

void Queue::dropped(const std::shared_ptr<Post>& post) {
    seams_.probe.lost(post->delivery);
    forget(post);
}

asio::awaitable<void> Queue::write_results() {
    for (;;) {
        while (results_.empty()) co_await unwritten_.async_wait(waiting);
        const auto some = static_cast<std::ptrdiff_t>(std::min(results_.size(), most_results));
        std::vector<std::pair<std::shared_ptr<Post>, store::Attempt>> results(
            std::move_iterator(results_.begin()), std::move_iterator(results_.begin() + some));
        results_.erase(results_.begin(), results_.begin() + some);
        unwritten_keys_.clear();
        for (const auto& [post, attempt] : results) unwritten_keys_.push_back(attempt.delivery);
        co_await write(std::move(results));
        unwritten_keys_.clear();
        behind_ = false;
        if (results_.empty()) all_ended_.cancel();
    }
}

// Until it is written: a mail that was sent must not be sent again because we did not say so.
asio::awaitable<void> Queue::write(std::vector<std::pair<std::shared_ptr<Post>, store::Attempt>> results) {
    std::vector<store::Attempt> attempts;
    for (const auto& [post, attempt] : results) attempts.push_back(attempt);
    std::vector<store::FinishedDelivery> finished;
    for (;;) {
        std::optional<std::chrono::milliseconds> again;
        try {
            finished = co_await store_.finish(attempts);
            break;
        } catch (const store::Error& error) {
            tell("results", error);
            using enum store::Error::Kind;
            if (error.kind() == connection) again = after_error;
            // Or something of it is being removed, and is gone at the next look.
            if (error.kind() == serialization || store::met_somebody(error)) again = after_conflict;
        } catch (const std::exception& error) {
            tell("results", error);
        }
        behind_ = true;
        if (again) {
            co_await pause(*again);
            continue;
        }
        // The lease of one that can't be written runs out, and it is told as interrupted.
        if (results.size() == 1) co_return;
        for (auto& result : results) {
            std::vector<std::pair<std::shared_ptr<Post>, store::Attempt>> alone;
            alone.push_back(std::move(result));
            co_await write(std::move(alone));
        }
        co_return;
    }
    std::map<tickets::Uuid, const store::FinishedDelivery*> by_id;
    for (const auto& one : finished) by_id[one.id] = &one;
    for (const auto& [post, attempt] : results) {
        const auto found = by_id.find(attempt.delivery.id);
        if (found == by_id.end())
            seams_.probe.lost(post->delivery);
        else
            seams_.probe.attempted(post->delivery, attempt, found->second->state, found->second->age);
    }
}

asio::awaitable<void> Queue::listen() {
    store::DeliveryEar ear(options_.database);
    for (;;) {
        try {
            co_await ear.wait(60s);
            wake();
            continue;
        } catch (const std::exception& error) {
            tell("listen", error);
        }
        co_await pause(after_error);
    }
}

asio::awaitable<void> Queue::renew_leases() {
    // After a failure at once: a statement that hangs takes most of a lease by itself.
    for (auto wait = options_.terms.lease / 3;;) {
        co_await pause(std::exchange(wait, options_.terms.lease / 3));
        const auto began = Clock::now();
        // What has run out may be another's, and so it stays.
        std::vector<std::shared_ptr<Post>> ours;
        for (const auto& post : posts_)
            if (post->leased_until > began) ours.push_back(post);
        std::vector<store::DeliveryKey> keys = unwritten_keys_;
        for (const auto& post : ours) keys.push_back(post->delivery.key);
        for (const auto& [post, attempt] : results_) keys.push_back(attempt.delivery);
        if (keys.empty()) continue;
        try {
            const auto renewed = co_await store_.renew(std::move(keys));
            const std::set<tickets::Uuid> held(renewed.begin(), renewed.end());
            // What was taken from us, for all that our clock says, must not be sent.
            for (const auto& post : ours)
                post->leased_until =
                    held.contains(post->delivery.key.id) ? began + options_.terms.lease : SteadyTime{};
        } catch (const std::exception& error) {
            tell("leases", error);
            wait = std::min<std::chrono::milliseconds>(wait, after_error);
        }
    }
}

asio::awaitable<void> Queue::look_after() {
    for (;;) {
        try {
            // Leases that ran out with the database away are told by what we have to write first.
            if (!behind_) {
                if (const auto lost = co_await store_.reclaim(); !lost.empty()) {
                    seams_.probe.reclaimed(lost);
                    wake();
                }
            }
        } catch (const std::exception& error) {
            tell("upkeep", error);
        }
        co_await pause(std::min<std::chrono::milliseconds>(upkeep, options_.terms.lease / 2));
    }
}

asio::awaitable<void> Queue::stop(std::chrono::milliseconds grace) {
    stopping_ = true;
    work_.cancel();
    const auto deadline = Clock::now() + grace;
    auto left = lanes_.stop();
    co_await lanes_.wait_ended(deadline);
    while (claiming_ && Clock::now() < deadline + 5s) {
        all_ended_.expires_at(deadline + 5s);
        co_await all_ended_.async_wait(waiting);
    }
    // What a claim brought meanwhile, and what its connection gave back.
    for (auto& post : lanes_.stop()) left.push_back(std::move(post));
    const auto last = Clock::now() + 5s;
    while ((!unwritten_keys_.empty() || !results_.empty()) && Clock::now() < last) {
        all_ended_.expires_at(last);
        co_await all_ended_.async_wait(waiting);
    }
    for (const auto& end : ends_) end->emit(asio::cancellation_type::terminal);
    all_ended_.expires_at(Clock::time_point::max());
    while (running_ > 0) co_await all_ended_.async_wait(waiting);
    std::vector<store::DeliveryKey> keys;
    for (const auto& post : left)
        if (posts_.contains(post)) keys.push_back(post->delivery.key);
    try {
        if (!keys.empty()) co_await store_.put_back(std::move(keys));
    } catch (const store::Error& error) {
        seams_.probe.failed("put_back", error);
    }
}

}  // namespace outbound
