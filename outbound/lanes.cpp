#include "outbound/lanes.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace outbound {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto waiting = asio::as_tuple(asio::use_awaitable);
constexpr auto routing_time = 60s;
// Under way of a destination: few until somebody answers there.
constexpr std::int64_t room_of_strangers = 8;
constexpr std::int64_t room_of_known = 256;
constexpr std::size_t lanes_kept = 10'000;
// How many mails of a lane are read before their turn, and how many at once.
constexpr std::size_t read_ahead = 48;
constexpr std::size_t read_together = 12;

std::string domain_of(const std::string& address) {
    return address.substr(address.rfind('@') + 1);
}

store::AttemptResult result_of(smtp::Fate fate) {
    switch (fate) {
        case smtp::Fate::sent:
            return store::AttemptResult::sent;
        case smtp::Fate::deferred:
            return store::AttemptResult::deferred;
        case smtp::Fate::failed:
            return store::AttemptResult::failed;
        case smtp::Fate::uncertain:
            break;
    }
    return store::AttemptResult::uncertain;
}

void say(store::Attempt& attempt, const smtp::RecipientResult& result) {
    attempt.result = result_of(result.fate);
    attempt.phase = smtp::name_of(result.phase);
    attempt.code = result.reply.code;
    attempt.status = result.reply.status;
    attempt.reply = result.reply.text;
}

store::Attempt refused(const Refused& why) {
    store::Attempt attempt;
    attempt.result = why.permanent ? store::AttemptResult::failed : store::AttemptResult::deferred;
    attempt.phase = why.phase;
    attempt.code = why.code;
    attempt.status = why.status;
    attempt.reply = why.words;
    return attempt;
}

// Something of ours stands in the way.
store::Attempt trouble(store::AttemptResult result, std::string status, std::string words) {
    store::Attempt attempt;
    attempt.result = result;
    attempt.phase = "resolve";
    attempt.status = std::move(status);
    attempt.reply = std::move(words);
    return attempt;
}

}  // namespace

struct Lanes::Lane {
    explicit Lane(const outbound::Lane& named) : name(named.name), gate(named.limits) {}

    void wake_one() {
        if (idle.empty()) return;
        idle.front()->cancel();
        idle.pop_front();
    }
    void wake_all() {
        while (!idle.empty()) wake_one();
        for (auto* timer : pausing) timer->cancel();
    }

    const std::string name;
    Gate gate;
    std::deque<std::shared_ptr<Post>> waiting;
    std::size_t opening = 0;
    std::size_t taken = 0;                   // of what waited
    std::list<asio::steady_timer*> idle;     // connections without work
    std::list<asio::steady_timer*> pausing;  // and those that wait for their turn
    store::Attempt failure;                  // why it is down
};

// A connection that takes mail.
struct Lanes::Link {
    std::unordered_set<Carrier*>& all;
    std::unique_ptr<Carrier> carrier;
    Route route;
    store::Attempt facts;  // what every attempt over it has in common
    SteadyTime since = Clock::now();

    Link(std::unordered_set<Carrier*>& carriers, std::unique_ptr<Carrier> made, Route routed)
        : all(carriers), carrier(std::move(made)), route(std::move(routed)) {
        all.insert(carrier.get());
    }
    ~Link() { all.erase(carrier.get()); }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
};

Lanes::Lanes(asio::any_io_executor executor, Options options, Seams seams)
    : executor_(executor), options_(std::move(options)), seams_(seams), all_ended_(executor) {}
Lanes::~Lanes() = default;

void Lanes::add(std::shared_ptr<Post> post) {
    const auto& delivery = post->delivery;
    const auto named = seams_.router.lane(domain_of(delivery.email_sender), delivery.destination);
    // What was learned of them is worth no more memory than that.
    if (lane_of_.size() > lanes_kept) lane_of_.clear();
    if (lanes_.size() > lanes_kept)
        std::erase_if(lanes_, [](const auto& kept) { return kept.second.use_count() == 1; });
    auto& lane = lanes_[named.name];
    if (!lane) lane = std::make_shared<Lane>(named);
    lane->gate.limits(named.limits);
    lane_of_[delivery.destination] = lane;
    if (delivery.by_hand) lane->gate.try_again();
    if (lane->gate.down(Clock::now())) return settle(post, lane->failure);
    lane->waiting.push_back(std::move(post));
    lane->wake_one();
    open_more(lane);
}

