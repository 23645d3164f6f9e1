// What a trusted host says that it found: read_authentication_results().
#include "auth/authentication_results.hpp"
#include "auth/results_words.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"
#include "net/dns.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace auth {
namespace {

constexpr std::size_t most_signatures = 20;

Result result_named(std::string_view word) {
    constexpr std::array all{Result::none, Result::pass,     Result::neutral,   Result::policy,
                             Result::fail, Result::softfail, Result::temperror, Result::permerror};
    for (const Result result : all) {
        if (word == name(result)) return result;
    }
    if (word == "hardfail") return Result::fail;  // RFC 5451's word for it
    return Result::none;                          // RFC 8601 §2.7.6: what isn't known counts as nothing
}

std::string domain_of(std::string_view address) {
    std::string_view written = address.substr(address.rfind('@') + 1);  // npos + 1 is 0
    std::string domain = mail::is_ascii(written) ? mail::lower(written) : mail::domain_to_ascii(written);
    if (domain.ends_with('.')) domain.pop_back();
    return net::is_domain_name(domain) ? domain : std::string();
}

// OpenDMARC and Gmail write `(p=REJECT sp=NONE dis=NONE)`, rspamd `(policy=reject)`.
Dmarc::Policy policy_in(std::string_view comment) {
    const std::string text = mail::lower(comment);
    for (const std::string_view key : {"policy=", "p="}) {
        for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
            if (at > 0 && (mail::is_alpha(text[at - 1]) || text[at - 1] == '.')) continue;
            const std::string_view value = std::string_view(text).substr(at + key.size());
            for (const auto policy : {Dmarc::Policy::reject, Dmarc::Policy::quarantine}) {
                if (value.starts_with(name(policy))) return policy;
            }
            return Dmarc::Policy::none;
        }
    }
    return Dmarc::Policy::none;
}

class Upstream {
  public:
    void take(const StatedResult& stated) {
        const Result result = result_named(stated.result);
        if (stated.method == "spf" && !std::exchange(has_spf_, true)) {
            found.spf.result = result;
            std::string_view domain = stated.get("smtp.mailfrom");
            if (domain.empty()) domain = stated.get("smtp.mail");
            found.spf.helo = domain_of(domain).empty();
            found.spf.domain = domain_of(found.spf.helo ? stated.get("smtp.helo") : domain);
            found.spf.why = stated.get("reason");
        } else if (stated.method == "dkim" && found.dkim.size() < most_signatures) {
            DkimSignature signature;
            signature.result = result;
            signature.identity = stated.get("header.i");
            signature.domain = domain_of(stated.get("header.d"));
            if (signature.domain.empty()) signature.domain = domain_of(signature.identity);
            signature.selector = stated.get("header.s");
            signature.algorithm = stated.get("header.a");
            signature.b = stated.get("header.b").substr(0, 8);
            signature.why = stated.get("reason");
            if (!signature.domain.empty()) found.dkim.push_back(std::move(signature));
        } else if (stated.method == "dmarc" && !std::exchange(has_dmarc_, true)) {
            found.dmarc.result = result;
            found.dmarc.author_domain = found.dmarc.policy_domain = domain_of(stated.get("header.from"));
            found.dmarc.policy = policy_in(stated.comment);
            found.dmarc.why = stated.get("reason");
        } else if (stated.method == "arc" && !std::exchange(has_arc_, true)) {
            found.arc.result = result;
        } else if (stated.method == "iprev" && !std::exchange(has_iprev_, true)) {
            found.iprev.result = result;
            found.iprev.host_name = domain_of(stated.get("policy.name"));
        }
    }

    Authentication found;

  private:
    bool has_spf_ = false, has_dmarc_ = false, has_arc_ = false, has_iprev_ = false;
};

}  // namespace

std::optional<Authentication> read_authentication_results(const mail::HeaderIndex& header,
                                                          const std::vector<std::string>& authserv_ids) {
    Upstream upstream;
    bool any = false;
    int received = 0;
    for (const mail::Field& field : header.fields) {
        if (mail::iequals(field.name, "Received") && ++received == 2) break;
        if (!mail::iequals(field.name, "Authentication-Results")) continue;
        const std::string id = claimed_id(field.value).first;
        if (std::none_of(authserv_ids.begin(), authserv_ids.end(),
                         [&](const std::string& trusted) { return mail::iequals(id, trusted); })) {
            continue;
        }
        any = true;
        for (const StatedResult& stated : stated_results(field.value)) upstream.take(stated);
    }
    if (!any) return std::nullopt;
    return std::move(upstream.found);
}

}  // namespace auth
