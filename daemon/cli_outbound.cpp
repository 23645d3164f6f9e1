#include "daemon/cli_outbound.hpp"

#include <memory>
#include <string>

namespace program {
namespace {

template <class Value>
CLI::Option* file(CLI::App* command, const char* name, Value& value, const char* description) {
    return command->add_option(name, value, description)->type_name("FILE");
}

void add_agent(CLI::App* command, std::string& agent) {
    command->add_option("--as", agent, "The agent who does it: name or address")
        ->required()
        ->type_name("AGENT");
}

void add_mail(CLI::App* command, AgentsMailOptions& mail) {
    add_agent(command, mail.agent);
    command->add_option("--alias", mail.alias, "The agent's alias to write under")->type_name("NAME");
    file(command, "--file", mail.text.file, "The text; without any, standard input (also: -)");
    file(command, "--html", mail.text.html, "The same as HTML, or instead");
    command->add_option("--template", mail.text.template_name, "A template in place of a text")
        ->type_name("NAME");
    command->add_flag("--verbatim", mail.text.verbatim, "Leave {{...}} as it is: no variables");
    file(command, "--attach", mail.attach, "A file to send with it; may be repeated")
        ->allow_extra_args(false);
    file(command, "--inline", mail.pictures, "A picture to show in it, where its HTML says cid:NAME")
        ->allow_extra_args(false);
    command->add_option("--cc", mail.cc, "Somebody else who gets it; may be repeated")
        ->allow_extra_args(false)
        ->type_name("ADDRESS");
    command->add_option("--status", mail.status, "The ticket's status afterwards")
        ->capture_default_str()
        ->type_name("STATUS");
    command->add_flag("--anyway", mail.anyway, "Also to an address that mail came back from for good");
    command->add_flag("--dry-run", mail.dry_run, "Print the mail as it would leave, and write nothing");
}

void add_ticket_commands(const CommandTree& tree) {
    CLI::App* ticket = tree.app()->get_subcommand("ticket");
    auto reply = std::make_shared<TicketReply>();
    CLI::App* command =
        tree.add_action(ticket, "reply", "Answer in a ticket by mail",
                        "ticket reply k7m2q9xt --as Ben --file answer.txt --attach invoice.pdf", reply);
    add_mail(command, reply->mail);
    command->add_option("--sender", reply->sender, "Write from this address instead of the ticket's")
        ->type_name("ADDRESS");
    command->add_option("--to", reply->to, "Who gets it, instead of those who wrote and got the last mail")
        ->allow_extra_args(false)
        ->type_name("ADDRESS");
    command->add_flag("--quote", reply->quote, "Put the mail that is answered below");
    command->add_flag("--take", reply->take, "Take the ticket over from whoever has it");

    auto open = std::make_shared<TicketOpen>();
    command = tree.add(
        ticket, "open", "Open a ticket by writing to somebody",
        "ticket open --workspace acme --to 'Ann <ann@client.example>' --subject Offer --as Ben", open);
    tree.add_workspace(command, open->workspace, "The ticket's workspace")->required();
    command->add_option("--to", open->person, "The person: known already, or new")
        ->required()
        ->type_name("ADDRESS");
    command->add_option("--subject", open->subject, "The ticket's subject; without one the template's")
        ->type_name("TEXT");
    command->add_option("--sender", open->sender, "The address to write from; needed where there are several")
        ->type_name("ADDRESS");
    command->add_option("--assign", open->assignee, "The agent who gets the ticket; else the one who writes")
        ->type_name("AGENT");
    command->add_option("--team", open->team, "The team that gets the ticket")->type_name("NAME");
    add_mail(command, open->mail);
    tree.add_json(command, open->json);

    auto note = std::make_shared<TicketNote>();
    command = tree.add_action(ticket, "note", "Put a note on a ticket, for agents alone",
                              "ticket note k7m2q9xt --as Ben --file note.txt", note);
    add_agent(command, note->agent);
    file(command, "--file", note->file, "The note; without it, standard input");
    command->add_option("--colour", note->colour, "Its background: a name or #rrggbb")->type_name("COLOUR");

    auto transfer = std::make_shared<TicketTransfer>();
    command = tree.add_action(ticket, "transfer", "Give a ticket to another agent or team",
                              "ticket transfer k7m2q9xt --as Ben --to Eve --note 'She asks for a refund'",
                              transfer);
    add_agent(command, transfer->agent);
    command->add_option("--to", transfer->to, "The agent who gets it")->type_name("AGENT");
    command->add_option("--team", transfer->team, "The team that gets it")->type_name("NAME");
    command->add_option("--note", transfer->note, "What they should know")->type_name("TEXT");

    auto describe = std::make_shared<TicketDescribe>();
    command = tree.add_action(ticket, "describe", "Say in a few words what a ticket is about",
                              "ticket describe k7m2q9xt 'Refund of invoice 17'", describe);
    command->add_option("TEXT", describe->description, "Empty: none")->required()->type_name("");

    auto sender = std::make_shared<TicketSender>();
    command = tree.add_action(ticket, "sender", "Set the address that a ticket's next mail comes from",
                              "ticket sender k7m2q9xt billing@acme.example", sender);
    tree.add_positional(command, "ADDRESS", sender->sender);

    tree.add_action(ticket, "revoke",
                    "Refuse what comes to the reply addresses that a ticket's mails have had",
                    "ticket revoke k7m2q9xt", std::make_shared<TicketRevoke>());
}

void add_note_commands(const CommandTree& tree) {
    CLI::App* note = tree.group("note", "Notes on tickets (ticket note puts one there)", "note delete ID");
    auto edit = std::make_shared<NoteEdit>();
    CLI::App* command = tree.add_named(note, "edit", "Change a note", "note edit ID --file note.txt",
                                       &NoteEdit::note, "ID", edit);
    file(command, "--file", edit->file, "Its new text (-: standard input)");
    command->add_option("--colour", edit->colour, "Its background: a name or #rrggbb")->type_name("COLOUR");
    tree.add_json(command, edit->json);
    auto remove = std::make_shared<NoteDelete>();
    tree.add_json(
        tree.add_named(note, "delete", "Remove a note", "note delete ID", &NoteDelete::note, "ID", remove),
        remove->json);
}

void add_sender_commands(const CommandTree& tree) {
    CLI::App* sender =
        tree.group("sender", "Addresses that mail is written from, besides mailboxes'", "sender list");
    auto add = std::make_shared<SenderAdd>();
    CLI::App* command =
        tree.add_named(sender, "add", "Add an address in a domain of a workspace's",
                       "sender add billing@acme.example --workspace acme --name 'Acme Billing'",
                       &SenderAdd::address, "ADDRESS", add);
    tree.add_workspace(command, add->workspace, "The workspace that writes from it")->required();
    command->add_option("--name", add->name, "Its display name")->type_name("NAME");
    auto set = std::make_shared<SenderSet>();
    command = tree.add_named(sender, "set", "Change its display name",
                             "sender set billing@acme.example --name 'Acme Invoices'", &SenderSet::address,
                             "ADDRESS", set);
    command->add_option("--name", set->name, "Its display name")->required()->type_name("NAME");
    auto list = std::make_shared<SenderList>();
    command =
        tree.add(sender, "list", "List the addresses that mail can be written from", "sender list", list);
    tree.add_workspace(command, list->workspace, "Only this workspace's");
    tree.add_json(command, list->json);
    tree.add_named<SenderRemove>(sender, "remove", "Remove one; tickets that wrote from it need another",
                                 "sender remove billing@acme.example", &SenderRemove::address, "ADDRESS");
}

template <class Options>
void add_signature(CLI::App* command, Options& options) {
    command->add_option("--avatar", options.avatar, "Where its picture is")->type_name("URL");
    command->add_option("--signature-name", options.signature_name, "The name below its mails")
        ->type_name("NAME");
    file(command, "--signature", options.signature_file, "What stands below the name, with variables");
    file(command, "--signature-html", options.signature_html_file, "The same as HTML");
}

void add_alias_commands(const CommandTree& tree) {
    CLI::App* alias =
        tree.group("alias", "Names that agents write under, and their signatures", "alias list");
    const auto owner = [](CLI::App* command, std::string& agent) {
        command->add_option("--agent", agent, "Whose: name or address")->required()->type_name("AGENT");
    };
    auto add = std::make_shared<AliasAdd>();
    CLI::App* command = tree.add_named(alias, "add", "Give an agent an alias",
                                       "alias add 'Ben of Acme' --agent Ben --signature ben.txt --default",
                                       &AliasAdd::name, "NAME", add);
    owner(command, add->agent);
    add_signature(command, *add);
    command->add_flag("--default", add->is_default, "Where the agent has not written yet, it is this one");
    auto set = std::make_shared<AliasSet>();
    command = tree.add_named(alias, "set", "Change an alias",
                             "alias set 'Ben of Acme' --agent Ben --signature ben.txt", &AliasSet::name,
                             "NAME", set);
    owner(command, set->agent);
    add_signature(command, *set);
    auto use = std::make_shared<AliasDefault>();
    command = tree.add_named(alias, "default", "Choose the default alias, or none",
                             "alias default 'Ben of Acme' --agent Ben", &AliasDefault::name, "NAME", use);
    owner(command, use->agent);
    auto list = std::make_shared<AliasList>();
    command = tree.add(alias, "list", "List the aliases", "alias list --agent Ben", list);
    command->add_option("--agent", list->agent, "Only this agent's")->type_name("AGENT");
    tree.add_json(command, list->json);
    auto remove = std::make_shared<AliasRemove>();
    command =
        tree.add_named(alias, "remove", "Remove an alias; mails that were written under it keep the name",
                       "alias remove 'Ben of Acme' --agent Ben", &AliasRemove::name, "NAME", remove);
    owner(command, remove->agent);
}

template <class Options>
void add_template_text(CLI::App* command, Options& options) {
    command->add_option("--subject", options.subject, "The subject of a ticket that is opened with it")
        ->type_name("TEXT");
    file(command, "--file", options.file, "The text, with variables (-: standard input)");
    file(command, "--html", options.html_file, "The same as HTML");
}

void add_template_commands(const CommandTree& tree) {
    CLI::App* preset = tree.group("template", "Preset mails of a workspace", "template list");
    auto add = std::make_shared<TemplateAdd>();
    CLI::App* command = tree.add_named(preset, "add", "Add a template",
                                       "template add welcome --workspace acme --file welcome.txt",
                                       &TemplateAdd::name, "NAME", add);
    tree.add_workspace(command, add->workspace, "Whose it is")->required();
    add_template_text(command, *add);
    auto set = std::make_shared<TemplateSet>();
    command = tree.add_named(preset, "set", "Change a template",
                             "template set welcome --workspace acme --file welcome.txt", &TemplateSet::name,
                             "NAME", set);
    tree.add_workspace(command, set->workspace, "Whose it is")->required();
    add_template_text(command, *set);
    auto list = std::make_shared<TemplateList>();
    command = tree.add(preset, "list", "List the templates", "template list --workspace acme", list);
    tree.add_workspace(command, list->workspace, "Only this workspace's");
    tree.add_json(command, list->json);
    auto show = std::make_shared<TemplateShow>();
    command = tree.add_named(preset, "show", "Show a template", "template show welcome --workspace acme",
                             &TemplateShow::name, "NAME", show);
    tree.add_workspace(command, show->workspace, "Whose it is")->required();
    tree.add_json(command, show->json);
    auto remove = std::make_shared<TemplateRemove>();
    command =
        tree.add_named(preset, "remove", "Remove a template", "template remove welcome --workspace acme",
                       &TemplateRemove::name, "NAME", remove);
    tree.add_workspace(command, remove->workspace, "Whose it is")->required();
    auto variables = std::make_shared<TemplateVariables>();
    tree.add_json(tree.add(preset, "variables", "List what templates, signatures and replies can name",
                           "template variables", variables),
                  variables->json);
}

}  // namespace

void add_outbound_commands(const CommandTree& tree) {
    add_ticket_commands(tree);
    add_note_commands(tree);
    add_sender_commands(tree);
    add_alias_commands(tree);
    add_template_commands(tree);
}

}  // namespace program
