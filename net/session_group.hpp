// The sessions of a server, for an orderly end: whoever waits for a command is interrupted at once,
// whoever is busy is asked at its next wait, and all can be cut and waited for.
#pragma once

#include "net/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <unordered_set>

namespace net {

class SessionGroup {
  public:
    explicit SessionGroup(boost::asio::any_io_executor executor) : emptied_(executor) {}

    // Membership for the life of this object. The group must live longer.
    class Member {
      public:
        Member(SessionGroup& group, Connection& connection);
        ~Member();
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;

      private:
        SessionGroup& group_;
        Connection& connection_;
    };

    [[nodiscard]] std::size_t size() const { return connections_.size(); }
    void interrupt_all();
    void abort_all();
    // Returns when the group is empty or the deadline has passed.
    [[nodiscard]] boost::asio::awaitable<void> wait_empty(Clock::time_point deadline);

  private:
    std::unordered_set<Connection*> connections_;
    boost::asio::steady_timer emptied_;
};

}  // namespace net
