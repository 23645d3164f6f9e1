// The worker of the queue (docs/outbound.md): claims what is due, fairly, sees that it is sent, and writes
// down what became of it, many results in one transaction. As many daemons as there are may run one.
//
// A database that is away makes it wait: no mail is begun whose claim is not committed, results that can't be
// written are kept until they can, and leases that run out meanwhile stop what has not been sent. Belongs to
// the thread of its executor.
#pragma once

#include "outbound/allotment.hpp"
#include "outbound/lanes.hpp"
#include "outbound/probe.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace outbound {

class Queue : private Office {
  public:
    struct Options {
        store::Pool::Options database;  // for the queue's own connections
        store::DeliveryStore::Terms terms;
        Lanes::Options lanes;
        Room room{8'192, 1'024};
        std::size_t memory = 256 << 20;          // of the mails that are being sent
        std::chrono::milliseconds poll{15'000};  // for what nobody tells
    };
    struct Seams {
        Router& router;
        Transport& transport;
        const store::Settings& settings;
        Probe& probe;
        boost::asio::any_io_executor threads;  // that read and sign
    };
    Queue(boost::asio::any_io_executor executor, Options options, Seams seams);
    ~Queue() override;

    // Once.
    void start();
    // Claims no more, and returns when all that was claimed is finished or put back; connections are cut at
    // the deadline.
    [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

    // Something may have become due that nobody tells by the database.
    void wake();

    [[nodiscard]] std::size_t connections() const { return lanes_.connections(); }

  private:
    void settled(const std::shared_ptr<Post>& post, store::Attempt attempt) override;
    void dropped(const std::shared_ptr<Post>& post) override;

    void spawn(boost::asio::awaitable<void> work);
    void tell(std::string_view what, const std::exception& error);
    boost::asio::awaitable<void> claim_on();
    boost::asio::awaitable<std::chrono::milliseconds> pass();
    boost::asio::awaitable<std::size_t> claim(Allotment allotment);
    boost::asio::awaitable<void> write_results();
    boost::asio::awaitable<void> write(std::vector<std::pair<std::shared_ptr<Post>, store::Attempt>> results);
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> renew_leases();
    boost::asio::awaitable<void> look_after();
    boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
    void forget(const std::shared_ptr<Post>& post);

    boost::asio::any_io_executor executor_;
    const Options options_;
    Seams seams_;
    store::Pool pool_;
    store::DeliveryStore store_;
    Letters letters_;
    Lanes lanes_;

    std::unordered_set<std::shared_ptr<Post>> posts_;
    UnderWay under_way_;
    std::vector<std::pair<std::shared_ptr<Post>, store::Attempt>> results_;
    std::vector<store::DeliveryKey> unwritten_keys_;  // of the results that are being written
    store::WaitingDestination cursor_;
    std::size_t turn_ = 0;
    SteadyTime next_pass_{};
    std::size_t freed_ = 0;       // places, since the last pass
    bool short_of_room_ = false;  // something waits for them
    bool woken_ = false, stopping_ = false, claiming_ = false;
    bool behind_ = false;                         // results could not be written
    boost::asio::steady_timer work_, unwritten_;  // never expires: unwritten_

    std::vector<std::unique_ptr<boost::asio::cancellation_signal>> ends_;
    std::size_t running_ = 0;
    boost::asio::steady_timer all_ended_;  // never expires
};

}  // namespace outbound
