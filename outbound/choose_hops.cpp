#include "outbound/choose_hops.hpp"

#include "outbound/look_up.hpp"

#include <algorithm>

namespace outbound {
namespace {

namespace ip = boost::asio::ip;
using Status = net::DnsAnswer::Status;

// How a host may be spoken to, or why it may not.
struct HostTls {
    smtp::TlsPolicy policy;
    std::string name;
    std::string objection;
};

HostTls demand(smtp::TlsUse use, std::string_view name, const HopOptions& options, std::string host) {
    HostTls tls{.policy = {.use = use, .context = options.tls}, .name = std::string(name), .objection = {}};
    tls.policy.names.push_back(std::move(host));
    return tls;
}

HostTls tls_for(const HostFacts& facts, const DomainFacts& domain, const HopOptions& options) {
    using enum smtp::TlsUse;
    const std::string& host = facts.host.name;
    const auto want = [&](smtp::TlsUse use, std::string_view name) {
        return demand(use, name, options, host);
    };
    const auto object = [](std::string why) { return HostTls{{}, {}, std::move(why)}; };
    if (domain.choice == TlsChoice::off) return want(none, "plain");
    if (domain.choice == TlsChoice::opportunistic) return want(opportunistic, "opportunistic");
    switch (facts.dane.demand) {
        case Dane::Demand::not_known:
            return object("the TLSA records of " + host + " can't be had");
        case Dane::Demand::match: {
            // The certificate is of the name that has the records (RFC 7672 §2.2.3, §3.2.2).
            HostTls tls = demand(dane, "dane", options, facts.tlsa_base.empty() ? host : facts.tlsa_base);
            // For records of a trust anchor, RFC 7672 §3.2.2: MX records that are secure make the domain a
            // name of the server's as well.
            tls.policy.names.push_back(domain.domain);
            tls.policy.tlsa = facts.dane.records;
            return tls;
        }
        case Dane::Demand::encrypt:  // below: it must not take the place of a certificate that is asked for
        case Dane::Demand::none:
            break;
    }
    if (domain.choice == TlsChoice::verified)
        return matches_any(host, domain.verified_hosts)
                   ? want(verified_name, "verified")
                   : object(host + " is no mail server that the configuration names for " + domain.domain);
    if (domain.sts && domain.sts->mode == StsPolicy::Mode::enforce)
        return matches_any(host, domain.sts->mx)
                   ? want(verified_name, "sts")
                   : object(host + " is no mail server that the MTA-STS policy of " + domain.domain +
                            " names");
    if (facts.dane.demand == Dane::Demand::encrypt) return want(required_unverified, "dane");
    if (domain.choice == TlsChoice::required) return want(required_unverified, "required");
    return want(opportunistic, "opportunistic");
}

// Collects the reasons for which there may be no hop; what may change with time wins.
class Reasons {
  public:
    explicit Reasons(std::string domain) : domain_(std::move(domain)) {}

    void add(Refused reason) {
        if (!worst_ || (worst_->permanent && !reason.permanent)) worst_ = std::move(reason);
    }
    [[nodiscard]] Refused last() const {
        if (worst_) return *worst_;
        return {.permanent = true,
                .code = 550,
                .status = "5.4.4",
                .words = "no mail server of " + domain_ + " has an address to send to"};
    }

