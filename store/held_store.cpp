#include "store/held_store.hpp"

#include "store/statements.hpp"

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

}  // namespace store
