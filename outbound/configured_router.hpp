// Routes as the configuration, DNS, DANE and MTA-STS have them (docs/routes.md).
//
// Decisions are choose_hops() and mail_hosts(), pure; here is only who asks what. Belongs to one thread. New
// options count for what is asked from then on; what is under way keeps its own.
#pragma once

#include "outbound/access_tokens.hpp"
#include "outbound/choose_hops.hpp"
#include "outbound/mta_sts_policies.hpp"
#include "outbound/route.hpp"

#include <map>
#include <memory>

namespace outbound {

struct Smarthost {
    std::string host;  // a name or an address
    std::uint16_t port = 587;
    smtp::TlsPolicy tls;     // without names: those of the host are put in
    std::string tls_policy;  // as Hop has it
    std::optional<smtp::Credentials> credentials;
    std::optional<TokenSource> tokens;  // where the secret of the credentials comes from
};

struct SenderRoute {
    std::optional<Smarthost> smarthost;  // none: directly
    bool verp = true;
    Limits limits;  // of the smarthost
};

struct DestinationRule {
    TlsChoice tls = TlsChoice::policy;
    std::vector<std::string> hosts;  // patterns, for TlsChoice::verified
    Limits limits;
};

struct RouteOptions {
    HopOptions hops;
    std::vector<std::string> own_names;
    bool dane = true, mta_sts = true;
    Limits limits;                                           // of destinations without a rule
    std::map<std::string, SenderRoute, std::less<>> routes;  // by sender domain; "*": of all others
    std::map<std::string, DestinationRule, std::less<>> destinations;
};

class ConfiguredRouter : public Router {
  public:
    // Without a resolver only smarthosts with an address can be reached. Whoever is named must live longer.
    ConfiguredRouter(net::Resolver* resolver, Https& https, RouteOptions options, Random::result_type seed,
                     StsOptions sts = {});

    void set_options(RouteOptions options);

    [[nodiscard]] boost::asio::awaitable<Routed> route(std::string sender_domain, std::string destination,
                                                       net::Clock::time_point deadline) override;
    [[nodiscard]] Lane lane(std::string_view sender_domain, std::string_view destination) const override;
    void credentials_refused(std::string_view sender_domain) override;

  private:
    using Options = std::shared_ptr<const RouteOptions>;
    using Hops = boost::system::result<std::vector<Hop>, Refused>;

    boost::asio::awaitable<Routed> by_smarthost(Options options, const Smarthost& smarthost, Route route,
                                                net::Clock::time_point deadline);
    boost::asio::awaitable<Hops> directly(Options options, std::string domain,
                                          net::Clock::time_point deadline);
    boost::asio::awaitable<HostFacts> facts_of(Options options, MailHost host, bool dane,
                                               net::Clock::time_point deadline);
    boost::asio::awaitable<std::vector<HostFacts>> facts_of_all(Options options, std::vector<MailHost> hosts,
                                                                bool dane, net::Clock::time_point deadline);
    boost::asio::awaitable<std::optional<StsPolicy>> sts_of(bool wanted, std::string domain,
                                                            net::Clock::time_point deadline);

    net::Resolver* resolver_;
    Options options_;
    Random random_;
    std::optional<StsPolicies> sts_;  // none without a resolver
    AccessTokens tokens_;
};

}  // namespace outbound
