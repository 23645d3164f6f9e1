// A mail as the desk reads it: what mail/read.hpp makes of raw bytes.
//
// All strings are valid UTF-8 without NUL, whatever the mail held; the raw bytes are kept elsewhere.
// Ids stand without angle brackets. Nothing here refers to the raw bytes.
#pragma once

#include <optional>
#include <string>
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

struct Message {
    Header header;
    std::string text;  // all readable text/plain; from the HTML where there is none
    std::string html;  // all text/html, decoded, not yet sanitised
    std::vector<Attachment> attachments;
    bool too_complex = false;  // past the bounds: only the header was read
};

}  // namespace mail
