// A mail as it goes over the wire: what of it may be sent at all, and its content with the dots doubled.
//
// No I/O. What we compose is right already; this is the last look before a stranger gets it. An address or a
// content that could end a command or a line of its own kind is refused, whoever made it (SMTP smuggling,
// command injection; H18, H19). The content is not copied as a whole.
#pragma once

#include "smtp/delivery.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp {

// The address as it stands between < and >: its domain in A-labels. Nothing for what cannot stand there.
[[nodiscard]] std::optional<std::string> address_on_the_wire(std::string_view address);

struct ContentFacts {
    std::uint64_t size = 0;  // as RFC 1870 counts it: without doubled dots and the final one
    bool eight_bit = false;
    bool utf8_header = false;  // RFC 6532: only a server with SMTPUTF8 can take it
    std::string fault;  // why it can't be sent: bare CR or LF, NUL, a line over 998 octets; empty: it can
};
[[nodiscard]] ContentFacts examine(const OutgoingMail& mail);

// Gives the content piece by piece (RFC 5321 §4.5.2), the final dot at the end of the last one.
class ContentWriter {
  public:
    explicit ContentWriter(const OutgoingMail& mail);  // which must stay
    [[nodiscard]] bool done() const { return done_; }
    // At most `max` octets and the few that the end takes.
    [[nodiscard]] std::string_view next(std::size_t max);

  private:
    std::array<std::string_view, 2> parts_;
    std::string piece_;
    char last_ = '\n';  // before what comes
    bool done_ = false;
};

}  // namespace smtp
