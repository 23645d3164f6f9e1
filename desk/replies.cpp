#include "desk/replies.hpp"

#include "desk/draft.hpp"
#include "mail/encoded_word.hpp"
#include "mail/header_index.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
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

// Which mail is answered: what the agent says; else the newest of a person who speaks here; one of whom the
// agent names, though they are new. Where no person wrote, ours, or what a machine wrote.
Outcome<const ConversationMail*> answered_mail(const store::Conversation& conversation,
                                               const ReplyRequest& request) {
    std::set<std::string> named;
    for (const auto& text : request.to)
        if (const auto recipient = recipient_of(text)) named.insert(recipient->mailbox.key());
    const auto newest = [&](auto matches) -> const ConversationMail* {
        const auto found = std::ranges::find_if(conversation.mails, matches);
        return found == conversation.mails.end() ? nullptr : &*found;
    };
    const auto speaks = [&](const ConversationMail& mail) {
        return !mail.outbound && std::ranges::count(conversation.participants, mail.author) > 0;
    };
    const auto is_ours = [](const ConversationMail& mail) { return mail.outbound; };
    if (request.answers) {
        const auto* const asked = newest([&](const auto& mail) { return mail.id == *request.answers; });
        if (!asked) return Refusal{"the mail that you answer is not in the ticket any more, or far too old"};
        if (!is_ours(*asked) && !speaks(*asked))
            return Refusal{fmt::format(
                "{} is no participant of the ticket; answer at the desk, where you say whom it goes to",
                asked->author.empty() ? "whoever wrote the mail" : mail::one_line(asked->author))};
        return asked;
    }
    if (request.unwatched) return newest(is_ours);
    const auto* found =
        newest([&](const auto& mail) { return !mail.outbound && named.contains(mail.author); });
    if (!found) found = newest([&](const auto& mail) { return speaks(mail) && mail.kind == "human"; });
    if (!found) found = newest(is_ours);
    if (!found) found = newest(speaks);
    return found;
}

// Those who speak here by more than marked mails, which anybody could have written: before there were replies
// such a mail made whom it names participants too.
std::vector<std::string> vouched_participants(const store::Conversation& conversation) {
    std::set<std::string> vouched;
    if (conversation.person) vouched.insert(mail::mailbox_of(conversation.person->address).key());
    for (const auto& mail : conversation.mails) {
        if (mail.marked) continue;
        vouched.insert(mail.author);
        vouched.insert(mail.correspondents.begin(), mail.correspondents.end());
    }
    std::vector<std::string> participants;
    std::ranges::copy_if(conversation.participants, std::back_inserter(participants),
                         [&](const std::string& key) { return vouched.contains(key); });
    return participants;
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

// Where a workspace has one mailbox nobody needs to say which.
std::optional<mail::Mailbox> only_mailbox(const store::Snapshot& settings, const std::string& workspace) {
    std::optional<mail::Mailbox> found;
    for (const auto& [id, mailbox] : settings.mailboxes) {
        if (mailbox.workspace_name != workspace) continue;
        if (found) return std::nullopt;
        found = mail::mailbox_of(mailbox.address);
    }
    return found;
}

// Of a ticket that is opened: what is said, or what the template says, with its variables.
Outcome<std::string> subject_of(const OpenRequest& request, const std::string& by_template,
                                const tickets::Variables& values) {
    std::string subject = request.subject.value_or(by_template);
    if (mail::one_line(mail::to_valid_utf8(subject)) != subject)
        return Refusal{"the subject holds a line end or another control character"};
    if (!request.words.verbatim) {
        const auto parsed = tickets::Template::parse(subject, tickets::Writer::agent);
        if (!parsed) return Refusal{"the subject can't be used: " + parsed.error().text};
        subject = mail::one_line(parsed->render(values));
    }
    if (subject.empty()) return Refusal{"a ticket needs a subject"};
    if (subject.size() > 750) return Refusal{"a subject has up to 750 bytes"};
    return {boost::system::in_place_value, std::move(subject)};
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

        const auto chosen = answered_mail(conversation, request);
        if (!chosen) co_return chosen.error();
        const auto* const answered = *chosen;
        std::string raw;
        if (answered) raw = co_await store::read_raw(action, answered->id);
        std::optional<mail::Message> message;
        if (answered && request.quote) message = mail::read_message(raw);
        const mail::Header header = message ? message->header : mail::read_header(raw);

        Answered facts{.mail = answered ? &header : nullptr,
                       .is_ours = answered && answered->outbound,
                       .is_marked = answered && answered->marked,
                       .participants = answered && answered->marked ? vouched_participants(conversation)
                                                                    : conversation.participants,
                       .leads_to_us = leads_to_us(settings)};
        const store::PersonInfo person = conversation.person.value_or(store::PersonInfo{});
        // Where the mail that is answered leads nowhere, nobody else gets its answer.
        if (conversation.person && !request.answers)
            facts.person = Recipient{person.name, mail::mailbox_of(person.address)};
        const auto recipients = chosen_recipients(default_recipients(facts), request.to, request.cc, facts);
        if (!recipients) co_return recipients.error();
        if (request.unwatched && recipients->diverted)
            co_return Refusal{fmt::format("{}; answer at the desk, where you say whom it goes to",
                                          fmt::join(recipients->warnings, "; "))};
        if (auto refusal = co_await draft.ask_about(*recipients)) co_return *refusal;

        auto values = draft.variables(conversation.workspace, key.ticket, person.name, person.address, now);
        values.insert_or_assign("ticket.subject", conversation.subject);
        values.insert_or_assign("ticket.status", conversation.status);
        auto body = body_of(draft.words, draft.speaker.alias, values, message, files);
        if (!body) co_return body.error();

        mail::Composition mail = draft.composition(*recipients, now);
        mail.subject = answer_subject(answered ? header.subject : conversation.subject);
        mail.text = std::move(body->text);
        mail.html = std::move(body->html);
        mail.attachments = files;
        mail.in_reply_to = header.message_id;
        mail.references = references_of(draft.ticket_message_id(key.ticket), header,
                                        ours_since(conversation.mails, answered));
        add_threading_fields(raw, mail);

        auto row = draft.outbound(mail, *recipients, key.ticket);
        if (!row) co_return row.error();
        row->thread = answered ? answered->thread : row->id;
        row->reason = "reply";
        row->mailbox = conversation.mailbox;
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
            .interaction = row->id,
            .recipients = addresses,
            .warnings = recipients->warnings,
            .mail = std::move(row->raw)};
    };
    co_return co_await act<Sent>(pool_, {request.ticket}, work, request.dry_run);
}

