// `ticketgate ban ...`, `ban-rule ...` and `ban-reason ...`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "store/ban_store.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using store::BanRecord;

store::BanScope scope_of(const BanOwner& owner) {
    return {owner.workspace, owner.installation};
}

std::string whose(const std::string& workspace) {
    return workspace.empty() ? "(installation)" : workspace;
}

json::value time_or_null(const std::optional<store::Timestamp>& time) {
    return time ? json::value(rfc3339(*time)) : json::value();
}

json::object as_json(const BanRecord& record, store::Timestamp now) {
    const auto& [id, number, subject, reason, effect, begins, ends] = record.ban;
    return {{"id", id.str()},
            {"workspace", or_null_if_empty(record.workspace)},
            {"subject", tickets::name(subject.kind)},
            {"value", subject.value},
            {"subdomains", subject.subdomains},
            {"plus_addresses", subject.plus_addresses},
            {"reason", reason},
            {"effect", tickets::name(effect)},
            {"offence", record.offence},
            {"begins", rfc3339(begins)},
            {"ends", time_or_null(ends)},
            {"state", record.state(now)},
            {"closed", time_or_null(record.closed)}};
}

std::string until(const BanRecord& record) {
    return record.ban.ends ? "until " + rfc3339(*record.ban.ends) : "permanent";
}

void print_line(const BanRecord& record, store::Timestamp now) {
    std::cout << fmt::format("{}  {:<14}  {:<8}  {:<8}  {}  {}  ({})\n", record.ban.id.str(),
                             one_line(whose(record.workspace)), record.state(now),
                             tickets::name(record.ban.effect), until(record),
                             one_line(record.ban.subject.str()), one_line(record.ban.reason));
}

int print_all(const store::Outcome<std::vector<BanRecord>>& records, bool as_array) {
    if (!records) return refuse(records.error().text);
    const auto now = std::chrono::system_clock::now();
    json::array array;
    for (const auto& record : *records) {
        if (as_array)
            array.push_back(as_json(record, now));
        else
            print_line(record, now);
    }
    if (as_array) std::cout << json::serialize(array) << '\n';
    return 0;
}

int tell(const store::Outcome<std::monostate>& outcome, const std::string& done) {
    if (!outcome) return refuse(outcome.error().text);
    std::cout << done << '\n';
    return 0;
}

// Nothing, with the reason on standard error.
std::optional<tickets::BanSubject> subject_of(const BanAdd& options) {
    const auto said = [](const std::optional<tickets::BanSubject>& subject, const std::string& text,
                         const char* what) {
        if (!subject) refuse(text + " is no " + what);
        return subject;
    };
    if (options.address)
        return said(tickets::banned_address(*options.address, options.plus), *options.address,
                    "address that mail could come from");
    if (options.domain)
        return said(tickets::banned_domain(*options.domain, options.subdomains), *options.domain,
                    "domain name");
    if (options.network)
        return said(tickets::banned_network(*options.network), *options.network,
                    "network that could be banned (an address or CIDR, at most an IPv4 /8 or an IPv6 /16)");
    const std::string text = options.person.value_or("");
    auto subject = said(tickets::banned_address(text, false), text, "address of a person");
    if (subject) {
        subject->kind = tickets::BanKind::person;
        subject->plus_addresses = options.plus;
    }
    return subject;
}

// As a ban's value has it; a subject may be of any kind.
std::optional<std::string> value_of(const std::string& text) {
    const auto subject = text.find('@') != std::string::npos ? tickets::banned_address(text, false)
                         : tickets::ban_network(text)        ? tickets::banned_network(text)
                                                             : tickets::banned_domain(text, false);
    return subject ? std::optional(subject->value) : std::nullopt;
}

std::optional<tickets::BanLength> length_of(const std::string& text) {
    const auto length = tickets::parse_ban_length(text);
    if (!length) refuse(text + " is no length of a ban (90m, 12h, 7d, 2w, 3mo, permanent)");
    return length;
}

std::optional<tickets::Uuid> id_of(const std::string& text) {
    const auto id = tickets::Uuid::parse(text);
    if (!id) refuse(text + " is no id of a ban; see: ticketgate ban list");
    return id;
}

}  // namespace

int run(const Config& config, const BanAdd& options) {
    store::NewBan ban;
    const auto subject = subject_of(options);
    if (!subject) return 2;
    if (options.length) {
        ban.length = length_of(*options.length);
        if (!ban.length) return 2;
    }
    ban.workspace = options.owner.workspace;
    ban.subject = *subject;
    ban.reason = options.reason;
    ban.effect = tickets::ban_effect_named(options.effect).value_or(tickets::BanEffect::refuse);
    return with_desk(config, [&](DeskSession& session) {
        const auto now = std::chrono::system_clock::now();
        const auto added = session.run(store::BanStore(session.pool()).add(ban, now));
        if (!added) return refuse(added.error().text);
        if (options.json)
            std::cout << json::serialize(as_json(*added, now)) << '\n';
        else
            std::cout << fmt::format("banned {}, {}; ban {}\n", one_line(added->ban.subject.str()),
                                     until(*added), added->ban.id.str());
        return 0;
    });
}

int run(const Config& config, const BanList& options) {
    return with_desk(config, [&](DeskSession& session) {
        return print_all(
            session.run(store::BanStore(session.pool())
                            .list(scope_of(options.owner), std::nullopt, options.all, options.limit)),
            options.json);
    });
}

