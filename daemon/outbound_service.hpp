// How mail leaves the daemon: the queue with its routes, as the configuration says it, logged and counted.
#pragma once

#include "daemon/config.hpp"
#include "daemon/logging.hpp"
#include "daemon/metrics.hpp"
#include "outbound/configured_router.hpp"
#include "outbound/https.hpp"
#include "outbound/queue.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace program {

class OutboundService : private outbound::Probe {
  public:
    struct Parts {
        net::Resolver* resolver;  // none: only smarthosts with an address can be reached
        const store::Settings& settings;
        store::Pool& pool;
        boost::asio::any_io_executor threads;
        const Log& log;
        Metrics& metrics;
        std::function<void(const std::string& reason)> give_up;  // the whole service
    };
    struct Routes {
        outbound::RouteOptions options;
        net::TlsContext roots;
    };
    // Throws std::runtime_error when a file that the configuration names can't be used.
    [[nodiscard]] static Routes read_routes(const Config& config, const std::string& host_name);

    // Throws as read_routes() does.
    OutboundService(boost::asio::io_context& io, const Config& config, std::string host_name, Parts parts);

    // Once, when the database can be used; not where `outbound.enabled` is "off".
    void start();
    // For what is sent from now on.
    void set_routes(Routes routes);
    // Mail was queued that nobody tells the queue of.
    void wake();
    // Ends within the grace and a few seconds; what has not left by then stays in the queue.
    boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

    [[nodiscard]] std::size_t connections() const { return queue_.connections(); }

  private:
    OutboundService(boost::asio::io_context& io, const Config& config, std::string host_name, Parts parts,
                    Routes routes);
    [[nodiscard]] outbound::StsOptions sts_options(const Config& config) const;
    void attempted(const store::ClaimedDelivery& delivery, const store::Attempt& attempt,
                   std::string_view state, store::Milliseconds age) override;
    void lost(const store::ClaimedDelivery& delivery) override;
    void reclaimed(const std::vector<store::DeliveryKey>& deliveries) override;
    void failed(std::string_view what, const std::exception& error) override;
    void gave_up(const std::exception& error) override;

    Parts parts_;
    const bool enabled_;
    bool started_ = false;
    std::map<std::string, std::chrono::steady_clock::time_point, std::less<>> told_;  // of failures
    outbound::HttpsClient https_;
    outbound::ConfiguredRouter router_;
    outbound::SmtpTransport transport_;
    outbound::Queue queue_;
};

}  // namespace program
