#include "daemon/cli_hand.hpp"

#include <memory>
#include <string>

namespace program {
namespace {

void add_mail_commands(const CommandTree& tree) {
    CLI::App* interaction =
        tree.group("interaction", "Single mails of tickets", "interaction raw ID > mail.eml");
    auto raw = std::make_shared<InteractionRaw>();
    CLI::App* command = tree.add(interaction, "raw", "Print a mail bit for bit as it was received",
                                 "interaction raw ID > mail.eml", raw);
    tree.add_positional(command, "ID", raw->id);
    command->add_flag("--with-trace", raw->with_trace, "Put our own Received field in front");

    CLI::App* attachment =
        tree.group("attachment", "Files that came with a mail", "attachment save ID --to folder");
    auto save = std::make_shared<AttachmentSave>();
    command = tree.add(attachment, "save", "Save a mail's attachments: all of them, or those that are named",
                       "attachment save ID --name report.pdf --to folder", save);
    tree.add_positional(command, "INTERACTION-ID", save->interaction);
    CLI::Option* name =
        command->add_option("--name", save->name, "Only those of this name")->type_name("NAME");
    command->add_option("--number", save->number, "Only this one, counted from 1")
        ->check(CLI::Range(1, 100'000))
        ->type_name("N")
        ->excludes(name);
    command->add_option("--to", save->to, "The folder to save to; files that are there stay")
        ->capture_default_str()
        ->type_name("DIR");
}

void add_held_commands(const CommandTree& tree) {
    CLI::App* held = tree.group("held", "Accepted mail that waits for somebody to look at it", "held list");
    auto list = std::make_shared<HeldList>();
    CLI::App* command =
        tree.add(held, "list", "List what is held, the newest first", "held list --limit 20", list);
    tree.add_workspace(command, list->workspace, "Only this workspace's");
    tree.add_limit(command, list->limit);
    tree.add_json(command, list->json);
    auto show = std::make_shared<HeldShow>();
    command = tree.add(held, "show", "Show a held mail, and why it is held", "held show ID", show);
    tree.add_positional(command, "ID", show->id);
    tree.add_json(command, show->json);
    auto release = std::make_shared<HeldRelease>();
    command = tree.add(held, "release", "Make held mails the tickets that they would have been",
                       "held release ID --trust", release);
    tree.add_positional(command, "ID", release->ids);
    CLI::Option* trust = command->add_flag(
        "--trust", release->trust,
        "Hold no more mail of this author for DMARC or as spam where the same domain vouches for it");
    command
        ->add_flag("--trust-domain", release->trust_domain, "The same for all authors of the author's domain")
        ->excludes(trust);
    tree.add_json(command, release->json);
    auto discard = std::make_shared<HeldDelete>();
    command = tree.add(held, "delete", "Remove held mails for good", "held delete ID", discard);
    tree.add_positional(command, "ID", discard->ids);
    tree.add_json(command, discard->json);
}

void add_trust_commands(const CommandTree& tree) {
    CLI::App* trust = tree.group("trust", "Senders who are not held for DMARC or as spam", "trust list");
    auto list = std::make_shared<TrustList>();
    CLI::App* command = tree.add(trust, "list", "List who is trusted, and by what they are recognised",
                                 "trust list --json", list);
    tree.add_workspace(command, list->workspace, "Only this workspace's");
    tree.add_json(command, list->json);
    auto remove = std::make_shared<TrustRemove>();
    command = tree.add(trust, "remove", "Trust a sender no more", "trust remove 3", remove);
    command->add_option("ID", remove->id)->required()->type_name("");
}

void add_audit_commands(const CommandTree& tree) {
    auto audit = std::make_shared<Audit>();
    tree.add_json(
        tree.add(tree.app(), "audit", "Count again from the rows whether every mail is where it belongs",
                 "audit", audit),
        audit->json);

    auto reprocess = std::make_shared<Reprocess>();
    CLI::App* command =
        tree.add(tree.app(), "reprocess",
                 "Read stored mail again with this version's reader, and mend what it reads otherwise",
                 "reprocess --since 2026-11-01 --dry-run", reprocess);
    CLI::Option* interaction =
        command->add_option("--interaction", reprocess->interaction, "Only this mail")->type_name("ID");
    command->add_option("--since", reprocess->since, "Only what was received since then, in UTC")
        ->type_name("YYYY-MM-DD[THH:MM:SSZ]")
        ->excludes(interaction);
    command->add_flag("--dry-run", reprocess->dry_run, "Show what would change, and change nothing");
    tree.add_json(command, reprocess->json);
}

// What can't be undone is only said, until it is confirmed.
template <typename Options>
void removal(const CommandTree& tree, CLI::App* command, Options& options) {
    tree.add_workspace(command, options.workspace, "Only in this workspace");
    CLI::Option* yes =
        command->add_flag("--yes", options.yes, "Do it; without this it is only said what would go");
    command->add_flag("--dry-run")->description("Only say what would go, as without --yes")->excludes(yes);
    tree.add_json(command, options.json);
}

void add_removal_commands(const CommandTree& tree) {
    auto purge = std::make_shared<Purge>();
    CLI::App* command = tree.add(tree.app(), "purge",
                                 "Remove tickets and held mail that nothing has come to for a time, for good",
                                 "purge --older-than 2y --dry-run", purge);
    command->add_option("--older-than", purge->older_than, "Hours, days, weeks or years: 48h, 90d, 12w, 2y")
        ->required()
        ->type_name("AGE");
    removal(tree, command, *purge);

    CLI::App* person = tree.group("person", "Who writes to the desk", "person erase ann@client.example");
    auto erase = std::make_shared<PersonErase>();
    command = tree.add(person, "erase", "Remove a person's mail and what is noted of them, for good",
                       "person erase ann@client.example --dry-run", erase);
    tree.add_positional(command, "ADDRESS", erase->address);
    removal(tree, command, *erase);
    auto marks = std::make_shared<PersonMarks>();
    command = tree.add(person, "marks", "List the addresses that mail came back from for good",
                       "person marks --json", marks);
    tree.add_workspace(command, marks->workspace, "Only of this workspace");
    tree.add_json(command, marks->json);
    auto unmark = std::make_shared<PersonUnmark>();
    command = tree.add(person, "unmark", "Write again to an address that mail came back from",
                       "person unmark ann@client.example", unmark);
    tree.add_positional(command, "ADDRESS", unmark->address);
    tree.add_workspace(command, unmark->workspace, "Only in this workspace");
}

void add_ticket_commands(const CommandTree& tree) {
    CLI::App* ticket = tree.app()->get_subcommand("ticket");
    auto status = std::make_shared<TicketStatus>();
    CLI::App* command =
        tree.add_action(ticket, "status", "Set a ticket's status", "ticket status k7m2q9xt resolved", status);
    tree.add_positional(command, "STATUS", status->status);
    auto assign = std::make_shared<TicketAssign>();
    command = tree.add_action(ticket, "assign", "Give a ticket to an agent, or to none",
                              "ticket assign k7m2q9xt ben@acme.example", assign);
    tree.add_positional(command, "AGENT", assign->agent);
    auto tag = std::make_shared<TicketTag>();
    command = tree.add_action(ticket, "tag", "Put tags on a ticket (+TAG) and take them off (-TAG)",
                              "ticket tag k7m2q9xt +invoice -new", tag);
    tree.add_positional(command, "TAG", tag->tags)->description("+TAG or -TAG");
    auto move = std::make_shared<TicketMove>();
    command = tree.add_action(ticket, "move", "Put a ticket into another mailbox of its workspace",
                              "ticket move k7m2q9xt --mailbox sales@acme.example", move);
    command->add_option("--mailbox", move->mailbox, "The mailbox, which answers come from then")
        ->required()
        ->type_name("ADDRESS");
    auto merge = std::make_shared<TicketMerge>();
    command = tree.add_action(ticket, "merge", "Make a ticket part of another",
                              "ticket merge k7m2q9xt 3v8n0c4d", merge);
    tree.add_positional(command, "INTO-ID", merge->into);
    auto split = std::make_shared<TicketSplit>();
    command = tree.add_action(ticket, "split", "Make a ticket of some of a ticket's mails",
                              "ticket split k7m2q9xt INTERACTION-ID", split);
    tree.add_positional(command, "INTERACTION-ID", split->interactions);
}

void add_agent_commands(const CommandTree& tree) {
    CLI::App* agent = tree.group("agent", "Who works at the desk", "agent list");
    auto options = std::make_shared<AgentAdd>();
    CLI::App* command =
        tree.add(agent, "add", "Add an agent", "agent add ben@acme.example --name Ben", options);
    tree.add_positional(command, "ADDRESS", options->address);
    command->add_option("--name", options->name, "The name that tickets show")->required()->type_name("NAME");
    auto list = std::make_shared<AgentList>();
    tree.add_json(tree.add(agent, "list", "List the agents", "agent list --json", list), list->json);
    auto set = std::make_shared<AgentSet>();
    command =
        tree.add(agent, "set", "Whether an agent is told by mail of what is theirs, and answers by mail",
                 "agent set ben@acme.example --notify on", set);
    tree.add_positional(command, "ADDRESS", set->address);
    command->add_option("--notify", set->notify, "on or off")->required()->type_name("on|off");
    auto remove = std::make_shared<AgentRemove>();
    tree.add_positional(tree.add(agent, "remove", "Remove an agent; tickets still tell who had them",
                                 "agent remove ben@acme.example", remove),
                        "ADDRESS", remove->address);
}

}  // namespace

void add_hand_commands(const CommandTree& tree) {
    add_mail_commands(tree);
    add_held_commands(tree);
    add_trust_commands(tree);
    add_audit_commands(tree);
    add_removal_commands(tree);
    add_ticket_commands(tree);
    add_agent_commands(tree);
}

std::vector<std::string> signed_tags(std::vector<std::string> words) {
    bool tags = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string& word = words[i];
        if (tags && word.size() > 1 && word[0] == '-' && word[1] != '-' && word != "-h")
            word.insert(0, 1, '+');
        tags = tags || (i > 0 && word == "tag" && words[i - 1] == "ticket");
    }
    return words;
}

}  // namespace program
