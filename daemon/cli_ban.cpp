#include "daemon/cli_ban.hpp"

#include <memory>

namespace program {
namespace {

enum class Owner { one, any };  // must one be named?

void add_owner(CLI::App* command, BanOwner& owner, Owner which) {
    const bool one = which == Owner::one;
    CLI::Option_group* const group = command->add_option_group(one ? "Whose" : "Only");
    CommandTree::add_workspace(group, owner.workspace,
                               one ? "The workspace that it is for" : "Only this workspace's");
    group->add_flag("--installation", owner.installation,
                    one ? "For every workspace of the installation" : "Only the installation's");
    group->require_option(one ? 1 : 0, 1);
}

void add_offences(CLI::App* command, int& offences) {
    command->add_option("OFFENCES", offences, "How many bans there were before: 0 is the first one")
        ->required()
        ->check(CLI::Range(0, 1'000))
        ->type_name("");
}

constexpr const char* length_help = "Minutes to months: 90m, 12h, 7d, 2w, 3mo, or permanent";

void add_bans(const CommandTree& tree) {
    CLI::App* const ban = tree.group("ban", "Who may not write", "ban list --workspace acme");

    auto add = std::make_shared<BanAdd>();
    CLI::App* command =
        tree.add(ban, "add", "Ban somebody; a ban that they have is replaced",
                 "ban add --workspace acme --address evil@x.example --reason abuse --length 7d", add);
    add_owner(command, add->owner, Owner::one);
    CLI::Option_group* const subject = command->add_option_group("Who");
    subject
        ->add_option("--person", add->person, "A person that the workspace knows, with all their addresses")
        ->type_name("ADDRESS");
    subject->add_option("--address", add->address, "An address, in every spelling")->type_name("ADDRESS");
    auto* domain = subject->add_option("--domain", add->domain, "A domain's addresses")->type_name("DOMAIN");
    subject->add_option("--network", add->network, "Mail from servers of this network")->type_name("CIDR");
    subject->require_option(1);
    command->add_flag("--subdomains", add->subdomains, "The domain's subdomains too")->needs(domain);
    command->add_flag("--plus", add->plus, "local+anything@domain too, of a person or an address")
        ->excludes(domain)
        ->excludes(subject->get_option("--network"));
    command
        ->add_option("--reason", add->reason,
                     "One of the reasons that `ban-reason list` shows; it is for the desk alone")
        ->required()
        ->type_name("TEXT");
    command->add_option("--length", add->length, std::string(length_help) + "; else as the ban rules say")
        ->type_name("LENGTH");
    command->add_option("--effect", add->effect, "What becomes of their mail: refuse, hold or discard")
        ->check(CLI::IsMember({"refuse", "hold", "discard"}))
        ->capture_default_str()
        ->type_name("WHAT");
    CommandTree::add_json(command, add->json);

    auto list = std::make_shared<BanList>();
    command = tree.add(ban, "list", "List the bans that hold, the newest first",
                       "ban list --workspace acme --json", list);
    add_owner(command, list->owner, Owner::any);
    command->add_flag("--all", list->all, "Those too that are over");
    CommandTree::add_limit(command, list->limit);
    CommandTree::add_json(command, list->json);

    auto show = std::make_shared<BanShow>();
    command = tree.add_named(ban, "show", "Show a ban", "ban show ID", &BanShow::id, "ID", show);
    CommandTree::add_json(command, show->json);

    tree.add_named<BanLift>(ban, "lift", "End a ban before its time; it stays in the history", "ban lift ID",
                            &BanLift::id, "ID");

    auto history = std::make_shared<BanHistory>();
    command = tree.add_named(ban, "history",
                             "List every ban that an address, domain or network ever had, the newest first",
                             "ban history evil@x.example", &BanHistory::subject, "SUBJECT", history);
    add_owner(command, history->owner, Owner::any);
    CommandTree::add_limit(command, history->limit);
    CommandTree::add_json(command, history->json);

    auto words = std::make_shared<BanWordsCommand>();
    command = tree.add(ban, "words", "Say what a refused sender reads, or show it",
                       "ban words --workspace acme \"Please call +1 555 0100\"", words);
    command
        ->add_option("TEXT", words->text,
                     "At most 200 characters of ASCII; \"\" for the words of the program")
        ->type_name("");
    add_owner(command, words->owner, Owner::any);
    CommandTree::add_json(command, words->json);
}

void add_rules(const CommandTree& tree) {
    CLI::App* const rule = tree.group("ban-rule", "How long a ban is where nobody says it",
                                      "ban-rule add --workspace acme 0 7d");
    auto add = std::make_shared<BanRuleAdd>();
    CLI::App* command = tree.add(rule, "add", "Say how long a ban is after so many earlier ones, or more",
                                 "ban-rule add --workspace acme 2 permanent", add);
    add_owner(command, add->owner, Owner::one);
    add_offences(command, add->offences);
    CommandTree::add_positional(command, "LENGTH", add->length)->description(length_help);
    auto list = std::make_shared<BanRuleList>();
    command = tree.add(rule, "list", "List the ban rules", "ban-rule list --json", list);
    add_owner(command, list->owner, Owner::any);
    CommandTree::add_json(command, list->json);
    auto remove = std::make_shared<BanRuleRemove>();
    command = tree.add(rule, "remove", "Remove a ban rule; bans stay as they are",
                       "ban-rule remove --workspace acme 2", remove);
    add_owner(command, remove->owner, Owner::one);
    add_offences(command, remove->offences);
}

void add_reasons(const CommandTree& tree) {
    CLI::App* const reason = tree.group("ban-reason", "Why people are banned; every ban needs one",
                                        "ban-reason add --workspace acme abuse");
    auto add = std::make_shared<BanReasonAdd>();
    add_owner(tree.add_named(reason, "add", "Add a reason to the list",
                             "ban-reason add --workspace acme abuse", &BanReasonAdd::reason, "REASON", add),
              add->owner, Owner::one);
    auto list = std::make_shared<BanReasonList>();
    CLI::App* command = tree.add(reason, "list", "List the reasons", "ban-reason list --json", list);
    add_owner(command, list->owner, Owner::any);
    CommandTree::add_json(command, list->json);
    auto remove = std::make_shared<BanReasonRemove>();
    add_owner(tree.add_named(reason, "remove", "Take a reason off the list; bans keep it",
                             "ban-reason remove --workspace acme abuse", &BanReasonRemove::reason, "REASON",
                             remove),
              remove->owner, Owner::one);
}

}  // namespace

void add_ban_commands(const CommandTree& tree) {
    add_bans(tree);
    add_rules(tree);
    add_reasons(tree);
}

}  // namespace program
