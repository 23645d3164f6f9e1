// `ticketgate ticket note|transfer|describe|sender|revoke` and `note edit|delete`.
#include "daemon/commands.hpp"
#include "daemon/input_file.hpp"
#include "daemon/ticket_act.hpp"

namespace program {

int run(const Config& config, const TicketNote& options) {
    const auto text = read_input(options.file.value_or("-"), desk::longest_note);
    if (!text) return 2;
    return act(config, options.json, [&](auto& actions) {
        return actions.note(ref(options), options.agent, *text, options.colour);
    });
}

int run(const Config& config, const NoteEdit& options) {
    std::optional<std::string> text;
    if (options.file) {
        text = read_input(*options.file, desk::longest_note);
        if (!text) return 2;
    }
    if (!text && !options.colour) return refuse("there is nothing to change: give --file or --colour");
    return act(config, options.json,
               [&](auto& actions) { return actions.edit_note(options.note, text, options.colour); });
}

int run(const Config& config, const NoteDelete& options) {
    return act(config, options.json, [&](auto& actions) { return actions.delete_note(options.note); });
}

int run(const Config& config, const TicketTransfer& options) {
    return act(config, options.json, [&](auto& actions) {
        return actions.transfer(ref(options), options.agent, options.to, options.team,
                                options.note.value_or(""));
    });
}

int run(const Config& config, const TicketDescribe& options) {
    return act(config, options.json,
               [&](auto& actions) { return actions.describe(ref(options), options.description); });
}

int run(const Config& config, const TicketSender& options) {
    const auto sender = operators_address(options.sender);
    if (!sender) return 2;
    return act(config, options.json,
               [&](auto& actions) { return actions.set_sender(ref(options), *sender); });
}

int run(const Config& config, const TicketRevoke& options) {
    return act(config, options.json, [&](auto& actions) { return actions.revoke(ref(options)); });
}

}  // namespace program
