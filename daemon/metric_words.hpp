// The vocabularies of metrics' labels: what is in none of them is counted as "other".
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace program {

inline constexpr std::string_view other = "other";

inline constexpr std::array verbs{"EHLO", "HELO", "LHLO",     "MAIL", "RCPT",    "DATA",     "RSET",   "NOOP",
                                  "QUIT", "VRFY", "STARTTLS", "HELP", "XCLIENT", "XFORWARD", "unknown"};

inline constexpr std::array codes{"211", "214", "220", "221", "250", "251", "252", "354", "421", "450",
                                  "451", "452", "454", "455", "500", "501", "502", "503", "504", "521",
                                  "523", "530", "550", "551", "552", "553", "554", "555"};

// Limits in the words of smtp/: what sends a connection away, and what a session meets.
inline constexpr std::array refusals{"sessions",        "address_sessions", "network_sessions",
                                     "connection_rate", "errors",           "refused_recipients",
                                     "proxy_header",    "proxy_timeout",    "lmtp_networks"};
inline constexpr std::array limits{
    "message_size",    "header_size",        "hops",        "recipients",      "bare_newline", "errors",
    "idle_commands",   "refused_recipients", "slowed",      "message_rate",    "command_rate", "memory",
    "command_timeout", "data_timeout",       "tls_timeout", "session_timeout", "write_timeout"};

inline constexpr std::array failures{"connection", "serialization", "data"};

// What intake/plan.cpp writes as disposition and reason.
inline constexpr std::array<std::pair<const char*, const char*>, 38> dispositions{{
    {"ticketed", "new_ticket"},
    {"ticketed", "new_linked_ticket"},
    {"ticketed", "signed_address"},
    {"ticketed", "stored_id"},
    {"ticketed", "claimed_id"},
    {"ticketed", "short_id"},
    {"ticketed", "same_mail"},
    {"held", "failed_verification"},
    {"held", "flood"},
    {"held", "banned"},
    {"held", "agent_address"},
    {"held", "auto_reply"},
    {"held", "out_of_office"},
    {"held", "list"},
    {"held", "bounce"},
    {"held", "report"},
    {"held", "loop"},
    {"held", "message_size"},
    {"held", "header_size"},
    {"held", "hops"},
    {"held", "bare_newline"},
    {"held", "rule"},
    {"held", "dmarc"},
    {"held", "spam"},
    {"held", "virus"},
    {"held", "block_list"},
    {"discarded", "rule"},
    {"discarded", "spam"},
    {"discarded", "virus"},
    {"discarded", "block_list"},
    {"discarded", "banned"},
    {"discarded", "auto_reply"},
    {"discarded", "out_of_office"},
    {"discarded", "list"},
    {"discarded", "bounce"},
    {"discarded", "report"},
    {"discarded", "loop"},
    {"duplicate", "same_mail"},
}};

inline constexpr std::array verdicts{"pass", "none", "temperror", "fail"};
// What scanners say (policy/scanners.hpp).
inline constexpr std::array findings{"nothing", "spam", "refuse", "defer", "virus", "listed", "away"};
inline constexpr std::array lookups{"answered", "failed", "timed_out", "refused"};

inline constexpr std::array kinds{"human", "auto_reply", "out_of_office", "bounce", "list", "loop", "report"};

// Why a recipient is refused (smtp/exchange.cpp).
inline constexpr std::array recipient_refusals{"unknown", "relay", "unavailable", "banned", "revoked"};

inline constexpr std::array attempt_results{"sent", "deferred", "failed", "uncertain", "interrupted"};

// Whose bans there are, and what becomes of the mail (tickets/ban.hpp).
inline constexpr std::array ban_scopes{"workspace", "installation"};
inline constexpr std::array ban_effects{"refuse", "hold", "discard"};

// What a bounce says of a delivery, and how it named it (intake/writers.cpp).
inline constexpr std::array bounce_results{"hard", "soft", "delayed"};
inline constexpr std::array bounce_finds{"return_path", "message_id"};

}  // namespace program
