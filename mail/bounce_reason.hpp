// Why a mail bounced, in Sisimai's vocabulary: from status codes (RFC 3463), reply codes (RFC 5321) and the
// phrases that servers use.
//
// A word of the server is believed before its codes, which are often generic; "user unknown" behind DATA is a
// filter at work. Total; linear in the words, of which at most `max_words` are looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mail {

inline constexpr std::size_t max_words = 2000;  // of what a server said of one recipient

enum class Reason : std::uint8_t {
    undefined,
    auth_failure,
    bad_reputation,
    blocked,
    content_error,
    delivered,
    exceed_limit,
    expired,
    failed_starttls,
    feedback,
    filtered,
    has_moved,
    host_unknown,
    mailbox_full,
    mailer_error,
    message_too_big,
    network_error,
    no_relaying,
    not_accept,
    not_compliant_rfc,
    on_hold,
    policy_violation,
    rejected,
    require_ptr,
    security_error,
    spam_detected,
    speeding,
    suspend,
    syntax_error,
    system_error,
    system_full,
    too_many_connections,
    user_unknown,
    virus_detected,
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::virus_detected) + 1;

[[nodiscard]] std::string_view name_of(Reason reason);  // "userunknown"

// The part of the SMTP session that failed.
enum class SmtpCommand { unknown, connection, helo, starttls, mail, rcpt, data };

struct Failure {
    std::string words;       // of the server, in lower case
    std::string status;      // "5.1.1", may be empty
    std::string diagnostic;  // the type of Diagnostic-Code in lower case: "smtp", "x-unix"; may be empty
    std::string action;      // in lower case: "failed", "delayed", ...; may be empty
    int reply = 0;           // SMTP reply code
    SmtpCommand command = SmtpCommand::unknown;
};

// Never `undefined`: what nothing is known of is on_hold, as Sisimai has it.
[[nodiscard]] Reason reason_of(const Failure& failure);

// Sisimai's hardness: the address is of no use any more. `words` in lower case, for notaccept.
[[nodiscard]] bool is_hard(Reason reason, const Failure& failure);

// The command that the server's words (in lower case) speak of.
[[nodiscard]] SmtpCommand command_in(std::string_view words);

// The first enhanced status code 4.x.x or 5.x.x in a text, and the first SMTP reply code 4yz or 5yz; parts of
// numbers, addresses and versions are none.
[[nodiscard]] std::string_view status_in(std::string_view text);
inline constexpr std::size_t no_reply = static_cast<std::size_t>(-1);
[[nodiscard]] std::size_t reply_at(std::string_view text);  // where it stands, or no_reply

// An enhanced code for a reason whose server gave none, of class 4 or 5 (delivered: 2.1.5).
[[nodiscard]] std::string status_for(Reason reason, bool temporary);

}  // namespace mail
