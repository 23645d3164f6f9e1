// Who gets an agent's mail: pure decisions over what the ticket knows. docs/replies.md
//
// By default those of the newest mail of a participant: its author, or where they asked for answers to go,
// and its other recipients who are participants of the ticket. A newcomer, whom nobody at the desk has agreed
// to, gets nothing unless an agent names them; nor does whom a marked mail's Reply-To names, for anybody
// could have written it. Addresses in the desk's own domains are never written to: mail to them ends here,
// whether they are mailboxes, email senders or signed addresses.
#pragma once

#include "mail/mailbox.hpp"
#include "mail/message.hpp"
#include "store/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace desk {

struct Recipient {
    std::string name;  // may be empty
    mail::Mailbox mailbox;
};

struct Recipients {
    std::vector<Recipient> to, cc;
    std::vector<std::string> warnings;  // in words for the agent
    bool diverted = false;              // to another domain than its author's, as the mail asks

    [[nodiscard]] std::vector<std::string> keys() const;
};

inline constexpr std::size_t max_recipients = 100;

// An address as an agent writes it, `Ann <ann@client.example>` or without a name. Nothing where it could not
// stand in RCPT or in a header field (RFC 5321 §4.1.2).
[[nodiscard]] std::optional<Recipient> recipient_of(std::string_view text);

// What is known of the ticket that answers go by.
struct Answered {
    const mail::Header* mail = nullptr;     // that is answered; null: there is none
    bool is_ours = false;                   // it was written here: its recipients get this one too
    bool is_marked = false;                 // nobody vouches for it
    std::optional<Recipient> person;        // the ticket's; for where no mail says more
    std::vector<std::string> participants;  // address keys
    std::function<bool(const mail::Mailbox&)> leads_to_us;
};

[[nodiscard]] Recipients default_recipients(const Answered& answered);

// `to` in place of what is there, and `cc` besides it. Refused: what is no address, leads to us, or is too
// many.
[[nodiscard]] store::Outcome<Recipients> chosen_recipients(Recipients defaults,
                                                           const std::vector<std::string>& to,
                                                           const std::vector<std::string>& cc,
                                                           const Answered& answered);

}  // namespace desk
