// `ticketgate held list|show`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/evidence_text.hpp"
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

json::object as_json(const store::HeldMail& mail) {
    return {{"interaction", mail.interaction.str()},
            {"workspace", mail.workspace},
            {"mailboxes", texts_as_json(mail.mailboxes)},
            {"received", rfc3339(mail.received)},
            {"from", json::object{{"name", mail.author_name}, {"address", mail.author}}},
            {"subject", mail.subject},
            {"size", mail.raw_size},
            {"reasons", texts_as_json(mail.reasons)},
            {"row", mail.row},
            {"kind", or_null(mail.kind)},
            {"kind_reasons", texts_as_json(mail.kind_reasons)},
            {"examination", evidence_as_json(mail.evidence)}};
}

void print(const store::HeldMail& mail, const mail::Message& message) {
    std::cout << fmt::format(
        "{}\n\n  Interaction   {}\n  Workspace     {}\n  Mailbox       {}\n  Received      {}\n"
        "  From          {}\n  Held because  {}\n  Kind          {}\n  Row           {}\n",
        shown_subject(mail.subject), mail.interaction.str(), mail.workspace, joined(mail.mailboxes),
        rfc3339(mail.received), shown_sender(mail.author_name, mail.author), joined(mail.reasons),
        shown_kind(mail.kind.value_or("not read yet"), mail.kind_reasons), mail.row);
    for (const auto& found : evidence_lines(mail.evidence)) std::cout << "                " << found << '\n';
    std::cout << '\n';
    print_text_of(message);
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
                                         rfc3339(mail.received), joined(mail.reasons),
                                         shown_sender(mail.author_name, mail.author),
                                         shown_subject(mail.subject));
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
        object["text"] = message.text;
        object["attachments"] = attachments_as_json(message);
        std::cout << json::serialize(object) << '\n';
        return 0;
    });
}

}  // namespace program
