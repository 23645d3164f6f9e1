#include "outbound/configured_router.hpp"

#include "outbound/look_up.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace outbound {
namespace {

// The route and what it is listed under.
std::pair<std::string_view, const SenderRoute&> sender_route(const RouteOptions& options,
                                                             std::string_view sender_domain) {
    static const SenderRoute direct;
    for (const std::string_view name : {sender_domain, std::string_view("*")})
        if (const auto found = options.routes.find(name); found != options.routes.end())
            return {found->first, found->second};
    return {"", direct};
}

const DestinationRule* rule_for(const RouteOptions& options, std::string_view destination) {
    const auto found = options.destinations.find(destination);
    return found == options.destinations.end() ? nullptr : &found->second;
}

// Connections are shared within a lane, so that two routes never have one: their log-ins and TLS may differ.
Lane lane_of(const RouteOptions& options, std::string_view sender_domain, std::string_view destination) {
    const auto [name, sender] = sender_route(options, sender_domain);
    if (sender.smarthost) {
        const Smarthost& smarthost = *sender.smarthost;
        return {std::string(name) + " by " + smarthost.host + ":" + std::to_string(smarthost.port),
                sender.limits};
    }
    const DestinationRule* const rule = rule_for(options, destination);
    return {std::string(destination), rule != nullptr ? rule->limits : options.limits};
}

// An address literal, as if DNS had said it.
HostFacts facts_of_address(const asio::ip::address& address) {
    HostFacts facts{.host = {0, address.to_string()}, .ipv4 = {}, .ipv6 = {}, .dane = {}};
    facts.ipv4.status = facts.ipv6.status = net::DnsAnswer::Status::no_records;
    const auto put = [](net::DnsAnswer& answer, const auto& bytes) {
        answer.status = net::DnsAnswer::Status::found;
        answer.records.emplace_back(bytes.begin(), bytes.end());
    };
    if (address.is_v4())
        put(facts.ipv4, address.to_v4().to_bytes());
    else
        put(facts.ipv6, address.to_v6().to_bytes());
    return facts;
}

bool asks_for_policies(TlsChoice choice) {
    return choice != TlsChoice::off && choice != TlsChoice::opportunistic;
}

}  // namespace

ConfiguredRouter::ConfiguredRouter(net::Resolver* resolver, Https& https, RouteOptions options,
                                   Random::result_type seed, StsOptions sts)
    : resolver_(resolver),
      options_(std::make_shared<const RouteOptions>(std::move(options))),
      random_(seed),
      tokens_(https) {
    if (resolver_ != nullptr) sts_.emplace(*resolver_, https, std::move(sts));
}

void ConfiguredRouter::set_options(RouteOptions options) {
    options_ = std::make_shared<const RouteOptions>(std::move(options));
}

Lane ConfiguredRouter::lane(std::string_view sender_domain, std::string_view destination) const {
    return lane_of(*options_, sender_domain, destination);
}

void ConfiguredRouter::credentials_refused(std::string_view sender_domain) {
    const SenderRoute& sender = sender_route(*options_, sender_domain).second;
    if (sender.smarthost && sender.smarthost->tokens) tokens_.forget(*sender.smarthost->tokens);
}

asio::awaitable<Routed> ConfiguredRouter::route(std::string sender_domain, std::string destination,
                                                net::Clock::time_point deadline) {
    const Options options = options_;
    const SenderRoute& sender = sender_route(*options, sender_domain).second;
    Route route{.hops = {},
                .credentials = {},
                .smarthost = sender.smarthost.has_value(),
                .verp = sender.verp,
                .lane = lane_of(*options, sender_domain, destination)};
    if (sender.smarthost)
        co_return co_await by_smarthost(options, *sender.smarthost, std::move(route), deadline);
    Hops hops = co_await directly(options, std::move(destination), deadline);
    if (hops.has_error()) co_return hops.error();
    route.hops = std::move(*hops);
    co_return route;
}

asio::awaitable<Routed> ConfiguredRouter::by_smarthost(Options options, const Smarthost& smarthost,
                                                       Route route, net::Clock::time_point deadline) {
    // What is wrong with the operator's own relay is never a reason to give a mail up.
    const auto addresses = co_await look_up_addresses(resolver_, smarthost.host, deadline);
    if (addresses.has_error())
        co_return Refused{.status = "4.4.3", .words = "the smarthost can't be found: " + addresses.error()};
    route.credentials = smarthost.credentials;
    if (smarthost.tokens && route.credentials) {
        auto token = co_await tokens_.token(*smarthost.tokens, deadline);
        if (token.has_error())
            co_return Refused{.status = "4.7.0",
                              .words = "no access token for the smarthost: " + token.error(),
                              .phase = "auth"};
        route.credentials->secret = std::move(*token);
    }
    const HopOptions& how = options->hops;
    for (const auto& address : addresses_in_order(*addresses, how.preference, random_)) {
        Hop hop{.endpoint = {.address = address.to_string(), .port = smarthost.port, .path = {}},
                .host = smarthost.host,
                .tls = smarthost.tls,
                .tls_policy = smarthost.tls_policy,
                .source = source_for(address, how.sources, random_)};
        hop.tls.names = {smarthost.host};
        route.hops.push_back(std::move(hop));
    }
    if (route.hops.empty())
        co_return Refused{
            .status = "4.4.3",
            .words = "the smarthost " + smarthost.host + " has no address of the family in use"};
    co_return route;
}

