#include "store/kept_mail.hpp"

#include "mail/sha256.hpp"
#include "store/raw.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

constexpr std::int64_t page_size = 500;
constexpr std::int64_t piece_size = 8 << 20;

MailKey read_key(const Row& row) {
    return {row.integer(0), row.uuid(1), row.integer(2)};
}

Params& add_time(Params& params, const std::optional<Timestamp>& time) {
    return time ? params.time(*time) : params.null();
}

// One mail's rows, from `at` on; leaves `at` behind them.
KeptMail read_mail(const Result& rows, int& at) {
    const Row first = rows[at];
    KeptMail mail{first.integer(0), first.uuid(1), first.text(2), first.text(3), {}, first.boolean(9), true};
    for (std::int64_t expected = 0; at < rows.size() && rows[at].uuid(1) == mail.interaction;
         ++at, ++expected) {
        const Row row = rows[at];
        if (row.is_null(7) || row.integer(7) != expected)
            mail.intact = false;
        else if (row.text(6) == "none")
            mail.raw += row.bytes(8);
        else if (!decompress_chunk(row.bytes(8), mail.raw))
            mail.intact = false;
    }
    mail.intact = mail.intact && static_cast<std::int64_t>(mail.raw.size()) == first.integer(4) &&
                  mail::sha256(mail.raw) == first.bytes(5);
    return mail;
}

}  // namespace

asio::awaitable<std::optional<MailKey>> KeptMailStore::find(tickets::Uuid interaction) {
    std::vector<Query> queries;
    queries.push_back({&sql::find_interaction, {}});
    queries.back().params.uuid(interaction);
    const auto results = co_await pool_.run(std::move(queries));
    if (results[0].size() == 0) co_return std::nullopt;
    co_return read_key(results[0][0]);
}

asio::awaitable<std::int64_t> KeptMailStore::count(std::optional<Timestamp> since) {
    std::vector<Query> queries;
    queries.push_back({&sql::count_kept_mails, {}});
    add_time(queries.back().params, since);
    const auto results = co_await pool_.run(std::move(queries));
    co_return results[0][0].integer(0);
}

asio::awaitable<std::vector<MailKey>> KeptMailStore::page(MailKey last, std::optional<Timestamp> since) {
    std::vector<Query> queries;
    queries.push_back({&sql::kept_mail_page, {}});
    add_time(queries.back().params.integer(last.workspace).uuid(last.interaction), since).integer(page_size);
    const auto results = co_await pool_.run(std::move(queries));
    std::vector<MailKey> keys;
    for (int i = 0; i < results[0].size(); ++i) keys.push_back(read_key(results[0][i]));
    co_return keys;
}

asio::awaitable<std::vector<KeptMail>> KeptMailStore::read(std::vector<MailKey> keys) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> ids;
    for (const auto& key : keys) {
        workspaces.push_back(key.workspace);
        ids.push_back(key.interaction);
    }
    std::vector<Query> queries;
    queries.push_back({&sql::kept_mails, {}});
    queries.back().params.integers(workspaces).uuids(ids);
    const auto results = co_await pool_.run(std::move(queries));
    co_return unpack(results[0]);
}

std::vector<KeptMail> KeptMailStore::unpack(const Result& rows) {
    std::vector<KeptMail> mails;
    for (int at = 0; at < rows.size();) mails.push_back(read_mail(rows, at));
    return mails;
}

std::vector<std::vector<MailKey>> KeptMailStore::pieces(const std::vector<MailKey>& page) {
    std::vector<std::vector<MailKey>> pieces;
    std::int64_t size = 0;
    for (const auto& key : page) {
        if (pieces.empty() || size + key.raw_size > piece_size) {
            pieces.emplace_back();
            size = 0;
        }
        pieces.back().push_back(key);
        size += key.raw_size;
    }
    return pieces;
}

}  // namespace store