std::int64_t Lanes::room(std::string_view destination) const {
    const auto found = lane_of_.find(destination);
    if (found == lane_of_.end()) return room_of_strangers;
    if (std::ssize(found->second->waiting) >= room_of_known) return 0;
    const Gate& gate = found->second->gate;
    return gate.answers() || gate.down(Clock::now()) ? room_of_known : room_of_strangers;
}

std::size_t Lanes::connections() const {
    return carriers_.size();
}

void Lanes::open_more(const Laned& lane) {
    while (!stopping_ && lane->waiting.size() > lane->opening && lane->gate.may_open(Clock::now())) {
        lane->gate.opening();
        ++lane->opening;
        ++serving_;
        asio::co_spawn(executor_, serve(lane), [this, lane](std::exception_ptr) { ended(); });
    }
}

void Lanes::ended() {
    if (--serving_ == 0) all_ended_.cancel();
}

// One place for a connection, from the first attempt to open one until there is no work for it.
asio::awaitable<void> Lanes::serve(Laned lane) {
    for (;;) {
        std::unique_ptr<Link> link;
        if (!stopping_ && !lane->waiting.empty()) {
            const auto& first = lane->waiting.front()->delivery;
            link = co_await connect(lane, domain_of(first.email_sender), first.destination);
        } else {
            lane->gate.not_opened();
        }
        --lane->opening;
        if (!link) co_return open_more(lane);
        co_await carry(lane, *link);
        lane->gate.closed();
        if (lane->waiting.empty() || !lane->gate.may_open(Clock::now())) break;
        lane->gate.opening();
        ++lane->opening;
    }
    if (lane->gate.down(Clock::now()) && !lane->gate.answers()) settle_all(lane, lane->failure);
    open_more(lane);
}

// None: the lane could not be reached, and what waited for it has been told, unless others of its connections
// stand.
asio::awaitable<std::unique_ptr<Lanes::Link>> Lanes::connect(Laned lane, std::string sender_domain,
                                                             std::string destination) {
    std::optional<store::Attempt> failure;
    try {
        auto routed = co_await find_route(sender_domain, destination);
        // What waited has been given back.
        if (stopping_) {
            lane->gate.not_opened();
            co_return nullptr;
        }
        if (!routed) {
            failure = refused(routed.error());
        } else if (routed->lane.name != lane->name) {
            // The configuration has changed since: what waits belongs elsewhere, each where its own sender's
            // route leads.
            lane->gate.not_opened();
            for (auto posts = std::exchange(lane->waiting, {}); auto& post : posts) add(std::move(post));
            co_return nullptr;
        } else {
            for (const Hop& hop : routed->hops) {
                store::Attempt why;
                if (auto link = co_await reach(*routed, hop, why)) {
                    lane->gate.opened();
                    co_return link;
                }
                if (why.phase == "auth") seams_.router.credentials_refused(sender_domain);
                if (!failure || why.result == store::AttemptResult::deferred) failure = std::move(why);
                if (stopping_) break;
            }
        }
    } catch (const std::exception& error) {
        if (!stopping_) failure = trouble(store::AttemptResult::deferred, "4.3.0", error.what());
    }
    lane->gate.could_not_open(Clock::now());
    if (failure) lane->failure = std::move(*failure);
    if (!lane->gate.answers() && !stopping_) settle_all(lane, lane->failure);
    co_return nullptr;
}

asio::awaitable<Routed> Lanes::find_route(std::string sender_domain, std::string destination) {
    const auto end = std::make_shared<asio::cancellation_signal>();
    const auto place = routing_.insert(routing_.end(), end);
    std::exception_ptr thrown;
    std::optional<Routed> routed;
    try {
        routed = co_await asio::co_spawn(executor_,
                                         seams_.router.route(std::move(sender_domain), std::move(destination),
                                                             Clock::now() + routing_time),
                                         asio::bind_cancellation_slot(end->slot(), asio::use_awaitable));
    } catch (...) {
        thrown = std::current_exception();
    }
    routing_.erase(place);
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*routed);
}

