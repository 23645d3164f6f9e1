#include "desk/agent_notice.hpp"

#include "desk/writing.hpp"
#include "mail/compose.hpp"
#include "mail/kind.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"
#include "tickets/uuid.hpp"

#include <fmt/format.h>

namespace desk {
namespace {

constexpr std::size_t longest_quote = 50'000;
constexpr std::size_t most_named = 20;

constexpr auto instructions =
    "-- \n"
    "What you answer to this mail goes to the customer, under your name at the desk; what you\n"
    "quote and your footer are left out. Lines at the top are commands:\n"
    "/note  the rest stays at the desk      /resolve  the ticket is resolved\n"
    "/assign NAME  it becomes theirs        /status STATUS  Open, Pending, Overdue, Resolved\n";

// What a stranger's name is shown as: it must not pass for a line of ours.
std::string shown(std::string_view text) {
    return std::string(mail::cut_utf8(mail::one_line(mail::to_valid_utf8(text)), 200));
}

std::string quoted(const mail::Message& mail) {
    const std::string& words = mail.reply_text.empty() ? mail.text : mail.reply_text;
    std::string text(mail::cut_utf8(words, longest_quote));
    if (text.size() < words.size()) text += "\n[...] the rest is at the desk";
    if (mail.attachments.empty()) return text;
    text +=
        fmt::format("\n\n[{} {}:", mail.attachments.size(), mail.attachments.size() == 1 ? "file" : "files");
    for (std::size_t i = 0; i < std::min(mail.attachments.size(), most_named); ++i)
        text += (i == 0 ? " " : ", ") + shown(mail.attachments[i].name);
    return text + "]";
}

std::string text_of(const store::NoticeFacts& facts, const std::optional<mail::Message>& mail,
                    const std::string& problem) {
    if (!problem.empty())
        return fmt::format(
            "What you wrote in ticket #{} was not sent, and nothing of it was done:\n\n{}\n\n"
            "Answer this mail with all of it once more.\n\n{}",
            facts.short_id, problem, instructions);
    if (!mail)
        return fmt::format("Ticket #{} is yours: {}\n\n{}", facts.short_id, shown(facts.subject),
                           instructions);
    return fmt::format("{} <{}> wrote in ticket #{}, which is yours{}:\n\n{}\n\n{}", shown(facts.author_name),
                       shown(facts.author), facts.short_id,
                       facts.verified ? "" : " (nobody vouches that it was they)", quoted(*mail),
                       instructions);
}

}  // namespace

store::Outcome<store::NewNotice> agent_notice(const store::AgentTask& task, const store::NoticeFacts& facts,
                                              const std::optional<mail::Message>& mail,
                                              const std::string& problem, const store::Snapshot& settings,
                                              store::Timestamp now) {
    const mail::Mailbox from = mail::mailbox_of(facts.mailbox_address);
    const auto domain = settings.domains.find(from.domain);
    if (domain == settings.domains.end())
        return store::Refusal{"the ticket's mailbox has no domain any more"};
    store::NewNotice notice{.reply_address = tickets::Uuid::make(now),
                            .mailbox = facts.mailbox,
                            .answers = task.said ? facts.answers : task.interaction};
    const std::string answers =
        settings.address_keys.sign(auth::AddressPurpose::reply, task.workspace, notice.reply_address.bytes) +
        "@" + domain->second.reply_domain;
    mail::Composition composition{.from = {facts.mailbox_name, from.str()},
                                  .to = {{task.agent.name, mail::mailbox_of(task.agent.address).str()}},
                                  .reply_to = mail::NamedAddress{"#" + facts.short_id, answers},
                                  .subject = fmt::format("[#{}] {}", facts.short_id, shown(facts.subject)),
                                  .text = text_of(facts, mail, problem),
                                  .date = now};
    const auto& id = task.id.bytes;
    composition.message_id =
        mail::own_message_id(tickets::base32({reinterpret_cast<const char*>(id.data()), id.size()}),
                             settings.installation, from.domain);
    composition.references = {ticket_message_id(task.ticket, settings.installation, from.domain)};
    composition.extra = {{"Auto-Submitted", "auto-generated"},
                         {"X-Auto-Response-Suppress", "All"},
                         {std::string(mail::loop_field), settings.installation}};
    auto message = mail::compose(composition);
    if (!message) return store::Refusal{message.error().text};
    notice.message = *std::move(message);
    if (!problem.empty()) notice.event = shown(task.agent.name) + "'s mail was not sent: " + problem;
    return notice;
}

}  // namespace desk
