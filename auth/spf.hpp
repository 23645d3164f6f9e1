// SPF: may this client send for that domain? check_host() of RFC 7208 over net::Resolver.
//
// Never throws for what DNS or a record says. Bounds (§4.6.4): 10 terms that ask DNS, 10 exchangers a `mx`,
// 10 names of a client's address, 2 void look-ups; past them it is permerror. What isn't known by the
// deadline, or what DNS fails to tell, is temperror. The names of the client's address are looked up once,
// however often ptr or %{p} stand in the records. The identity is the reverse-path, and of a null one
// postmaster at the HELO name (§2.4).
#pragma once

#include "auth/authentication.hpp"
#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <string>

namespace auth {

struct SpfQuestion {
    boost::asio::ip::address client;  // an IPv4 address that is mapped into IPv6 counts as the IPv4 address
    std::string helo;                 // as it was said
    std::string local_part,
        domain;            // of the reverse-path; both empty for a null one. Empty local: postmaster
    std::string receiver;  // our host name, for %{r}
};

[[nodiscard]] boost::asio::awaitable<Spf> check_spf(SpfQuestion question, net::Resolver& resolver,
                                                    std::chrono::steady_clock::time_point deadline);

}  // namespace auth