asio::awaitable<Outcome<Sent>> Replies::open(OpenRequest request) {
    const auto status = tickets::parse_status(request.status);
    if (!status) co_return Refusal{request.status + " is no status (Open, Pending, Overdue, Resolved)"};
    const auto agent = co_await find_agent(pool_, request.agent);
    if (!agent) co_return agent.error();
    std::optional<std::int64_t> assignee = request.team ? std::nullopt : std::optional(agent->id);
    if (request.assignee) {
        const auto found = co_await find_agent(pool_, *request.assignee);
        if (!found) co_return found.error();
        assignee = found->id;
    }
    const auto settings = co_await store::SettingsStore(pool_).snapshot();
    const auto workspace = co_await pool_.run(store::single(
        store::sql::find_workspace, std::move(Params().text(store::mended(request.workspace)))));
    if (workspace[0].size() == 0)
        co_return Refusal{"there is no workspace " + store::mended(request.workspace)};
    const auto sender = request.sender ? request.sender : only_mailbox(settings, request.workspace);
    if (!sender)
        co_return Refusal{"the workspace has several addresses to write from; say which with --sender"};
    auto person = recipient_of(request.person);
    if (!person)
        co_return Refusal{"'" + mail::one_line(mail::to_valid_utf8(request.person)) +
                          "' is no address that mail can go to"};
    if (leads_to_us(settings)(person->mailbox))
        co_return Refusal{person->mailbox.str() + " is in a domain of the desk's own: that would be a loop"};

    auto action = co_await store::DeskAction::begin(pool_, workspace[0][0].integer(0), {});
    const auto now = std::chrono::system_clock::now();
    const tickets::Uuid ticket = tickets::Uuid::make(now);
    Draft draft(action, request, settings);
    if (auto refusal = co_await draft.choose_speaker(*agent, *sender, {})) co_return *refusal;
    if (auto refusal = co_await draft.choose_words(request.workspace)) co_return *refusal;
    const auto team = request.team ? co_await store::find_team(action, *request.team) : std::nullopt;
    if (request.team && !team) co_return Refusal{"there is no team " + store::mended(*request.team)};
    const std::string given_name = person->name;
    if (const auto known = co_await store::person_called(action, person->mailbox.key());
        known && !known->empty())
        person->name = *known;
    const Answered facts{.leads_to_us = leads_to_us(settings)};
    const auto recipients = chosen_recipients({.to = {*person}}, {}, request.cc, facts);
    if (!recipients) co_return recipients.error();
    if (auto refusal = co_await draft.ask_about(*recipients)) co_return *refusal;

    auto values = draft.variables(request.workspace, ticket, person->name, person->mailbox.str(), now);
    values.insert_or_assign("ticket.status", std::string(tickets::name(*status)));
    const auto subject = subject_of(request, draft.subject, values);
    if (!subject) co_return subject.error();
    values.insert_or_assign("ticket.subject", *subject);
    auto files = attachments_of(std::move(request.files));
    auto body = body_of(draft.words, draft.speaker.alias, values, std::nullopt, files);
    if (!body) co_return body.error();

    mail::Composition mail = draft.composition(*recipients, now);
    mail.subject = *subject;
    mail.text = std::move(body->text);
    mail.html = std::move(body->html);
    mail.attachments = std::move(files);
    mail.references = {draft.ticket_message_id(ticket)};
    auto row = draft.outbound(mail, *recipients, ticket);
    if (!row) co_return row.error();
    row->thread = row->id;
    row->reason = "opened";
    const auto mailbox = co_await store::mailbox_of_sender(action, *sender);
    if (!mailbox)
        co_return Refusal{
            "the workspace has no mailbox that answers could go to; add one with: ticketgate mailbox add"};
    row->mailbox = *mailbox;
    std::vector<store::Query> queries = store::opened_ticket({.workspace = action.workspace(),
                                                              .id = ticket,
                                                              .subject = *subject,
                                                              .status = std::string(tickets::name(*status)),
                                                              .person = person->mailbox.key(),
                                                              .person_name = given_name,
                                                              .mailbox = row->mailbox,
                                                              .email_sender = draft.speaker.sender.address,
                                                              .participants = recipients->keys(),
                                                              .assignee = assignee,
                                                              .team = team,
                                                              .opened_by = agent->id,
                                                              .at = now});
    store::add_outbound(*row, queries);
    action.write(std::move(queries));
    action.touch(ticket);
    if (!request.dry_run) co_await action.commit(now);
    const auto addresses = shown(row->recipients);
    co_return Sent{.text = fmt::format("#{}: opened, mail to {} is queued; {}", tickets::short_id(ticket),
                                       fmt::join(addresses, ", "), tickets::name(*status)),
                   .ticket = {action.workspace(), ticket},
                   .interaction = row->id,
                   .recipients = addresses,
                   .mail = std::move(row->raw)};
}

}  // namespace desk
