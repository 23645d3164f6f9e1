#include "daemon/explain_words.hpp"

namespace program {

using threading::Role;

std::string_view role_name(Role role) {
    switch (role) {
        case Role::self:
            return "message_id";
        case Role::in_reply_to:
            return "in_reply_to";
        case Role::reference:
            return "references";
        case Role::mention:
            break;
    }
    return "mention";
}

std::string_view role_title(Role role) {
    switch (role) {
        case Role::self:
            return "Message-ID";
        case Role::in_reply_to:
            return "In-Reply-To";
        case Role::reference:
            return "References";
        case Role::mention:
            break;
    }
    return "mentioned";  // an address in In-Reply-To: it binds threads and proves nothing
}

std::string_view proof_in_words(threading::Proof proof) {
    using enum threading::Proof;
    switch (proof) {
        case signed_address:
            return "it was sent to a reply address that we signed";
        case stored_id:
            return "In-Reply-To or References name a mail of it";
        case claimed_id:
            return "it shares an id with a mail of it that only named this id, plausibly";
        case same_id:
            return "a mail of it has the same Message-ID, and is another mail";
        case short_id:
            return "its short id stands in the subject";
        case none:
            break;
    }
    return "nothing ties it to a ticket";
}

std::string_view outcome_in_words(threading::Outcome outcome) {
    using enum threading::Outcome;
    switch (outcome) {
        case open:
            return "a new ticket";
        case join:
            return "speaks in the ticket";
        case join_marked:
            return "speaks in the ticket, shown as unverified";
        case link:
            return "a new ticket, linked with it";
        case hold:
            break;
    }
    return "held until somebody at the desk has looked";
}

}  // namespace program
