// A reply of an SMTP server (RFC 5321 §4.2) with its enhanced status code (RFC 3463), as a value.
#pragma once

#include <string>
#include <string_view>

namespace smtp {

struct [[nodiscard]] Reply {
    int code = 0;          // 220 ... 554
    std::string enhanced;  // "2.1.5"; empty where RFC 2034 wants none (220 greeting, EHLO, 354)
    std::string text;      // for the peer, ASCII; '\n' separates the lines of a multi-line reply
    bool close = false;    // we end the connection after sending it
    std::string_view limit =
        {};  // which limit it tells of (docs/smtp.md), a literal; for whoever counts them

    [[nodiscard]] bool positive() const { return code >= 200 && code < 400; }
    [[nodiscard]] bool temporary() const { return code >= 400 && code < 500; }
    // The bytes on the wire: every line with its code, CRLF at the ends.
    [[nodiscard]] std::string wire() const;
};

}  // namespace smtp
