// The visible part of a reply: what is new in a text, what is quoted, and the signature.
//
// Top-posted quotes ("On … wrote:", "-----Original Message-----", header blocks, `>`), with everything
// after them, are quoted; a quote above the answer is quoted too; quoted lines between answers stay
// visible, since the answers are nothing without them. Signatures are what follows `-- ` and its kin,
// "Sent from my phone", and a closing with a name at the very end (mail/signature.hpp). In doubt a line
// stays in the reply. A mail that would be left without a reply, as one that only forwards, is all reply.
// Total and linear; a text of more than 100,000 lines is all reply.
#pragma once

#include "mail/html_text.hpp"
#include "mail/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mail {

// Every line of the text that is not blank is in exactly one of them, in its order.
struct ReplyParts {
    std::string reply;
    std::string quoted;
    std::string signature;
};

// `text`: UTF-8 with LF. `from` helps to find the signature; `marks` is what read_html() found.
[[nodiscard]] ReplyParts split_reply(std::string_view text, const std::optional<NamedAddress>& from = {},
                                     std::span<const TextMark> marks = {});

}  // namespace mail
