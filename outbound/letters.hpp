// What is sent: the stored mail of a delivery, read, checked and signed (DKIM).
//
// Requests that come together are read together, and the mail of several recipients once for as long as one
// of them is being sent. Reading apart and signing are done by threads. The memory of all letters is bounded:
// over it who asks waits, but there is always one.
#pragma once

#include "store/delivery_store.hpp"
#include "store/settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace outbound {

struct Letter {
    std::string objection;   // why there is nothing to send and never will be; empty: nothing
    std::string signatures;  // DKIM-Signature fields
    std::shared_ptr<const std::string> content;
};

class Letters {
  public:
    Letters(boost::asio::any_io_executor executor, boost::asio::any_io_executor threads, std::size_t memory,
            store::DeliveryStore& store, const store::Settings& settings);

    // Throws store::Error, and what signing throws.
    boost::asio::awaitable<std::shared_ptr<const Letter>> get(store::ClaimedDelivery delivery);

    // It will be asked for soon: read and signed meanwhile, and kept for as long as the answer is held. Never
    // more than half of the memory, so that it can't keep out what is asked for; then it is read when it is.
    [[nodiscard]] std::shared_ptr<const void> read_ahead(store::ClaimedDelivery delivery);

    // Reads what is asked for, until it is cancelled; the owner starts as many as it wants.
    boost::asio::awaitable<void> run();

  private:
    struct Pending;
    struct Shelf;
    using Batch = std::vector<std::shared_ptr<Pending>>;

    std::shared_ptr<Pending> ask(store::ClaimedDelivery delivery);
    [[nodiscard]] std::shared_ptr<const Letter> held(const tickets::Uuid& id);
    Batch take();
    boost::asio::awaitable<void> read(Batch batch);

    boost::asio::any_io_executor executor_, threads_;
    const std::size_t memory_;
    store::DeliveryStore& store_;
    const store::Settings& settings_;
    std::shared_ptr<Shelf> shelf_;
    std::deque<std::shared_ptr<Pending>> queue_;
    std::map<tickets::Uuid, std::shared_ptr<Pending>> pending_;  // by interaction, or mail of the outbox
};

}  // namespace outbound
