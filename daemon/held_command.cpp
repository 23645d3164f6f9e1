// `ticketgate held list|show`.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "mail/read.hpp"
#include "store/desk_store.hpp"
#include "store/held_store.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

json::array as_json(const std::vector<std::string>& words) {
    json::array array;
    for (const auto& word : words) array.emplace_back(word);
    return array;
}

json::object as_json(const store::HeldMail& mail) {
    return {{"interaction", mail.interaction.str()},
            {"workspace", mail.workspace},
            {"mailboxes", as_json(mail.mailboxes)},
            {"received", rfc3339(mail.received)},
            {"from", json::object{{"name", mail.author_name}, {"address", mail.author}}},
            {"subject", mail.subject},
            {"size", mail.raw_size},
            {"reasons", as_json(mail.reasons)},
            {"row", mail.row},
            {"kind", mail.kind ? json::value(*mail.kind) : json::value()},
            {"kind_reasons", as_json(mail.kind_reasons)}};
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string sender_of(const store::HeldMail& mail) {
    if (mail.author.empty()) return "Unknown";
    return one_line(mail.author_name.empty() ? mail.author : mail.author_name + " <" + mail.author + ">");
}

std::string subject_of(const store::HeldMail& mail) {
    return mail.subject.empty() ? "(no subject)" : one_line(mail.subject);
}

void print(const store::HeldMail& mail, const mail::Message& message) {
    std::cout << fmt::format(
        "{}\n\n  Interaction   {}\n  Workspace     {}\n  Mailbox       {}\n  Received      {}\n"
        "  From          {}\n  Held because  {}\n  Kind          {}\n  Row           {}\n\n",
        subject_of(mail), mail.interaction.str(), mail.workspace, joined(mail.mailboxes),
        rfc3339(mail.received), sender_of(mail), joined(mail.reasons),
        mail.kind.value_or("not read yet") +
            (mail.kind_reasons.empty() ? "" : " (" + joined(mail.kind_reasons) + ")"),
        mail.row);
    std::cout << printable(message.text);
    if (!message.text.ends_with('\n')) std::cout << '\n';
    if (message.too_complex) std::cout << "(too complex to be read; the raw mail is kept)\n";
    for (const auto& attachment : message.attachments)
        std::cout << fmt::format("  [{}, {}, {} bytes]\n",
                                 attachment.name.empty() ? "attachment" : one_line(attachment.name),
                                 attachment.type, attachment.content.size());
}

}  // namespace

int run(const Config& config, const HeldList& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto list =
            session.run(store::HeldStore(session.pool()).list(options.workspace, options.limit));
        json::array array;
        for (const auto& mail : list) {
            if (options.json)
                array.push_back(as_json(mail));
            else
                std::cout << fmt::format("{}  {}  {:<13}  {}  {}\n", mail.interaction.str(),
                                         rfc3339(mail.received), joined(mail.reasons), sender_of(mail),
                                         subject_of(mail));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const HeldShow& options) {
    const auto id = tickets::Uuid::parse(options.id);
    if (!id) return refuse(options.id + " is no id of a held mail; see: ticketgate held list");
    return with_desk(config, [&](DeskSession& session) {
        const auto held = session.run(store::HeldStore(session.pool()).find(*id));
        if (!held) return refuse("there is no held mail " + options.id);
        const auto raw =
            session.run(store::DeskStore(session.pool()).raw(held->workspace_id, held->interaction));
        const mail::Message message = mail::read_message(raw.value_or(""));
        if (!options.json) {
            print(*held, message);
            return 0;
        }
        json::object object = as_json(*held);
        json::array attachments;
        for (const auto& attachment : message.attachments)
            attachments.push_back(json::object{
                {"name", attachment.name}, {"type", attachment.type}, {"size", attachment.content.size()}});
        object["text"] = message.text;
        object["attachments"] = std::move(attachments);
        std::cout << json::serialize(object) << '\n';
        return 0;
    });
}

}  // namespace program
