// The MTA-STS policies of the domains that mail goes to: found in DNS, fetched over HTTPS, remembered.
//
// A policy is kept for its max_age: in memory, of the `most` domains asked for last, and beyond a restart
// where `read` and `keep` say. It is fetched again when the id in DNS changes, and once a day while it is in
// use. What is kept counts whatever becomes of DNS and of the fetch: who can suppress those must not be able
// to lower our TLS (RFC 8461 §5.1, §10.2). A fetch that failed is not tried again for five minutes.
#pragma once

#include "outbound/https.hpp"
#include "outbound/mta_sts.hpp"
#include "outbound/turns.hpp"
#include "store/sts_policies.hpp"

#include <functional>
#include <list>
#include <unordered_map>

namespace outbound {

// Where policies outlive a restart. What `read` throws comes out of policy_of(): who does not know whether
// there is a policy must not send.
struct StsArchive {
    std::function<boost::asio::awaitable<std::optional<store::KeptStsPolicy>>(std::string domain)> read;
    std::function<boost::asio::awaitable<void>(std::string domain, store::KeptStsPolicy policy)> keep;
};

struct StsOptions {
    std::size_t most = 10'000;
    std::chrono::milliseconds fetch_limit{30'000};
    std::uint16_t port = 443;
    std::function<net::Clock::time_point()> now = net::Clock::now;
    std::optional<StsArchive> archive = {};
    // What an operator may want to know: a policy that can't be had, or that would keep mail back if it were
    // not in mode `testing`.
    std::function<void(const std::string& domain, const std::string& what)> told = [](auto&, auto&) {};
};

struct FetchedStsPolicy {
    StsPolicy policy;
    std::string text;
};
// The domain's policy as its web server has it now, or why it can't be had.
[[nodiscard]] boost::asio::awaitable<boost::system::result<FetchedStsPolicy, std::string>> fetch_sts_policy(
    Https& https, std::string domain, std::uint16_t port, net::Clock::time_point deadline);

class StsPolicies {
  public:
    StsPolicies(net::Resolver& resolver, Https& https, StsOptions options = {})
        : resolver_(resolver), https_(https), options_(std::move(options)) {}

    // `domain` in lower case. Nothing when it has none, or none that can be had.
    [[nodiscard]] boost::asio::awaitable<std::optional<StsPolicy>> policy_of(std::string domain,
                                                                             net::Clock::time_point deadline);
    void tell(const std::string& domain, const std::string& what) const { options_.told(domain, what); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::string domain;
        std::string id;  // of the policy
        StsPolicy policy;
        net::Clock::time_point until{}, refresh{};
        std::string failed_id;              // of the last fetch that failed
        net::Clock::time_point patience{};  // until when it is not tried again
    };
    using Time = net::Clock::time_point;

    Entry* find(const std::string& domain);
    Entry& keep(const std::string& domain);
    // What was kept before this process, once for each domain that is not in memory.
    boost::asio::awaitable<void> recall(std::string domain);
    boost::asio::awaitable<void> archive(std::string domain, store::KeptStsPolicy policy);
    // What is remembered and still good.
    std::optional<StsPolicy> remembered(const std::string& domain);
    bool is_due(const std::string& domain, const std::string& id);

    net::Resolver& resolver_;
    Https& https_;
    StsOptions options_;
    Turns turns_;
    std::list<Entry> entries_;  // the last asked for first
    std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace outbound
