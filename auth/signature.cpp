#include "auth/signature.hpp"

#include "auth/tags.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t max_signature_octets = 1024;
constexpr std::size_t max_identity = 320;  // RFC 5321 §4.5.3.1: 64, `@`, 255

std::string without_folds(std::string_view value, std::size_t most) {
    std::string out;
    for (const char c : value) {
        if (out.size() == most) break;
        if (!mail::is_space(c)) out += c;
    }
    return out;
}

std::string printable(std::string_view value, std::size_t most) {
    return mail::one_line(mail::to_valid_utf8(without_folds(value, most)));
}

// A domain name as DKIM writes it: no dot at its end.
std::string domain_of(std::string_view value) {
    return value.ends_with('.') ? std::string() : mail::domain_to_ascii(value);
}

bool is_below(std::string_view domain, std::string_view above) {
    return domain.size() > above.size() && domain.ends_with(above) &&
           domain[domain.size() - above.size() - 1] == '.';
}

// Each reader gives what is wrong, or "".

std::string read_algorithm(std::string_view value, Claim& claim) {
    if (value == "rsa-sha256") return {};
    if (value == "rsa-sha1")
        claim.hash = Hash::sha1;
    else if (value == "ed25519-sha256")
        claim.key_type = KeyType::ed25519;
    else
        return "an unknown algorithm in a=";
    return {};
}

std::string read_canonicalization(std::string_view value, Claim& claim) {
    const std::size_t slash = std::min(value.find('/'), value.size());
    const std::string_view header = value.substr(0, slash);
    const std::string_view body = slash == value.size() ? "simple" : value.substr(slash + 1);
    const auto known = [](std::string_view name) { return name == "simple" || name == "relaxed"; };
    if (!known(header) || !known(body)) return "an unknown canonicalization in c=";
    const auto meant = [](std::string_view name) {
        return name == "relaxed" ? Canonicalization::relaxed : Canonicalization::simple;
    };
    claim.header = meant(header);
    claim.body = meant(body);
    return {};
}

std::string read_identity(std::string_view value, Claim& claim) {
    claim.identity = printable(value, max_identity);
    const std::size_t at = claim.identity.rfind('@');
    if (at == std::string::npos || value.size() > 2 * max_identity) return "i= is no address";
    const std::string domain = domain_of(std::string_view(claim.identity).substr(at + 1));
    claim.own_domain = domain == claim.domain;
    return claim.own_domain || is_below(domain, claim.domain) ? "" : "i= is not of the domain in d=";
}

std::string read_signed_fields(std::string_view value, SignatureKind kind, Claim& claim) {
    claim.names = colon_list(value);
    if (claim.names.size() > max_signed_fields) return "h= names too many fields";
    const auto has = [&](std::string_view name) {
        return std::any_of(claim.names.begin(), claim.names.end(),
                           [&](std::string_view one) { return mail::iequals(one, name); });
    };
    // RFC 8617 §4.1.2: seals are sealed, not signed. Of DKIM, From must be (RFC 6376 §5.4).
    if (kind == SignatureKind::arc_message) return has("ARC-Seal") ? "h= names ARC-Seal" : "";
    return has("From") ? "" : "From is not signed";
}

std::string read_times(const TagList& tags, Claim& claim) {
    for (const auto& [name, into] : {std::pair{"t", &claim.made}, std::pair{"x", &claim.expires}}) {
        const auto value = tags.value(name);
        if (!value) continue;
        *into = decimal(*value);
        if (!*into) return std::string(name) + "= is no time";
    }
    return claim.made && claim.expires && *claim.expires < *claim.made ? "x= is before t=" : "";
}

std::string read_domain(const TagList& tags, Claim& claim) {
    claim.domain = domain_of(tags.value("d").value_or(""));
    claim.selector = domain_of(tags.value("s").value_or(""));
    if (!claim.domain.empty()) claim.identity = "@" + claim.domain;
    if (claim.domain.empty()) return "d= is no domain";
    return claim.selector.empty() ? "s= is no selector" : "";
}

std::string read_base64(const TagList& tags, const char* name, std::string& into) {
    const auto value = tags.value(name);
    if (!value || value->size() > 4 * max_signature_octets) return std::string(name) + "= is missing";
    std::optional<std::string> bytes = strict_base64(*value);
    if (!bytes || bytes->empty()) return std::string(name) + "= is not base64";
    into = std::move(*bytes);
    return {};
}

// What only a seal has, or all but a seal have.
std::string read_body_tags(const TagList& tags, SignatureKind kind, Claim& claim) {
    if (std::string wrong = read_base64(tags, "bh", claim.body_hash); !wrong.empty()) return wrong;
    // Without c= ValiMail's suite, which those who seal go by, means relaxed.
    if (kind == SignatureKind::arc_message) claim.header = claim.body = Canonicalization::relaxed;
    if (const auto c = tags.value("c"))
        if (std::string wrong = read_canonicalization(*c, claim); !wrong.empty()) return wrong;
    const auto names = tags.value("h");
    if (!names) return "h= is missing";
    if (std::string wrong = read_signed_fields(*names, kind, claim); !wrong.empty()) return wrong;
    if (const auto length = tags.value("l")) {
        claim.body_length = decimal(*length);
        if (!claim.body_length) return "l= is no number";
    }
    if (const auto query = tags.value("q")) {
        const std::vector<std::string_view> ways = colon_list(*query);
        if (std::find(ways.begin(), ways.end(), "dns/txt") == ways.end())
            return "an unknown way to a key in q=";
    }
    return {};
}

std::string read_seal_tags(const TagList& tags, Claim& claim) {
    claim.header = Canonicalization::relaxed;  // RFC 8617 §5.1.1
    if (tags.find("h") != nullptr) return "a seal has no h=";
    claim.chain = tags.value("cv").value_or("");
    const bool known = claim.chain == "none" || claim.chain == "pass" || claim.chain == "fail";
    return known ? "" : "cv= says nothing known";
}

std::string read(const TagList& tags, SignatureKind kind, Claim& claim) {
    claim.algorithm = printable(tags.value("a").value_or(""), 32);
    const Tag* const b = tags.find("b");
    if (b != nullptr) {
        claim.place = b->place;
        claim.b = printable(b->value, 8);
    }
    std::string wrong = read_domain(tags, claim);
    if (kind == SignatureKind::dkim) {
        if (tags.value("v") != "1") return "v= is not 1";
    } else {
        const auto instance = decimal(tags.value("i").value_or(""));
        if (!instance || *instance == 0) return "i= is no instance";
        claim.instance = *instance;
    }
    if (wrong.empty()) wrong = read_algorithm(tags.value("a").value_or(""), claim);
    if (wrong.empty()) wrong = read_base64(tags, "b", claim.signature);
    if (wrong.empty()) wrong = read_times(tags, claim);
    if (wrong.empty() && kind == SignatureKind::dkim)
        if (const auto identity = tags.value("i")) wrong = read_identity(*identity, claim);
    if (wrong.empty())
        wrong =
            kind == SignatureKind::arc_seal ? read_seal_tags(tags, claim) : read_body_tags(tags, kind, claim);
    return wrong;
}

}  // namespace

std::string Claim::key_name() const {
    return selector + "._domainkey." + domain;
}

Claim read_claim(const mail::Field& field, SignatureKind kind) {
    Claim claim;
    claim.field = &field;
    const std::optional<TagList> tags = TagList::parse(field.value);
    claim.wrong = tags ? read(*tags, kind, claim) : "malformed";
    return claim;
}

}  // namespace auth
