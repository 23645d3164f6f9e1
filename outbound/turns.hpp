// One coroutine at a time for each key: who comes while another fetches what it wants too waits, and then
// finds it in the cache. On one thread.
#pragma once

#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>
#include <unordered_map>

namespace outbound {

class Turns {
  public:
    // Held until it is destroyed; false when the deadline came first.
    class Turn {
      public:
        Turn() = default;
        Turn(std::shared_ptr<Turns*> turns, std::string key)
            : turns_(std::move(turns)), key_(std::move(key)) {}
        Turn(Turn&&) = default;
        Turn& operator=(Turn&&) = delete;
        ~Turn();
        explicit operator bool() const { return turns_ != nullptr; }

      private:
        std::shared_ptr<Turns*> turns_;  // who is gone when a coroutine that never ended is destroyed
        std::string key_;
    };

    Turns() : self_(std::make_shared<Turns*>(this)) {}
    ~Turns() { *self_ = nullptr; }
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    [[nodiscard]] boost::asio::awaitable<Turn> take(std::string key, net::Clock::time_point deadline);

  private:
    std::shared_ptr<Turns*> self_;
    // Those who wait for a key wait for its timer, which never rings but is cancelled.
    std::unordered_map<std::string, std::shared_ptr<boost::asio::steady_timer>> taken_;
};

}  // namespace outbound
