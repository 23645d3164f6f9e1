// The Received field that we put before a message (RFC 5321 §4.4), with its CRLF.
//
// What the client chose (its EHLO name) is written so that it can neither end the field nor open a
// comment in it. With several recipients none is named: they may be blind copies.
#pragma once

#include "smtp/types.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace smtp {

[[nodiscard]] std::string received_field(const ReceivedMessage& message, std::string_view host_name,
                                         std::string_view receipt);

// RFC 5322 §3.3, in UTC: "Sun, 22 Nov 2026 13:05:05 +0000".
[[nodiscard]] std::string mail_date(std::chrono::system_clock::time_point when);

// What a host name may hold; everything else becomes '?'.
[[nodiscard]] std::string printable_host(std::string_view name);

}  // namespace smtp
