// `ticketgate reprocess`: status 1 when stored mail was found damaged.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/scan_progress.hpp"
#include "daemon/terminal_text.hpp"
#include "intake/reprocess.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <cstdio>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

// YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.
std::optional<store::Timestamp> parse_time(const std::string& text) {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int end = 0;
    const auto whole = [&] { return end > 0 && static_cast<std::size_t>(end) == text.size(); };
    std::sscanf(text.c_str(), "%4u-%2u-%2u%n", &year, &month, &day, &end);
    if (!whole()) {
        end = 0;
        std::sscanf(text.c_str(), "%4u-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day, &hour, &minute, &second,
                    &end);
        if (!whole()) return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    // system_clock counts nanoseconds, which end in 2262.
    if (!date.ok() || year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

struct Change {
    const char *key, *what;
    std::string before, after;
};

std::vector<Change> changes(const store::Reading& before, const store::Reading& after) {
    std::vector<Change> all = {
        {"message_id", "message id", before.message_id.value_or(""), after.message_id.value_or("")},
        {"subject", "subject", before.subject, after.subject},
        {"author", "author", before.author, after.author},
        {"author_name", "author's name", before.author_name, after.author_name},
        {"correspondents", "correspondents", joined(before.correspondents), joined(after.correspondents)},
        {"kind", "kind", before.kind.value_or(""), after.kind.value_or("")},
        {"kind_reasons", "reasons for its kind", joined(before.kind_reasons), joined(after.kind_reasons)}};
    std::erase_if(all, [](const Change& change) { return change.before == change.after; });
    return all;
}

// How many of the first are not in the second.
std::size_t missing(const store::Reading& from, const store::Reading& in) {
    std::size_t count = 0;
    for (const auto& ref : from.refs) count += in.refs.contains(ref) ? 0 : 1;
    return count;
}

void print(const store::Mending& mail) {
    const auto &before = mail.before.reading, &after = mail.after;
    std::cout << mail.before.interaction.str() << '\n';
    for (const auto& change : changes(before, after))
        std::cout << fmt::format("  {}: '{}' is '{}'\n", change.what, one_line(change.before),
                                 one_line(change.after));
    const std::size_t gone = missing(before, after), fresh = missing(after, before);
    if (gone + fresh > 0) std::cout << fmt::format("  ids: {} more, {} fewer\n", fresh, gone);
}

json::object as_json(const store::Mending& mail) {
    const auto &before = mail.before.reading, &after = mail.after;
    json::object object{{"id", mail.before.interaction.str()},
                        {"ids_more", missing(after, before)},
                        {"ids_fewer", missing(before, after)}};
    for (const auto& change : changes(before, after))
        object[change.key] = json::object{{"before", change.before}, {"after", change.after}};
    return object;
}

}  // namespace

int run(const Config& config, const Reprocess& options) {
    intake::ReprocessOptions wanted{.interaction = {}, .since = {}, .dry_run = options.dry_run};
    if (options.interaction) {
        wanted.interaction = tickets::Uuid::parse(*options.interaction);
        if (!wanted.interaction)
            return refuse(*options.interaction +
                          " is no id of an interaction (ticket show --json tells them)");
    }
    if (options.since) {
        wanted.since = parse_time(*options.since);
        if (!wanted.since) return refuse(*options.since + " is no time (YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ)");
    }
    return with_desk(patient(config), [&](DeskSession& session) {
        const auto settings = session.run(store::SettingsStore(session.pool()).snapshot());
        const auto total = session.run(store::KeptMailStore(session.pool()).count(wanted.since));
        // All mails may have changed: each is written when it is known.
        const char* between = "{\"mails\": [";
        const auto changed = [&](const store::Mending& mail) {
            if (!options.json) return print(mail);
            std::cout << between << json::serialize(as_json(mail));
            between = ",\n";
        };
        intake::ReprocessReport report;
        {
            ScanProgress progress("mails");
            report = session.run(
                intake::Reprocess(session.pool(), settings).run(wanted, changed, [&](std::int64_t read) {
                    progress.at(read, total);
                }));
        }
        if (!report.found) return refuse("there is no interaction " + *options.interaction);
        if (options.json) {
            if (report.changed == 0) std::cout << between;
            json::array damaged;
            for (const auto& id : report.damaged) damaged.emplace_back(id.str());
            std::cout << fmt::format("], \"read\": {}, \"changed\": {}, \"dry_run\": {}, \"damaged\": {}}}\n",
                                     report.read, report.changed, options.dry_run, json::serialize(damaged));
        } else {
            std::cout << fmt::format("{} read, {} {}\n", report.read, report.changed,
                                     options.dry_run ? "would change" : "changed");
        }
        for (const auto& id : report.damaged)
            std::cerr << "ticketgate: " << id.str() << " is damaged and was left as it is\n";
        return report.damaged.empty() ? 0 : 1;
    });
}

}  // namespace program
