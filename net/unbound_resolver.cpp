#include "net/unbound_resolver.hpp"

#include "net/answer_cache.hpp"

#include <unbound.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <fstream>
#include <list>
#include <optional>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace net {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int class_internet = 1;
constexpr std::size_t most_kept = 10'000;
constexpr std::chrono::seconds longest_kept{300};

DnsAnswer failure(std::string why) {
    DnsAnswer answer;
    answer.why = std::move(why);
    return answer;
}

std::string in_lower_case(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

DnsAnswer answer_of(int error, const ub_result* result) {
    if (error != 0 || result == nullptr) return failure(ub_strerror(error));
    if (result->bogus != 0) {
        return failure(result->why_bogus != nullptr ? result->why_bogus : "bogus");
    }
    DnsAnswer answer;
    answer.secure = result->secure != 0;
    if (result->canonname != nullptr) answer.canonical = in_lower_case(result->canonname);
    constexpr int no_error = 0, name_error = 3;
    if (result->havedata != 0) {
        for (int i = 0; result->data[i] != nullptr; ++i) {
            answer.records.emplace_back(result->data[i], static_cast<std::size_t>(result->len[i]));
        }
        answer.status = DnsAnswer::Status::found;
    } else if (result->nxdomain != 0 || result->rcode == name_error) {
        answer.status = DnsAnswer::Status::no_name;
    } else if (result->rcode == no_error) {
        answer.status = DnsAnswer::Status::no_records;
    } else {
        answer.why = result->rcode == 2 ? "SERVFAIL" : "RCODE " + std::to_string(result->rcode);
    }
    return answer;
}

}  // namespace

// What outlives the resolver while somebody still waits.
class UnboundResolver::Context : public std::enable_shared_from_this<Context> {
  public:
    struct Query {
        explicit Query(const asio::any_io_executor& executor) : timer(executor) {}
        asio::steady_timer timer;  // expires at the deadline; cancelled when there is news
        int id = 0;                // libunbound's
        bool asked = false;        // libunbound has it
        std::optional<DnsAnswer> answer;
        std::chrono::seconds ttl{0};
    };

