#include "outbound/carrier.hpp"

namespace outbound {
namespace {

class SmtpCarrier : public Carrier {
  public:
    SmtpCarrier(boost::asio::any_io_executor executor, smtp::ClientOptions options)
        : client_(std::move(executor), std::move(options)) {}

    boost::asio::awaitable<smtp::Opened> open(net::ServerAddress server) override {
        return client_.open(std::move(server));
    }
    boost::asio::awaitable<smtp::DeliveryResult> deliver(smtp::OutgoingMail mail) override {
        return client_.deliver(std::move(mail));
    }
    boost::asio::awaitable<void> quit() override { return client_.quit(); }
    void abort() override { client_.abort(); }
    const smtp::ServerFacts& server() const override { return client_.server(); }

  private:
    smtp::DeliveryClient client_;
};

}  // namespace

std::unique_ptr<Carrier> SmtpTransport::make(smtp::ClientOptions options) {
    return std::make_unique<SmtpCarrier>(executor_, std::move(options));
}

}  // namespace outbound
