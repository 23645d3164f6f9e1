#include "policy/trust.hpp"

#include <algorithm>

namespace policy {

std::string domain_of_author(std::string_view author) {
    const auto at = author.rfind('@');
    return at == std::string_view::npos ? std::string() : std::string(author.substr(at));
}

bool trusts(const TrustedSenders& trusted, std::string_view author, const auth::Authentication& found) {
    if (trusted.empty() || author.empty()) return false;
    const auto knows = [&](std::string_view identity, const std::string& value) {
        return trusted.contains({std::string(author), std::string(identity), value}) ||
               trusted.contains({domain_of_author(author), std::string(identity), value});
    };
    // A mail without a reverse-path is nobody's: what SPF says of the HELO name is no identity of an author.
    if (found.spf.result == auth::Result::pass && !found.spf.helo && knows("spf", found.spf.domain))
        return true;
    return std::ranges::any_of(found.dkim, [&](const auth::DkimSignature& signature) {
        return signature.result == auth::Result::pass && knows("dkim", signature.domain);
    });
}

}  // namespace policy
