#include "daemon/route_options.hpp"

#include "daemon/config.hpp"
#include "daemon/config_checks.hpp"

#include <ifaddrs.h>
#include <boost/asio/ip/tcp.hpp>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace program {
namespace {

namespace ip = boost::asio::ip;
using smtp::TlsUse;

// Those of this machine's interfaces. Loopback ones are no targets anyway.
net::Networks own_addresses() {
    net::Networks own;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return own;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, ::freeifaddrs);
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) continue;
        ip::tcp::endpoint endpoint;
        const bool six = each->ifa_addr->sa_family == AF_INET6;
        if (!six && each->ifa_addr->sa_family != AF_INET) continue;
        std::memcpy(endpoint.data(), each->ifa_addr, six ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
        const std::string text = endpoint.address().to_string();
        [[maybe_unused]] const bool added = own.add(text.substr(0, text.find('%')));
    }
    return own;
}

outbound::Limits limits(std::int64_t connections, std::int64_t messages, std::int64_t rate) {
    return {static_cast<unsigned>(connections), static_cast<unsigned>(messages), static_cast<unsigned>(rate)};
}

std::string secret_in(const std::string& file) {
    std::string line;
    const std::string wrong = file.empty() ? "" : read_line_of(file, line);
    if (!wrong.empty()) throw std::runtime_error("the file of a secret " + wrong);
    return line;
}

outbound::IpPreference ip_preference(const std::string& text) {
    using enum outbound::IpPreference;
    if (text == "ipv4 first") return ipv4_first;
    if (text == "ipv4 only") return ipv4_only;
    return text == "ipv6 only" ? ipv6_only : ipv6_first;
}

outbound::TlsChoice tls_choice(const std::string& text) {
    using enum outbound::TlsChoice;
    if (text == "required") return required;
    if (text == "verified") return verified;
    if (text == "opportunistic") return opportunistic;
    return text == "off" ? off : policy;
}

smtp::Credentials::Mechanism mechanism(const std::string& text) {
    using enum smtp::Credentials::Mechanism;
    if (text == "plain") return plain;
    if (text == "login") return login;
    if (text == "scram-sha-256") return scram_sha_256;
    return text == "xoauth2" ? xoauth2 : automatic;
}

void set_tls(outbound::Smarthost& smarthost, const RouteConfig& route, const net::TlsContext& roots) {
    smarthost.tls.context = route.ca_file.empty() ? roots : net::TlsContext::client(route.ca_file);
    smarthost.tls.implicit = route.tls == "implicit";
    smarthost.tls.use = TlsUse::verified_name;
    smarthost.tls_policy = "verified";
    if (route.tls == "required") smarthost.tls.use = TlsUse::required_unverified;
    if (route.tls == "opportunistic") smarthost.tls.use = TlsUse::opportunistic;
    if (route.tls == "off") smarthost.tls.use = TlsUse::none;
    if (smarthost.tls.use != TlsUse::verified_name)
        smarthost.tls_policy = route.tls == "off" ? "plain" : route.tls;
}

void set_credentials(outbound::Smarthost& smarthost, const RouteConfig& route) {
    smtp::Credentials credentials{.mechanism = mechanism(route.auth), .user = route.user, .secret = {}};
    // Only this machine hears it: for others the configuration is refused.
    credentials.even_in_plain_text = is_loopback(smarthost.host);
    credentials.secret = secret_in(route.secret_file);
    smarthost.credentials = std::move(credentials);
    if (route.auth != "xoauth2") return;
    smarthost.tokens = outbound::TokenSource{.url = outbound::parse_https_url(route.token_url).value(),
                                             .client_id = route.client_id,
                                             .client_secret = secret_in(route.client_secret_file),
                                             .refresh_token = secret_in(route.refresh_token_file)};
}

outbound::SenderRoute sender_route(const RouteConfig& route, const net::TlsContext& roots) {
    outbound::SenderRoute made{
        .smarthost = {},
        .verp = route.verp == "on",
        .limits = limits(route.connections, route.messages_per_connection, route.rate_per_minute)};
    if (route.smarthost.empty()) return made;
    const auto [host, port] = parse_smarthost(route.smarthost).value();
    outbound::Smarthost& smarthost = made.smarthost.emplace();
    smarthost.host = host;
    smarthost.port = port;
    set_tls(smarthost, route, roots);
    if (!route.user.empty()) set_credentials(smarthost, route);
    return made;
}

}  // namespace

outbound::RouteOptions route_options(const Config& config, const std::string& host_name) {
    outbound::RouteOptions options;
    options.own_names = {host_name};
    options.dane = config.outbound_dane == "on";
    options.mta_sts = config.outbound_mta_sts == "on";
    options.limits = limits(config.outbound_connections, config.outbound_messages_per_connection,
                            config.outbound_rate_per_minute);
    outbound::HopOptions& hops = options.hops;
    hops.preference = ip_preference(config.outbound_ip_preference);
    hops.port = static_cast<std::uint16_t>(config.outbound_port);
    hops.own_addresses = own_addresses();
    hops.tls = net::TlsContext::client(config.outbound_ca_file);
    for (const std::string& network : config.outbound_allowed_targets)
        if (!hops.allowed_targets.add(network)) throw std::runtime_error(network + " is no network");
    for (const std::string& address : config.outbound_source_addresses)
        hops.sources.push_back(ip::make_address(address));
    for (const RouteConfig& each : config.routes)
        options.routes.emplace(each.sender_domain, sender_route(each, hops.tls));
    for (const DestinationConfig& each : config.destinations) {
        outbound::DestinationRule rule{
            .tls = tls_choice(each.tls),
            .hosts = each.hosts,
            .limits = limits(each.connections, each.messages_per_connection, each.rate_per_minute)};
        if (rule.hosts.empty()) rule.hosts = {each.domain, "*." + each.domain};
        options.destinations.emplace(each.domain, std::move(rule));
    }
    return options;
}

}  // namespace program