int run(const Config& config, const BanShow& options) {
    const auto id = id_of(options.id);
    if (!id) return 2;
    return with_desk(config, [&](DeskSession& session) {
        const auto record = session.run(store::BanStore(session.pool()).find(*id));
        if (!record) return refuse("there is no ban " + options.id);
        const auto now = std::chrono::system_clock::now();
        if (options.json) {
            std::cout << json::serialize(as_json(*record, now)) << '\n';
            return 0;
        }
        std::cout << fmt::format(
            "{}\n\n  Ban        {}\n  Whose      {}\n  State      {}\n  Reason     {}\n  Effect     {}\n  "
            "Offence    {}\n"
            "  Begins     {}\n  Ends       {}\n",
            one_line(record->ban.subject.str()), record->ban.id.str(), one_line(whose(record->workspace)),
            record->state(now), one_line(record->ban.reason), tickets::name(record->ban.effect),
            record->offence, rfc3339(record->ban.begins),
            record->ban.ends ? rfc3339(*record->ban.ends) : "never");
        if (record->closed) std::cout << fmt::format("  Closed     {}\n", rfc3339(*record->closed));
        return 0;
    });
}

int run(const Config& config, const BanLift& options) {
    const auto id = id_of(options.id);
    if (!id) return 2;
    return with_desk(config, [&](DeskSession& session) {
        const auto lifted =
            session.run(store::BanStore(session.pool()).lift(*id, std::chrono::system_clock::now()));
        if (!lifted) return refuse(lifted.error().text);
        std::cout << "lifted the ban of " << one_line(lifted->ban.subject.str()) << '\n';
        return 0;
    });
}

int run(const Config& config, const BanHistory& options) {
    const auto value = value_of(options.subject);
    if (!value) return refuse(options.subject + " is no address, domain or network");
    return with_desk(config, [&](DeskSession& session) {
        return print_all(
            session.run(
                store::BanStore(session.pool()).list(scope_of(options.owner), *value, true, options.limit)),
            options.json);
    });
}

int run(const Config& config, const BanWordsCommand& options) {
    const auto scope = scope_of(options.owner);
    if (options.text && !scope.workspace && !scope.installation)
        return refuse("whose words? say --workspace NAME or --installation");
    return with_desk(config, [&](DeskSession& session) {
        store::BanStore bans(session.pool());
        if (options.text)
            return tell(session.run(bans.set_words(scope, *options.text)),
                        "changed what a refused sender reads");
        json::array array;
        for (const auto& [workspace, words] : session.run(bans.words())) {
            if ((scope.workspace && workspace != *scope.workspace) ||
                (scope.installation && !workspace.empty()))
                continue;
            if (options.json)
                array.push_back(json::object{{"workspace", or_null_if_empty(workspace)}, {"words", words}});
            else
                std::cout << fmt::format("{:<20} {}\n", one_line(whose(workspace)), words);
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const BanRuleAdd& options) {
    const auto length = length_of(options.length);
    if (!length) return 2;
    return with_desk(config, [&](DeskSession& session) {
        return tell(session.run(store::BanStore(session.pool())
                                    .set_rule(scope_of(options.owner), {options.offences, *length})),
                    fmt::format("a ban after {} earlier ones: {}", options.offences, length->str()));
    });
}

int run(const Config& config, const BanRuleList& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto rules = session.run(store::BanStore(session.pool()).rules(scope_of(options.owner)));
        if (!rules) return refuse(rules.error().text);
        json::array array;
        for (const auto& [workspace, rule] : *rules) {
            if (options.json)
                array.push_back(json::object{{"workspace", or_null_if_empty(workspace)},
                                             {"offences", rule.offences},
                                             {"length", rule.length.str()}});
            else
                std::cout << fmt::format("{:<20} {:>4}  {}\n", one_line(whose(workspace)), rule.offences,
                                         rule.length.str());
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const BanRuleRemove& options) {
    return with_desk(config, [&](DeskSession& session) {
        return tell(
            session.run(
                store::BanStore(session.pool()).remove_rule(scope_of(options.owner), options.offences)),
            fmt::format("removed the ban rule for {} earlier bans", options.offences));
    });
}

int run(const Config& config, const BanReasonAdd& options) {
    return with_desk(config, [&](DeskSession& session) {
        return tell(
            session.run(store::BanStore(session.pool()).add_reason(scope_of(options.owner), options.reason)),
            "added the reason " + one_line(options.reason));
    });
}

int run(const Config& config, const BanReasonList& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto reasons = session.run(store::BanStore(session.pool()).reasons(scope_of(options.owner)));
        if (!reasons) return refuse(reasons.error().text);
        json::array array;
        for (const auto& [workspace, reason] : *reasons) {
            if (options.json)
                array.push_back(json::object{{"workspace", or_null_if_empty(workspace)}, {"reason", reason}});
            else
                std::cout << fmt::format("{:<20} {}\n", one_line(whose(workspace)), one_line(reason));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const BanReasonRemove& options) {
    return with_desk(config, [&](DeskSession& session) {
        return tell(
            session.run(
                store::BanStore(session.pool()).remove_reason(scope_of(options.owner), options.reason)),
            "removed the reason " + one_line(options.reason));
    });
}

}  // namespace program
