// The seam between the queue and the network: who carries mails to a server. smtp::DeliveryClient is the one
// that does; tests write their own.
#pragma once

#include "smtp/delivery_client.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace outbound {

// smtp::DeliveryClient's contract.
class Carrier {
  public:
    virtual ~Carrier() = default;
    [[nodiscard]] virtual boost::asio::awaitable<smtp::Opened> open(net::ServerAddress server) = 0;
    [[nodiscard]] virtual boost::asio::awaitable<smtp::DeliveryResult> deliver(smtp::OutgoingMail mail) = 0;
    [[nodiscard]] virtual boost::asio::awaitable<void> quit() = 0;
    virtual void abort() = 0;
    [[nodiscard]] virtual const smtp::ServerFacts& server() const = 0;
};

class Transport {
  public:
    virtual ~Transport() = default;
    [[nodiscard]] virtual std::unique_ptr<Carrier> make(smtp::ClientOptions options) = 0;
};

class SmtpTransport : public Transport {
  public:
    explicit SmtpTransport(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    [[nodiscard]] std::unique_ptr<Carrier> make(smtp::ClientOptions options) override;

  private:
    boost::asio::any_io_executor executor_;
};

}  // namespace outbound
