#include "auth/host_names.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t max_names = 10;

}  // namespace

boost::asio::ip::address unmapped(const boost::asio::ip::address& address) {
    namespace ip = boost::asio::ip;
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

boost::asio::awaitable<HostNames> validated_host_names(boost::asio::ip::address client,
                                                       net::Resolver& resolver,
                                                       std::chrono::steady_clock::time_point deadline) {
    using Status = net::DnsAnswer::Status;
    client = unmapped(client);
    HostNames found;
    const net::DnsAnswer pointers =
        co_await resolver.look_up(net::reverse_name(client), net::RecordType::ptr, deadline);
    found.failed = pointers.status == Status::failed;
    std::vector<std::string> candidates;
    for (const std::string& rdata : pointers.records) {
        auto name = net::name_of(rdata);
        if (!name || name->empty()) continue;
        if (std::find(candidates.begin(), candidates.end(), *name) != candidates.end()) continue;
        candidates.push_back(std::move(*name));
        if (candidates.size() == max_names) break;
    }
    found.any = !candidates.empty();
    const auto type = client.is_v4() ? net::RecordType::a : net::RecordType::aaaa;
    for (const std::string& name : candidates) {
        const net::DnsAnswer addresses = co_await resolver.look_up(name, type, deadline);
        found.failed = found.failed || addresses.status == Status::failed;
        const bool has_it =
            std::any_of(addresses.records.begin(), addresses.records.end(),
                        [&](const std::string& rdata) { return net::address_of(type, rdata) == client; });
        if (has_it) found.names.push_back(name);
    }
    co_return found;
}

}  // namespace auth
