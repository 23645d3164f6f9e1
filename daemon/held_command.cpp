// `ticketgate held list|show|release|delete`, and `ticketgate trust list|remove`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/evidence_text.hpp"
#include "daemon/terminal_text.hpp"
#include "intake/release.hpp"
#include "intake/trust.hpp"
#include "mail/read.hpp"
#include "store/desk_store.hpp"
#include "store/held_store.hpp"
#include "store/settings.hpp"
#include "store/trust_store.hpp"
#include "tickets/ticket.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <algorithm>
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

constexpr std::string_view no_held_mail = " is no id of a held mail; see: ticketgate held list";

// None, with the reason on standard error, where one of them is no id.
std::optional<std::vector<tickets::Uuid>> ids_of(const std::vector<std::string>& texts) {
    std::vector<tickets::Uuid> ids;
    for (const auto& text : texts) {
        const auto id = tickets::Uuid::parse(text);
        if (!id) {
            refuse(text + std::string(no_held_mail));
            return std::nullopt;
        }
        if (!std::ranges::count(ids, *id)) ids.push_back(*id);
    }
    return ids;
}

// Who gives this command.
std::string user_name() {
    const passwd* const user = getpwuid(geteuid());
    return user != nullptr ? user->pw_name : std::to_string(geteuid());
}

std::string_view name(intake::ReleaseReport::Outcome outcome) {
    using enum intake::ReleaseReport::Outcome;
    switch (outcome) {
        case opened:
            return "opened";
        case joined:
            return "joined";
        case duplicate:
            return "duplicate";
        case before:
            return "before";
        case not_held:
            return "not_held";
        case missing:
            return "missing";
        case damaged:
            break;
    }
    return "damaged";
}

std::string in_words(const intake::ReleaseReport& report) {
    const std::string ticket = report.ticket ? "#" + tickets::short_id(*report.ticket) : "";
    using enum intake::ReleaseReport::Outcome;
    switch (report.outcome) {
        case opened:
            return "is ticket " + ticket;
        case joined:
            return "is in ticket " + ticket;
        case duplicate:
            return "had come again meanwhile, and is in ticket " + ticket;
        case before:
            return "had been released already, and is in ticket " + ticket;
        case not_held:
            return "is not held: it is in ticket " + ticket;
        case missing:
            return "is no held mail";
        case damaged:
            break;
    }
    return "is not the mail that was accepted any more, and stays; see: ticketgate audit";
}

bool is_done(intake::ReleaseReport::Outcome outcome) {
    using enum intake::ReleaseReport::Outcome;
    return outcome == opened || outcome == joined || outcome == duplicate || outcome == before;
}

std::string shown(const policy::TrustedSender& sender) {
    return fmt::format("{} with {} of {}", one_line(sender.author),
                       sender.identity == "dkim" ? "DKIM" : "SPF", one_line(sender.value));
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
    if (!id) return refuse(options.id + std::string(no_held_mail));
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

int run(const Config& config, const HeldRelease& options) {
    const auto ids = ids_of(options.ids);
    if (!ids) return 2;
    return with_desk(config, [&](DeskSession& session) {
        const auto settings = session.run(store::SettingsStore(session.pool()).snapshot());
        const std::string by = user_name();
        intake::Release release(session.pool(), settings, by);
        json::array array;
        int status = 0;
        for (const auto& id : *ids) {
            std::optional<policy::TrustedSender> trusted;
            const auto mail = session.run(store::HeldStore(session.pool()).to_release(id));
            if (mail && (options.trust || options.trust_domain)) {
                trusted = intake::trust_of(mail->author, mail->evidence, options.trust_domain);
                if (!trusted) {
                    status =
                        refuse(id.str() +
                               ": neither DKIM nor SPF vouches for who sent it, so whoever writes that name "
                               "would be trusted; release it without --trust");
                    continue;
                }
            }
            const auto report = session.run(release.run(id));
            if (is_done(report.outcome) && trusted)
                (void)session.run(store::TrustStore(session.pool()).add(mail->workspace, *trusted, by));
            if (!is_done(report.outcome)) {
                status = refuse(id.str() + " " + in_words(report));
                continue;
            }
            if (!options.json) {
                std::cout << id.str() << ' ' << in_words(report) << '\n';
                if (trusted) std::cout << "trusted from now on: " << shown(*trusted) << '\n';
                continue;
            }
            json::object object{{"interaction", id.str()}, {"outcome", name(report.outcome)}};
            object["ticket"] = report.ticket ? json::value(report.ticket->str()) : json::value();
            object["trusted"] = trusted ? json::value{{"author", trusted->author},
                                                      {"identity", trusted->identity},
                                                      {"value", trusted->value}}
                                        : json::value();
            array.push_back(std::move(object));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return status;
    });
}

int run(const Config& config, const HeldDelete& options) {
    const auto ids = ids_of(options.ids);
    if (!ids) return 2;
    return with_desk(config, [&](DeskSession& session) {
        store::HeldStore held(session.pool());
        json::array array;
        int status = 0;
        for (const auto& id : *ids) {
            const auto mail = session.run(held.to_release(id));
            if (!mail || session.run(held.discard(mail->workspace, {id}, "deleted")) == 0) {
                status = refuse(id.str() + " is no held mail");
                continue;
            }
            if (options.json)
                array.push_back(json::value(id.str()));
            else
                std::cout << id.str() << " is gone\n";
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return status;
    });
}

int run(const Config& config, const TrustList& options) {
    return with_desk(config, [&](DeskSession& session) {
        json::array array;
        for (const auto& stored : session.run(store::TrustStore(session.pool()).list(options.workspace))) {
            if (options.json)
                array.push_back(json::object{{"id", stored.id},
                                             {"workspace", stored.workspace},
                                             {"author", stored.sender.author},
                                             {"identity", stored.sender.identity},
                                             {"value", stored.sender.value},
                                             {"created", rfc3339(stored.created)},
                                             {"created_by", stored.created_by}});
            else
                std::cout << fmt::format("{:>5}  {:<20}  {} (by {}, {})\n", stored.id, stored.workspace,
                                         shown(stored.sender), one_line(stored.created_by),
                                         rfc3339(stored.created));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const TrustRemove& options) {
    return with_desk(config, [&](DeskSession& session) {
        if (!session.run(store::TrustStore(session.pool()).remove(options.id)))
            return refuse(
                fmt::format("there is no trusted sender {}; see: ticketgate trust list", options.id));
        std::cout << "trusted no more\n";
        return 0;
    });
}

}  // namespace program
