#include "auth/signed_mail.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace auth {
namespace {

// Digests the canonical body, and puts a digest aside at each length that somebody signed.
class BodyReader {
  public:
    explicit BodyReader(Hash hash) : digest_(hash) {}

    std::map<std::uint64_t, std::string> aside;  // to be filled with the lengths

    void take(std::string_view bytes) {
        for (; next_ != aside.end() && next_->first <= total_ + bytes.size(); ++next_) {
            const auto before = static_cast<std::size_t>(next_->first - total_);
            digest_.update(bytes.substr(0, before));
            bytes.remove_prefix(before);
            total_ += before;
            next_->second = Digest(digest_).finish();
        }
        digest_.update(bytes);
        total_ += bytes.size();
    }

    void read(std::string_view body, Canonicalization how) {
        next_ = aside.begin();
        canonical_body(body, how, [this](std::string_view bytes) { take(bytes); });
        take({});  // l=0 of an empty body
        whole_ = digest_.finish();
    }

    [[nodiscard]] SignedMail::BodyDigest result(const std::optional<std::uint64_t>& length) const {
        return {length ? aside.at(*length) : whole_, total_};
    }

  private:
    Digest digest_;
    std::map<std::uint64_t, std::string>::iterator next_;
    std::uint64_t total_ = 0;
    std::string whole_;
};

}  // namespace

SignedMail::SignedMail(std::string_view raw) : raw_(raw), header_(mail::index_header(raw)) {
    for (std::uint32_t i = 0; i < header_.fields.size(); ++i) {
        const auto [at, added] = by_name_.try_emplace(mail::lower(header_.fields[i].name));
        if (added) at->second.number = by_name_.size() - 1;
        at->second.at.push_back(i);
    }
}

const SignedMail::Named* SignedMail::find(std::string_view name) const {
    const auto at = by_name_.find(mail::lower(name));
    return at == by_name_.end() ? nullptr : &at->second;
}

std::vector<const mail::Field*> SignedMail::named(std::string_view name) const {
    std::vector<const mail::Field*> fields;
    if (const Named* const found = find(name))
        for (const std::uint32_t at : found->at) fields.push_back(&header_.fields[at]);
    return fields;
}

// RFC 6376 §5.4.2: the last field of a name is taken first; a name that has no more adds nothing. The
// signature itself is never among them (§3.5), else who signs one DKIM-Signature too many signs nothing.
std::string SignedMail::header_digest(const Claim& claim) const {
    std::string text;
    std::vector<std::size_t> taken(by_name_.size(), 0);
    for (const std::string_view name : claim.names) {
        const Named* const found = find(name);
        if (found == nullptr) continue;
        std::size_t& count = taken[found->number];
        while (count < found->at.size()) {
            const mail::Field& field = header_.fields[found->at[found->at.size() - ++count]];
            if (&field == claim.field) continue;
            append_field(text, field, claim.header);
            break;
        }
    }
    append_own_field(text, *claim.field, claim.place, claim.header);
    return digest_of(claim.hash, text);
}

std::size_t SignedMail::unsigned_fields(const Claim& claim, std::string_view name) const {
    const Named* const found = find(name);
    const auto named = static_cast<std::size_t>(
        std::count_if(claim.names.begin(), claim.names.end(),
                      [&](std::string_view one) { return mail::iequals(one, name); }));
    return found == nullptr || found->at.size() <= named ? 0 : found->at.size() - named;
}

std::vector<SignedMail::BodyDigest> SignedMail::body_digests(std::span<const Claim* const> claims) const {
    std::map<std::pair<Canonicalization, Hash>, BodyReader> readers;
    for (const Claim* const claim : claims) {
        BodyReader& reader = readers.try_emplace({claim->body, claim->hash}, claim->hash).first->second;
        if (claim->body_length) reader.aside.try_emplace(*claim->body_length);
    }
    const std::string_view body = raw_.substr(std::min(header_.body, raw_.size()));
    for (auto& [key, reader] : readers) reader.read(body, key.first);
    std::vector<BodyDigest> digests;
    for (const Claim* const claim : claims)
        digests.push_back(readers.at({claim->body, claim->hash}).result(claim->body_length));
    return digests;
}

}  // namespace auth
