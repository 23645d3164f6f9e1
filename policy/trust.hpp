// Senders whom the desk trusts: their mail is not held for DMARC, or as spam. docs/held.md
//
// An author's address alone proves nothing, anybody can write it. So each trust names, beside the author, the
// identity that mail of theirs was seen to bear: the domain of a DKIM signature that verified, or the one
// that SPF passed for. A mail is trusted where both are there again.
#pragma once

#include "auth/authentication.hpp"

#include <compare>
#include <set>
#include <string>
#include <string_view>

namespace policy {

struct TrustedSender {
    std::string author;    // an address key, or @ and a domain
    std::string identity;  // dkim or spf
    std::string value;     // the domain of that
    auto operator<=>(const TrustedSender&) const = default;
};
using TrustedSenders = std::set<TrustedSender>;

// `author`: the address key of the mail's one author.
[[nodiscard]] bool trusts(const TrustedSenders& trusted, std::string_view author,
                          const auth::Authentication& found);

// `@client.example` of ann@client.example.
[[nodiscard]] std::string domain_of_author(std::string_view author);

}  // namespace policy
