// `ticketgate ticket status|assign|tag|move|merge|split` and `agent add|list|remove`.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "daemon/ticket_act.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace json = boost::json;

int run(const Config& config, const TicketStatus& options) {
    return act(config, options.json,
               [&](auto& actions) { return actions.set_status(ref(options), options.status); });
}

int run(const Config& config, const TicketAssign& options) {
    return act(config, options.json,
               [&](auto& actions) { return actions.assign(ref(options), options.agent); });
}

int run(const Config& config, const TicketTag& options) {
    std::vector<std::string> add, remove;
    for (const auto& tag : options.tags) {
        if (!tag.starts_with('+')) return refuse(one_line(tag) + " needs a sign: +TAG or -TAG");
        if (tag.starts_with("+-"))
            remove.push_back(tag.substr(2));
        else
            add.push_back(tag.substr(1));
    }
    return act(config, options.json, [&](auto& actions) { return actions.tag(ref(options), add, remove); });
}

int run(const Config& config, const TicketMove& options) {
    const auto mailbox = operators_address(options.mailbox);
    if (!mailbox) return 2;
    return act(config, options.json, [&](auto& actions) { return actions.move(ref(options), *mailbox); });
}

int run(const Config& config, const TicketMerge& options) {
    return act(config, options.json, [&](auto& actions) {
        return actions.merge(ref(options), {options.into, options.workspace});
    });
}

int run(const Config& config, const TicketSplit& options) {
    return act(config, options.json,
               [&](auto& actions) { return actions.split(ref(options), options.interactions); });
}

int run(const Config& config, const AgentAdd& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    if (options.name.empty() || options.name.size() > 200 || options.name == "none" ||
        store::mended(options.name) != options.name)
        return refuse("an agent's name has 1 to 200 bytes, and is not 'none'");
    return with_desk(config, [&](DeskSession& session) {
        if (!session.run(store::AgentStore(session.pool()).add(options.name, address->key())))
            return refuse("there is an agent " + address->str() + " already");
        std::cout << "added agent " << address->str() << '\n';
        return 0;
    });
}

int run(const Config& config, const AgentList& options) {
    return with_desk(config, [&](DeskSession& session) {
        json::array array;
        for (const auto& agent : session.run(store::AgentStore(session.pool()).list())) {
            if (options.json)
                array.push_back(json::object{
                    {"name", agent.name}, {"address", agent.address}, {"notifies", agent.notifies}});
            else
                std::cout << fmt::format("{:<30} {}{}\n", one_line(agent.name), agent.address,
                                         agent.notifies ? "  (told by mail)" : "");
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const AgentRemove& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& session) {
        if (!session.run(store::AgentStore(session.pool()).remove(address->key())))
            return refuse("there is no agent " + address->str());
        std::cout << "removed agent " << address->str() << '\n';
        return 0;
    });
}

}  // namespace program
