// Has the client's address a name that has this address? RFC 8601 §3.
//
// pass: yes. fail: it has names, none of which leads back. permerror: it has no name. temperror: DNS did not
// tell.
#pragma once

#include "auth/authentication.hpp"
#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>

namespace auth {

[[nodiscard]] boost::asio::awaitable<Iprev> check_iprev(boost::asio::ip::address client,
                                                        net::Resolver& resolver,
                                                        std::chrono::steady_clock::time_point deadline);

}  // namespace auth
