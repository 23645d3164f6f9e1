// One command line as a value: the verb and its typed argument (RFC 5321 §4.1.1).
//
// parse_command() knows no state: it says what the line means, or with which reply it is refused for
// its syntax alone. The line comes without its line end and is at most max_command_line long with it
// (RFC 5321 §4.5.3.1.4 wants 512; ESMTP parameters and SMTPUTF8 paths need more).
#pragma once

#include "smtp/path.hpp"
#include "smtp/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtp {

constexpr std::size_t max_command_line = 2048;

enum class Verb {
    helo,
    ehlo,
    lhlo,  // LMTP's only hello (RFC 2033 §4.1)
    mail,
    rcpt,
    data,
    rset,
    noop,
    quit,
    vrfy,
    help,
    starttls,
    xclient,
    xforward,
    bdat,         // chunking is not offered: what follows it is content, not commands
    unsupported,  // known, and not offered here: EXPN, ETRN, TURN, AUTH ...
    foreign,      // another protocol's: HTTP
    unknown,
};

[[nodiscard]] std::string_view name(Verb verb);  // "MAIL"; "unknown" for the last four but BDAT

struct Command {
    Verb verb = Verb::unknown;
    std::optional<Reply> refusal;       // the syntax is wrong; what follows is not valid then
    std::string host;                   // HELO, EHLO, LHLO: as the client wrote it
    Path path;                          // MAIL, RCPT
    std::optional<std::uint64_t> size;  // MAIL SIZE= (RFC 1870)
    bool smtputf8 = false;              // MAIL SMTPUTF8 (RFC 6531)
    std::string attributes;             // XCLIENT, XFORWARD: unread, for smtp/xclient.hpp
};

[[nodiscard]] Command parse_command(std::string_view line);

}  // namespace smtp
