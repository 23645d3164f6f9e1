// What a signature field says it is: DKIM-Signature (RFC 6376 §3.5), ARC-Message-Signature and ARC-Seal
// (RFC 8617 §4.1), as a value. Total and linear; nothing is looked up or computed here.
#pragma once

#include "auth/canonical.hpp"
#include "auth/crypto.hpp"
#include "mail/header_index.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

enum class SignatureKind { dkim, arc_message, arc_seal };

inline constexpr std::size_t max_signed_fields = 1000;  // that h= may name

struct Claim {
    const mail::Field* field = nullptr;
    std::string wrong;  // why it can't be checked, in a few words; else ""

    // For a report; whatever could be read, also of a claim with something wrong.
    std::string domain;     // d=, lower case, A-labels
    std::string selector;   // s=
    std::string identity;   // i=, or "@" and d=
    std::string algorithm;  // a=
    std::string b;          // the first 8 characters of b=

    KeyType key_type = KeyType::rsa;
    Hash hash = Hash::sha256;
    Canonicalization header = Canonicalization::simple, body = Canonicalization::simple;
    std::vector<std::string_view> names;       // h=
    std::optional<std::uint64_t> body_length;  // l=
    std::optional<std::uint64_t> made;         // t=
    std::optional<std::uint64_t> expires;      // x=
    bool own_domain = true;                    // i= is of d= itself, not of a domain below it
    std::string signature, body_hash;
    std::string_view place;  // of the value of b= in the field

    std::uint64_t instance = 0;  // of ARC
    std::string_view chain;      // cv= of a seal

    [[nodiscard]] std::string key_name() const;  // where its key is in DNS
};

[[nodiscard]] Claim read_claim(const mail::Field& field, SignatureKind kind);

}  // namespace auth
