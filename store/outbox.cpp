#include "store/outbox.hpp"

#include "store/statements.hpp"

namespace store {

asio::awaitable<bool> Outbox::queue(QueuedMail mail) {
    const auto results = co_await pool_.run(
        single(sql::queue_mail, std::move(Params()
                                              .integer(mail.workspace)
                                              .uuid(tickets::Uuid::make(std::chrono::system_clock::now()))
                                              .text(mail.kind)
                                              .integer(mail.mailbox)
                                              .maybe_uuid(mail.interaction)
                                              .text(mail.recipient)
                                              .bytes(std::move(mail.message))
                                              .text(mail.dedupe_key))));
    co_return results[0].affected() > 0;
}

asio::awaitable<std::vector<HeldDigest>> Outbox::digests_due() {
    const auto results = co_await pool_.run(single(sql::held_digests_due));
    std::vector<HeldDigest> due;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        due.push_back({row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4), row.integer(5),
                       row.time(6), row.texts(7)});
    }
    co_return due;
}

}  // namespace store
