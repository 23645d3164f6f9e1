// An address as RFC 5321 and 5322 mean it: local part and domain, as a value.
//
// A Mailbox is made by a parser (smtp/path.hpp for envelopes, mail/address.hpp for header fields)
// or by the operator's input; it holds the local part without quotes and the domain in lower case,
// A-labels for international names, "[...]" for address literals, empty for a bare `postmaster`.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace mail {

struct Mailbox {
    std::string local_part;  // unquoted, case kept, UTF-8
    std::string domain;      // lower case; may be empty

    // RFC 5321 §4.1.2: `local@domain`, the local part quoted where it has to be.
    [[nodiscard]] std::string str() const;

    // The form under which addresses are compared and looked up: the local part in lower case too, and
    // outside ASCII composed (NFC, RFC 6532 §3.1). (RFC 5321 lets hosts tell case apart; no desk does, and
    // bans must hold in every spelling.)
    [[nodiscard]] std::string key() const;

    auto operator<=>(const Mailbox&) const = default;
};

// Of an address as mail::NamedAddress has it, or as people write it: `local@domain`, the local part quoted or
// not, the domain in any spelling. What is no host name (a literal, an ill-formed name) is kept in lower
// case, without trailing dots. Without `@` there is only a local part.
[[nodiscard]] Mailbox mailbox_of(std::string_view address);

// RFC 5890: a domain name in lower case with A-labels; empty when it is no valid host name.
// Takes U-labels, A-labels and one trailing dot. At most 255 octets.
[[nodiscard]] std::string domain_to_ascii(std::string_view domain);

}  // namespace mail