asio::awaitable<ConfiguredRouter::Hops> ConfiguredRouter::directly(Options options, std::string domain,
                                                                   net::Clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    DomainFacts facts{.domain = domain, .hosts = {}, .sts = {}, .verified_hosts = {}};
    if (const DestinationRule* const rule = rule_for(*options, domain)) {
        facts.choice = rule->tls;
        facts.verified_hosts = rule->hosts;
    }
    if (domain.starts_with('[')) {
        const auto address = literal_address(domain);
        if (!address)
            co_return Refused{.permanent = true,
                              .code = 550,
                              .status = "5.1.2",
                              .words = "the recipient's domain is no address that mail can go to"};
        facts.domain = address->to_string();
        facts.hosts.push_back(facts_of_address(*address));
        co_return choose_hops(facts, options->hops, random_);
    }
    if (resolver_ == nullptr)
        co_return Refused{.status = "4.4.3", .words = "no name server may be asked for the MX of " + domain};
    const net::DnsAnswer mx = co_await resolver_->look_up(domain, net::RecordType::mx, deadline);
    auto hosts = mail_hosts(domain, mx, options->own_names, random_);
    if (hosts.has_error()) co_return hosts.error();
    const bool policies = asks_for_policies(facts.choice);
    std::tie(facts.hosts, facts.sts) = co_await (
        facts_of_all(options, std::move(*hosts), policies && options->dane && mx.secure, deadline) &&
        sts_of(policies && options->mta_sts, domain, deadline));
    if (facts.sts && facts.sts->mode == StsPolicy::Mode::testing)
        for (const HostFacts& each : facts.hosts)
            if (!matches_any(each.host.name, facts.sts->mx))
                sts_->tell(domain, "the policy, in mode testing, does not name " + each.host.name);
    co_return choose_hops(facts, options->hops, random_);
}

asio::awaitable<std::optional<StsPolicy>> ConfiguredRouter::sts_of(bool wanted, std::string domain,
                                                                   net::Clock::time_point deadline) {
    if (!wanted) co_return std::nullopt;
    co_return co_await sts_->policy_of(std::move(domain), deadline);
}

asio::awaitable<std::vector<HostFacts>> ConfiguredRouter::facts_of_all(Options options,
                                                                       std::vector<MailHost> hosts, bool dane,
                                                                       net::Clock::time_point deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto question = [&](const MailHost& host) {
        return asio::co_spawn(executor, facts_of(options, host, dane, deadline), asio::deferred);
    };
    std::vector<decltype(question(hosts.front()))> questions;
    for (const MailHost& host : hosts) questions.push_back(question(host));
    auto group = asio::experimental::make_parallel_group(std::move(questions));
    auto [order, errors, facts] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& failed : errors)
        if (failed) std::rethrow_exception(failed);
    co_return std::move(facts);
}

asio::awaitable<HostFacts> ConfiguredRouter::facts_of(Options options, MailHost host, bool dane,
                                                      net::Clock::time_point deadline) {
    HostFacts facts{.host = std::move(host), .ipv4 = {}, .ipv6 = {}, .dane = {}};
    AddressAnswers addresses = co_await ask_addresses(*resolver_, facts.host.name, deadline);
    facts.ipv4 = std::move(addresses.ipv4);
    facts.ipv6 = std::move(addresses.ipv6);
    if (!dane || !has_secure_addresses(facts)) co_return facts;
    const std::string prefix = "_" + std::to_string(options->hops.port) + "._tcp.";
    // Where an alias leads comes before the alias itself (RFC 7672 §2.2.2).
    facts.tlsa_base = facts.ipv4.canonical.empty() ? facts.ipv6.canonical : facts.ipv4.canonical;
    if (!facts.tlsa_base.empty()) {
        facts.dane =
            dane_of(co_await resolver_->look_up(prefix + facts.tlsa_base, net::RecordType::tlsa, deadline));
        if (facts.dane.demand != Dane::Demand::none) co_return facts;
        facts.tlsa_base.clear();
    }
    facts.dane =
        dane_of(co_await resolver_->look_up(prefix + facts.host.name, net::RecordType::tlsa, deadline));
    co_return facts;
}

}  // namespace outbound
