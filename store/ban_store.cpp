#include "store/ban_store.hpp"

#include "store/statements.hpp"

#include <fmt/format.h>

namespace store {
namespace {

using tickets::Uuid;
using tickets::whole_installation;

constexpr std::int64_t page_size = 2000;

Query query(const Statement& statement, Params params) {
    return {&statement, std::move(params)};
}

std::optional<Timestamp> maybe_time(const Row& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.time(column));
}

Params& maybe_time(Params& params, const std::optional<Timestamp>& time) {
    return time ? params.time(*time) : params.null();
}

// The words of the database are those of tickets/ban.hpp.
tickets::BanKind kind_of(const std::string& text) {
    return tickets::ban_kind_named(text).value_or(tickets::BanKind::address);
}
tickets::BanEffect effect_of(const std::string& text) {
    return tickets::ban_effect_named(text).value_or(tickets::BanEffect::refuse);
}

BanRecord read_record(const Row& row) {
    BanRecord record;
    record.ban.workspace = row.integer(0);
    record.workspace = row.text(1);
    record.ban.id = row.uuid(2);
    record.ban.subject = {kind_of(row.text(3)), row.text(4), row.boolean(5), row.boolean(6)};
    record.ban.reason = row.text(7);
    record.ban.effect = effect_of(row.text(8));
    record.offence = static_cast<int>(row.integer(9));
    record.ban.begins = row.time(10);
    record.ban.ends = maybe_time(row, 11);
    record.closed = maybe_time(row, 12);
    record.closed_by = row.maybe_text(13).value_or("");
    return record;
}

std::string whose(const BanScope& scope) {
    return scope.workspace ? "workspace " + *scope.workspace : "the installation";
}
std::string option(const BanScope& scope) {
    return scope.workspace ? "--workspace " + *scope.workspace : "--installation";
}

}  // namespace

std::string BanRecord::state(Timestamp now) const {
    if (!closed_by.empty()) return closed_by;
    return ban.holds_at(now) ? "holds" : "expired";
}

asio::awaitable<Outcome<std::optional<std::int64_t>>> BanStore::number(BanScope scope) {
    if (scope.installation) co_return std::optional(whole_installation);
    if (!scope.workspace) co_return std::optional<std::int64_t>();
    const auto found =
        co_await pool_.run(single(sql::find_workspace, std::move(Params().text(*scope.workspace))));
    if (found[0].size() == 0) co_return Refusal{"there is no workspace " + *scope.workspace};
    co_return std::optional(found[0][0].integer(0));
}

asio::awaitable<Outcome<BanRecord>> BanStore::add(NewBan wanted, Timestamp now) {
    const BanScope scope{wanted.workspace, !wanted.workspace};
    const auto numbered = co_await number(scope);
    if (!numbered) co_return numbered.error();
    const std::int64_t workspace = numbered->value();
    const auto& subject = wanted.subject;
    const std::string kind(tickets::name(subject.kind));

    auto queries = single(sql::list_ban_reasons, std::move(Params().integer(workspace)));
    queries.push_back(query(sql::list_ban_rules, std::move(Params().integer(workspace))));
    queries.push_back(
        query(sql::count_offences, std::move(Params().integer(workspace).text(kind).text(subject.value))));
    queries.push_back(query(sql::person_of, std::move(Params().integer(workspace).text(subject.value))));
    const auto known = co_await pool_.run(std::move(queries));

    bool listed = false;
    for (int i = 0; i < known[0].size(); ++i) listed = listed || known[0][i].text(2) == wanted.reason;
    if (!listed)
        co_return Refusal{
            fmt::format("\"{}\" is no reason of {}; see: ticketgate ban-reason list, and add it with: "
                        "ticketgate ban-reason add {} \"{}\"",
                        wanted.reason, whose(scope), option(scope), wanted.reason)};
    std::optional<Uuid> person;
    if (subject.kind == tickets::BanKind::person) {
        if (known[3].size() == 0)
            co_return Refusal{fmt::format("{} knows no person {}; ban the address with --address",
                                          whose(scope), subject.value)};
        person = known[3][0].uuid(0);
    }
    const auto offences = static_cast<int>(known[2][0].integer(0));
    if (!wanted.length) {
        std::vector<tickets::BanRule> rules;
        for (int i = 0; i < known[1].size(); ++i)
            if (const auto length = tickets::parse_ban_length(known[1][i].text(3)))
                rules.push_back({static_cast<int>(known[1][i].integer(2)), *length});
        const auto* const rule = tickets::rule_for(rules, offences);
        if (!rule)
            co_return Refusal{
                fmt::format("no ban rule of {} says how long a ban after {} earlier ones is; say it "
                            "with --length",
                            whose(scope), offences)};
        wanted.length = rule->length;
    }

    BanRecord made;
    made.ban = {Uuid::make(now),        workspace, subject, wanted.reason, wanted.effect, now,
                wanted.length->end(now)};
    made.workspace = wanted.workspace.value_or("");
    made.offence = offences + 1;
    queries = single(sql::begin_ban_change);
    queries.push_back(query(sql::close_replaced_ban,
                            std::move(Params().integer(workspace).text(kind).text(subject.value).time(now))));
    Params row;
    row.integer(workspace)
        .uuid(made.ban.id)
        .text(kind)
        .text(subject.value)
        .maybe_uuid(person)
        .boolean(subject.subdomains)
        .boolean(subject.plus_addresses)
        .text(wanted.reason)
        .text(tickets::name(wanted.effect))
        .integer(made.offence)
        .time(now);
    maybe_time(row, made.ban.ends);
    queries.push_back(query(sql::insert_ban, std::move(row)));
    queries.push_back({&sql::end_ban_change, {}});
    co_await pool_.run(std::move(queries));
    co_return made;
}

