// The visible part of a reply: what is new in a text, what is quoted, and the signature.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// Every line of the text is in exactly one of them, in its order.
struct ReplyParts {
    std::string reply;
    std::string quoted;
    std::string signature;
};

// `text`: UTF-8 with LF. `sender_name` (may be empty) helps to find the signature.
[[nodiscard]] ReplyParts split_reply(std::string_view text, std::string_view sender_name);

}  // namespace mail
