#include "auth/arc.hpp"

#include "auth/key_ring.hpp"
#include "auth/signed_mail.hpp"
#include "auth/tags.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace auth {
namespace {

struct Set {
    const mail::Field* results = nullptr;  // ARC-Authentication-Results
    std::string_view found;                // what stands there, behind i=
    Claim message, seal;
};

// `i=1; the rest`; the instance is 0 when it does not begin so.
std::uint64_t take_instance(std::string_view& value) {
    std::string_view rest = mail::trim(value);
    if (!rest.starts_with('i')) return 0;
    rest = mail::trim(rest.substr(1));
    const std::size_t end = rest.find(';');
    if (!rest.starts_with('=') || end == std::string_view::npos) return 0;
    value = mail::trim(rest.substr(end + 1));
    return decimal(mail::trim(rest.substr(1, end - 1))).value_or(0);
}

// The sets in their order, each complete; else what is wrong with them.
std::string read_sets(const SignedMail& mail, std::vector<Set>& sets) {
    const auto results = mail.named("ARC-Authentication-Results"),
               messages = mail.named("ARC-Message-Signature"), seals = mail.named("ARC-Seal");
    const std::size_t most = std::max({results.size(), messages.size(), seals.size()});
    if (most > max_arc_sets) return "there are more than 50 sets";
    if (results.size() != most || messages.size() != most || seals.size() != most)
        return "a set is incomplete";
    sets.resize(most);
    const auto at = [&](std::uint64_t instance) {
        return instance >= 1 && instance <= most ? &sets[static_cast<std::size_t>(instance - 1)] : nullptr;
    };
    for (const mail::Field* const field : results) {
        std::string_view value = field->value;
        Set* const set = at(take_instance(value));
        if (set == nullptr || set->results != nullptr) return "the sets are not in sequence";
        set->results = field;
        set->found = value;
    }
    for (const auto kind : {SignatureKind::arc_message, SignatureKind::arc_seal}) {
        const bool seal = kind == SignatureKind::arc_seal;
        for (const mail::Field* const field : seal ? seals : messages) {
            Claim claim = read_claim(*field, kind);
            const char* const what = seal ? "a seal: " : "a message signature: ";
            if (!claim.wrong.empty()) return what + claim.wrong;
            if (claim.hash == Hash::sha1) return std::string(what) + "signed with sha1";
            Set* const set = at(claim.instance);
            if (set == nullptr) return "the sets are not in sequence";
            Claim& place = seal ? set->seal : set->message;
            if (place.field != nullptr) return "the sets are not in sequence";
            place = std::move(claim);
        }
    }
    return {};
}

std::string chain_fault(const std::vector<Set>& sets) {
    if (sets.back().seal.chain == "fail") return "the last sealer found the chain broken";
    for (std::size_t i = 0; i < sets.size(); ++i)
        if (sets[i].seal.chain != (i == 0 ? "none" : "pass")) return "a seal says what it can't (cv=)";
    return {};
}

// What each seal signs, RFC 8617 §5.1.1: all sets up to its own, its own b= left out.
std::vector<std::string> seal_digests(const std::vector<Set>& sets) {
    std::vector<std::string> digests;
    Digest running(Hash::sha256);
    for (const Set& set : sets) {
        std::string text, own;
        append_field(text, *set.results, Canonicalization::relaxed);
        append_field(text, *set.message.field, Canonicalization::relaxed);
        running.update(text);
        append_own_field(own, *set.seal.field, set.seal.place, Canonicalization::relaxed);
        Digest here(running);
        here.update(own);
        digests.push_back(here.finish());
        text.clear();
        append_field(text, *set.seal.field, Canonicalization::relaxed);
        running.update(text);
    }
    return digests;
}

// Of the body, and of the time; "" when they are as signed.
std::string message_fault(const SignedMail& mail, const Claim& claim,
                          std::chrono::system_clock::time_point now) {
    const Claim* const only = &claim;
    const SignedMail::BodyDigest body = mail.body_digests({&only, 1}).front();
    if (body.digest != claim.body_hash) return "the body was changed";
    if (claim.body_length && *claim.body_length < body.total) return "not all of the body is signed";
    const auto time = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return claim.expires && static_cast<std::uint64_t>(time) > *claim.expires ? "it has expired" : "";
}

// Whether the signature is good; what is wrong with it is the chain's end.
bool holds(const KeyRing::Finding& finding, const std::string& what, Arc& arc) {
    if (finding.result == Result::pass) return true;
    arc.result = finding.result == Result::temperror ? Result::temperror : Result::fail;
    arc.why = what + ": " + finding.why;
    return false;
}

}  // namespace

boost::asio::awaitable<Arc> verify_arc(std::string_view raw, net::Resolver& resolver,
                                       std::chrono::steady_clock::time_point deadline,
                                       std::chrono::system_clock::time_point now) {
    Arc arc;
    const auto fails = [&arc](std::string why) {
        arc.result = Result::fail;
        arc.why = std::move(why);
        return arc;
    };
    const SignedMail mail(raw);
    std::vector<Set> sets;
    if (std::string fault = read_sets(mail, sets); !fault.empty()) co_return fails(std::move(fault));
    if (sets.empty()) co_return arc;
    if (mail.too_large()) co_return fails("the header is too large");
    if (std::string fault = chain_fault(sets); !fault.empty()) co_return fails(std::move(fault));
    for (const Set& set : sets) arc.sealers.push_back(set.seal.domain);
    arc.author_results = mail::one_line(mail::to_valid_utf8(mail::unfold(sets.front().found)));

    const Set& newest = sets.back();
    const std::string number = std::to_string(sets.size());
    if (const std::string fault = message_fault(mail, newest.message, now); !fault.empty())
        co_return fails("message signature " + number + ": " + fault);
    KeyRing keys;
    co_await keys.fetch(resolver, {newest.message.key_name(), newest.seal.key_name()}, deadline);
    const std::vector<std::string> digests = seal_digests(sets);
    if (!holds(keys.check(newest.message, mail.header_digest(newest.message)), "message signature " + number,
               arc) ||
        !holds(keys.check(newest.seal, digests.back()), "seal " + number, arc))
        co_return arc;
    std::vector<std::string> older;
    for (const Set& set : sets) older.push_back(set.seal.key_name());
    co_await keys.fetch(resolver, std::move(older), deadline);
    for (std::size_t i = sets.size() - 1; i-- > 0;)
        if (!holds(keys.check(sets[i].seal, digests[i]), "seal " + std::to_string(i + 1), arc)) co_return arc;
    arc.result = Result::pass;
    co_return arc;
}

}  // namespace auth
