#include "store/held_store.hpp"

#include "store/removal.hpp"
#include "store/statements.hpp"

#include <algorithm>

namespace store {

asio::awaitable<std::vector<HeldMail>> HeldStore::read(Params params) {
    const auto results = co_await pool_.run(single(sql::list_held, std::move(params)));
    std::vector<HeldMail> mails;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        HeldMail mail;
        mail.workspace_id = row.integer(0);
        mail.interaction = row.uuid(1);
        mail.workspace = row.text(2);
        mail.received = row.time(3);
        mail.author = row.text(4);
        mail.author_name = row.text(5);
        mail.subject = row.text(6);
        mail.raw_size = row.integer(7);
        mail.kind = row.maybe_text(8);
        mail.kind_reasons = row.texts(9);
        mail.row = row.text(10);
        mail.reasons = row.texts(11);
        mail.mailboxes = row.texts(12);
        mail.evidence = row.maybe_text(13);
        mails.push_back(std::move(mail));
    }
    co_return mails;
}

asio::awaitable<std::vector<HeldMail>> HeldStore::list(std::optional<std::string> workspace,
                                                       std::int64_t limit) {
    tickets::Uuid last;
    last.bytes.fill(0xff);
    co_return co_await read(std::move(Params().maybe_text(workspace).uuid({}).uuid(last).integer(limit)));
}

asio::awaitable<std::optional<HeldMail>> HeldStore::find(tickets::Uuid interaction) {
    auto mails = co_await read(
        std::move(Params().maybe_text(std::nullopt).uuid(interaction).uuid(interaction).integer(1)));
    if (mails.empty()) co_return std::nullopt;
    co_return std::move(mails.front());
}

asio::awaitable<std::optional<HeldToRelease>> HeldStore::to_release(tickets::Uuid interaction) {
    const auto results =
        co_await pool_.run(single(sql::held_to_release, std::move(Params().uuid(interaction))));
    if (results[0].size() == 0) co_return std::nullopt;
    const Row row = results[0][0];
    HeldToRelease mail;
    mail.workspace = row.integer(0);
    mail.workspace_name = row.text(1);
    mail.intake = row.uuid(2);
    mail.ticket = row.maybe_uuid(3);
    mail.received = row.time(4);
    mail.subject = row.text(5);
    mail.author = row.text(6);
    mail.author_name = row.text(7);
    mail.correspondents = row.texts(8);
    mail.verdict = row.text(9);
    mail.mailboxes = row.integers(10);
    mail.address = row.maybe_text(11).value_or("");
    mail.policy = row.maybe_text(12);
    mail.evidence = row.maybe_text(13);
    mail.raw_size = row.integer(14);
    mail.released = row.boolean(15);
    mail.reply_address = row.maybe_uuid(16);
    mail.returned = row.maybe_uuid(17);
    co_return mail;
}

asio::awaitable<bool> HeldStore::lock(Connection& connection, std::int64_t workspace,
                                      tickets::Uuid interaction, Deadline deadline) {
    const auto results = co_await connection.run(
        single(
            sql::lock_held_mails,
            std::move(Params().integer(workspace).uuids(std::vector{interaction}).maybe_text(std::nullopt))),
        deadline);
    co_return results[0].size() > 0;
}

asio::awaitable<std::int64_t> HeldStore::discard(std::int64_t workspace,
                                                 std::vector<tickets::Uuid> interactions,
                                                 std::string reason) {
    const auto work = [&]() -> asio::awaitable<std::int64_t> {
        auto removal = co_await Removal::begin(pool_, workspace, {});
        std::vector<tickets::Uuid> held;
        for (const auto& mail : co_await removal.held_mails(interactions, std::nullopt))
            held.push_back(mail.id);
        removal.discard_mails(held, reason);
        co_await removal.commit();
        co_return static_cast<std::int64_t>(held.size());
    };
    co_return co_await repeatedly(work);
}

asio::awaitable<std::int64_t> HeldStore::expire() {
    std::int64_t gone = 0;
    for (;;) {
        const auto results = co_await pool_.run(single(sql::expired_held_mails));
        std::map<std::int64_t, std::vector<tickets::Uuid>> old;
        for (int i = 0; i < results[0].size(); ++i)
            old[results[0][i].integer(0)].push_back(results[0][i].uuid(1));
        std::int64_t count = 0;
        for (auto& [workspace, mails] : old)
            count += co_await discard(workspace, std::move(mails), "expired");
        gone += count;
        // None: somebody else was faster with these.
        if (count == 0) co_return gone;
    }
}

asio::awaitable<HeldStanding> HeldStore::standing() {
    const auto results = co_await pool_.run(single(sql::held_standing));
    HeldStanding standing;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        standing.by_reason.emplace(row.text(0), row.integer(1));
        standing.oldest = std::max(standing.oldest, std::chrono::seconds(row.integer(2)));
    }
    co_return standing;
}

}  // namespace store
