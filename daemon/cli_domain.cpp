#include "daemon/cli_domain.hpp"

#include <memory>

namespace program {
namespace {

void add_dkim(const CommandTree& tree, CLI::App* domain) {
    CLI::App* const dkim = domain->add_subcommand("dkim", "Keys that sign a domain's mail");
    dkim->require_subcommand(1);
    dkim->footer("Example: ticketgate domain dkim add acme.example");

    auto add = std::make_shared<DkimAdd>();
    CLI::App* command = tree.add_named<DkimAdd>(
        dkim, "add", "Make keys, and print the records that DNS is to have before they are activated",
        "domain dkim add acme.example", &DkimAdd::domain, "DOMAIN", add);
    command->add_option("--algorithm", add->algorithm, "rsa (2048 bits), ed25519, or both")
        ->check(CLI::IsMember({"rsa", "ed25519", "both"}))
        ->capture_default_str()
        ->type_name("WHICH");
    command
        ->add_option("--selector", add->selector,
                     "The key's name in DNS, of both keys its beginning; else the algorithm and the day")
        ->type_name("NAME");
    command->add_flag("--activate", add->activate, "Sign with them right away, before DNS has the records");
    CommandTree::add_json(command, add->json);

    auto activate = std::make_shared<DkimActivate>();
    command = tree.add_named<DkimActivate>(
        dkim, "activate",
        "Sign with keys whose records DNS has; the one of the same algorithm before is retired",
        "domain dkim activate acme.example", &DkimActivate::domain, "DOMAIN", activate);
    command
        ->add_option("--selector", activate->selectors,
                     "This key, also one that was retired; may be given again. Else those that never signed")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_flag("--unseen", activate->unseen, "Don't look whether DNS has the records");

    auto retire = std::make_shared<DkimRetire>();
    tree.add_named<DkimRetire>(
            dkim, "retire", "Sign with a key no more; its record stays valid while DNS has it",
            "domain dkim retire acme.example --selector rsa-20260301", &DkimRetire::domain, "DOMAIN", retire)
        ->add_option("--selector", retire->selector, "The key's name in DNS")
        ->required()
        ->type_name("NAME");

    auto list = std::make_shared<DkimList>();
    command =
        tree.add(dkim, "list", "List the keys and their records", "domain dkim list acme.example", list);
    command->add_option("DOMAIN", list->domain, "Only this domain's")->type_name("");
    CommandTree::add_json(command, list->json);
}

void add_address_keys(const CommandTree& tree) {
    CLI::App* const keys =
        tree.group("address-key", "Keys that sign return paths and reply addresses", "address-key list");
    tree.add_list<AddressKeyList>(keys, "List the keys; the newest signs, all verify",
                                  "address-key list --json");
    tree.add(keys, "rotate", "Make another key, which signs from now on; the others go on verifying",
             "address-key rotate", std::make_shared<AddressKeyRotate>());
    auto remove = std::make_shared<AddressKeyRemove>();
    tree.add(keys, "remove",
             "Remove a key: bounces and answers to the addresses that it signed are refused from now on",
             "address-key remove 1", remove)
        ->add_option("ID", remove->id)
        ->required()
        ->check(CLI::Range(1, 255))
        ->type_name("");
}

}  // namespace

void add_domain_commands(const CommandTree& tree) {
    CLI::App* const domain = tree.app()->get_subcommand("domain");
    auto set = std::make_shared<DomainSet>();
    CLI::App* command = tree.add_named<DomainSet>(
        domain, "set", "Change where bounces of a domain's mail and answers to it arrive",
        "domain set acme.example --bounce-domain bounce.acme.example", &DomainSet::domain, "DOMAIN", set);
    command
        ->add_option("--bounce-domain", set->bounce_domain,
                     "A domain of the same workspace that return paths are in; the domain itself ends that")
        ->type_name("DOMAIN");
    command
        ->add_option("--reply-domain", set->reply_domain,
                     "A domain of the same workspace that reply addresses are in")
        ->type_name("DOMAIN");

    auto check = std::make_shared<DomainCheckOptions>();
    command = tree.add_named<DomainCheckOptions>(
        domain, "check",
        "Look at what DNS has of a domain, and say what is missing for its mail to arrive and be trusted; "
        "status 1 when something that is needed is missing, or was not told",
        "domain check acme.example", &DomainCheckOptions::domain, "DOMAIN", check);
    command
        ->add_option("--address", check->addresses,
                     "Where its mail leaves from (a smarthost's address, say); may be given again. Else the "
                     "addresses of this host's name")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    command
        ->add_option("--mx", check->mail_hosts,
                     "The host that takes its mail, where another hands it on to here; may be given again")
        ->type_name("HOST")
        ->allow_extra_args(false);
    CommandTree::add_json(command, check->json);

    add_dkim(tree, domain);
    add_address_keys(tree);
}

}  // namespace program
