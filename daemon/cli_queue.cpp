#include "daemon/cli_queue.hpp"

#include <memory>
#include <string>

namespace program {
namespace {

void add_selection(const CommandTree& tree, CLI::App* command, auto& options) {
    tree.add_workspace(command, options.workspace, "Only this workspace's");
    command->add_option("--destination", options.destination, "Only to this domain")->type_name("DOMAIN");
    command->add_option("--ticket", options.ticket, "Only of this ticket")->type_name("ID");
    tree.add_json(command, options.json);
}

void add_change(const CommandTree& tree, CLI::App* queue, const char* name, const char* description,
                const char* example, store::DeliveryVerb verb) {
    auto change = std::make_shared<QueueChange>();
    change->verb = verb;
    CLI::App* command = tree.add(queue, name, description, example, change);
    command->add_option("ID", change->ids, "These deliveries")->type_name("");
    add_selection(tree, command, *change);
}

}  // namespace

void add_queue_commands(const CommandTree& tree) {
    CLI::App* queue = tree.group("queue", "Mail that leaves, and what became of it", "queue list");
    auto list = std::make_shared<QueueList>();
    CLI::App* command =
        tree.add(queue, "list", "List deliveries that have no end yet; of a ticket all of them",
                 "queue list --destination client.example --state deferred", list);
    command->add_option("--state", list->states, "Only of these states, whether they have an end or not")
        ->check(CLI::IsMember(store::delivery_states()))
        ->type_name("STATE");
    tree.add_limit(command, list->limit);
    add_selection(tree, command, *list);

    auto show = std::make_shared<QueueShow>();
    command = tree.add(queue, "show", "Show a delivery and each attempt, with the servers' own words",
                       "queue show ID", show);
    tree.add_positional(command, "ID", show->id);
    tree.add_json(command, show->json);

    using enum store::DeliveryVerb;
    add_change(tree, queue, "retry",
               "Try deliveries again now; by ID or ticket also those that failed, were cancelled or are held",
               "queue retry --ticket k7m2q9xt", retry);
    add_change(tree, queue, "cancel", "Give deliveries up that have not left", "queue cancel ID", cancel);
    add_change(tree, queue, "hold", "Keep deliveries from leaving until they are released",
               "queue hold --destination client.example", hold);
    add_change(tree, queue, "release", "Let deliveries leave that are held",
               "queue release --destination client.example", release);
}

}  // namespace program
