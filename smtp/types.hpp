// The values of the SMTP side: who a recipient is, and one message as it was received.
#pragma once

#include "mail/mailbox.hpp"
#include "smtp/reply.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smtp {

// What a listener speaks: SMTP with STARTTLS, SMTP under TLS from the first byte, or LMTP (RFC 2033).
enum class Service { smtp, smtps, lmtp };

// A mailbox of ours, by the numbers that the store gave it.
struct Destination {
    std::int64_t workspace = 0;
    std::int64_t mailbox = 0;
    bool operator==(const Destination&) const = default;
};

struct Resolution {
    enum class Outcome {
        found,
        unknown_mailbox,  // the domain is ours, the mailbox is not: 550 5.1.1
        not_ours,         // no domain of ours: 554 5.7.1 relaying denied
        unavailable,      // the store could not be asked: 451 4.3.0
        refused,          // this sender is not welcome there: `refusal`
        revoked,          // an address that was ours and is no more: `refusal`
    };
    Outcome outcome = Outcome::unavailable;
    Destination destination;  // valid when found
    Reply refusal = {};       // valid when refused or revoked
};

// Who wants something, as far as it is known when it is asked for.
struct Sender {
    std::string client_address;  // textual IPv4 or IPv6 address
    std::string reverse_path;    // local@domain; empty for the null reverse-path
    std::string helo = {};
};

struct Recipient {
    mail::Mailbox address;  // as the sender wrote it in RCPT TO
    Destination destination;
};

struct TlsFacts {
    std::string version;  // "TLSv1.3"
    std::string cipher;
};

// One message, complete: the final dot has been read.
struct ReceivedMessage {
    std::string session_id;
    std::string client_address;  // textual IPv4 or IPv6 address; empty: by LMTP nobody has said it
    std::string helo;
    std::string protocol;  // SMTP, ESMTP, ESMTPS, UTF8SMTP, LMTP ... (RFC 3848, 6531)
    std::optional<TlsFacts> tls;
    std::string reverse_path;  // local@domain; empty for the null reverse-path
    bool smtputf8 = false;
    std::vector<Recipient> recipients;  // at least one; no two alike
    std::string raw;                    // after dot-unstuffing, otherwise bit for bit
    std::chrono::system_clock::time_point received_at;
    std::chrono::steady_clock::time_point final_dot;
    // False by LMTP: it was accepted already, and a refusal now would be sent back to a sender who may be
    // forged. Whoever would refuse it holds it.
    bool refusable = true;
    // Why the content, as it was read, would have been refused (a `limit` of docs/smtp.md); empty: it would
    // not.
    std::string objection;
};

}  // namespace smtp
