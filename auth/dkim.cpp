#include "auth/dkim.hpp"

namespace auth {
namespace {

constexpr std::uint64_t slack = 300;  // seconds by which two clocks may differ

std::string why_body_differs(const Claim& claim, const SignedMail::BodyDigest& body) {
    if (body.digest == claim.body_hash) return {};
    return body.digest.empty() ? "the body is shorter than l=" : "the body was changed";
}

std::uint64_t seconds(std::chrono::system_clock::time_point time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace

DkimCheck::DkimCheck(std::string_view raw) : mail_(raw) {
    for (const mail::Field* const field : mail_.named("DKIM-Signature")) {
        if (claims_.size() == max_signatures)
            ++ignored_;
        else
            claims_.push_back(read_claim(*field, SignatureKind::dkim));
    }
    std::vector<const Claim*> sound;
    for (Claim& claim : claims_) {
        if (mail_.too_large()) claim.wrong = "the header is too large";
        if (claim.wrong.empty()) sound.push_back(&claim);
    }
    bodies_.resize(claims_.size());
    std::vector<SignedMail::BodyDigest> digests = mail_.body_digests(sound);
    for (std::size_t i = 0; i < sound.size(); ++i)
        bodies_[static_cast<std::size_t>(sound[i] - claims_.data())] = std::move(digests[i]);
}

std::vector<std::string> DkimCheck::key_names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < claims_.size(); ++i)
        if (claims_[i].wrong.empty() && why_body_differs(claims_[i], bodies_[i]).empty())
            names.push_back(claims_[i].key_name());
    return names;
}

std::vector<DkimSignature> DkimCheck::judge(const KeyRing& keys,
                                            std::chrono::system_clock::time_point now) const {
    std::vector<DkimSignature> results;
    for (std::size_t i = 0; i < claims_.size(); ++i)
        results.push_back(judge(claims_[i], bodies_[i], keys, seconds(now)));
    if (ignored_ > 0) {
        DkimSignature& rest = results.emplace_back();
        rest.result = Result::neutral;
        rest.why = std::to_string(ignored_) + " more signatures are not looked at";
    }
    return results;
}

DkimSignature DkimCheck::judge(const Claim& claim, const SignedMail::BodyDigest& body, const KeyRing& keys,
                               std::uint64_t now) const {
    DkimSignature out;
    out.domain = claim.domain;
    out.selector = claim.selector;
    out.identity = claim.identity;
    out.algorithm = claim.algorithm;
    out.b = claim.b;
    const auto is = [&](Result result, std::string why) {
        out.result = result;
        out.why = std::move(why);
        return out;
    };
    if (!claim.wrong.empty()) return is(Result::neutral, claim.wrong);
    if (std::string why = why_body_differs(claim, body); !why.empty())
        return is(Result::fail, std::move(why));
    KeyRing::Finding finding = keys.check(claim, mail_.header_digest(claim));
    out.testing = finding.testing;
    if (finding.result != Result::pass) return is(finding.result, std::move(finding.why));
    if (claim.hash == Hash::sha1) return is(Result::policy, "signed with rsa-sha1");  // RFC 8301 §3.1
    if (claim.body_length && *claim.body_length < body.total)
        return is(Result::policy, "only " + std::to_string(*claim.body_length) + " of " +
                                      std::to_string(body.total) + " octets of the body are signed");
    if (claim.expires && now > *claim.expires && now - *claim.expires > slack)
        return is(Result::policy, "the signature has expired");
    if (claim.made && *claim.made > now && *claim.made - now > slack)
        return is(Result::policy, "the signature is from the future");
    if (mail_.unsigned_fields(claim, "From") > 0)  // RFC 6376 §8.15
        return is(Result::policy, "there is a From field above the signed one");
    return is(Result::pass, "");
}

boost::asio::awaitable<std::vector<DkimSignature>> verify_dkim(std::string_view raw, net::Resolver& resolver,
                                                               std::chrono::steady_clock::time_point deadline,
                                                               std::chrono::system_clock::time_point now) {
    const DkimCheck check(raw);
    KeyRing keys;
    co_await keys.fetch(resolver, check.key_names(), deadline);
    co_return check.judge(keys, now);
}

}  // namespace auth
