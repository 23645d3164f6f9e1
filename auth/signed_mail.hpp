// A mail as its signatures see it: the fields by name, the canonical body's digests. Shared by DKIM and ARC.
//
// The header is read as the ticket's reader reads it (mail/header_index.hpp), so that nobody signs one From
// and shows another. `raw` must outlive it. Work is linear: fields are found by an index, and the body is
// read once for each pair of canonicalization and hash, however many l= there are.
#pragma once

#include "auth/signature.hpp"
#include "mail/header_index.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

class SignedMail {
  public:
    explicit SignedMail(std::string_view raw);

    // Not a field of a header over mail::max_header_bytes can be trusted to be what the reader sees.
    [[nodiscard]] bool too_large() const { return header_.truncated; }
    [[nodiscard]] const std::vector<mail::Field>& fields() const { return header_.fields; }
    // The fields of that name, first one first.
    [[nodiscard]] std::vector<const mail::Field*> named(std::string_view name) const;

    // The digest of the fields that the claim names and of its own field, which is what was signed.
    [[nodiscard]] std::string header_digest(const Claim& claim) const;
    // How many fields of that name the claim leaves unsigned.
    [[nodiscard]] std::size_t unsigned_fields(const Claim& claim, std::string_view name) const;

    struct BodyDigest {
        std::string digest;       // "" where l= is more than the body has
        std::uint64_t total = 0;  // octets of the canonical body
    };
    // One for each claim.
    [[nodiscard]] std::vector<BodyDigest> body_digests(std::span<const Claim* const> claims) const;

  private:
    struct Named {
        std::size_t number = 0;
        std::vector<std::uint32_t> at;
    };
    [[nodiscard]] const Named* find(std::string_view name) const;

    std::string_view raw_;
    mail::HeaderIndex header_;
    std::map<std::string, Named, std::less<>> by_name_;  // in lower case; ordered: no names collide
};

}  // namespace auth
