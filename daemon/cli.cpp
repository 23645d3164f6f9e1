#include "daemon/cli.hpp"

#include "daemon/cli_ban.hpp"
#include "daemon/cli_domain.hpp"
#include "daemon/cli_hand.hpp"
#include "daemon/cli_outbound.hpp"
#include "daemon/cli_queue.hpp"
#include "daemon/cli_rule.hpp"
#include "daemon/cli_tree.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <tuple>
#include <type_traits>

namespace program {
namespace {

void add_process_commands(const CommandTree& tree) {
    tree.add(tree.app(), "serve", "Take mail until SIGTERM or SIGINT", "--config desk.toml serve",
             std::make_shared<Serve>());
    tree.add(tree.app(), "reload",
             "Have the running service read its configuration and certificates again; no session ends, "
             "and a file that is wrong leaves the old ones in force",
             "reload", std::make_shared<ReloadService>());
    tree.add(tree.app(), "migrate", "Bring the database's tables to this version", "migrate",
             std::make_shared<Migrate>());

    CLI::App* config = tree.group("config", "The configuration file", "config sample > desk.toml");
    tree.add(config, "check", "Tell everything that is wrong with the file",
             "--config desk.toml config check", std::make_shared<ConfigCheck>());
    tree.add(config, "print", "Print the values in use", "--config desk.toml config print",
             std::make_shared<ConfigPrint>());
    auto sample = std::make_shared<ConfigSample>();
    tree.add(config, "sample", "Print a file to start from, with every key explained",
             "config sample > desk.toml", sample)
        ->add_flag("--markdown", sample->markdown, "Print docs/configuration.md instead");
}

// What becomes of mail that no person wrote and no ticket knows.
template <typename Value>
void add_automatic(CLI::App* command, Value& automatic, Value& bounces) {
    const CLI::IsMember words({"ticket", "hold", "discard"});
    for (const auto& [name, value, description] :
         {std::tuple{"--automatic", &automatic,
                     "Lists and automatic replies that no ticket knows: ticket, hold or discard"},
          std::tuple{"--bounces", &bounces,
                     "Bounces, reports and our own loops: ticket, hold or discard; loops are never a "
                     "ticket"}}) {
        CLI::Option* option = command->add_option(name, *value, description)->check(words)->type_name("WHAT");
        if constexpr (std::is_same_v<Value, std::string>) option->capture_default_str();
    }
}

void add_mailbox_add(const CommandTree& tree, CLI::App* mailbox) {
    auto options = std::make_shared<MailboxAdd>();
    CLI::App* command = tree.add_named<MailboxAdd>(
        mailbox, "add", "Add a mailbox to a workspace",
        "mailbox add help@acme.example --workspace acme --alias info@acme.example --plus",
        &MailboxAdd::address, "ADDRESS", options);
    tree.add_workspace(command, options->workspace, "The workspace whose tickets its mail becomes")
        ->required();
    command->add_option("--display-name", options->display_name, "The name shown with the address")
        ->type_name("TEXT");
    command->add_option("--alias", options->aliases, "Another address of it; may be given again")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    command->add_flag("--plus", options->plus, "Take local+anything@domain too");
    command->add_flag("--catch-all", options->catch_all, "Take what no other mailbox of the domain takes");
    command->add_flag("--postmaster", options->postmaster, "Take mail for postmaster without a domain");
    add_automatic(command, options->automatic, options->bounces);
}

void add_mailbox_set(const CommandTree& tree, CLI::App* mailbox) {
    auto options = std::make_shared<MailboxSet>();
    CLI::App* command = tree.add_named<MailboxSet>(
        mailbox, "set", "Say what becomes of mail that no person or somebody else wrote",
        "mailbox set help@acme.example --automatic hold --unverified refuse", &MailboxSet::address, "ADDRESS",
        options);
    add_automatic(command, options->automatic, options->bounces);
    command
        ->add_option("--unverified", options->unverified,
                     "Mail whose author's domain disowns it (DMARC): accept with a mark, hold or refuse")
        ->check(CLI::IsMember({"accept", "hold", "refuse"}))
        ->type_name("WHAT");
    command
        ->add_option("--owner", options->owner,
                     "Who gets a mail, once a day, when mail to this mailbox is held; \"\": nobody")
        ->type_name("ADDRESS");
}

void add_mailbox_acknowledge(const CommandTree& tree, CLI::App* mailbox) {
    auto options = std::make_shared<MailboxAcknowledge>();
    CLI::App* command = tree.add_named<MailboxAcknowledge>(
        mailbox, "acknowledge",
        "Answer a person's mail that opens a ticket, once a day. The subject and the text may have the "
        "variables {{ticket.short_id}}, {{ticket.subject}} and {{person.name|there}}, where `there` stands "
        "for "
        "a name that isn't known. Without options what was turned off is on again",
        "mailbox acknowledge help@acme.example --subject 'We have your mail [{{ticket.short_id}}]' --file "
        "answer.txt",
        &MailboxAcknowledge::address, "ADDRESS", options);
    auto* subject =
        command->add_option("--subject", options->subject, "The answer's subject")->type_name("TEXT");
    auto* file =
        command->add_option("--file", options->file, "A file with the answer's text")->type_name("FILE");
    subject->needs(file);
    file->needs(subject);
    command->add_flag("--off", options->off, "Answer nothing; rules may still ask for it")->excludes(subject);
}

void add_desk_commands(const CommandTree& tree) {
    CLI::App* workspace =
        tree.group("workspace", "Companies or teams: whose tickets are whose", "workspace add acme");
    tree.add_named<WorkspaceAdd>(workspace, "add", "Add a workspace", "workspace add acme",
                                 &WorkspaceAdd::name, "NAME");
    tree.add_list<WorkspaceList>(workspace, "List the workspaces", "workspace list --json");
    auto workspace_set = std::make_shared<WorkspaceSet>();
    tree.add_named<WorkspaceSet>(workspace, "set", "Say how long a workspace keeps held mail",
                                 "workspace set acme --held-days 14", &WorkspaceSet::name, "NAME",
                                 workspace_set)
        ->add_option("--held-days", workspace_set->held_days,
                     "Days until held mail that nobody looked at is removed; 30 at first")
        ->check(CLI::Range(1, 3650))
        ->required()
        ->type_name("DAYS");
    tree.add_named<WorkspaceRemove>(workspace, "remove", "Remove a workspace that has no tickets",
                                    "workspace remove acme", &WorkspaceRemove::name, "NAME");

    CLI::App* domain =
        tree.group("domain", "Mail domains that end here", "domain add acme.example --workspace acme");
    auto domain_add = std::make_shared<DomainAdd>();
    CLI::App* command = tree.add_named<DomainAdd>(domain, "add", "Add a mail domain to a workspace",
                                                  "domain add acme.example --workspace acme",
                                                  &DomainAdd::domain, "DOMAIN", domain_add);
    tree.add_workspace(command, domain_add->workspace, "The workspace that owns it")->required();
    command
        ->add_option("--postmaster", domain_add->postmaster,
                     "The mailbox that gets mail for postmaster@DOMAIN; else the domain's first mailbox")
        ->type_name("ADDRESS");
    tree.add_list<DomainList>(domain, "List the domains", "domain list --json");
    auto postmaster = std::make_shared<DomainPostmaster>();
    tree.add_named<DomainPostmaster>(domain, "postmaster",
                                     "Say which mailbox gets mail for postmaster@DOMAIN",
                                     "domain postmaster acme.example help@acme.example",
                                     &DomainPostmaster::domain, "DOMAIN", postmaster)
        ->add_option("ADDRESS", postmaster->mailbox)
        ->required()
        ->type_name("");
    tree.add_named<DomainRemove>(domain, "remove", "Remove a domain that has no mailboxes",
                                 "domain remove acme.example", &DomainRemove::domain, "DOMAIN");

    CLI::App* mailbox =
        tree.group("mailbox", "Addresses that take mail", "mailbox add help@acme.example --workspace acme");
    add_mailbox_add(tree, mailbox);
    add_mailbox_set(tree, mailbox);
    add_mailbox_acknowledge(tree, mailbox);
    tree.add_list<MailboxList>(mailbox, "List the mailboxes", "mailbox list --json");
    tree.add_named<MailboxRemove>(mailbox, "remove", "Remove a mailbox, or one of its aliases; tickets stay",
                                  "mailbox remove help@acme.example", &MailboxRemove::address, "ADDRESS");
}

void add_import(const CommandTree& tree) {
    auto options = std::make_shared<Import>();
    CLI::App* command =
        tree.add_named<Import>(tree.app(), "import",
                               "Take old mail from files; it is marked as imported and not counted as usage. "
                               "It may be stopped and "
                               "run again: what is there already is not added twice",
                               "import archive.mbox --to help@acme.example --received-from-headers",
                               &Import::source, "SOURCE", options);
    command->get_option("SOURCE")->description(
        "An mbox, a maildir (its cur and new), or a folder of files with a mail each");
    command->add_option("--to", options->to, "The mailbox that it was sent to")
        ->required()
        ->type_name("ADDRESS");
    command->add_flag("--received-from-headers", options->received_from_headers,
                      "Keep the time of the topmost Received field, else of Date; otherwise it is now");
}

void add_explain(const CommandTree& tree) {
    auto options = std::make_shared<Explain>();
    CLI::App* command =
        tree.add(tree.app(), "explain",
                 "Say what would become of a mail and why, storing nothing; or why a stored one "
                 "went where it went",
                 "explain mail.eml --to help@acme.example", options);
    auto* file = command->add_option("FILE", options->file, "The mail")->type_name("");
    auto* to = command->add_option("--to", options->to, "Its envelope recipient")->type_name("ADDRESS");
    file->needs(to);
    to->needs(file);
    for (const auto& [name, value, description, type] :
         {std::tuple{"--mail-from", &options->mail_from, "Its envelope sender", "ADDRESS"},
          std::tuple{"--client", &options->client, "The address of the server that sends it", "IP"},
          std::tuple{"--helo", &options->helo, "The name that this server says", "NAME"}})
        command->add_option(name, *value, description)->type_name(type)->needs(file);
    command->add_option("--interaction", options->interaction, "The id of a stored mail instead of FILE")
        ->type_name("ID")
        ->excludes(file);
    tree.add_json(command, options->json);
}

void add_ticket_commands(const CommandTree& tree) {
    CLI::App* ticket = tree.group("ticket", "What came of the mail", "ticket list");
    auto list = std::make_shared<TicketList>();
    CLI::App* command = tree.add(ticket, "list", "List tickets, the newest first",
                                 "ticket list --status open --limit 20", list);
    tree.add_workspace(command, list->workspace, "Only this workspace's");
    command
        ->add_option("--status", list->status,
                     "Only those of this status: open, pending, overdue or resolved")
        ->transform(CLI::IsMember({"open", "pending", "overdue", "resolved"}, CLI::ignore_case))
        ->type_name("STATUS");
    command->add_option("--limit", list->limit, "At most so many")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str()
        ->type_name("N");
    tree.add_json(command, list->json);

    auto show = std::make_shared<TicketShow>();
    command = tree.add_named<TicketShow>(ticket, "show", "Show a ticket with its mails",
                                         "ticket show k7m2q9xt", &TicketShow::id, "ID", show);
    tree.add_workspace(command, show->workspace, "Only in this workspace");
    tree.add_json(command, show->json);

    auto parse = std::make_shared<Parse>();
    command = tree.add(tree.app(), "parse", "Read mails from files and print what is in them",
                       "parse mails/ --jsonl", parse);
    command->add_option("PATH", parse->paths, "Files, and folders with files")->required()->type_name("");
    command->add_flag("--jsonl", parse->jsonl, "Print one JSON object a line");
    command->add_option("--mail-from", parse->mail_from, "Their envelope sender, <> for the null one")
        ->type_name("ADDRESS");

    add_import(tree);
    add_explain(tree);

    CLI::App* exported = tree.group("export", "The desk's data for other programs", "export tickets --jsonl");
    auto tickets = std::make_shared<ExportTickets>();
    command =
        tree.add(exported, "tickets", "Print every ticket with its mails", "export tickets --jsonl", tickets);
    tree.add_workspace(command, tickets->workspace, "Only this workspace's");
    command->add_flag("--jsonl", tickets->jsonl, "One JSON object a line; there is no other format")
        ->required();
}

}  // namespace

std::variant<CommandLine, NothingToDo> read_command_line(int argc, const char* const* argv) {
    CommandLine line{"/etc/ticketgate/ticketgate.toml", {}};
    CLI::App app("Mail in, tickets out: the mail server of a support desk.", "ticketgate");
    app.require_subcommand(1);
    app.fallthrough();  // --config may also stand after the subcommand
    app.set_version_flag("--version", "ticketgate " TICKETGATE_VERSION);
    app.add_option("--config", line.config_file, "The configuration file")
        ->envname("TICKETGATE_CONFIG")
        ->capture_default_str()
        ->type_name("FILE");
    app.footer("Example: ticketgate --config desk.toml serve\n`ticketgate COMMAND --help` tells more.");
    const CommandTree tree(app, line.command);
    add_process_commands(tree);
    add_desk_commands(tree);
    add_ticket_commands(tree);
    add_hand_commands(tree);
    add_ban_commands(tree);
    add_rule_commands(tree);
    add_outbound_commands(tree);
    add_domain_commands(tree);
    add_queue_commands(tree);

    auto words = signed_tags({argv + 1, argv + argc});
    std::ranges::reverse(words);  // as CLI11 takes them
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        std::ostringstream output;
        std::ostringstream complaint;
        // CLI11 ends with numbers of its own; here bad input is 2 whatever its kind.
        const bool misuse = app.exit(error, output, complaint) != 0;
        // Of a mistyped command CLI11 only says that one is missing.
        if (const auto unknown = app.remaining(true); misuse && !unknown.empty())
            return NothingToDo{2, "",
                               "ticketgate: '" + unknown.front() + "' is not known here\n" + complaint.str()};
        return NothingToDo{misuse ? 2 : 0, output.str(), complaint.str()};
    }
    return line;
}

}  // namespace program