  private:
    std::string domain_;
    std::optional<Refused> worst_;
};

std::vector<ip::address> public_addresses(const HostFacts& facts, const HopOptions& options,
                                          Reasons& reasons) {
    std::vector<ip::address> addresses = addresses_of(facts.ipv4, facts.ipv6);
    std::erase_if(addresses, [&](const ip::address& address) {
        const std::string_view objection = target_objection(address, options.allowed_targets);
        if (!objection.empty())
            reasons.add({.permanent = true,
                         .code = 550,
                         .status = "5.4.4",
                         .words = "the mail server " + facts.host.name + " has " + std::string(objection) +
                                  " address, " + address.to_string(),
                         .phase = "policy"});
        return !objection.empty();
    });
    return addresses;
}

bool is_ours(const HostFacts& facts, const HopOptions& options) {
    return std::ranges::any_of(addresses_of(facts.ipv4, facts.ipv6), [&](const ip::address& address) {
        const std::string text = address.to_string();
        return options.own_addresses.contains(text) && !options.allowed_targets.contains(text);
    });
}

}  // namespace

bool has_secure_addresses(const HostFacts& facts) {
    const auto fine = [](const net::DnsAnswer& answer) {
        return answer.status == Status::failed || answer.secure;
    };
    return (facts.ipv4.status == Status::found || facts.ipv6.status == Status::found) && fine(facts.ipv4) &&
           fine(facts.ipv6);
}

std::vector<ip::address> addresses_in_order(const std::vector<ip::address>& all, IpPreference preference,
                                            Random& random) {
    std::vector<ip::address> first, second;
    const bool six_first = preference == IpPreference::ipv6_first || preference == IpPreference::ipv6_only;
    const bool only = preference == IpPreference::ipv4_only || preference == IpPreference::ipv6_only;
    for (const ip::address& address : all) (address.is_v6() == six_first ? first : second).push_back(address);
    if (only) second.clear();
    std::ranges::shuffle(first, random);
    std::ranges::shuffle(second, random);
    // By turns, so that a family that reaches nobody does not use up what may be tried.
    std::vector<ip::address> ordered;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i)
        for (const auto* family : {&first, &second})
            if (i < family->size() && ordered.size() < most_addresses_per_host)
                ordered.push_back((*family)[i]);
    return ordered;
}

std::optional<ip::address> source_for(const ip::address& target, const std::vector<ip::address>& sources,
                                      Random& random) {
    std::vector<ip::address> fitting;
    std::ranges::copy_if(sources, std::back_inserter(fitting),
                         [&](const ip::address& source) { return source.is_v6() == target.is_v6(); });
    if (fitting.empty()) return std::nullopt;
    return fitting[std::uniform_int_distribution<std::size_t>(0, fitting.size() - 1)(random)];
}

boost::system::result<std::vector<Hop>, Refused> choose_hops(const DomainFacts& facts,
                                                             const HopOptions& options, Random& random) {
    const auto ours =
        std::ranges::find_if(facts.hosts, [&](const HostFacts& host) { return is_ours(host, options); });
    std::vector<Hop> hops;
    Reasons reasons(facts.domain);
    std::size_t hosts = 0;
    for (const HostFacts& each : facts.hosts) {
        if (ours != facts.hosts.end() && each.host.preference >= ours->host.preference) {
            reasons.add(loops_back(facts.domain));
            break;
        }
        if (hosts == most_hosts) break;
        for (const auto* answer : {&each.ipv4, &each.ipv6})
            if (answer->status == Status::failed)
                reasons.add(
                    {.status = "4.4.3",
                     .words = "the addresses of " + each.host.name + " can't be had: " + answer->why});
        const auto addresses =
            addresses_in_order(public_addresses(each, options, reasons), options.preference, random);
        if (addresses.empty()) continue;
        const HostTls tls = tls_for(each, facts, options);
        if (!tls.objection.empty()) {
            reasons.add({.status = "4.7.5", .words = tls.objection, .phase = "policy"});
            continue;
        }
        ++hosts;
        for (const ip::address& address : addresses) {
            if (hops.size() == most_addresses) break;
            hops.push_back({.endpoint = {.address = address.to_string(), .port = options.port, .path = {}},
                            .host = each.host.name,
                            .tls = tls.policy,
                            .tls_policy = tls.name,
                            .source = source_for(address, options.sources, random)});
        }
    }
    if (hops.empty()) return reasons.last();
    return hops;
}

}  // namespace outbound
