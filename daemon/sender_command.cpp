// `ticketgate sender` and `ticketgate alias`: under which addresses and names the desk writes.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/input_file.hpp"
#include "daemon/terminal_text.hpp"
#include "desk/acting.hpp"
#include "store/alias_store.hpp"
#include "store/sender_store.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

constexpr std::size_t max_signature = 256 * 1024;

template <class Value>
int tell(const store::Outcome<Value>& outcome, const std::string& done) {
    if (!outcome) return refuse(one_line(outcome.error().text));
    std::cout << one_line(done) << '\n';
    return 0;
}

// False: the reason stands on standard error.
template <class Options>
bool read(const Options& options, store::AliasChange& change) {
    change.avatar = options.avatar;
    change.signature_name = options.signature_name;
    if (options.signature_file &&
        !(change.signature_text = read_input(*options.signature_file, max_signature)))
        return false;
    return !options.signature_html_file ||
           (change.signature_html = read_input(*options.signature_html_file, max_signature)).has_value();
}

// `work`: from a session, the aliases and the agent's number to an exit status.
template <class Work>
int with_agent(const Config& config, const std::string& name, Work work) {
    return with_desk(config, [&](DeskSession& session) {
        const auto agent = session.run(desk::find_agent(session.pool(), name));
        if (!agent) return refuse(one_line(agent.error().text));
        return work(session, store::AliasStore(session.pool()), agent->id);
    });
}

}  // namespace

int run(const Config& config, const SenderAdd& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& session) {
        return tell(
            session.run(store::SenderStore(session.pool()).add(options.workspace, *address, options.name)),
            "added email sender " + address->str());
    });
}

int run(const Config& config, const SenderSet& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& session) {
        return tell(session.run(store::SenderStore(session.pool()).set(*address, options.name)),
                    "changed email sender " + address->str());
    });
}

int run(const Config& config, const SenderRemove& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(config, [&](DeskSession& session) {
        return tell(session.run(store::SenderStore(session.pool()).remove(*address)),
                    "removed email sender " + address->str());
    });
}

int run(const Config& config, const SenderList& options) {
    return with_desk(config, [&](DeskSession& session) {
        json::array array;
        for (const auto& sender : session.run(store::SenderStore(session.pool()).list(options.workspace))) {
            if (options.json)
                array.push_back(json::object{{"workspace", sender.workspace},
                                             {"address", sender.address},
                                             {"name", sender.name},
                                             {"mailbox", sender.mailbox}});
            else
                std::cout << fmt::format("{:<20} {}{}\n", one_line(sender.workspace),
                                         shown_sender(sender.name, sender.address),
                                         sender.mailbox ? " (a mailbox)" : "");
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const AliasAdd& options) {
    store::AliasChange alias;
    if (!read(options, alias)) return 2;
    return with_agent(config, options.agent,
                      [&](DeskSession& session, store::AliasStore aliases, std::int64_t agent) {
                          const auto added = session.run(aliases.add(agent, options.name, alias));
                          if (added && options.is_default)
                              return tell(session.run(aliases.make_default(agent, options.name)),
                                          "added alias " + options.name + ", the default one");
                          return tell(added, "added alias " + options.name);
                      });
}

int run(const Config& config, const AliasSet& options) {
    store::AliasChange change;
    if (!read(options, change)) return 2;
    return with_agent(config, options.agent,
                      [&](DeskSession& session, store::AliasStore aliases, std::int64_t agent) {
                          return tell(session.run(aliases.set(agent, options.name, change)),
                                      "changed alias " + options.name);
                      });
}

int run(const Config& config, const AliasDefault& options) {
    const auto name = options.name == "none" ? std::nullopt : std::optional(options.name);
    return with_agent(config, options.agent,
                      [&](DeskSession& session, store::AliasStore aliases, std::int64_t agent) {
                          return tell(session.run(aliases.make_default(agent, name)),
                                      name ? "the default alias is " + *name : "there is no default alias");
                      });
}

int run(const Config& config, const AliasRemove& options) {
    return with_agent(
        config, options.agent, [&](DeskSession& session, store::AliasStore aliases, std::int64_t agent) {
            return tell(session.run(aliases.remove(agent, options.name)), "removed alias " + options.name);
        });
}

int run(const Config& config, const AliasList& options) {
    return with_desk(config, [&](DeskSession& session) {
        std::optional<std::int64_t> agent;
        if (options.agent) {
            const auto found = session.run(desk::find_agent(session.pool(), *options.agent));
            if (!found) return refuse(one_line(found.error().text));
            agent = found->id;
        }
        json::array array;
        for (const auto& alias : session.run(store::AliasStore(session.pool()).list(agent))) {
            if (options.json)
                array.push_back(json::object{
                    {"agent", json::object{{"name", alias.agent_name}, {"address", alias.agent_address}}},
                    {"name", alias.name},
                    {"avatar", or_null_if_empty(alias.avatar)},
                    {"default", alias.is_default},
                    {"signature", json::object{{"name", alias.signature_name},
                                               {"text", alias.signature_text},
                                               {"html", alias.signature_html}}}});
            else
                std::cout << fmt::format("{:<30} {}{}\n", alias.agent_address, one_line(alias.name),
                                         alias.is_default ? " (default)" : "");
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

}  // namespace program
