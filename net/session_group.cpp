#include "net/session_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace net {

SessionGroup::Member::Member(SessionGroup& group, Connection& connection)
    : group_(group), connection_(connection) {
    group_.connections_.insert(&connection_);
}

SessionGroup::Member::~Member() {
    group_.connections_.erase(&connection_);
    if (group_.connections_.empty()) group_.emptied_.cancel();
}

void SessionGroup::interrupt_all() {
    for (Connection* connection : connections_) connection->interrupt();
}

void SessionGroup::abort_all() {
    for (Connection* connection : connections_) connection->abort();
}

asio::awaitable<void> SessionGroup::wait_empty(Clock::time_point deadline) {
    while (!connections_.empty() && Clock::now() < deadline) {
        emptied_.expires_at(deadline);
        co_await emptied_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace net
