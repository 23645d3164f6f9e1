#include "store/held_store.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<std::vector<HeldMail>> HeldStore::read(std::optional<std::string> workspace,
                                                       std::optional<tickets::Uuid> interaction,
                                                       std::int64_t limit) {
    std::vector<Query> queries;
    queries.push_back({&sql::list_held, {}});
    queries.back().params.maybe_text(workspace).maybe_uuid(interaction).integer(limit);
    const auto results = co_await pool_.run(std::move(queries));
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
        mails.push_back(std::move(mail));
    }
    co_return mails;
}

asio::awaitable<std::vector<HeldMail>> HeldStore::list(std::optional<std::string> workspace,
                                                       std::int64_t limit) {
    co_return co_await read(std::move(workspace), std::nullopt, limit);
}

asio::awaitable<std::optional<HeldMail>> HeldStore::find(tickets::Uuid interaction) {
    auto mails = co_await read(std::nullopt, interaction, 1);
    if (mails.empty()) co_return std::nullopt;
    co_return std::move(mails.front());
}

}  // namespace store
