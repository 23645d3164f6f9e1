// What a relay in front of us says of the client for whom it speaks: the attributes of XCLIENT and XFORWARD,
// as Postfix's XCLIENT_README and XFORWARD_README have them.
//
// Pure. XCLIENT's hold for the session, which begins anew with them; XFORWARD's for the next transaction. The
// text is no longer than a command line and is read once. Names are case-insensitive, a value is xtext (RFC
// 3461 §4, as Postfix lenient about `=` and the case of digits), at most `longest_attribute` octets of it
// decoded. What a value holds becomes text that can be logged: bytes past ASCII are `?`, control characters
// are refused.
#pragma once

#include "smtp/types.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace smtp {

constexpr std::size_t longest_attribute = 255;

enum class Naming { xclient, xforward };

// Nothing: not mentioned. Empty: mentioned, but not known ([UNAVAILABLE], [TEMPUNAVAIL]). What else may be
// said (ports, destination, SOURCE) is checked and not kept.
struct NamedClient {
    std::optional<std::string> name;
    std::optional<std::string> address;  // textual IPv4 or IPv6
    std::optional<std::string> helo;
    std::optional<std::string> protocol;
    std::optional<std::string> login;  // XCLIENT; for the log, it gives no rights
    std::optional<std::string> ident;  // XFORWARD: the relay's own id of the message
};

// As EHLO announces it: "XCLIENT NAME ADDR ...".
[[nodiscard]] std::string announcement(Naming command);

// False when an attribute is unknown or malformed; `client` is as it was then. Else what is mentioned
// replaces what was there.
[[nodiscard]] bool read_attributes(std::string_view text, Naming command, NamedClient& client);

// The message is the forwarded client's, where its address is known: nothing of the relay's is mixed with it.
void attribute_to(const NamedClient& client, ReceivedMessage& message);

}  // namespace smtp
