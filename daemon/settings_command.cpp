// `ticketgate migrate`, `workspace|domain|mailbox add|list|set|remove` and `domain postmaster`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "store/settings.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <fstream>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

template <class T>
int tell(const store::Outcome<T>& outcome, const std::string& done) {
    if (!outcome) return refuse(outcome.error().text);
    std::cout << done << '\n';
    return 0;
}

std::string address_of(const store::Snapshot& snapshot, const std::optional<store::MailboxId>& id) {
    if (!id) return {};
    const auto found = snapshot.mailboxes.find(*id);
    return found == snapshot.mailboxes.end() ? std::string() : found->second.address;
}

// Of a word that the command line has checked.
store::AutomaticMail automatic_mail(const std::string& word) {
    return store::parse_automatic_mail(word).value_or(store::AutomaticMail::hold);
}

json::value as_json(const store::AcknowledgementWords* words) {
    if (words == nullptr) return nullptr;
    return json::object{{"subject", words->subject_source}, {"text", words->text_source}};
}

// At most a byte more than a template may have.
std::optional<std::string> content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(tickets::Template::max_size + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.gcount() == 0 && !file.eof())) return std::nullopt;
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

json::object as_json(const store::MailboxInfo& mailbox) {
    return {{"id", mailbox.id.mailbox},
            {"workspace", mailbox.workspace_name},
            {"address", mailbox.address},
            {"display_name", mailbox.display_name},
            {"aliases", texts_as_json(mailbox.aliases)},
            {"plus_addressing", mailbox.plus_addressing},
            {"catch_all", mailbox.catch_all},
            {"domain_postmaster", mailbox.domain_postmaster},
            {"bare_postmaster", mailbox.bare_postmaster},
            {"automatic", store::name(mailbox.automatic)},
            {"bounces", store::name(mailbox.bounces)},
            {"unverified", policy::name(mailbox.unverified)},
            {"owner", or_null_if_empty(mailbox.owner)},
            {"acknowledges", mailbox.acknowledges},
            {"acknowledgement", as_json(mailbox.acknowledgement.get())}};
}

void print(const store::MailboxInfo& mailbox) {
    std::string also;
    for (const auto& alias : mailbox.aliases) also += ", alias " + alias;
    if (mailbox.plus_addressing) also += ", plus-addresses";
    if (mailbox.catch_all) also += ", catch-all";
    if (mailbox.domain_postmaster) also += ", postmaster of its domain";
    if (mailbox.bare_postmaster) also += ", bare postmaster";
    const store::MailboxInfo usual;
    if (mailbox.automatic != usual.automatic)
        also.append(", automatic mail: ").append(store::name(mailbox.automatic));
    if (mailbox.bounces != usual.bounces) also.append(", bounces: ").append(store::name(mailbox.bounces));
    if (mailbox.unverified != usual.unverified)
        also.append(", disowned mail: ").append(policy::name(mailbox.unverified));
    if (!mailbox.owner.empty()) also.append(", owner ").append(mailbox.owner);
    if (mailbox.acknowledges) also += ", acknowledges new tickets";
    std::cout << fmt::format("{:<20} {}{}\n", mailbox.workspace_name, mailbox.address, also);
}

}  // namespace

int run(const Config& config, const Migrate&) {
    try {
        const auto report = store::migrate(config.database_conninfo);
        if (report.from == report.to)
            std::cout << "the schema is at version " << report.to << " already\n";
        else
            std::cout << "the schema went from version " << report.from << " to " << report.to << '\n';
        return 0;
    } catch (const store::Error& error) {
        return fail(error.what());
    }
}

int run(const Config& config, const WorkspaceAdd& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto added = desk.run(store::SettingsStore(desk.pool()).add_workspace(options.name));
        return tell(added, "added workspace " + options.name);
    });
}

int run(const Config& config, const WorkspaceList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto list = desk.run(store::SettingsStore(desk.pool()).workspaces());
        json::array array;
        for (const auto& [id, name, held_days] : list) {
            if (options.json)
                array.push_back(json::object{{"id", id}, {"name", name}, {"held_days", held_days}});
            else
                std::cout << name << '\n';
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const WorkspaceSet& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto set =
            desk.run(store::SettingsStore(desk.pool()).set_workspace(options.name, options.held_days));
        return tell(set, "changed workspace " + options.name);
    });
}

int run(const Config& config, const WorkspaceRemove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto removed = desk.run(store::SettingsStore(desk.pool()).remove_workspace(options.name));
        return tell(removed, "removed workspace " + options.name);
    });
}

int run(const Config& config, const DomainAdd& options) {
    std::optional<mail::Mailbox> postmaster;
    if (options.postmaster) {
        postmaster = operators_address(*options.postmaster);
        if (!postmaster) return 2;
    }
    return with_desk(config, [&](DeskSession& desk) {
        const auto added = desk.run(
            store::SettingsStore(desk.pool()).add_domain(options.domain, options.workspace, postmaster));
        return tell(added, "added domain " + options.domain);
    });
}

