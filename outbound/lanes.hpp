// Deliveries on their way out, lane by lane (outbound/route.hpp): each lane has its connections, which carry
// one mail after another and are kept for a moment when there is none.
//
// Each delivery that is added comes back exactly once: by Office::settled(), by Office::dropped(), or from
// stop(). Routes and carriers are asked through seams. Belongs to the thread of its executor.
#pragma once

#include "outbound/carrier.hpp"
#include "outbound/gate.hpp"
#include "outbound/letters.hpp"
#include "outbound/route.hpp"
#include "outbound/schedule.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace outbound {

using SteadyTime = std::chrono::steady_clock::time_point;

// A claimed delivery in this worker's hands.
struct Post {
    store::ClaimedDelivery delivery;
    SteadyTime leased_until;                      // past that it may be somebody else's
    SteadyTime began{};                           // when something was done about it
    std::shared_ptr<const void> read_ahead = {};  // keeps its letter (outbound/letters.hpp)
};

// Who gave the deliveries.
class Office {
  public:
    virtual ~Office() = default;
    virtual void settled(const std::shared_ptr<Post>& post, store::Attempt attempt) = 0;
    // The lease ran out before it could be sent: it is not ours any more.
    virtual void dropped(const std::shared_ptr<Post>& post) = 0;
};

class Lanes {
  public:
    struct Options {
        std::string host_name;  // ours, for EHLO
        smtp::ClientTimeouts timeouts;
        Schedule schedule;
        std::chrono::milliseconds keep{5'000};  // a connection without work
        // At most, of any connection: so that it is asked anew how a destination may be reached.
        std::chrono::milliseconds link_life{std::chrono::minutes(5)};
    };
    struct Seams {
        Router& router;
        Transport& transport;
        Letters& letters;
        const store::Settings& settings;
        Office& office;
    };
    Lanes(boost::asio::any_io_executor executor, Options options, Seams seams);
    ~Lanes();

    void add(std::shared_ptr<Post> post);

    // How many deliveries of a destination should be under way (outbound/allotment.hpp).
    [[nodiscard]] std::int64_t room(std::string_view destination) const;
    [[nodiscard]] std::size_t connections() const;

    // What is not begun comes back; what is under way goes on. Connections without work end, and no more are
    // made.
    [[nodiscard]] std::vector<std::shared_ptr<Post>> stop();
    // Returns when nothing is under way; at the deadline connections are cut.
    [[nodiscard]] boost::asio::awaitable<void> wait_ended(SteadyTime deadline);

  private:
    struct Lane;
    struct Link;
    using Laned = std::shared_ptr<Lane>;

    void open_more(const Laned& lane);
    boost::asio::awaitable<void> serve(Laned lane);
    boost::asio::awaitable<std::unique_ptr<Link>> connect(Laned lane, std::string sender_domain,
                                                          std::string destination);
    // Ends early when we stop.
    boost::asio::awaitable<Routed> find_route(std::string sender_domain, std::string destination);
    boost::asio::awaitable<std::unique_ptr<Link>> reach(const Route& route, Hop hop, store::Attempt& failure);
    boost::asio::awaitable<void> carry(Laned lane, Link& link);
    void look_ahead(Lane& lane);
    // False when the connection can't be used any more.
    boost::asio::awaitable<bool> send(Laned lane, Link& link, std::shared_ptr<Post> post);
    boost::asio::awaitable<bool> wait_for_work(Laned lane);
    boost::asio::awaitable<void> wait_for_turn(Laned lane);
    smtp::OutgoingMail mail_of(const std::shared_ptr<Post>& post, const Link& link,
                               const Letter& letter) const;
    void settle(const std::shared_ptr<Post>& post, store::Attempt attempt);
    void settle_all(const Laned& lane, const store::Attempt& failure);
    void ended();

    boost::asio::any_io_executor executor_;
    const Options options_;
    Seams seams_;
    std::map<std::string, Laned, std::less<>> lanes_;
    std::map<std::string, Laned, std::less<>> lane_of_;  // of a destination, the last one
    std::unordered_set<Carrier*> carriers_;
    std::list<std::shared_ptr<boost::asio::cancellation_signal>> routing_;
    std::size_t serving_ = 0;
    bool stopping_ = false;
    boost::asio::steady_timer all_ended_;
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace outbound
