// A mail that an agent writes: a value, made into the bytes that are signed and sent.
//
// Header: what is not plain ASCII is in RFC 2047 words, which part neither a character nor, where they can
// help it, what a reader sees as one; names of domains are A-labels. A line of ours is at most 76 octets; a
// longer one (an address, an id) stays under 998. Control characters are left out of names, and no value can
// begin a field of its own: each is written by the one writer of mail/header_writer.hpp.
//
// Body: text/plain alone, or multipart/alternative with the HTML. Inline images that the HTML refers to stand
// with it in multipart/related, other files around all of it in multipart/mixed. Texts are 7bit where they
// are plain and short, else quoted-printable or base64, whichever is shorter; files are base64. Text ends
// with a line end. No boundary can occur in a part: boundaries hold `=_`, which none of the three has.
//
// References give way so that the header block stays under 4 KB with room for signatures: the first and the
// last are kept. Ids and threading fields that strangers wrote, and that could not be repeated safely, are
// left out; nothing of theirs keeps an answer from being sent.
// Deterministic: the same value gives the same bytes. RFC 5322, 2045-2047, 2183, 2231, 2387, 6532.
#pragma once

#include "mail/message.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mail {

struct Composition {
    NamedAddress from;  // addresses as mail::parse_addresses() and Mailbox::str() write them
    std::vector<NamedAddress> to, cc;
    std::optional<NamedAddress> reply_to;
    std::string subject;  // any UTF-8; past 750 bytes it is cut
    std::string text;     // blank: made from the HTML
    std::string html;     // empty: none. Taken as it is: who lets strangers write it calls safe_html() first
    // With `is_inline`, and a `content_id` that the HTML has as `cid:`: shown in it, else (a text always) a
    // file.
    std::vector<Attachment> attachments;
    std::string message_id;  // without <>, never used twice: the boundaries are made from it
    std::optional<std::string> in_reply_to;
    std::vector<std::string> references;  // oldest first; the ticket's own stable id belongs first
    // As the mail that is answered has them, for Outlook: the index gets a child of its own.
    std::optional<std::string> thread_index, thread_topic;
    // Further fields, `Auto-Submitted` for one; none of those above, and none of MIME's.
    std::vector<std::pair<std::string, std::string>> extra;
    std::chrono::system_clock::time_point date;
};

// What could not be sent, in words for the agent. (H19: an address, subject, own id or further field with CR,
// LF or NUL, an address that is none, a field name that is none or ours.)
struct Problem {
    std::string text;
};
[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& where);

// The whole mail, its lines ended by CRLF.
[[nodiscard]] boost::system::result<std::string, Problem> compose(const Composition& mail);

}  // namespace mail
