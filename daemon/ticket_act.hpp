// One of the desk's actions on a ticket as a command: what was done, in words or as JSON.
#pragma once

#include "daemon/desk_session.hpp"
#include "daemon/hand_options.hpp"
#include "daemon/terminal_text.hpp"
#include "daemon/ticket_json.hpp"
#include "desk/ticket_actions.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace program {

[[nodiscard]] inline desk::TicketRef ref(const TicketAction& options) {
    return {options.ticket, options.workspace};
}

// The ticket as it is now, for programs. Somebody may have merged it since; that leads on.
inline void add_ticket(DeskSession& session, const store::TicketKey& key, boost::json::object& object) {
    for (const auto& ticket :
         session.run(store::DeskStore(session.pool()).find(key.ticket.str(), std::nullopt)))
        object["ticket"] = as_json(ticket);
}

// `action`: from the desk's actions to the one that is wanted.
template <class Action>
int act(const Config& config, bool json, Action action) {
    return with_desk(config, [&](DeskSession& session) {
        desk::TicketActions actions(session.pool());
        const auto outcome = session.run(action(actions));
        if (!outcome) return refuse(one_line(outcome.error().text));
        if (!json) {
            std::cout << one_line(outcome->text) << '\n';
            return 0;
        }
        boost::json::object object{{"done", outcome->text}};
        add_ticket(session, outcome->ticket, object);
        std::cout << boost::json::serialize(object) << '\n';
        return 0;
    });
}

}  // namespace program
