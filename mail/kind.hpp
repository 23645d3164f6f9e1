// What kind of writer a mail has: human, auto_reply, out_of_office, bounce, list, loop, report.
//
// The union of the signals that ticket systems know, with RFC 3834, the envelope included. A weak signal
// alone never demotes a person's mail; docs/kinds.md has all of them. Pure, total and linear; of a text the
// beginning counts.
#pragma once

#include "mail/header_index.hpp"
#include "mail/message.hpp"
#include "mail/mime_tree.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

// What is known of a mail besides its bytes.
struct Circumstances {
    std::optional<std::string> reverse_path;  // the envelope's; "" is the null one; none: not known
    std::string installation;                 // our own, as our loop header names it; empty: none
};

struct KindDecision {
    Kind kind = Kind::human;
    // Stable short codes: the signals that decided; of a human those that were too weak.
    std::vector<std::string> reasons;
    std::optional<Bounce> bounce;  // what it says, where it is one
    // Of the mail that bounced, where it is known.
    [[nodiscard]] std::optional<std::string> original_message_id() const {
        return bounce ? bounce->original_message_id : std::nullopt;
    }
    bool operator==(const KindDecision&) const = default;
};

// `message` has its header, text and bounce read already.
[[nodiscard]] KindDecision kind_of(const MimeTree& tree, const Message& message,
                                   const Circumstances& circumstances);

// What read_message() would say, at the cost of a look at the header for all but suspicious mail, which is
// read as a whole; what has parts is searched for a calendar. `header`: what read_header(raw) gave.
[[nodiscard]] KindDecision read_kind(std::string_view raw, const Header& header,
                                     const Circumstances& circumstances);

// What our own mail bears, so that it is known when it comes back. The field says `X-Ticketgate-Loop:
// <installation>`; the Message-ID's local part ends in `.<installation>.tg`.
inline constexpr std::string_view loop_field = "X-Ticketgate-Loop";
[[nodiscard]] std::string own_message_id(std::string_view unique, std::string_view installation,
                                         std::string_view domain);
[[nodiscard]] bool is_own_message_id(std::string_view id, std::string_view installation);

}  // namespace mail
