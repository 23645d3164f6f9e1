// Dialogue scripts (tests/dialogs/*.dialog): what a client says and what it must hear. They are the
// specification of smtp/; the letters in front of a file's name are the case's id.
//
//   # text           a comment
//   :: transport     also over TCP, STARTTLS and implicit TLS; `:: transport plain`: over TCP only
//   :: KEY VALUE     max_message_size, max_recipients, max_errors of the server
//   :: bare_newlines reject
//   :: trusted       the client is a relay that may say XCLIENT and XFORWARD
//   :: lmtp          the server speaks LMTP
//   :: sink REPLY    what becomes of the next message (`451 4.3.0 Later`); may be repeated
//   -> text          the client sends this line with CRLF
//   => text          the client sends these bytes: C escapes, and \{N:text} for N times text
//   << file          the client sends a file of tests/dialogs/, its dots stuffed, and the final dot
//   <- text          exactly this reply (of one line; the session's id is left out)
//   <~ regex         a reply that begins like this
//   <... a | b       a reply in which all of these stand
//   <x               the server ends the connection
//   ** tls           the handshake
//   == stored N      so many messages have been accepted
//   == content text  the last one's content, C escapes as above
//   == contains text the last one's content holds this
//   == recipients N  the last one's
//   == from ADDRESS  the last one's reverse-path
//   == client IP     the last one's client
//   == helo NAME     what that one said in EHLO
//   == objection X   why the last one is held, empty: it is not
//
// At its end each dialogue must be in step: no reply is left over, and NOOP has exactly one.
#pragma once

#include "smtp/data_reader.hpp"
#include "smtp/reply.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace test {

struct DialogStep {
    enum class Kind { send, exact, like, containing, closed, handshake, check };
    Kind kind;
    std::string text;  // bytes to send, or what is expected
    std::size_t line;  // in the script
};

struct Dialog {
    std::size_t max_message_size = 50 * 1024 * 1024, max_recipients = 100, max_errors = 10;
    smtp::BareNewlines bare_newlines = smtp::BareNewlines::normalize;
    bool over_plain = false, over_tls = false, trusted = false, lmtp = false;
    std::deque<smtp::Reply> answers;
    std::vector<DialogStep> steps;
};

std::vector<std::string> dialog_names();      // file names without .dialog, sorted
Dialog read_dialog(const std::string& name);  // throws std::runtime_error that names file and line
std::string unescape(std::string_view text);

// Empty when `reply` (as on the wire) is what the step expects.
std::string mismatch(const DialogStep& step, std::string reply);

}  // namespace test
