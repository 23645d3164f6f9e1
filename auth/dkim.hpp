// DKIM: which domains answer for a mail (RFC 6376, 8301, 8463, 8616), from its raw bytes.
//
// One DkimSignature for each field, in the order of the header: the first `max_signatures`; more of them give
// one more entry, neutral, that says so. In RFC 8601's words:
//   pass       the domain answers for the whole mail as it is
//   fail       what was signed is not what came
//   policy     the signature is right, and vouches for nothing here: rsa-sha1, a key under 1024 bits, l= that
//              leaves octets of the body unsigned, expired or from the future (5 minutes of slack), a From
//              field more than were signed
//   neutral    the signature field is malformed, or in a dialect that nobody speaks
//   permerror  there is no such key, or it may not be used for this
//   temperror  the key could not be looked up now
// A key in testing (t=y) is told apart by `testing` alone. Where the body was changed, no key is asked for.
//
// Total: any bytes give a result. Linear in the mail for at most `max_signatures`. `raw` and `resolver` must
// live until it is done. Runs where it is called: a large mail's body is hashed on that thread; DkimCheck
// has its steps apart for whom that would hold up.
#pragma once

#include "auth/authentication.hpp"
#include "auth/key_ring.hpp"
#include "auth/signed_mail.hpp"
#include "net/dns.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

inline constexpr std::size_t max_signatures = 10;

[[nodiscard]] boost::asio::awaitable<std::vector<DkimSignature>> verify_dkim(
    std::string_view raw, net::Resolver& resolver, std::chrono::steady_clock::time_point deadline,
    std::chrono::system_clock::time_point now);

class DkimCheck {
  public:
    // Reads the header and hashes the body.
    explicit DkimCheck(std::string_view raw);
    DkimCheck(const DkimCheck&) = delete;  // claims point into the header
    DkimCheck& operator=(const DkimCheck&) = delete;
    // Of those signatures that are still in question.
    [[nodiscard]] std::vector<std::string> key_names() const;
    [[nodiscard]] std::vector<DkimSignature> judge(const KeyRing& keys,
                                                   std::chrono::system_clock::time_point now) const;

  private:
    [[nodiscard]] DkimSignature judge(const Claim& claim, const SignedMail::BodyDigest& body,
                                      const KeyRing& keys, std::uint64_t now) const;

    SignedMail mail_;
    std::vector<Claim> claims_;
    std::vector<SignedMail::BodyDigest> bodies_;  // one for each claim
    std::size_t ignored_ = 0;
};

}  // namespace auth
