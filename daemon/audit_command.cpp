// `ticketgate audit`: status 0 when everything holds, 1 when something does not.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/scan_progress.hpp"
#include "store/audit.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

json::object as_json(const store::AuditCheck& check) {
    return {{"name", check.name},         {"holds", check.wrong == 0},
            {"description", check.holds}, {"examined", check.examined},
            {"wrong", check.wrong},       {"examples", texts_as_json(check.examples)}};
}

void print(const store::AuditCheck& check) {
    std::cout << fmt::format("{:<5}  {:>10}  {:>8}  {}\n", check.wrong == 0 ? "ok" : "WRONG", check.examined,
                             check.wrong, check.holds);
    for (const auto& id : check.examples) std::cout << "           " << id << '\n';
    if (check.wrong > static_cast<std::int64_t>(check.examples.size()))
        std::cout << "           and " << check.wrong - static_cast<std::int64_t>(check.examples.size())
                  << " more\n";
}

}  // namespace

int run(const Config& config, const Audit& options) {
    return with_desk(patient(config), [&](DeskSession& session) {
        std::vector<store::AuditCheck> checks;
        {
            ScanProgress progress("raw mails");
            checks = session.run(store::Audit(session.pool()).run([&](std::int64_t done, std::int64_t total) {
                progress.at(done, total);
            }));
        }
        const bool holds = std::ranges::all_of(checks, [](const auto& check) { return check.wrong == 0; });
        if (options.json) {
            json::array list;
            for (const auto& check : checks) list.push_back(as_json(check));
            std::cout << json::serialize(json::object{{"holds", holds}, {"checks", std::move(list)}}) << '\n';
        } else {
            std::cout << fmt::format("{:<5}  {:>10}  {:>8}\n", "", "examined", "wrong");
            for (const auto& check : checks) print(check);
        }
        return holds ? 0 : 1;
    });
}

}  // namespace program
