#include "desk/draft.hpp"

#include "mail/kind.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>

namespace desk {
namespace {

using store::Refusal;
using tickets::Uuid;

std::string opaque(const Uuid& id) {
    return tickets::base32({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

std::vector<mail::Mailbox> mailboxes_of(const Recipients& recipients) {
    std::vector<mail::Mailbox> mailboxes;
    for (const auto* list : {&recipients.to, &recipients.cc})
        for (const auto& recipient : *list) mailboxes.push_back(recipient.mailbox);
    return mailboxes;
}

}  // namespace

asio::awaitable<std::optional<Refusal>> Draft::choose_speaker(
    store::AgentInfo agent, mail::Mailbox sender, const std::vector<store::ConversationMail>& mails) {
    const auto known = co_await store::find_sender(action_, sender.key());
    if (!known)
        co_return Refusal{sender.str() + " is no email sender of the workspace (ticketgate sender list)"};
    const auto aliases = co_await store::aliases_of(action_, agent.id);
    const auto alias = choose_alias(aliases, request_.alias, mails, agent.id);
    if (!alias) co_return alias.error();
    speaker = {std::move(agent), *alias, *known};
    co_return std::nullopt;
}

asio::awaitable<std::optional<Refusal>> Draft::choose_words(std::string workspace) {
    words = request_.words;
    if (!request_.template_name) co_return std::nullopt;
    if (!words.text.empty() || !words.html.empty())
        co_return Refusal{"a template takes the place of a text: give one of them"};
    const auto source = co_await store::find_template(action_, workspace, *request_.template_name);
    if (!source)
        co_return Refusal{fmt::format("workspace {} has no template {}", workspace,
                                      store::mended(*request_.template_name))};
    words = {source->text, source->html};
    subject = source->subject;
    co_return std::nullopt;
}

asio::awaitable<std::optional<Refusal>> Draft::ask_about(const Recipients& recipients) {
    if (request_.anyway) co_return std::nullopt;
    const auto marks = co_await store::marks_among(action_, recipients.keys());
    if (marks.empty()) co_return std::nullopt;
    const auto& mark = marks.front();
    co_return Refusal{fmt::format("mail to {} came back for good{}; to send it all the same: --anyway",
                                  mark.address,
                                  mark.reply.empty() ? "" : " (" + mail::one_line(mark.reply) + ")")};
}

tickets::Variables Draft::variables(const std::string& workspace, const Uuid& ticket,
                                    std::string_view person_name, std::string_view person_address,
                                    store::Timestamp now) const {
    tickets::Variables values{{"person.address", std::string(person_address)},
                              {"ticket.short_id", tickets::short_id(ticket)},
                              {"sender.address", speaker.sender.address},
                              {"sender.name", speaker.sender.name},
                              {"workspace.name", workspace},
                              {"agent.name", speaker.agent.name},
                              {"alias.name", speaker.name()}};
    tickets::add_person(values, person_name);
    tickets::add_date(values, now);
    return values;
}

mail::Composition Draft::composition(const Recipients& recipients, store::Timestamp now) {
    id_ = Uuid::make(now);
    reply_address_ = Uuid::make(now);
    const mail::Mailbox from = mail::mailbox_of(speaker.sender.address);
    mail::Composition mail{
        .from = {speaker.name(), from.str()},
        .message_id = mail::own_message_id(opaque(id_), settings_.installation, from.domain),
        .date = now};
    for (const auto& [name, mailbox] : recipients.to) mail.to.push_back({name, mailbox.str()});
    for (const auto& [name, mailbox] : recipients.cc) mail.cc.push_back({name, mailbox.str()});
    const auto domain = settings_.domains.find(from.domain);
    const std::string& answers =
        domain == settings_.domains.end() ? from.domain : domain->second.reply_domain;
    const auto& keys = settings_.address_keys;
    mail.reply_to = {
        speaker.name(),
        keys.sign(auth::AddressPurpose::reply, action_.workspace(), reply_address_.bytes) + "@" + answers};
    mail.extra.emplace_back(mail::loop_field, settings_.installation);
    return mail;
}

std::string Draft::ticket_message_id(const Uuid& ticket) const {
    return desk::ticket_message_id(ticket, settings_.installation,
                                   mail::mailbox_of(speaker.sender.address).domain);
}

Outcome<store::NewOutbound> Draft::outbound(const mail::Composition& mail, const Recipients& recipients,
                                            const Uuid& ticket) const {
    auto raw = mail::compose(mail);
    if (!raw) return Refusal{raw.error().text};
    if (raw->size() > max_mail_bytes)
        return Refusal{fmt::format("the mail would have {} bytes; few servers take more than {}", raw->size(),
                                   max_mail_bytes)};
    store::NewOutbound row{.workspace = action_.workspace(),
                           .id = id_,
                           .ticket = ticket,
                           .message_id = mail.message_id,
                           .subject = mail.subject,
                           .author = mail::mailbox_of(mail.from.address),
                           .author_name = mail.from.name,
                           .correspondents = recipients.keys(),
                           .at = mail.date,
                           .ticket_id = threading::id_key(ticket_message_id(ticket)),
                           .agent = speaker.agent.id,
                           .reply_address = reply_address_};
    if (speaker.alias) row.alias = speaker.alias->id;
    row.refs = refs_of(mail::read_header(*raw));
    row.recipients = mailboxes_of(recipients);
    row.raw = std::move(*raw);
    return row;
}

std::vector<std::string> shown(const std::vector<mail::Mailbox>& mailboxes) {
    std::vector<std::string> texts;
    for (const auto& mailbox : mailboxes) texts.push_back(mailbox.str());
    return texts;
}

std::function<bool(const mail::Mailbox&)> leads_to_us(const store::Snapshot& settings) {
    return [&settings](const mail::Mailbox& mailbox) {
        return settings.find(mailbox).first != store::Snapshot::Match::not_ours;
    };
}

}  // namespace desk
