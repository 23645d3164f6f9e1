// Where a mail goes, and what must be true of who takes it there: the values of routing, and the seam that
// outbound's workers ask. outbound/configured_router.hpp is the one that serves; tests write their own.
//
// A Route is never empty, and its hops stand in the order in which they are to be tried: when one defers or
// can't be reached, the next. What TLS a hop wants was decided by DANE (RFC 7672), MTA-STS (RFC 8461) or the
// operator, and is never to be lowered: the one thing that may fall back to plain text is the policy
// "opportunistic".
#pragma once

#include "net/dial.hpp"
#include "smtp/delivery.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outbound {

struct Hop {
    net::ServerAddress endpoint;
    std::string host;  // the name of the MX or smarthost, or the address where that is all there is
    smtp::TlsPolicy tls;
    std::string tls_policy;  // as an attempt has it: dane, sts, verified, required, opportunistic, plain
    std::optional<boost::asio::ip::address> source;  // to connect from
};

// 0: no limit.
struct Limits {
    unsigned connections = 4;  // at one time
    unsigned messages_per_connection = 100;
    unsigned rate_per_minute = 0;
};

// What is limited together and shares connections: a route with a smarthost, or a destination that is reached
// directly.
struct Lane {
    std::string name;  // "example.org by relay.example:587", "example.com"
    Limits limits;
};

struct Route {
    std::vector<Hop> hops;
    std::optional<smtp::Credentials> credentials;
    bool smarthost = false;  // it may well have our own name (smtp::ClientOptions::may_be_ourselves)
    bool verp = true;        // false: the smarthost takes no return path but the sender's own
    Lane lane;
};

// Why there is no route now, or ever: the last words on a delivery, or on this attempt.
struct Refused {
    bool permanent = false;
    int code = 451;
    std::string status;  // RFC 3463: "5.1.10"
    std::string words;   // for the ticket; one line of ASCII
    // Or "policy": what was found is not what DANE, MTA-STS or we ask for; or "auth": no token for the
    // smarthost.
    std::string phase = "resolve";
};

using Routed = boost::system::result<Route, Refused>;

class Router {
  public:
    virtual ~Router() = default;

    // `sender_domain` selects the smarthost, if there is one; `destination` is the recipient's domain in key
    // form (lower case, A-labels), or an address literal with its brackets. Answers by `deadline`.
    [[nodiscard]] virtual boost::asio::awaitable<Routed> route(std::string sender_domain,
                                                               std::string destination,
                                                               net::Clock::time_point deadline) = 0;

    // The lane that route() would name; from memory.
    [[nodiscard]] virtual Lane lane(std::string_view sender_domain, std::string_view destination) const = 0;

    // The server did not take the credentials of the last route: an access token that is kept is forgotten,
    // so that the next attempt brings a new one.
    virtual void credentials_refused(std::string_view /*sender_domain*/) {}
};

}  // namespace outbound
