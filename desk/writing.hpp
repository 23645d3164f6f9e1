// What an agent's mail says and which ids it bears: pure, from values to values. docs/replies.md
#pragma once

#include "mail/compose.hpp"
#include "mail/message.hpp"
#include "store/conversation.hpp"
#include "threading/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace desk {

// Their name in the mail, their signature: the alias that was asked for, else the one they used last in this
// ticket, else their default one, else none: their own name. Refused: an alias that they do not have.
[[nodiscard]] store::Outcome<std::optional<store::AliasInfo>> choose_alias(
    const std::vector<store::AliasInfo>& aliases, const std::optional<std::string>& wanted,
    const std::vector<store::ConversationMail>& mails, std::int64_t agent);

// What the mail says. One of text and HTML may be empty.
struct Words {
    std::string text, html;
    bool verbatim = false;  // braces are braces: no variables in it
};

// With the signature below and the quoted mail below that. Refused: unknown variables, and nothing to say.
// HTML is sanitised (mail/safe_html.hpp), whoever wrote it. There is HTML where somebody wrote some, and
// where pictures are to be shown.
struct Body {
    std::string text, html;
};
[[nodiscard]] store::Outcome<Body> body_of(const Words& words, const std::optional<store::AliasInfo>& alias,
                                           const tickets::Variables& values,
                                           const std::optional<mail::Message>& quoted,
                                           const std::vector<mail::Attachment>& files);

// `Re: ` before what was asked, which stays as it is: programs that thread by the subject look for the same.
[[nodiscard]] std::string answer_subject(std::string_view subject);

// The ticket's own id, so that an answer is known by it where relays rewrote all others.
[[nodiscard]] std::string ticket_message_id(const tickets::Uuid& ticket, std::string_view installation,
                                            std::string_view domain);

// RFC 5322 §3.6.4, oldest first: the ticket's id, the chain of the mail that is answered, what we wrote
// since, and that mail at the end. None twice.
[[nodiscard]] std::vector<std::string> references_of(const std::string& ticket_id,
                                                     const mail::Header& answered,
                                                     const std::vector<std::string>& ours);

// As intake reads them of a mail that comes (intake/arrival.hpp).
[[nodiscard]] std::vector<std::pair<threading::IdKey, threading::Role>> refs_of(const mail::Header& mail);

// Named by the files' names; what `is_inline` is shown where the HTML says `cid:NAME`.
struct File {
    std::string name, content;
    std::string type;  // empty: by name and content
    bool is_inline = false;
};
[[nodiscard]] std::vector<mail::Attachment> attachments_of(std::vector<File> files);

}  // namespace desk
