// What DNS has of a domain that we send from, held against what it should have: rules over
// net::Resolver, and over outbound::Https for the policy of MTA-STS.
//
// Everything is looked up by one deadline; what DNS does not tell by then is `unknown`. Nothing throws for
// what an answer says.
#pragma once

#include "daemon/tlsa.hpp"
#include "net/dns.hpp"
#include "outbound/https.hpp"
#include "store/key_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace program {

struct DomainQuestion {
    std::string domain, bounce_domain, reply_domain;
    // The name that this host greets with, and the hosts that take the domain's mail: itself, or others that
    // hand it on to here. The first is the one to publish.
    std::string host_name;
    std::vector<std::string> mail_hosts;
    // Those that mail leaves from; none: those of host_name, or, by a smarthost, not known.
    std::vector<boost::asio::ip::address> addresses;
    std::string smarthost;  // by which mail of the domain leaves; "": directly
    std::vector<store::StoredDkimKey> keys;
    std::optional<OwnCertificate> certificate;  // that host_name shows
};

struct Finding {
    enum class Grade {
        good,
        advice,   // mail arrives without it; some of it is trusted less
        missing,  // mail, bounces or answers get lost without it
        unknown,  // DNS did not tell
    };
    std::string what;  // "MX", "SPF"
    Grade grade = Grade::good;
    std::string words;
    std::string record;  // to be added, as a zone file has it; "" where there is none
};
[[nodiscard]] std::string_view name(Finding::Grade grade);

[[nodiscard]] boost::asio::awaitable<std::vector<Finding>> check_domain(
    DomainQuestion question, net::Resolver& resolver, outbound::Https& web,
    std::chrono::steady_clock::time_point deadline);

// Whether the key's record is in DNS as it should be.
[[nodiscard]] boost::asio::awaitable<Finding> check_dkim_key(auth::DkimKey key, net::Resolver& resolver,
                                                             std::chrono::steady_clock::time_point deadline);

}  // namespace program
