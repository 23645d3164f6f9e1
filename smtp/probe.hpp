// What the SMTP side tells whoever watches: verbs without metric names. daemon/ turns them into metrics.
#pragma once

#include "smtp/types.hpp"

#include <cstddef>
#include <string_view>

namespace smtp {

class Probe {
  public:
    virtual ~Probe() = default;
    virtual void session_opened(Service) {}
    virtual void session_refused(std::string_view /*limit*/) {}
    virtual void session_closed() {}
    virtual void tls_started() {}
    virtual void tls_failed() {}
    virtual void command(std::string_view /*verb: one of the known ones, or "unknown"*/) {}
    virtual void replied(int /*code*/) {}
    virtual void recipient_refused(std::string_view /*reason: unknown, relay, unavailable, banned, other*/) {}
    virtual void limited(std::string_view /*limit: one of docs/smtp.md*/) {}
    virtual void bytes_received(std::size_t) {}          // of message content
    virtual void accepted(std::size_t /*mailboxes*/) {}  // 250 decided: the sum that dispositions must reach
};

}  // namespace smtp
