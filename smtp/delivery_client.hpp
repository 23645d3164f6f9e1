// A client of one mail server: connects, says EHLO, starts TLS, logs in, and delivers one mail after another.
//
// The rules are values without I/O (smtp/opening, smtp/transaction, smtp/sasl, smtp/reply_reader); here bytes
// are moved. Commands are pipelined where the server offers it (RFC 2920). Whatever a server does costs
// bounded memory and time (H01, H09), never throws, and leaves each recipient exactly one result. TLS that a
// policy wants and does not get ends in `deferred`, never in plain text (H03). Nothing that a server said in
// plain text is used under TLS (H02). RFC 5321, 1870, 3207, 4954, 6152, 6531.
//
// Belongs to the thread of its executor. One coroutine at a time uses it; abort() may be called meanwhile. It
// must stay until that coroutine has returned.
#pragma once

#include "net/dial.hpp"
#include "smtp/delivery.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace smtp {

class DeliveryClient {
  public:
    DeliveryClient(boost::asio::any_io_executor executor, ClientOptions options);
    ~DeliveryClient();
    DeliveryClient(const DeliveryClient&) = delete;
    DeliveryClient& operator=(const DeliveryClient&) = delete;

    // Once, before all else. After a failure the connection is closed already.
    [[nodiscard]] boost::asio::awaitable<Opened> open(net::ServerAddress server);

    // After open() said `ready`, and as long as the result before said `reusable`. What could not be sent
    // anyhow (an address with a line end in it, a server without SMTPUTF8, SIZE too small) fails by value and
    // without a word on the wire.
    [[nodiscard]] boost::asio::awaitable<DeliveryResult> deliver(OutgoingMail mail);

    // Says goodbye if the connection still stands, and closes it. What the server says to that changes
    // nothing.
    [[nodiscard]] boost::asio::awaitable<void> quit();

    // Ends it at once: what is under way returns soon, as if the server had closed.
    void abort();

    [[nodiscard]] const ServerFacts& server() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace smtp
