#include "desk/replies.hpp"

#include "mail/encoded_word.hpp"
#include "mail/header_index.hpp"
#include "mail/kind.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "store/outbound_rows.hpp"
#include "store/statements.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace desk {
namespace {

using store::ConversationMail;
using store::Params;
using store::Refusal;
using tickets::Uuid;

std::string opaque(const Uuid& id) {
    return tickets::base32({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

// What a mail is made of, besides who gets it and what it answers.
struct Speaker {
    store::AgentInfo agent;
    std::optional<store::AliasInfo> alias;
    store::SenderInfo sender;

    [[nodiscard]] const std::string& name() const { return alias ? alias->name : agent.name; }
};

// The steps that a reply and an opened ticket share, within one action.
class Draft {
  public:
    Draft(store::DeskAction& action, const AgentsMail& request, const store::Snapshot& settings)
        : action_(action), request_(request), settings_(settings) {}

    // None: it went well.
    asio::awaitable<std::optional<Refusal>> choose_speaker(store::AgentInfo agent, mail::Mailbox sender,
                                                           const std::vector<ConversationMail>& mails) {
        const auto known = co_await store::find_sender(action_, sender.key());
        if (!known)
            co_return Refusal{sender.str() + " is no email sender of the workspace (ticketgate sender list)"};
        const auto aliases = co_await store::aliases_of(action_, agent.id);
        const auto alias = choose_alias(aliases, request_.alias, mails, agent.id);
        if (!alias) co_return alias.error();
        speaker = {std::move(agent), *alias, *known};
        co_return std::nullopt;
    }

    asio::awaitable<std::optional<Refusal>> choose_words(std::string workspace) {
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

    asio::awaitable<std::optional<Refusal>> ask_about(const Recipients& recipients) {
        if (request_.anyway) co_return std::nullopt;
        const auto marks = co_await store::marks_among(action_, recipients.keys());
        if (marks.empty()) co_return std::nullopt;
        co_return Refusal{fmt::format(
            "mail to {} came back for good{}; to send it all the same: --anyway", marks.front().address,
            marks.front().reply.empty() ? "" : " (" + mail::one_line(marks.front().reply) + ")")};
    }

    [[nodiscard]] tickets::Variables variables(const std::string& workspace, const Uuid& ticket,
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

    // What both kinds of mail have in their header.
    [[nodiscard]] mail::Composition composition(const Recipients& recipients, const Uuid& id,
                                                const Uuid& reply_address, store::Timestamp now) const {
        const mail::Mailbox from = mail::mailbox_of(speaker.sender.address);
        mail::Composition mail{
            .from = {speaker.name(), from.str()},
            .message_id = mail::own_message_id(opaque(id), settings_.installation, from.domain),
            .date = now};
        for (const auto& [name, mailbox] : recipients.to) mail.to.push_back({name, mailbox.str()});
        for (const auto& [name, mailbox] : recipients.cc) mail.cc.push_back({name, mailbox.str()});
        if (const auto domain = settings_.domains.find(from.domain); domain != settings_.domains.end())
            mail.reply_to = {speaker.name(),
                             settings_.address_keys.sign(auth::AddressPurpose::reply, action_.workspace(),
                                                         reply_address.bytes) +
                                 "@" + domain->second.reply_domain};
        mail.extra.emplace_back(mail::loop_field, settings_.installation);
        return mail;
    }

    Speaker speaker;
    Words words;
    std::string subject;  // the template's

  private:
    store::DeskAction& action_;
    const AgentsMail& request_;
    const store::Snapshot& settings_;
};

// Which mail is answered: the newest of a person who speaks here; one of whom the agent names, though they
// are new. Where no person wrote, ours, or what a machine wrote.
const ConversationMail* answered_mail(const store::Conversation& conversation,
                                      const std::vector<std::string>& to) {
    std::set<std::string> named;
    for (const auto& text : to)
        if (const auto recipient = recipient_of(text)) named.insert(recipient->mailbox.key());
    const auto newest = [&](auto matches) -> const ConversationMail* {
        const auto found = std::ranges::find_if(conversation.mails, matches);
        return found == conversation.mails.end() ? nullptr : &*found;
    };
    const auto speaks = [&](const ConversationMail& mail) {
        return !mail.outbound && std::ranges::count(conversation.participants, mail.author) > 0;
    };
    const auto* found =
        newest([&](const auto& mail) { return !mail.outbound && named.contains(mail.author); });
    if (!found) found = newest([&](const auto& mail) { return speaks(mail) && mail.kind == "human"; });
    if (!found) found = newest([](const auto& mail) { return mail.outbound; });
    if (!found) found = newest(speaks);
    return found;
}

// Ids of our mails since the one that is answered, the oldest first.
std::vector<std::string> ours_since(const std::vector<ConversationMail>& mails,
                                    const ConversationMail* answered) {
    std::vector<std::string> ids;
    for (const auto& mail : mails) {
        if (&mail == answered) break;
        if (mail.outbound && mail.message_id) ids.push_back(*mail.message_id);
    }
    std::ranges::reverse(ids);
    return ids;
}

void add_threading_fields(std::string_view raw, mail::Composition& mail) {
    const mail::HeaderIndex index = mail::index_header(raw);
    if (const auto* const field = index.find("Thread-Index")) mail.thread_index = mail::unfold(field->value);
    if (const auto* const field = index.find("Thread-Topic"))
        mail.thread_topic = mail::unstructured(field->value);
}

std::vector<mail::Mailbox> mailboxes_of(const Recipients& recipients) {
    std::vector<mail::Mailbox> mailboxes;
    for (const auto* list : {&recipients.to, &recipients.cc})
        for (const auto& recipient : *list) mailboxes.push_back(recipient.mailbox);
    return mailboxes;
}

std::vector<std::string> shown(const std::vector<mail::Mailbox>& mailboxes) {
    std::vector<std::string> texts;
    for (const auto& mailbox : mailboxes) texts.push_back(mailbox.str());
    return texts;
}

// The composed mail with its rows, or why it can't be sent.
Outcome<store::NewOutbound> outbound_of(const mail::Composition& mail, const Recipients& recipients) {
    auto raw = mail::compose(mail);
    if (!raw) return Refusal{raw.error().text};
    if (raw->size() > max_mail_bytes)
        return Refusal{fmt::format("the mail would have {} bytes; {} are as much as most servers take",
                                   raw->size(), max_mail_bytes)};
    store::NewOutbound row{.message_id = mail.message_id,
                           .subject = mail.subject,
                           .author = mail::mailbox_of(mail.from.address),
                           .author_name = mail.from.name,
                           .correspondents = recipients.keys(),
                           .at = mail.date};
    row.refs = refs_of(mail::read_header(*raw));
    row.recipients = mailboxes_of(recipients);
    row.raw = std::move(*raw);
    return row;
}

}  // namespace

asio::awaitable<Outcome<Sent>> Replies::reply(ReplyRequest request) {
    const auto status = tickets::parse_status(request.status);
    if (!status) co_return Refusal{request.status + " is no status (Open, Pending, Overdue, Resolved)"};
    const auto agent = co_await find_agent(pool_, request.agent);
    if (!agent) co_return agent.error();
    const auto settings = co_await store::SettingsStore(pool_).snapshot();
    const auto files = attachments_of(std::move(request.files));

    const auto work = [&](store::DeskAction& action, const auto& keys) -> asio::awaitable<Outcome<Sent>> {
        const store::TicketKey key = keys[0];
        const auto now = std::chrono::system_clock::now();
        const auto conversation = co_await store::read_conversation(action, key.ticket);
        Draft draft(action, request, settings);
        const mail::Mailbox sender = request.sender.value_or(mail::mailbox_of(conversation.email_sender));
        if (auto refusal = co_await draft.choose_speaker(*agent, sender, conversation.mails))
            co_return *refusal;
        if (auto refusal = co_await draft.choose_words(conversation.workspace)) co_return *refusal;

        const auto* const answered = answered_mail(conversation, request.to);
        const std::string raw = answered ? co_await store::read_raw(action, answered->id) : std::string();
        std::optional<mail::Message> message;
        if (answered && request.quote) message = mail::read_message(raw);
        const mail::Header header = message ? message->header : mail::read_header(raw);

        Answered facts{.mail = answered ? &header : nullptr,
                       .is_ours = answered && answered->outbound,
                       .participants = conversation.participants,
                       .leads_to_us = [&](const mail::Mailbox& mailbox) {
                           return settings.find(mailbox).first != store::Snapshot::Match::not_ours;
                       }};
        if (conversation.person)
            facts.person =
                Recipient{conversation.person->name, mail::mailbox_of(conversation.person->address)};
        const auto recipients = chosen_recipients(default_recipients(facts), request.to, request.cc, facts);
        if (!recipients) co_return recipients.error();
        if (auto refusal = co_await draft.ask_about(*recipients)) co_return *refusal;

        const store::PersonInfo person = conversation.person.value_or(store::PersonInfo{});
        auto values = draft.variables(conversation.workspace, key.ticket, person.name, person.address, now);
        values.insert_or_assign("ticket.subject", conversation.subject);
        values.insert_or_assign("ticket.status", conversation.status);
        auto body = body_of(draft.words, draft.speaker.alias, values, message, files);
        if (!body) co_return body.error();

        const Uuid id = Uuid::make(now), reply_address = Uuid::make(now);
        mail::Composition mail = draft.composition(*recipients, id, reply_address, now);
        const std::string ticket_id =
            ticket_message_id(key.ticket, settings.installation, mail::mailbox_of(mail.from.address).domain);
        mail.subject = answer_subject(answered ? header.subject : conversation.subject);
        mail.text = std::move(body->text);
        mail.html = std::move(body->html);
        mail.attachments = files;
        mail.in_reply_to = header.message_id;
        mail.references = references_of(ticket_id, header, ours_since(conversation.mails, answered));
        add_threading_fields(raw, mail);

        auto row = outbound_of(mail, *recipients);
        if (!row) co_return row.error();
        row->workspace = key.workspace;
        row->id = id;
        row->ticket = key.ticket;
        row->ticket_id = threading::id_key(ticket_id);
        row->reply_address = reply_address;
        row->thread = answered ? answered->thread : id;
        row->reason = "reply";
        row->mailbox = conversation.mailbox;
        row->agent = draft.speaker.agent.id;
        if (draft.speaker.alias) row->alias = draft.speaker.alias->id;

        action.set_status(key.ticket, tickets::name(*status));
        if (request.take || !conversation.assignee) action.assign(key.ticket, draft.speaker.agent.id);
        std::vector<store::Query> queries;
        store::add_outbound(*row, queries);
        action.write(std::move(queries));
        if (request.along)
            if (auto refusal = co_await request.along(action, key)) co_return *refusal;
        const auto addresses = shown(row->recipients);
        co_return Sent{
            .text = fmt::format("#{}: mail to {} is queued; {}", action.ticket(key.ticket).short_id,
                                fmt::join(addresses, ", "), tickets::name(*status)),
            .ticket = key,
            .interaction = id,
            .recipients = addresses,
            .warnings = recipients->warnings,
            .mail = std::move(row->raw)};
    };
    co_return co_await act<Sent>(pool_, {request.ticket}, work, request.dry_run);
}

}  // namespace desk
