#include "intake/bounces.hpp"

#include "mail/bounce_reason.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace intake {
namespace {

constexpr std::size_t max_words = 500;      // that are shown of a server's
constexpr std::size_t max_deliveries = 50;  // that one bounce may speak of

// A bounce's words are a stranger's: one line, and nothing that hides or turns what stands around it.
std::string shown(std::string_view words) {
    const std::string line = mail::one_line(words);
    std::string safe;
    for (std::string_view rest = line; !rest.empty() && safe.size() < max_words;) {
        if (const auto hidden = mail::invisible_at(rest); hidden > 0) {
            rest.remove_prefix(hidden);
            continue;
        }
        safe += rest.front();
        rest.remove_prefix(1);
    }
    return std::string(mail::cut_utf8(safe, max_words));
}

std::optional<std::int64_t> code_in(std::string_view words) {
    const auto at = mail::reply_at(words);
    if (at == mail::no_reply) return std::nullopt;
    return (words[at] - '0') * 100 + (words[at + 1] - '0') * 10 + (words[at + 2] - '0');
}

bool speaks_of_delivery(const mail::BouncedRecipient& entry) {
    return entry.bounce_class.has_value();
}

store::BouncedDelivery read(const mail::BouncedRecipient& entry, const mail::Bounce& bounce) {
    return {.final = bounce.final,
            .hard = bounce.final && entry.bounce_class == mail::BounceClass::hard,
            .code = code_in(entry.smtp_reply),
            .status = shown(entry.status),
            .words = shown(entry.smtp_reply.empty() ? entry.reason : entry.smtp_reply)};
}

// Of a delivery's own return path. What came of the mail behind its recipient (a forwarder, a list of
// several) is not known to be about that address, so where many are named none is hard.
std::optional<store::BouncedDelivery> of_return_path(const Arrival& mail, const Uuid& delivery) {
    store::BouncedDelivery bounced{.words = shown(mail.subject)};
    if (const auto& bounce = mail.kind.bounce) {
        const auto& entries = bounce->recipients;
        const auto failing = std::ranges::find_if(entries, speaks_of_delivery);
        if (failing == entries.end() && !entries.empty()) return std::nullopt;  // it was delivered
        if (failing != entries.end()) bounced = read(*failing, *bounce);
        bounced.final = bounce->final;
        bounced.hard = bounced.hard && entries.size() == 1;
    }
    bounced.delivery = delivery;
    return bounced;
}

}  // namespace

std::vector<store::BouncedDelivery> bounced_by(const Arrival& mail, const Part& part,
                                               const Uuid& interaction) {
    std::vector<store::BouncedDelivery> all;
    if (mail.kind.kind != mail::Kind::bounce || mail.imported) return all;
    if (part.delivery) {
        if (auto bounced = of_return_path(mail, *part.delivery)) all.push_back(*std::move(bounced));
    } else if (const auto original = mail.kind.original_message_id()) {
        for (const auto& entry : mail.kind.bounce->recipients) {
            // Who has seen a mail of ours knows its id: that it came back is believed with a recipient of it.
            if (entry.address.empty() || !speaks_of_delivery(entry) || all.size() == max_deliveries) continue;
            all.push_back(read(entry, *mail.kind.bounce));
            all.back().original = threading::id_key(*original);
            all.back().recipient = mail::mailbox_of(entry.address).key();
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].workspace = part.workspace;
        const std::string which = all[i].delivery ? all[i].delivery->str() : std::to_string(i);
        all[i].event = threading::id_key(interaction.str() + " " + which);
    }
    return all;
}

}  // namespace intake