asio::awaitable<std::unique_ptr<Lanes::Link>> Lanes::reach(const Route& route, Hop hop,
                                                           store::Attempt& failure) {
    for (;;) {
        auto link = std::make_unique<Link>(carriers_,
                                           seams_.transport.make({.host_name = options_.host_name,
                                                                  .may_be_ourselves = route.smarthost,
                                                                  .tls = hop.tls,
                                                                  .credentials = route.credentials,
                                                                  .timeouts = options_.timeouts,
                                                                  .source = hop.source}),
                                           route);
        store::Attempt& facts = link->facts;
        facts.server = hop.host;
        facts.address = hop.endpoint.path.empty() ? hop.endpoint.address : hop.endpoint.path;
        facts.tls_policy = hop.tls.use == smtp::TlsUse::none ? "plain" : hop.tls_policy;
        const auto opened = co_await link->carrier->open(hop.endpoint);
        const auto& server = link->carrier->server();
        if (server.tls) {
            facts.tls_version = server.tls->version;
            facts.tls_cipher = server.tls->cipher;
        }
        if (opened.ready) co_return link;
        failure = facts;
        say(failure, opened.failure);
        // What is wrong with the operator's own relay is never a reason to give a mail up.
        if (route.smarthost) failure.result = store::AttemptResult::deferred;
        // TLS that nobody asked for must not keep a mail: once more without it, on a connection of its own.
        if (!opened.plain_text_may_work || hop.tls.use != smtp::TlsUse::opportunistic || stopping_)
            co_return nullptr;
        hop.tls.use = smtp::TlsUse::none;
    }
}

asio::awaitable<void> Lanes::carry(Laned lane, Link& link) {
    for (std::size_t carried = 0; !stopping_;) {
        if (lane->waiting.empty()) {
            if (!co_await wait_for_work(lane)) break;
            continue;
        }
        if (lane->gate.turn(Clock::now()) > Clock::now()) {
            co_await wait_for_turn(lane);
            continue;
        }
        lane->gate.sent_one(Clock::now());
        auto post = std::move(lane->waiting.front());
        lane->waiting.pop_front();
        look_ahead(*lane);
        open_more(lane);  // for what else is waiting
        if (!co_await send(lane, link, std::move(post))) co_return;
        const auto most = link.route.lane.limits.messages_per_connection;
        if ((most > 0 && ++carried >= most) || Clock::now() - link.since > options_.link_life) break;
    }
    co_await link.carrier->quit();
}

// A group at a time, which costs the database one question.
void Lanes::look_ahead(Lane& lane) {
    if (lane.taken++ % read_together != 0) return;
    const std::size_t end = std::min(lane.waiting.size(), read_ahead);
    for (std::size_t i = read_ahead - read_together; i < end; ++i)
        lane.waiting[i]->read_ahead = seams_.letters.read_ahead(lane.waiting[i]->delivery);
}

asio::awaitable<bool> Lanes::send(Laned lane, Link& link, std::shared_ptr<Post> post) {
    post->began = Clock::now();
    std::shared_ptr<const Letter> letter;
    smtp::OutgoingMail mail;
    std::string objection;
    try {
        letter = co_await seams_.letters.get(post->delivery);
        mail = mail_of(post, link, *letter);
    } catch (const std::exception& error) {
        objection = error.what();
    }
    if (Clock::now() >= post->leased_until) {
        seams_.office.dropped(post);
        co_return true;
    }
    if (!objection.empty() || !letter->objection.empty()) {
        settle(post, objection.empty() ? trouble(store::AttemptResult::failed, "5.3.0", letter->objection)
                                       : trouble(store::AttemptResult::deferred, "4.3.0", objection));
        co_return true;
    }
    smtp::DeliveryResult delivered;
    try {
        delivered = co_await link.carrier->deliver(std::move(mail));
    } catch (const std::exception& error) {
        // No reply of the server's: nobody knows how far it came.
        settle(post, trouble(store::AttemptResult::uncertain, "4.3.0", error.what()));
        co_return false;
    }
    if (delivered.stale) {
        lane->waiting.push_front(std::move(post));
        co_return false;
    }
    store::Attempt attempt = link.facts;
    say(attempt, delivered.recipients.front());
    if (attempt.result == store::AttemptResult::sent || attempt.code != 0) {
        lane->gate.delivered();
    } else if (!delivered.reusable) {
        lane->failure = attempt;
        // That one may have been delivered says nothing of the others.
        lane->failure.result = store::AttemptResult::deferred;
        lane->gate.broke(Clock::now());
    }
    if (Clock::now() >= post->leased_until && attempt.result != store::AttemptResult::sent)
        seams_.office.dropped(post);
    else
        settle(post, std::move(attempt));
    co_return delivered.reusable;
}

