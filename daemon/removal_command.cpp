// `ticketgate purge` and `ticketgate person erase`: without --yes they only say what would go.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/scan_progress.hpp"
#include "daemon/terminal_text.hpp"
#include "store/desk_actions.hpp"
#include "store/erasure.hpp"
#include "store/purge.hpp"
#include "store/settings.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>

namespace program {
namespace {

namespace json = boost::json;

constexpr std::size_t most_named = 20;

// 90d, 12w, 2y, 48h. A year here is 366 days, so that nothing goes a day too early.
std::optional<std::chrono::hours> parse_age(const std::string& text) {
    const std::map<char, int> hours = {{'h', 1}, {'d', 24}, {'w', 7 * 24}, {'y', 366 * 24}};
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest + 1 != end || !hours.contains(*rest)) return std::nullopt;
    const auto unit = hours.at(*rest);
    if (number < 1 || number > 200 * hours.at('y') / unit) return std::nullopt;
    return std::chrono::hours(number * unit);
}

using Workspaces = std::map<std::int64_t, std::string>;

// The one that was named, or all; none with a message on standard error.
std::optional<Workspaces> workspaces(DeskSession& session, const std::optional<std::string>& name) {
    Workspaces chosen;
    for (const auto& [id, each, held_days] : session.run(store::SettingsStore(session.pool()).workspaces()))
        if (!name || each == *name) chosen.emplace(id, each);
    if (!name || !chosen.empty()) return chosen;
    refuse("there is no workspace " + one_line(*name));
    return std::nullopt;
}

std::vector<std::int64_t> ids_of(const Workspaces& workspaces) {
    std::vector<std::int64_t> ids;
    for (const auto& each : workspaces) ids.push_back(each.first);
    return ids;
}

constexpr auto only_said = "Nothing was removed. To do it, say --yes.\n";

}  // namespace

int run(const Config& config, const Purge& options) {
    const auto age = parse_age(options.older_than);
    if (!age)
        return refuse(one_line(options.older_than) +
                      " is no age: a number of hours, days, weeks or years, such as 48h, 90d, 12w or 2y");
    const auto before = std::chrono::system_clock::now() - *age;
    return with_desk(patient(config), [&](DeskSession& session) {
        const auto chosen = workspaces(session, options.workspace);
        if (!chosen) return 2;
        store::Purge purge(session.pool(), before);
        auto counts = session.run(purge.count(ids_of(*chosen)));
        if (options.yes) {
            const auto total = counts.tickets + counts.held;
            ScanProgress progress("tickets and held mails");
            counts = session.run(purge.run(ids_of(*chosen), [&](const store::PurgeCounts& gone) {
                progress.at(gone.tickets + gone.held, std::max(total, gone.tickets + gone.held));
            }));
        }
        if (options.json) {
            json::object out{{"removed", options.yes},    {"before", rfc3339(before)},
                             {"tickets", counts.tickets}, {"mails", counts.mails},
                             {"held_mails", counts.held}, {"bytes", counts.bytes}};
            if (options.yes) out["persons"] = counts.persons;
            std::cout << json::serialize(out) << '\n';
            return 0;
        }
        std::cout << fmt::format(
            "{}: {} tickets with {} mails, and {} held mails, {} bytes; nothing of them came since {}\n",
            options.yes ? "removed" : "would go", counts.tickets, counts.mails, counts.held, counts.bytes,
            rfc3339(before));
        if (options.yes)
            std::cout << fmt::format("{} persons went of whom nothing is left\n", counts.persons);
        else
            std::cout << only_said;
        return 0;
    });
}

int run(const Config& config, const PersonErase& options) {
    const auto address = operators_address(options.address);
    if (!address) return 2;
    return with_desk(patient(config), [&](DeskSession& session) {
        const auto chosen = workspaces(session, options.workspace);
        if (!chosen) return 2;
        if (session.run(store::SettingsStore(session.pool()).snapshot()).addresses.contains(address->key()))
            return refuse(address->str() + " is a mailbox of this desk");
        store::ErasureReport report;
        {
            ScanProgress progress("tickets");
            report = session.run(store::Erasure(session.pool(), address->key(), !options.yes)
                                     .run(ids_of(*chosen), [&](std::int64_t done, std::int64_t all) {
                                         progress.at(done, all);
                                     }));
        }
        std::int64_t others = 0;
        for (const auto& ticket : report.left) others += ticket.mails;
        const bool agent =
            std::ranges::any_of(session.run(store::AgentStore(session.pool()).find(address->key())),
                                [&](const auto& each) { return each.address == address->key(); });
        if (options.json) {
            json::array left;
            for (const auto& ticket : report.left)
                left.push_back(json::object{{"workspace", chosen->at(ticket.workspace)},
                                            {"short_id", ticket.short_id},
                                            {"mails_of_others", ticket.mails}});
            std::cout << json::serialize(json::object{{"removed", options.yes},
                                                      {"address", address->key()},
                                                      {"mails", report.mails},
                                                      {"bytes", report.bytes},
                                                      {"tickets", report.tickets},
                                                      {"persons", report.persons},
                                                      {"left", std::move(left)},
                                                      {"mails_of_others", others},
                                                      {"agent", agent}})
                      << '\n';
            return 0;
        }
        std::cout << fmt::format("{}: {} mails of {}, {} bytes, and {} tickets that {} without mail\n",
                                 options.yes ? "removed" : "would go", report.mails, address->key(),
                                 report.bytes, report.tickets, options.yes ? "were left" : "would be left");
        if (!report.left.empty())
            std::cout << fmt::format(
                "{} tickets stay for {} mails of others, which are as they came and may quote or name {}:\n",
                report.left.size(), others, address->key());
        for (std::size_t i = 0; i < std::min(report.left.size(), most_named); ++i)
            std::cout << fmt::format("  #{} ({})\n", report.left[i].short_id,
                                     one_line(chosen->at(report.left[i].workspace)));
        if (report.left.size() > most_named)
            std::cout << fmt::format("  and {} more (--json names them)\n", report.left.size() - most_named);
        if (agent) std::cout << fmt::format("{} is also an agent, who stays\n", address->key());
        if (!options.yes) std::cout << only_said;
        return 0;
    });
}

}  // namespace program
