// What of a mail's parts is its text, its HTML, and a file. RFC 2046, 2183, 2387, 3676.
//
// Text parts stay in their order, before and behind attachments; of multipart/alternative one text and one
// HTML speak, other versions are kept as inline attachments. Where plain and HTML parts follow each other
// both renditions get all of them. TNEF, uuencode and yEnc are opened; S/MIME and PGP are kept whole and
// named in `warnings`. A mail without a text of its own is spoken for by, in this order, the body inside
// its TNEF, a forwarded mail, an attached text, what stands before the first part.
// Total; linear but for the depth of forwarded mails; what is written is bounded by a multiple of what is
// read.
#pragma once

#include "mail/html_text.hpp"
#include "mail/message.hpp"
#include "mail/mime_tree.hpp"

#include <string>
#include <vector>

namespace mail {

struct Body {
    std::string text;
    std::vector<TextMark> marks;  // what the HTML said of the text's lines, where the text was made from it
    std::string html;             // as it came, not sanitised
    std::vector<Attachment> attachments;
    std::vector<std::string> warnings;  // encrypted, signed, partial
    bool too_complex = false;
};

[[nodiscard]] Body read_body(const MimeTree& tree);

}  // namespace mail