smtp::OutgoingMail Lanes::mail_of(const std::shared_ptr<Post>& post, const Link& link,
                                  const Letter& letter) const {
    const auto& delivery = post->delivery;
    smtp::OutgoingMail mail;
    mail.recipients = {delivery.recipient};
    mail.fields = letter.signatures;
    mail.content = letter.content;
    mail.may_end = [post] { return Clock::now() < post->leased_until; };
    if (delivery.outbox) return mail;
    mail.reverse_path = delivery.email_sender;
    const auto snapshot = seams_.settings.current();
    const auto domain = snapshot->domains.find(domain_of(delivery.email_sender));
    if (link.route.verp && domain != snapshot->domains.end() && !snapshot->address_keys.empty() &&
        !domain->second.bounce_domain.empty())
        mail.reverse_path = snapshot->address_keys.sign(auth::AddressPurpose::bounce, delivery.key.workspace,
                                                        delivery.key.id.bytes) +
                            "@" + domain->second.bounce_domain;
    return mail;
}

asio::awaitable<bool> Lanes::wait_for_work(Laned lane) {
    asio::steady_timer timer(executor_, options_.keep);
    lane->idle.push_back(&timer);
    co_await timer.async_wait(waiting);
    // Whoever woke us has taken us off the list.
    lane->idle.remove(&timer);
    co_return !lane->waiting.empty() && !stopping_;
}

asio::awaitable<void> Lanes::wait_for_turn(Laned lane) {
    asio::steady_timer timer(executor_, lane->gate.turn(Clock::now()));
    lane->pausing.push_back(&timer);
    co_await timer.async_wait(waiting);
    lane->pausing.remove(&timer);
}

void Lanes::settle(const std::shared_ptr<Post>& post, store::Attempt attempt) {
    const auto now = Clock::now();
    post->read_ahead.reset();  // results may have to wait for the database
    attempt.delivery = post->delivery.key;
    attempt.took =
        std::chrono::duration_cast<Milliseconds>(post->began == SteadyTime{} ? 0s : now - post->began);
    const double random = std::uniform_real_distribution<double>(0, 1)(random_);
    if (attempt.result == store::AttemptResult::deferred)
        attempt.next = wait_after(options_.schedule, attempt.delivery.attempt, random);
    else if (attempt.result == store::AttemptResult::uncertain && options_.schedule.uncertain > 0ms)
        attempt.next = wait_when_uncertain(options_.schedule, random);
    seams_.office.settled(post, std::move(attempt));
}

void Lanes::settle_all(const Laned& lane, const store::Attempt& failure) {
    for (auto posts = std::exchange(lane->waiting, {}); const auto& post : posts) settle(post, failure);
}

std::vector<std::shared_ptr<Post>> Lanes::stop() {
    stopping_ = true;
    std::vector<std::shared_ptr<Post>> left;
    for (const auto& [name, lane] : lanes_) {
        for (auto& post : std::exchange(lane->waiting, {})) left.push_back(std::move(post));
        lane->wake_all();
    }
    // A look-up may take longer than we have.
    for (const auto ends = routing_; const auto& end : ends) end->emit(asio::cancellation_type::terminal);
    return left;
}

asio::awaitable<void> Lanes::wait_ended(SteadyTime deadline) {
    all_ended_.expires_at(deadline);
    while (serving_ > 0 && Clock::now() < deadline) co_await all_ended_.async_wait(waiting);
    for (Carrier* carrier : carriers_) carrier->abort();
    all_ended_.expires_at(SteadyTime::max());
    while (serving_ > 0) co_await all_ended_.async_wait(waiting);
}

}  // namespace outbound
