#include "daemon/outbound_service.hpp"

#include "daemon/route_options.hpp"

#include <fmt/format.h>

#include <random>
#include <utility>

namespace program {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t connections_to_database = 8;
constexpr auto told_again = 30s;  // that something still does not work

std::string in_words(Seconds time) {
    const auto some = [](auto count, const char* unit) {
        return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
    };
    if (time % 86'400s == 0s) return some(time / 86'400s, "day");
    return time % 3600s == 0s ? some(time / 3600s, "hour") : some(time.count(), "second");
}

outbound::Queue::Options queue_options(const Config& config, const std::string& host_name) {
    outbound::Queue::Options options;
    options.database = {config.database_conninfo, connections_to_database, config.database_timeout};
    options.terms.lease = config.outbound_lease;
    options.terms.lifetime = config.outbound_lifetime;
    options.terms.lifetime_words =
        "Not delivered within " + in_words(config.outbound_lifetime) + ". What was said last: ";
    options.terms.uncertain_by_hand = config.outbound_uncertain_wait == 0s;
    options.lanes.host_name = host_name;
    options.lanes.schedule.uncertain = config.outbound_uncertain_wait;
    options.lanes.schedule.waits.clear();
    for (const auto& wait : config.outbound_retry_waits)
        options.lanes.schedule.waits.push_back(*parse_wait(wait));
    options.memory = static_cast<std::size_t>(config.outbound_memory);
    return options;
}

}  // namespace

OutboundService::Routes OutboundService::read_routes(const Config& config, const std::string& host_name) {
    return {route_options(config, host_name), net::TlsContext::client(config.outbound_ca_file)};
}

OutboundService::OutboundService(boost::asio::io_context& io, const Config& config, std::string host_name,
                                 Parts parts)
    : OutboundService(io, config, host_name, parts, read_routes(config, host_name)) {}

OutboundService::OutboundService(boost::asio::io_context& io, const Config& config, std::string host_name,
                                 Parts parts, Routes routes)
    : parts_(parts),
      enabled_(config.outbound_enabled == "on"),
      https_(parts.resolver, std::move(routes.roots), routes.options.hops.allowed_targets),
      router_(parts.resolver, https_, std::move(routes.options), std::random_device{}(), sts_options(config)),
      transport_(io.get_executor()),
      queue_(io.get_executor(), queue_options(config, host_name),
             {router_, transport_, parts.settings, *this, parts.threads}) {}

outbound::StsOptions OutboundService::sts_options(const Config& config) const {
    outbound::StsOptions options;
    options.port = static_cast<std::uint16_t>(config.outbound_mta_sts_port);
    options.archive = {
        .read = [this](std::string domain) { return store::read_sts_policy(parts_.pool, std::move(domain)); },
        .keep =
            [this](std::string domain, store::KeptStsPolicy policy) {
                return store::keep_sts_policy(parts_.pool, std::move(domain), std::move(policy));
            }};
    options.told = [this](const std::string& domain, const std::string& what) {
        parts_.log.event(Level::warning, "outbound.sts", {{"domain", domain}, {"reason", what}});
    };
    return options;
}

void OutboundService::set_routes(Routes routes) {
    https_.trust(std::move(routes.roots), routes.options.hops.allowed_targets);
    router_.set_options(std::move(routes.options));
}

void OutboundService::start() {
    if (!enabled_ || started_) return;
    started_ = true;
    queue_.start();
}

void OutboundService::wake() {
    if (started_) queue_.wake();
}

boost::asio::awaitable<void> OutboundService::stop(std::chrono::milliseconds grace) {
    // Nobody starts it any more.
    if (std::exchange(started_, true)) co_await queue_.stop(grace);
}

void OutboundService::attempted(const store::ClaimedDelivery& delivery, const store::Attempt& attempt,
                                std::string_view state, store::Milliseconds age) {
    parts_.metrics.delivery_attempted(store::name(attempt.result));
    if (attempt.result == store::AttemptResult::sent) parts_.metrics.delivered(age);
    if (!parts_.log.writes(Level::info)) return;
    parts_.log.event(Level::info, "outbound.attempt",
                     {{"delivery", delivery.key.id.str()},
                      {"attempt", attempt.delivery.attempt},
                      {"destination", delivery.destination},
                      {"state", state},
                      {"phase", attempt.phase},
                      {"code", attempt.code},
                      {"status", attempt.status},
                      {"reply", attempt.reply},
                      {"server", attempt.server},
                      {"address", attempt.address},
                      {"tls", attempt.tls_version},
                      {"took_ms", attempt.took.count()}});
}

void OutboundService::lost(const store::ClaimedDelivery& delivery) {
    parts_.log.event(Level::warning, "outbound.lost",
                     {{"delivery", delivery.key.id.str()}, {"attempt", delivery.key.attempt}});
}

void OutboundService::reclaimed(const std::vector<store::DeliveryKey>& deliveries) {
    for (const auto& key : deliveries) {
        parts_.metrics.delivery_attempted("interrupted");
        parts_.log.event(Level::warning, "outbound.interrupted",
                         {{"delivery", key.id.str()}, {"attempt", key.attempt}});
    }
}

void OutboundService::failed(std::string_view what, const std::exception& error) {
    const auto now = std::chrono::steady_clock::now();
    auto& told = told_[std::string(what)];
    if (told != std::chrono::steady_clock::time_point{} && now - told < told_again) return;
    told = now;
    parts_.log.event(Level::error, "outbound.failed", {{"doing", what}, {"error", error.what()}});
}

void OutboundService::gave_up(const std::exception& error) {
    parts_.give_up(std::string("the queue: ") + error.what());
}

}  // namespace program
