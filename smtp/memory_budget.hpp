// How much memory the content of all sessions may take, and who has to wait.
//
// Half of it is for content that comes in: who finds no room there puts it into a file (spool_file.hpp). All
// of it is for messages on their way to the sink: those wait for their turn, first come first served. So what
// trickles in never keeps a whole message from being delivered, and the limit is kept whatever strangers do.
#pragma once

#include "net/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <list>

namespace smtp {

class MemoryBudget {
  public:
    explicit MemoryBudget(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    // For content that comes in: now or not at all.
    [[nodiscard]] bool take_at_once(std::size_t bytes, std::size_t limit);
    // For a whole message: false when there was no room until the deadline.
    [[nodiscard]] boost::asio::awaitable<bool> take(std::size_t bytes, std::size_t limit,
                                                    net::Clock::time_point deadline);
    void give_back(std::size_t bytes);

    [[nodiscard]] std::size_t used() const { return used_; }

  private:
    void wake();

    boost::asio::any_io_executor executor_;
    std::list<boost::asio::steady_timer> waiting_;
    std::size_t used_ = 0;
};

}  // namespace smtp