asio::awaitable<Outcome<BanRecord>> BanStore::lift(Uuid id, Timestamp now) {
    const auto record = co_await find(id);
    if (!record) co_return Refusal{"there is no ban " + id.str()};
    auto queries = single(sql::begin_ban_change);
    queries.push_back(
        query(sql::lift_ban, std::move(Params().integer(record->ban.workspace).uuid(id).time(now))));
    queries.push_back({&sql::end_ban_change, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[1].affected() == 0) co_return Refusal{"ban " + id.str() + " is over already"};
    co_return (co_await find(id)).value();
}

asio::awaitable<std::vector<BanRecord>> BanStore::read(std::optional<std::int64_t> workspace,
                                                       std::optional<Uuid> id,
                                                       std::optional<std::string> value, bool over,
                                                       std::int64_t limit) {
    const auto results = co_await pool_.run(single(
        sql::list_bans,
        std::move(Params().maybe_integer(workspace).maybe_uuid(id).maybe_text(value).boolean(over).integer(
            limit))));
    std::vector<BanRecord> records;
    for (int i = 0; i < results[0].size(); ++i) records.push_back(read_record(results[0][i]));
    co_return records;
}

asio::awaitable<std::optional<BanRecord>> BanStore::find(Uuid id) {
    auto records = co_await read(std::nullopt, id, std::nullopt, true, 1);
    if (records.empty()) co_return std::nullopt;
    co_return std::move(records.front());
}

asio::awaitable<Outcome<std::vector<BanRecord>>> BanStore::list(BanScope scope,
                                                                std::optional<std::string> value, bool over,
                                                                std::int64_t limit) {
    const auto workspace = co_await number(std::move(scope));
    if (!workspace) co_return workspace.error();
    co_return co_await read(*workspace, std::nullopt, std::move(value), over, limit);
}

asio::awaitable<Outcome<std::monostate>> BanStore::add_reason(BanScope scope, std::string reason) {
    if (!tickets::can_be_ban_reason(reason) || mended(reason) != reason)
        co_return Refusal{"a reason has 1 to 200 bytes on one line"};
    const auto workspace = co_await number(scope);
    if (!workspace) co_return workspace.error();
    const auto results = co_await pool_.run(
        single(sql::add_ban_reason, std::move(Params().integer(workspace->value()).text(reason))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("{} has the reason \"{}\" already", whose(scope), reason)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> BanStore::remove_reason(BanScope scope, std::string reason) {
    const auto workspace = co_await number(scope);
    if (!workspace) co_return workspace.error();
    const auto results = co_await pool_.run(
        single(sql::remove_ban_reason, std::move(Params().integer(workspace->value()).text(reason))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("{} has no reason \"{}\"", whose(scope), reason)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::vector<BanReason>>> BanStore::reasons(BanScope scope) {
    const auto workspace = co_await number(std::move(scope));
    if (!workspace) co_return workspace.error();
    const auto results =
        co_await pool_.run(single(sql::list_ban_reasons, std::move(Params().maybe_integer(*workspace))));
    std::vector<BanReason> list;
    for (int i = 0; i < results[0].size(); ++i)
        list.push_back({results[0][i].text(1), results[0][i].text(2)});
    co_return list;
}

asio::awaitable<Outcome<std::monostate>> BanStore::set_rule(BanScope scope, tickets::BanRule rule) {
    const auto workspace = co_await number(std::move(scope));
    if (!workspace) co_return workspace.error();
    co_await pool_.run(single(
        sql::set_ban_rule,
        std::move(Params().integer(workspace->value()).integer(rule.offences).text(rule.length.str()))));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> BanStore::remove_rule(BanScope scope, int offences) {
    const auto workspace = co_await number(scope);
    if (!workspace) co_return workspace.error();
    const auto results = co_await pool_.run(
        single(sql::remove_ban_rule, std::move(Params().integer(workspace->value()).integer(offences))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("{} has no ban rule for {} earlier bans", whose(scope), offences)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::vector<WorkspaceBanRule>>> BanStore::rules(BanScope scope) {
    const auto workspace = co_await number(std::move(scope));
    if (!workspace) co_return workspace.error();
    const auto results =
        co_await pool_.run(single(sql::list_ban_rules, std::move(Params().maybe_integer(*workspace))));
    std::vector<WorkspaceBanRule> list;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        list.push_back({row.text(1),
                        {static_cast<int>(row.integer(2)),
                         tickets::parse_ban_length(row.text(3)).value_or(tickets::BanLength{})}});
    }
    co_return list;
}

asio::awaitable<Outcome<std::monostate>> BanStore::set_words(BanScope scope, std::string words) {
    if (!tickets::can_be_ban_words(words))
        co_return Refusal{"the words of a refusal are at most 200 printable ASCII characters"};
    const auto workspace = co_await number(scope);
    if (!workspace) co_return workspace.error();
    std::vector<Query> queries;
    if (scope.installation)
        queries = single(sql::set_installation_ban_words, std::move(Params().text(words)));
    else
        queries =
            single(sql::set_workspace_ban_words, std::move(Params().integer(workspace->value()).text(words)));
    queries.push_back({&sql::notify_settings, {}});
    co_await pool_.run(std::move(queries));
    co_return std::monostate{};
}

asio::awaitable<std::vector<BanWords>> BanStore::words() {
    const auto results = co_await pool_.run(single(sql::list_ban_words));
    std::vector<BanWords> list;
    for (int i = 0; i < results[0].size(); ++i)
        list.push_back({results[0][i].text(1), results[0][i].text(2)});
    co_return list;
}

asio::awaitable<void> read_bans(Pool& pool, std::int64_t version,
                                std::function<void(policy::LoadedBan, bool over)> take) {
    const bool over_too = version > 0;
    // Behind all ids of that version.
    Uuid id;
    id.bytes.fill(0xff);
    for (std::int64_t rows = page_size; rows == page_size;) {
        const auto results = co_await pool.run(
            single(sql::bans_since,
                   std::move(Params().integer(version).uuid(id).integer(page_size).boolean(over_too))));
        rows = results[0].size();
        for (int i = 0; i < results[0].size(); ++i) {
            const Row row = results[0][i];
            version = row.integer(0);
            id = row.uuid(2);
            policy::LoadedBan loaded;
            loaded.ban = {id,
                          row.integer(1),
                          {kind_of(row.text(3)), row.text(4), row.boolean(5), row.boolean(6)},
                          row.text(7),
                          effect_of(row.text(8)),
                          row.time(9),
                          maybe_time(row, 10)};
            loaded.addresses = row.texts(12);
            // A person who has no mail any more keeps the address they were banned by.
            if (loaded.ban.subject.kind == tickets::BanKind::person)
                loaded.addresses.push_back(loaded.ban.subject.value);
            take(std::move(loaded), row.boolean(11));
        }
    }
}

}  // namespace store
