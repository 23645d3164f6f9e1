#include "daemon/cli_rule.hpp"

#include <memory>

namespace program {
namespace {

void add_scope(CLI::App* command, std::optional<std::string>& domain, std::optional<std::string>& mailbox) {
    CLI::Option* const of_domain =
        command->add_option("--domain", domain, "Only for mail to addresses in this domain")
            ->type_name("DOMAIN");
    command->add_option("--mailbox", mailbox, "Only for mail to this mailbox")
        ->type_name("ADDRESS")
        ->excludes(of_domain);
}

void add_list(CLI::App* command, const char* name, std::vector<std::string>& values, const char* description,
              const char* type) {
    command->add_option(name, values, description)->type_name(type)->allow_extra_args(false);
}

void add_words(CLI::App* command, RuleWords& words) {
    command
        ->add_option("--name", words.name, "What it is called, in logs and with every mail that it matched")
        ->type_name("TEXT");
    add_list(
        command, "--if", words.conditions,
        "What the mail must be like; may be given again, and all must hold. FIELD=VALUE, FIELD*=PATTERN, "
        "FIELD~EXPRESSION, FIELD>=NUMBER or FIELD<=NUMBER",
        "CONDITION");
    add_list(command, "--if-not", words.negated, "What it must not be like", "CONDITION");
    command->add_flag("--match-case", words.match_case,
                      "Conditions on subject, headers and attachments tell case apart");
    CLI::Option_group* const fate = command->add_option_group("What becomes of the mail");
    fate->add_flag("--accept", words.accept, "Take it, whatever later rules say");
    fate->add_flag("--hold", words.hold, "Keep it aside until somebody has looked");
    fate->add_flag("--discard", words.discard, "Take it and throw it away");
    fate->add_option("--refuse", words.refuse, "Refuse it: [CODE [STATUS]] TEXT, or \"\"")
        ->type_name("WORDS");
    fate->require_option(0, 1);
    command->add_option("--assign", words.assign, "Assign the ticket to this agent")->type_name("ADDRESS");
    command->add_option("--team", words.team, "Assign the ticket to this team")->type_name("NAME");
    command->add_option("--priority", words.priority, "low, normal, high or urgent")->type_name("PRIORITY");
    add_list(command, "--tag", words.tags, "Tag the ticket; may be given again", "TAG");
    add_list(command, "--field", words.fields, "Set a custom field of the ticket; may be given again",
             "NAME=VALUE");
    CLI::Option* const acknowledge =
        command->add_flag("--acknowledge", words.acknowledge, "Acknowledge a new ticket");
    command->add_flag("--no-acknowledgement", words.no_acknowledgement, "Send no acknowledgement")
        ->excludes(acknowledge);
    CLI::Option* const stop = command->add_flag(
        "--stop", words.stop, "Ask no later rule; so it is anyway where it says what becomes of the mail");
    command->add_flag("--go-on", words.go_on, "Ask later rules too")->excludes(stop);
    command->add_option("--file", words.file, "All of it as JSON, as `rule show --json` prints it")
        ->type_name("FILE");
}

CLI::App* add_id(CLI::App* command, std::int64_t& id) {
    command->add_option("ID", id)->required()->type_name("");
    return command;
}

void add_rules(const CommandTree& tree) {
    CLI::App* const rule = tree.group("rule", "What becomes of mail of a certain kind", "rule list");
    auto add = std::make_shared<RuleAdd>();
    CLI::App* command = tree.add(
        rule, "add", "Add a rule behind those that are there",
        "rule add --workspace acme --name Invoices --if 'subject*=*invoice*' --team billing --tag invoice",
        add);
    CommandTree::add_workspace(command, add->workspace, "The workspace that it is for")->required();
    add_scope(command, add->domain, add->mailbox);
    command->add_option("--place", add->place, "Its place among them, from 1; else the last")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    add_words(command, add->words);

    auto set = std::make_shared<RuleSetOptions>();
    command = add_id(tree.add(rule, "set",
                              "Change a rule; conditions that are given replace all of its conditions, and "
                              "actions all of its actions",
                              "rule set 7 --if 'from_domain=client.example' --name Client", set),
                     set->id);
    add_scope(command, set->domain, set->mailbox);
    command->add_flag("--whole-workspace", set->whole_workspace, "For all mail of its workspace")
        ->excludes(command->get_option("--domain"))
        ->excludes(command->get_option("--mailbox"));
    add_words(command, set->words);

    auto list = std::make_shared<RuleList>();
    command = tree.add(rule, "list", "List the rules in their order, with how often each matched",
                       "rule list", list);
    CommandTree::add_workspace(command, list->workspace, "Only this workspace's");
    CommandTree::add_json(command, list->json);

    auto show = std::make_shared<RuleShow>();
    CommandTree::add_json(add_id(tree.add(rule, "show", "Show a rule", "rule show 7 --json", show), show->id),
                          show->json);

    auto move = std::make_shared<RuleMove>();
    add_id(tree.add(rule, "move", "Give a rule another place in the order", "rule move 7 1", move), move->id)
        ->add_option("PLACE", move->place, "From 1 on")
        ->required()
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("");

    auto enable = std::make_shared<RuleEnable>();
    add_id(tree.add(rule, "enable", "Put a rule in force again", "rule enable 7", enable), enable->id);
    auto disable = std::make_shared<RuleDisable>();
    add_id(tree.add(rule, "disable", "Keep a rule, but not in force", "rule disable 7", disable),
           disable->id);
    auto remove = std::make_shared<RuleRemove>();
    add_id(tree.add(rule, "remove", "Remove a rule; mails keep what it did", "rule remove 7", remove),
           remove->id);

    auto test = std::make_shared<RuleTest>();
    command =
        tree.add(rule, "test",
                 "Ask rules about mail that is stored, and change nothing: all that are in force, one of "
                 "them (also one that is disabled), or one in a file",
                 "rule test --rule 7 --last 500", test);
    CommandTree::add_workspace(command, test->workspace, "Whose rules and mail");
    CLI::Option* const id = command->add_option("--rule", test->rule, "This rule alone")->type_name("ID");
    command->add_option("--file", test->file, "The rule in this file alone, as for `rule add`")
        ->type_name("FILE")
        ->excludes(id);
    add_scope(command, test->domain, test->mailbox);
    command->add_option("--last", test->last, "About the newest so many mails")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str()
        ->type_name("N");
    CommandTree::add_json(command, test->json);
}

void add_teams(const CommandTree& tree) {
    CLI::App* const team = tree.group("team", "Teams that tickets are assigned to", "team list");
    auto add = std::make_shared<TeamAdd>();
    CommandTree::add_workspace(
        tree.add_named(team, "add", "Add a team to a workspace", "team add billing --workspace acme",
                       &TeamAdd::name, "NAME", add),
        add->workspace, "The workspace that it works for")
        ->required();
    tree.add_list<TeamList>(team, "List the teams", "team list --json");
    auto remove = std::make_shared<TeamRemove>();
    CommandTree::add_workspace(
        tree.add_named(team, "remove", "Remove a team; its tickets still tell whose they were",
                       "team remove billing --workspace acme", &TeamRemove::name, "NAME", remove),
        remove->workspace, "The workspace that it worked for")
        ->required();
}

}  // namespace

void add_rule_commands(const CommandTree& tree) {
    add_rules(tree);
    add_teams(tree);
}

}  // namespace program
