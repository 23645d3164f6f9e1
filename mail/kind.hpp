// What kind of writer a mail has: human, auto_reply, out_of_office, bounce, list, loop, report.
//
// The union of the signals that ticket systems know, with RFC 3834, the envelope included. A weak signal
// alone never demotes a person's mail. Pure; linear in the header and the text's beginning.
#pragma once

#include "mail/header_index.hpp"
#include "mail/message.hpp"
#include "mail/mime_tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mail {

// What is known of a mail besides its bytes.
struct Circumstances {
    std::optional<std::string> reverse_path;  // the envelope's; "" is the null one; none: not known
    std::string installation;                 // our own, as our loop header names it; empty: none
};

struct KindDecision {
    Kind kind = Kind::human;
    std::vector<std::string> reasons;  // stable short codes; empty for an unsuspicious human
};

// `message` has its header, text and bounce read already.
[[nodiscard]] KindDecision kind_of(const MimeTree& tree, const Message& message,
                                   const Circumstances& circumstances);

}  // namespace mail
