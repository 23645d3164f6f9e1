// What the queue reports, to whoever logs and counts.
#pragma once

#include "store/delivery_store.hpp"

#include <cstddef>
#include <exception>
#include <string_view>
#include <vector>

namespace outbound {

class Probe {
  public:
    virtual ~Probe() = default;
    // An attempt whose result is in the database; `state` is the delivery's since, `age` its time in the
    // queue.
    virtual void attempted(const store::ClaimedDelivery& delivery, const store::Attempt& attempt,
                           std::string_view state, store::Milliseconds age) = 0;
    // Somebody else has it since: the lease had run out.
    virtual void lost(const store::ClaimedDelivery& delivery) = 0;
    virtual void reclaimed(const std::vector<store::DeliveryKey>& deliveries) = 0;
    // Something of ours went wrong; the queue goes on by itself.
    virtual void failed(std::string_view what, const std::exception& error) = 0;
    // Part of the queue has ended for good: it can't go on.
    virtual void gave_up(const std::exception& error) = 0;
};

}  // namespace outbound
