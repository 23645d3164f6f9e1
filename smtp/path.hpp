// The reverse-path of MAIL and the forward-path of RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3).
//
// Stricter than the grammar nowhere that real senders go, and laxer in the local part only: dots may
// stand anywhere and printable characters need no quotes (`a..b@`, `;id;@`), since the directory or
// the policy decides what such an address means. Source routes are read and ignored (appendix C).
// Limits of §4.5.3.1: local part 64 octets, domain 255, path 256 with its angle brackets.
#pragma once

#include "mail/mailbox.hpp"

#include <optional>
#include <string_view>

namespace smtp {

struct Path {
    mail::Mailbox mailbox;   // both parts empty for the null path
    bool non_ascii = false;  // needs SMTPUTF8
    [[nodiscard]] bool null() const { return mailbox.local_part.empty() && mailbox.domain.empty(); }
};

// Take a path from the front of `text` and leave what follows it. Nothing when it is not well formed,
// or not UTF-8; `text` is then in no particular state.
[[nodiscard]] std::optional<Path> take_reverse_path(std::string_view& text);  // `<>` is the null path
[[nodiscard]] std::optional<Path> take_forward_path(std::string_view& text);  // may be `<postmaster>`

}  // namespace smtp
