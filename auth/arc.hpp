// ARC: what those who passed a mail on say that they found, and whether they say it (RFC 8617 §5.2).
//
//   none       the mail has no ARC fields
//   pass       the newest message signature and every seal hold
//   fail       one of them does not, a set is incomplete or there are more than `max_arc_sets`, or the last
//              sealer says cv=fail. RFC 8301's rules for keys and hashes count here too; so does x=, and l=
//              that leaves octets of the body unsigned
//   temperror  a key could not be looked up now
// A pass says no more than that these domains sealed the mail; whether one is trusted is the operator's to
// say. `sealers` and `author_results` are there whenever the sets are complete, so ask for `result` first.
//
// Total: any bytes give a result. Linear: the seals share one running digest. The keys of older seals are
// asked for only when the newest set holds, so that junk costs two look-ups. As with verify_dkim(), `raw` and
// `resolver` must live until it is done, and the body is hashed where it is called.
#pragma once

#include "auth/authentication.hpp"
#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string_view>

namespace auth {

inline constexpr std::size_t max_arc_sets = 50;  // RFC 8617 §4.2.1

[[nodiscard]] boost::asio::awaitable<Arc> verify_arc(std::string_view raw, net::Resolver& resolver,
                                                     std::chrono::steady_clock::time_point deadline,
                                                     std::chrono::system_clock::time_point now);

}  // namespace auth
