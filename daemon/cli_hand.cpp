#include "daemon/cli_hand.hpp"

#include <memory>
#include <string>

namespace program {
namespace {

class HandCommands {
  public:
    HandCommands(CLI::App& app, Command& chosen) : app_(app), chosen_(chosen) {}

    void add_mail_commands() {
        CLI::App* interaction =
            group("interaction", "Single mails of tickets", "interaction raw ID > mail.eml");
        auto raw = std::make_shared<InteractionRaw>();
        CLI::App* command = add(interaction, "raw", "Print a mail bit for bit as it was received",
                                "interaction raw ID > mail.eml", raw);
        positional(command, "ID", raw->id);
        command->add_flag("--with-trace", raw->with_trace, "Put our own Received field in front");

        CLI::App* attachment =
            group("attachment", "Files that came with a mail", "attachment save ID --to folder");
        auto save = std::make_shared<AttachmentSave>();
        command = add(attachment, "save", "Save a mail's attachments: all of them, or those that are named",
                      "attachment save ID --name report.pdf --to folder", save);
        positional(command, "INTERACTION-ID", save->interaction);
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

    void add_held_commands() {
        CLI::App* held = group("held", "Accepted mail that waits for somebody to look at it", "held list");
        auto list = std::make_shared<HeldList>();
        CLI::App* command =
            add(held, "list", "List what is held, the newest first", "held list --limit 20", list);
        command->add_option("--workspace", list->workspace, "Only this workspace's")->type_name("NAME");
        command->add_option("--limit", list->limit, "At most so many")
            ->check(CLI::Range(1, 1'000'000))
            ->capture_default_str()
            ->type_name("N");
        json(command, list->json);
        auto show = std::make_shared<HeldShow>();
        command = add(held, "show", "Show a held mail, and why it is held", "held show ID", show);
        positional(command, "ID", show->id);
        json(command, show->json);
    }

    void add_audit_commands() {
        auto audit = std::make_shared<Audit>();
        json(add(&app_, "audit", "Count again from the rows whether every mail is where it belongs", "audit",
                 audit),
             audit->json);

        auto reprocess = std::make_shared<Reprocess>();
        CLI::App* command =
            add(&app_, "reprocess",
                "Read stored mail again with this version's reader, and mend what it reads otherwise",
                "reprocess --since 2026-11-01 --dry-run", reprocess);
        CLI::Option* interaction =
            command->add_option("--interaction", reprocess->interaction, "Only this mail")->type_name("ID");
        command->add_option("--since", reprocess->since, "Only what was received since then, in UTC")
            ->type_name("YYYY-MM-DD[THH:MM:SSZ]")
            ->excludes(interaction);
        command->add_flag("--dry-run", reprocess->dry_run, "Show what would change, and change nothing");
        json(command, reprocess->json);
    }

    void add_removal_commands() {
        auto purge = std::make_shared<Purge>();
        CLI::App* command =
            add(&app_, "purge", "Remove tickets and held mail that nothing has come to for a time, for good",
                "purge --older-than 2y --dry-run", purge);
        command
            ->add_option("--older-than", purge->older_than, "Hours, days, weeks or years: 48h, 90d, 12w, 2y")
            ->required()
            ->type_name("AGE");
        removal(command, *purge);

        CLI::App* person = group("person", "Who writes to the desk", "person erase ann@client.example");
        auto erase = std::make_shared<PersonErase>();
        command = add(person, "erase", "Remove a person's mail and what is noted of them, for good",
                      "person erase ann@client.example --dry-run", erase);
        positional(command, "ADDRESS", erase->address);
        removal(command, *erase);
    }

    void add_ticket_commands(CLI::App* ticket) {
        auto status = action<TicketStatus>(ticket, "status", "Set a ticket's status",
                                           "ticket status k7m2q9xt resolved");
        positional(last_, "STATUS", status->status);
        auto assign = action<TicketAssign>(ticket, "assign", "Give a ticket to an agent, or to none",
                                           "ticket assign k7m2q9xt ben@acme.example");
        positional(last_, "AGENT", assign->agent);
        auto tag = action<TicketTag>(ticket, "tag", "Put tags on a ticket (+TAG) and take them off (-TAG)",
                                     "ticket tag k7m2q9xt +invoice -new");
        last_->add_option("TAG", tag->tags, "+TAG or -TAG")->required()->type_name("");
        auto move = action<TicketMove>(ticket, "move", "Put a ticket into another mailbox of its workspace",
                                       "ticket move k7m2q9xt --mailbox sales@acme.example");
        last_->add_option("--mailbox", move->mailbox, "The mailbox, which answers come from then")
            ->required()
            ->type_name("ADDRESS");
        auto merge = action<TicketMerge>(ticket, "merge", "Make a ticket part of another",
                                         "ticket merge k7m2q9xt 3v8n0c4d");
        positional(last_, "INTO-ID", merge->into);
        auto split = action<TicketSplit>(ticket, "split", "Make a ticket of some of a ticket's mails",
                                         "ticket split k7m2q9xt INTERACTION-ID");
        last_->add_option("INTERACTION-ID", split->interactions)->required()->type_name("");
    }

    void add_agent_commands() {
        CLI::App* agent = group("agent", "Who works at the desk", "agent list");
        auto options = std::make_shared<AgentAdd>();
        CLI::App* command =
            add(agent, "add", "Add an agent", "agent add ben@acme.example --name Ben", options);
        positional(command, "ADDRESS", options->address);
        command->add_option("--name", options->name, "The name that tickets show")
            ->required()
            ->type_name("NAME");
        auto list = std::make_shared<AgentList>();
        json(add(agent, "list", "List the agents", "agent list --json", list), list->json);
        auto remove = std::make_shared<AgentRemove>();
        positional(add(agent, "remove", "Remove an agent; tickets still tell who had them",
                       "agent remove ben@acme.example", remove),
                   "ADDRESS", remove->address);
    }

  private:
    template <typename Options>
    std::shared_ptr<Options> action(CLI::App* ticket, const char* name, const char* description,
                                    const char* example) {
        auto options = std::make_shared<Options>();
        last_ = add(ticket, name, description, example, options);
        positional(last_, "ID", options->ticket);
        last_->add_option("--workspace", options->workspace, "Only in this workspace")->type_name("NAME");
        json(last_, options->json);
        return options;
    }

    template <typename Options>
    CLI::App* add(CLI::App* parent, const char* name, const char* description, const char* example,
                  std::shared_ptr<Options> options) {
        CLI::App* command = parent->add_subcommand(name, description);
        command->footer(std::string("Example: ticketgate ") + example);
        command->callback([this_chosen = &chosen_, options] { *this_chosen = *options; });
        return command;
    }

    CLI::App* group(const char* name, const char* description, const char* example) {
        CLI::App* command = app_.add_subcommand(name, description);
        command->require_subcommand(1);
        command->footer(std::string("Example: ticketgate ") + example);
        return command;
    }

    static void positional(CLI::App* command, const char* name, std::string& value) {
        command->add_option(name, value)->required()->type_name("");
    }

    // What can't be undone is only said, until it is confirmed.
    template <typename Options>
    static void removal(CLI::App* command, Options& options) {
        command->add_option("--workspace", options.workspace, "Only in this workspace")->type_name("NAME");
        CLI::Option* yes =
            command->add_flag("--yes", options.yes, "Do it; without this it is only said what would go");
        command->add_flag("--dry-run")
            ->description("Only say what would go, as without --yes")
            ->excludes(yes);
        json(command, options.json);
    }

    static void json(CLI::App* command, bool& value) { command->add_flag("--json", value, "Print JSON"); }

    CLI::App& app_;
    Command& chosen_;
    CLI::App* last_ = nullptr;  // what action() added
};

}  // namespace

void add_hand_commands(CLI::App& app, Command& chosen) {
    HandCommands commands(app, chosen);
    commands.add_mail_commands();
    commands.add_held_commands();
    commands.add_audit_commands();
    commands.add_removal_commands();
    commands.add_ticket_commands(app.get_subcommand("ticket"));
    commands.add_agent_commands();
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
