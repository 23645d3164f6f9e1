// `ticketgate agent set` and `ticketgate person marks|unmark`: who hears by mail, and whose mail comes back.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "store/agent_mails.hpp"
#include "store/returned.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {

namespace json = boost::json;

int run(const Config& config, const AgentSet& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    if (options.notify != "on" && options.notify != "off") return refuse("--notify is on or off");
    return with_desk(config, [&](DeskSession& session) {
        const bool on = options.notify == "on";
        if (!session.run(store::AgentMails(session.pool()).set_notifies(address->key(), on)))
            return refuse("there is no agent " + address->str());
        std::cout << address->str() << (on ? " is" : " is not") << " told by mail of what is theirs\n";
        return 0;
    });
}

int run(const Config& config, const PersonMarks& options) {
    return with_desk(config, [&](DeskSession& session) {
        json::array array;
        for (const auto& mark : session.run(store::AddressMarks(session.pool()).list(options.workspace))) {
            if (options.json)
                array.push_back(json::object{{"workspace", mark.workspace},
                                             {"address", mark.address},
                                             {"since", rfc3339(mark.marked)},
                                             {"status", mark.status},
                                             {"reply", mark.reply}});
            else
                std::cout << fmt::format("{:<40} {}  {} {}\n", one_line(mark.address), rfc3339(mark.marked),
                                         one_line(mark.status), one_line(mark.reply));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const PersonUnmark& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& session) {
        const auto gone =
            session.run(store::AddressMarks(session.pool()).unmark(address->key(), options.workspace));
        if (gone == 0) return refuse(address->str() + " is not marked");
        std::cout << address->str() << " is written to again\n";
        return 0;
    });
}

}  // namespace program
