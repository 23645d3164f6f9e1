// What a bounce says: RFC 3464 delivery status notifications, and the bounces of servers that don't know it.
#pragma once

#include "mail/message.hpp"
#include "mail/mime_tree.hpp"

#include <optional>
#include <string>

namespace mail {

struct Circumstances;

// None when the mail is no bounce. `message` has its header and text read already.
[[nodiscard]] std::optional<Bounce> read_bounce(const MimeTree& tree, const Message& message,
                                                const Circumstances& circumstances);

}  // namespace mail
