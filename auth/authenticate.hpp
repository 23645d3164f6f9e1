// All that is asked about who sent a mail, at once and within one budget of time, and the verdict.
//
// SPF, DKIM, ARC, iprev and the author's DMARC records are looked up side by side; DMARC weighs them. What is
// not known when the budget is spent is temperror; nothing is thrown for what a mail or DNS says.
// docs/verification.md has the table of verdicts.
#pragma once

#include "auth/authentication.hpp"
#include "auth/dmarc.hpp"
#include "mail/mailbox.hpp"
#include "net/dns.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

struct AuthenticateOptions {
    std::string host_name;  // ours, for %{r} of SPF
    // Domains (d=) whose ARC seals count (RFC 8617 §7.2), as the operator names them.
    std::vector<std::string> trusted_sealers;
    // Names under which a host before us writes Authentication-Results. Where there are some, the client is
    // that host, and nothing is asked about its address; where its field is there, its word is taken.
    std::vector<std::string> upstream_ids;
    bool iprev = true;
    std::chrono::milliseconds budget{5000};
    // Where the body of a mail above 64 KB is hashed, so that it holds up nobody; none: here.
    std::optional<boost::asio::any_io_executor> workers;
};

struct MailInQuestion {
    std::string client_address;  // empty: not known; then what only SPF could show is not held against it
    std::string helo;
    mail::Mailbox reverse_path;  // both parts empty: null
    std::string_view raw;        // lives until it is done
    Author author;               // author_of() the same raw bytes
    std::optional<Spf> spf;      // where it was checked at MAIL already
};

[[nodiscard]] boost::asio::awaitable<Authentication> authenticate(MailInQuestion mail,
                                                                  const AuthenticateOptions& options,
                                                                  net::Resolver& resolver);

// What the results are worth for this author.
[[nodiscard]] Verdict verdict_of(const Authentication& results, const Author& author);

// Whose word turns a DMARC failure into a pass: the first sealer of a chain that holds and was sealed by none
// but trusted domains, if that one found that DMARC passes for this author. "" where there is none.
[[nodiscard]] std::string trusted_sealer_of(const Arc& arc, const Author& author,
                                            const std::vector<std::string>& trusted_sealers);

}  // namespace auth
