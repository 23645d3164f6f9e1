// A mail as the desk reads it: what mail/read.hpp makes of raw bytes.
//
// All strings are valid UTF-8 without NUL, whatever the mail held; the raw bytes are kept elsewhere.
// Ids stand without angle brackets. Nothing here refers to the raw bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct NamedAddress {
    std::string name;     // display name, decoded; may be empty
    std::string address;  // local@domain as written, decoded, domain in lower case
    bool operator==(const NamedAddress&) const = default;
};

struct Attachment {
    std::string name;        // decoded and made safe; may be empty
    std::string type;        // type/subtype in lower case
    std::string content_id;  // without <>; may be empty
    bool is_inline = false;
    std::string content;  // decoded bytes
};

// What the header block says; enough to thread a mail, and cheap to read.
struct Header {
    std::string subject;
    std::optional<NamedAddress> from;  // the first mailbox of the first From field
    std::vector<NamedAddress> from_all, to, cc, reply_to;
    std::optional<NamedAddress> sender;
    std::optional<std::string> date;  // RFC 3339 with the zone as written
    std::optional<std::string> message_id;
    std::vector<std::string> in_reply_to;  // ids only, in order, without repeats
    // Every `<...>` of In-Reply-To, an address that an old client wrote there as well.
    std::vector<std::string> in_reply_to_tokens;
    std::vector<std::string> references;  // ids only, in order, without repeats
    std::vector<std::string> warnings;    // stable short codes
};

// What wrote a mail, as far as the desk must know: only a human opens and reopens tickets.
enum class Kind { human, auto_reply, out_of_office, bounce, list, loop, report };
[[nodiscard]] std::string_view name_of(Kind kind);  // as written above
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);

enum class BounceClass { hard, soft };

// What a bounce says of one recipient.
struct BouncedRecipient {
    std::string address;                      // local@domain; may be empty when the bounce hides it
    std::string status;                       // enhanced status code, "5.1.1"; may be empty
    std::string smtp_reply;                   // the server's own words; may be empty
    std::string reason;                       // Sisimai's word: "userunknown", "mailboxfull", ...
    std::optional<BounceClass> bounce_class;  // none: delivered, or not about delivery
    bool operator==(const BouncedRecipient&) const = default;
};

struct Bounce {
    bool final = true;                        // false: delayed, another try will be made
    std::optional<BounceClass> bounce_class;  // of all recipients: hard when one is
    std::vector<BouncedRecipient> recipients;
    std::optional<std::string> original_message_id;
    bool operator==(const Bounce&) const = default;
};

struct Message {
    Header header;
    std::string text;  // all readable text/plain; from the HTML where there is none
    std::string html;  // all text/html, sanitised (mail/safe_html.hpp)
    // The parts of `text`, each line in one of them (mail/reply.hpp).
    std::string reply_text, quoted_text, signature;
    std::vector<Attachment> attachments;
    Kind kind = Kind::human;
    std::vector<std::string> kind_reasons;  // the signals that decided, stable short codes
    std::optional<Bounce> bounce;
    bool too_complex = false;  // past the bounds: only the header was read
};

}  // namespace mail