int run(const Config& config, const DomainList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto snapshot = desk.run(store::SettingsStore(desk.pool()).snapshot());
        json::array array;
        for (const auto& [name, domain] : snapshot.domains) {
            const std::string postmaster = address_of(snapshot, domain.postmaster);
            const std::string catch_all = address_of(snapshot, domain.catch_all);
            if (options.json)
                array.push_back(json::object{{"domain", name},
                                             {"workspace", domain.workspace_name},
                                             {"postmaster", or_null_if_empty(postmaster)},
                                             {"catch_all", or_null_if_empty(catch_all)},
                                             {"bounce_domain", domain.bounce_domain},
                                             {"reply_domain", domain.reply_domain}});
            else
                std::cout << fmt::format(
                    "{:<20} {}{}{}{}{}\n", domain.workspace_name, name,
                    postmaster.empty() ? "" : ", postmaster " + postmaster,
                    catch_all.empty() ? "" : ", catch-all " + catch_all,
                    domain.bounce_domain == name ? "" : ", bounces to " + domain.bounce_domain,
                    domain.reply_domain == name ? "" : ", answers to " + domain.reply_domain);
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const DomainPostmaster& options) {
    const auto mailbox = operators_address(options.mailbox);
    if (!mailbox) return 2;
    return with_desk(config, [&](DeskSession& desk) {
        const auto set = desk.run(store::SettingsStore(desk.pool()).set_postmaster(options.domain, *mailbox));
        return tell(set, "mail for postmaster@" + options.domain + " goes to " + mailbox->str());
    });
}

int run(const Config& config, const DomainRemove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto removed = desk.run(store::SettingsStore(desk.pool()).remove_domain(options.domain));
        return tell(removed, "removed domain " + options.domain);
    });
}

int run(const Config& config, const MailboxAdd& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    store::NewMailbox mailbox{.workspace = options.workspace,
                              .address = *address,
                              .aliases = {},
                              .display_name = options.display_name,
                              .plus_addressing = options.plus,
                              .catch_all = options.catch_all,
                              .bare_postmaster = options.postmaster,
                              .automatic = automatic_mail(options.automatic),
                              .bounces = automatic_mail(options.bounces)};
    for (const auto& text : options.aliases) {
        const auto alias = operators_address(text);
        if (!alias) return 2;
        mailbox.aliases.push_back(*alias);
    }
    return with_desk(config, [&](DeskSession& desk) {
        const auto added = desk.run(store::SettingsStore(desk.pool()).add_mailbox(mailbox));
        return tell(added, "added mailbox " + address->str());
    });
}

int run(const Config& config, const MailboxSet& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    if (!options.automatic && !options.bounces && !options.unverified && !options.owner)
        return refuse("set what? --automatic, --bounces, --unverified or --owner");
    const auto wanted = [](const std::optional<std::string>& word) {
        return word ? std::optional(automatic_mail(*word)) : std::nullopt;
    };
    store::MailboxChange change{wanted(options.automatic), wanted(options.bounces), {}, {}};
    if (options.owner) {
        const auto owner =
            options.owner->empty() ? std::optional(mail::Mailbox()) : operators_address(*options.owner);
        if (!owner) return 2;
        change.owner = options.owner->empty() ? std::string() : owner->str();
    }
    if (options.unverified)
        change.unverified = *options.unverified == "accept"   ? policy::Action::accept
                            : *options.unverified == "refuse" ? policy::Action::refuse
                                                              : policy::Action::hold;
    return with_desk(config, [&](DeskSession& desk) {
        const auto set = desk.run(store::SettingsStore(desk.pool()).set_mailbox(*address, change));
        return tell(set, "changed mailbox " + address->str());
    });
}

int run(const Config& config, const MailboxAcknowledge& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    std::optional<store::AcknowledgementSource> words;
    if (options.file) {
        auto text = content_of(*options.file);
        if (!text) return refuse(*options.file + " can't be read");
        words = {*options.subject, *std::move(text)};
    }
    return with_desk(config, [&](DeskSession& desk) {
        const auto set = desk.run(
            store::SettingsStore(desk.pool()).set_acknowledgement(*address, !options.off, std::move(words)));
        return tell(set, options.off ? address->str() + " acknowledges nothing"
                                     : address->str() + " acknowledges new tickets");
    });
}

int run(const Config& config, const MailboxList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto snapshot = desk.run(store::SettingsStore(desk.pool()).snapshot());
        json::array array;
        for (const auto& entry : snapshot.mailboxes) {
            if (options.json)
                array.push_back(as_json(entry.second));
            else
                print(entry.second);
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const MailboxRemove& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& desk) {
        const auto removed = desk.run(store::SettingsStore(desk.pool()).remove_mailbox(*address));
        if (removed && removed->alias_of)
            return tell(removed, "removed alias " + removed->address + " of " + *removed->alias_of);
        return tell(removed, "removed mailbox " + address->str());
    });
}

}  // namespace program
