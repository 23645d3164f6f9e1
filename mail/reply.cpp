#include "mail/reply.hpp"

namespace mail {

ReplyParts split_reply(std::string_view text, std::string_view) {
    return {.reply = std::string(text), .quoted = "", .signature = ""};
}

}  // namespace mail