    Context(asio::any_io_executor executor, const ResolverOptions& options)
        : executor_(std::move(executor)), options_(options), unbound_(ub_ctx_create()), readable_(executor_) {
        if (unbound_ == nullptr) throw std::runtime_error("DNS: libunbound has no memory");
        try {
            configure();
        } catch (...) {
            ub_ctx_delete(unbound_);
            throw;
        }
    }
    ~Context() { ub_ctx_delete(unbound_); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // The resolver's end: whoever still waits is told, and keeps this alive until then.
    void close() {
        closed_ = true;
        for (Query* query : waiting_) query->timer.cancel();
        for (Query* query : in_flight_) query->timer.cancel();
        if (readable_.is_open()) (void)readable_.release();  // the descriptor is libunbound's
    }

    asio::awaitable<DnsAnswer> look_up(std::string name, RecordType type, Clock::time_point deadline) {
        ++counts_.asked;
        const Clock::time_point begin = Clock::now();
        const DnsAnswer* const known = begin < deadline ? cache_.find(name, type, begin) : nullptr;
        if (known != nullptr) {
            ++counts_.answered;
            co_return *known;
        }
        if (waiting_.size() >= options_.waiting || !breaker_lets_pass(begin)) {
            ++counts_.refused;
            co_return failure(breaker_open_ ? "the resolver does not answer" : "too many questions wait");
        }
        Query query(executor_);
        query.timer.expires_at(deadline);
        Place place(*this, query);
        bool goes_on = !closed_ && begin < deadline;
        while (goes_on && !place.may_ask()) goes_on = co_await wait(query);
        if (goes_on) place.ask(name, type);
        while (goes_on && !query.answer) goes_on = co_await wait(query);
        if (query.answer && query.answer->status != DnsAnswer::Status::failed)
            cache_.keep(name, type, *query.answer, Clock::now() + std::min(query.ttl, longest_kept));
        co_return finish(query, begin);
    }

    [[nodiscard]] ResolverCounts counts() const {
        ResolverCounts counts = counts_;
        counts.in_flight = in_flight_.size();
        counts.waiting = waiting_.size();
        counts.breaker_open = breaker_open_;
        return counts;
    }

  private:
    // A query's place among those that wait, then among those that libunbound has; both end with the
    // coroutine.
    class Place {
      public:
        Place(Context& context, Query& query) : context_(context), query_(query) {
            at_ = context_.waiting_.insert(context_.waiting_.end(), &query);
        }
        ~Place() {
            if (!query_.asked) {
                context_.waiting_.erase(at_);
            } else {
                // What libunbound has not delivered by now it never will, and what it has is no longer there.
                if (!query_.answer) ub_cancel(context_.unbound_, query_.id);
                context_.in_flight_.erase(at_);
                if (context_.in_flight_.empty() && context_.readable_.is_open()) context_.readable_.cancel();
            }
            if (!context_.waiting_.empty()) context_.waiting_.front()->timer.cancel();
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        [[nodiscard]] bool may_ask() const {
            return context_.waiting_.front() == &query_ &&
                   context_.in_flight_.size() < context_.options_.in_flight;
        }
        void ask(const std::string& name, RecordType type) {
            context_.in_flight_.splice(context_.in_flight_.end(), context_.waiting_, at_);
            query_.asked = true;
            const int error = ub_resolve_async(context_.unbound_, name.c_str(), static_cast<int>(type),
                                               class_internet, &query_, &Context::deliver, &query_.id);
            if (error != 0) query_.answer = failure(ub_strerror(error));
            context_.watch();
            if (!context_.waiting_.empty()) context_.waiting_.front()->timer.cancel();
        }

      private:
        Context& context_;
        Query& query_;
        std::list<Query*>::iterator at_;
    };

    void configure() {
        using Servers = ResolverOptions::Servers;
        const auto must = [](int error, const std::string& what) {
            if (error != 0) throw std::runtime_error("DNS: " + what + ": " + ub_strerror(error));
        };
        const auto set = [&](const char* option, const char* value) {
            must(ub_ctx_set_option(unbound_, option, value), option);
        };
        must(ub_ctx_debugout(unbound_, nullptr), "logging");
        must(ub_ctx_async(unbound_, 1), "threads");
        if (options_.servers == Servers::system)
            must(ub_ctx_resolvconf(unbound_, nullptr), "/etc/resolv.conf");
        if (options_.servers == Servers::forwarders) {
            for (const std::string& address : options_.forwarders) {
                must(ub_ctx_set_fwd(unbound_, address.c_str()), address);
            }
        }
        if (options_.servers != Servers::recursion) {
            set("do-not-query-localhost:", "no");  // where many hosts have their resolver
            // Resolvers are few, and come back: they are asked again soon.
            set("infra-host-ttl:", "10");
            set("infra-keep-probing:", "yes");
            set("unblock-lan-zones:", "yes");  // whose clients may well have private addresses
            set("insecure-lan-zones:", "yes");
        }
        if (!options_.trust_anchors.empty()) {
            if (!std::ifstream(options_.trust_anchors)) {  // libunbound would say so with the first answer
                throw std::runtime_error("DNS: " + options_.trust_anchors + " cannot be read");
            }
            must(ub_ctx_add_ta_file(unbound_, options_.trust_anchors.c_str()), options_.trust_anchors);
        }
    }

    // Until there is news of the query. False when its time is over, or nobody waits any more.
    asio::awaitable<bool> wait(Query& query) {
        const auto state = co_await asio::this_coro::cancellation_state;
        co_await query.timer.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return !closed_ && Clock::now() < query.timer.expiry() &&
            state.cancelled() == asio::cancellation_type::none;
    }

    // Waits for libunbound's word while it has something to do.
    void watch() {
        if (watching_ || in_flight_.empty() || closed_) return;
        if (!readable_.is_open()) readable_.assign(ub_fd(unbound_));
        watching_ = true;
        readable_.async_wait(asio::posix::stream_descriptor::wait_read,
                             [weak = weak_from_this()](boost::system::error_code error) {
                                 const auto self = weak.lock();
                                 if (!self) return;
                                 self->watching_ = false;
                                 if (self->closed_) return;
                                 if (!error) ub_process(self->unbound_);
                                 self->watch();
                             });
    }

    static void deliver(void* data, int error, ub_result* result) {
        Query& query = *static_cast<Query*>(data);
        query.answer = answer_of(error, result);
        if (result != nullptr) query.ttl = std::chrono::seconds(std::max(result->ttl, 0));
        ub_resolve_free(result);
        query.timer.cancel();
    }

    DnsAnswer finish(Query& query, Clock::time_point begin) {
        if (query.answer) {
            if (query.answer->status == DnsAnswer::Status::failed) {
                ++counts_.failed;
            } else {
                ++counts_.answered;
                in_a_row_ = 0;
                breaker_open_ = false;
            }
            return std::move(*query.answer);
        }
        if (Clock::now() < query.timer.expiry()) return failure("given up");
        ++counts_.timed_out;
        if (Clock::now() - begin >= options_.patience && ++in_a_row_ >= options_.breaker_after) {
            breaker_open_ = true;
            breaker_until_ = Clock::now() + options_.breaker_pause;
        }
        return failure("no answer in time");
    }

    bool breaker_lets_pass(Clock::time_point now) {
        if (!breaker_open_) return true;
        if (now < breaker_until_) return false;
        breaker_until_ = now + options_.breaker_pause;  // this one is to see
        return true;
    }

    const asio::any_io_executor executor_;
    const ResolverOptions options_;
    ub_ctx* const unbound_;
    asio::posix::stream_descriptor readable_;
    std::list<Query*> waiting_, in_flight_;
    AnswerCache cache_{most_kept};
    ResolverCounts counts_;
    Clock::time_point breaker_until_;
    unsigned in_a_row_ = 0;
    bool breaker_open_ = false, watching_ = false, closed_ = false;
};

UnboundResolver::UnboundResolver(asio::any_io_executor executor, const ResolverOptions& options)
    : context_(std::make_shared<Context>(std::move(executor), options)) {}

UnboundResolver::~UnboundResolver() {
    context_->close();
}

ResolverCounts UnboundResolver::counts() const {
    return context_->counts();
}

asio::awaitable<DnsAnswer> UnboundResolver::look_up(std::string name, RecordType type,
                                                    Clock::time_point deadline) {
    if (!is_domain_name(name)) {
        DnsAnswer answer;
        answer.status = DnsAnswer::Status::no_name;
        co_return answer;
    }
    const auto context = context_;  // it may outlive us
    co_return co_await context->look_up(std::move(name), type, deadline);
}

}  // namespace net
