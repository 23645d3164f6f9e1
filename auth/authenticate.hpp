// (Written by the maintainer, 20:20: intake/ is being wired upon it. Change what is wrong, don't write it
// again.) Who really sent a mail: SPF, DKIM, DMARC, ARC and iprev of it, all within one budget of time, and
// one Verdict.
//
// pass       DMARC passes; or its sealers are all trusted and say that it passed where it first came in; or
// the
//            author's domain has no DMARC record, and SPF or a signature proves just that domain
// fail       DMARC fails and asks for quarantine or reject; or there are several authors, so that what is
// shown
//            as the author is nobody's word
// temperror  DNS did not tell in time
// none       all else: the author's domain says nothing, or asks for nothing
//
// Where a host before us is trusted (`trusted_results`), what it wrote is believed, and nothing is asked for;
// a mail without its word is looked at here. Total; never throws.
#pragma once

#include "auth/authentication.hpp"
#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

struct AuthenticateOptions {
    std::string receiver;                      // our host name, for SPF's %{r}
    std::vector<std::string> trusted_sealers;  // domains whose ARC seals count
    std::vector<std::string> trusted_results;  // authserv-ids of hosts before us whose word counts
};

// As the SMTP session has it. An address that can't be read (a Unix socket has none) leaves SPF and iprev at
// none.
struct Envelope {
    std::string client_address, helo, reverse_path;
};

// SPF alone: of the reverse-path, or of the HELO name where that is null.
[[nodiscard]] boost::asio::awaitable<Spf> ask_spf(Envelope envelope, std::string receiver,
                                                  net::Resolver& resolver,
                                                  std::chrono::steady_clock::time_point deadline);

// `raw`, `options` and `resolver` must live until it is done.
[[nodiscard]] boost::asio::awaitable<Authentication> authenticate(
    Envelope envelope, std::string_view raw, const AuthenticateOptions& options, net::Resolver& resolver,
    std::chrono::steady_clock::time_point deadline, std::chrono::system_clock::time_point now);

}  // namespace auth
