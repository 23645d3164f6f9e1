#include "desk/recipients.hpp"

#include "mail/address.hpp"
#include "mail/text.hpp"
#include "smtp/path.hpp"

#include <algorithm>

namespace desk {
namespace {

bool contains(const std::vector<Recipient>& list, const std::string& key) {
    return std::ranges::any_of(list, [&](const Recipient& each) { return each.mailbox.key() == key; });
}

// Of a header's address; nothing where RCPT could not say it.
std::optional<Recipient> recipient_of(const mail::NamedAddress& address) {
    const std::string path = "<" + mail::mailbox_of(address.address).str() + ">";
    std::string_view rest = path;
    const auto read = smtp::take_forward_path(rest);
    if (!read || !rest.empty() || read->mailbox.domain.empty() || read->mailbox.domain.starts_with('['))
        return std::nullopt;
    if (std::ranges::any_of(path, [](char c) { return mail::is_control(c); })) return std::nullopt;
    return Recipient{mail::one_line(mail::to_valid_utf8(address.name)), read->mailbox};
}

class Gatherer {
  public:
    explicit Gatherer(const Answered& answered) : answered_(answered) {}

    [[nodiscard]] bool speaks_here(const mail::Mailbox& mailbox) const {
        return std::ranges::count(answered_.participants, mailbox.key()) > 0;
    }

    void add(const Recipient& recipient, std::vector<Recipient>& list) {
        const std::string key = recipient.mailbox.key();
        if (result.to.size() + result.cc.size() < max_recipients && !contains(result.to, key) &&
            !contains(result.cc, key) && !answered_.leads_to_us(recipient.mailbox))
            list.push_back(recipient);
    }

    void add_speakers(const std::vector<mail::NamedAddress>& addresses, std::vector<Recipient>& list) {
        for (const auto& address : addresses)
            if (const auto recipient = recipient_of(address); recipient && speaks_here(recipient->mailbox))
                add(*recipient, list);
    }

    Recipients result;

  private:
    const Answered& answered_;
};

}  // namespace

std::vector<std::string> Recipients::keys() const {
    std::vector<std::string> keys;
    for (const auto* list : {&to, &cc})
        for (const auto& recipient : *list) keys.push_back(recipient.mailbox.key());
    return keys;
}

std::optional<Recipient> recipient_of(std::string_view text) {
    if (text.size() > 1000 || !mail::is_utf8(text) ||
        std::ranges::any_of(text, [](char c) { return mail::is_control(c); }))
        return std::nullopt;
    const auto parsed = mail::parse_addresses(text);
    if (parsed.size() != 1 || parsed.front().address.empty()) return std::nullopt;
    return recipient_of(parsed.front());
}

Recipients default_recipients(const Answered& answered) {
    Gatherer gatherer(answered);
    if (answered.mail && answered.is_ours) {
        gatherer.add_speakers(answered.mail->to, gatherer.result.to);
        gatherer.add_speakers(answered.mail->cc, gatherer.result.cc);
    } else if (answered.mail) {
        const auto author = answered.mail->from ? recipient_of(*answered.mail->from) : std::nullopt;
        for (const auto& address : answered.mail->reply_to) {
            const auto recipient = recipient_of(address);
            if (!recipient) continue;
            // Whoever forges a name also says where the answer is to go.
            const bool elsewhere = author && recipient->mailbox.domain != author->mailbox.domain;
            const std::string asked = (author ? author->mailbox.str() : "somebody") +
                                      " asked for answers to go to " + recipient->mailbox.str();
            if (answered.is_marked && !gatherer.speaks_here(recipient->mailbox)) {
                if (!author || author->mailbox.key() != recipient->mailbox.key())
                    gatherer.result.warnings.push_back(asked + "; nobody vouches for that, so it does not");
                continue;
            }
            gatherer.add(*recipient, gatherer.result.to);
            if (!elsewhere) continue;
            gatherer.result.warnings.push_back(asked + ", in another domain");
            gatherer.result.diverted = true;
        }
        if (author && gatherer.result.to.empty()) gatherer.add(*author, gatherer.result.to);
        gatherer.add_speakers(answered.mail->to, gatherer.result.cc);
        gatherer.add_speakers(answered.mail->cc, gatherer.result.cc);
    }
    if (gatherer.result.to.empty() && answered.person && gatherer.speaks_here(answered.person->mailbox))
        gatherer.add(*answered.person, gatherer.result.to);
    return std::move(gatherer.result);
}

store::Outcome<Recipients> chosen_recipients(Recipients defaults, const std::vector<std::string>& to,
                                             const std::vector<std::string>& cc, const Answered& answered) {
    using store::Refusal;
    if (!to.empty()) defaults = {};
    const auto add = [&](const std::vector<std::string>& texts,
                         std::vector<Recipient>& list) -> std::optional<Refusal> {
        for (const auto& text : texts) {
            const auto recipient = recipient_of(text);
            if (!recipient)
                return Refusal{"'" + mail::one_line(mail::to_valid_utf8(text)) +
                               "' is no address that mail can go to"};
            const std::string key = recipient->mailbox.key();
            if (answered.leads_to_us(recipient->mailbox))
                return Refusal{recipient->mailbox.str() +
                               " is in a domain of the desk's own: that would be a loop"};
            if (!contains(defaults.to, key) && !contains(defaults.cc, key)) list.push_back(*recipient);
        }
        return std::nullopt;
    };
    if (const auto refusal = add(to, defaults.to)) return *refusal;
    if (const auto refusal = add(cc, defaults.cc)) return *refusal;
    if (defaults.to.empty() && defaults.cc.empty())
        return Refusal{
            "nobody is known whom the answer could go to (a newcomer's address has to be given); say it with "
            "--to"};
    if (defaults.to.size() + defaults.cc.size() > max_recipients)
        return Refusal{"a mail has at most " + std::to_string(max_recipients) + " recipients"};
    if (defaults.to.empty()) std::swap(defaults.to, defaults.cc);
    return defaults;
}

}  // namespace desk
