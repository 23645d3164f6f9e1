#include "smtp/clients.hpp"

#include "net/networks.hpp"

#include <algorithm>

namespace smtp {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t fewest_to_forget = 20'000, most_records = 50'000;

}  // namespace

struct Clients::Bucket {
    double level = 0;
    Time at;
};

struct Clients::Record {
    std::size_t sessions = 0;
    Time seen;
    Bucket connections, messages, commands, errors, refused_recipients;
};

Clients::Session::~Session() {
    if (address_) --address_->sessions;
    if (network_) --network_->sessions;
}

bool Clients::full(const Bucket& bucket, std::size_t limit, std::chrono::minutes period, Time now) {
    if (limit == 0) return false;
    const std::chrono::duration<double> passed = now - bucket.at, whole = period;
    const double leaked = static_cast<double>(limit) * passed.count() / whole.count();
    return std::max(0.0, bucket.level - leaked) + 1 > static_cast<double>(limit);
}

bool Clients::add(Bucket& bucket, std::size_t limit, std::chrono::minutes period, Time now) {
    if (limit == 0) return true;
    if (full(bucket, limit, period, now)) return false;
    const std::chrono::duration<double> passed = now - bucket.at, whole = period;
    const double leaked = static_cast<double>(limit) * passed.count() / whole.count();
    bucket = {std::max(0.0, bucket.level - leaked) + 1, now};
    return true;
}

bool Clients::both(Session& session, Bucket Record::*bucket, std::size_t limit, std::chrono::minutes period,
                   Time now) {
    if (!session.address_) return true;
    session.address_->seen = session.network_->seen = now;
    // What an address does beyond its own limit does not count against its neighbours.
    return add(*session.address_.*bucket, limit, period, now) &&
           add(*session.network_.*bucket, limit * session.limits_.network_factor, period, now);
}

bool Clients::Session::message(Time now) {
    return both(*this, &Record::messages, limits_.messages_per_minute, 1min, now);
}

bool Clients::Session::command(Time now) {
    return both(*this, &Record::commands, limits_.commands_per_minute, 1min, now);
}

void Clients::Session::error(Time now) {
    (void)both(*this, &Record::errors, limits_.errors_per_hour, 1h, now);
}

void Clients::Session::refused_recipient(Time now) {
    (void)both(*this, &Record::refused_recipients, limits_.refused_recipients_per_hour, 1h, now);
}

Clients::Admission Clients::admit(std::string_view address, const ClientLimits& limits, Time now) {
    const auto bytes = net::Networks::parse(address);
    if (!bytes) return {};  // the socket has no peer any more
    const std::string all(bytes->begin(), bytes->end());
    const bool ipv4 = all.starts_with(std::string(10, '\0') + "\xff\xff");
    if (records_.size() >= forget_at_) forget(now);
    Session session;
    auto host = record(all.substr(0, ipv4 ? 16 : 8), now);
    auto network = record(all.substr(0, ipv4 ? 15 : 6), now);
    const std::size_t factor = limits.network_factor;

    if (limits.sessions > 0 && host->sessions >= limits.sessions) return {"address_sessions", {}};
    if (limits.sessions > 0 && factor > 0 && network->sessions >= limits.sessions * factor)
        return {"network_sessions", {}};
    if (full(host->errors, limits.errors_per_hour, 1h, now) ||
        full(network->errors, limits.errors_per_hour * factor, 1h, now))
        return {"errors", {}};
    if (full(host->refused_recipients, limits.refused_recipients_per_hour, 1h, now) ||
        full(network->refused_recipients, limits.refused_recipients_per_hour * factor, 1h, now))
        return {"refused_recipients", {}};
    if (!add(host->connections, limits.connections_per_minute, 1min, now) ||
        !add(network->connections, limits.connections_per_minute * factor, 1min, now))
        return {"connection_rate", {}};

    ++host->sessions;
    ++network->sessions;
    session.limits_ = limits;
    session.address_ = std::move(host);
    session.network_ = std::move(network);
    return {{}, std::move(session)};
}

std::shared_ptr<Clients::Record> Clients::record(const std::string& key, Time now) {
    auto& found = records_[key];
    if (!found) found = std::make_shared<Record>();
    found->seen = now;
    return found;
}

void Clients::forget(Time now) {
    // After an hour every bucket has leaked dry.
    std::erase_if(records_, [&](const auto& each) {
        return each.second->sessions == 0 && now - each.second->seen > 1h;
    });
    if (records_.size() > most_records)
        std::erase_if(records_, [](const auto& each) { return each.second->sessions == 0; });
    forget_at_ = std::max(fewest_to_forget, 2 * records_.size());
}

}  // namespace smtp
