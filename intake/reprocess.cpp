#include "intake/reprocess.hpp"

#include "intake/arrival.hpp"

#include <algorithm>

namespace intake {
namespace {

constexpr int max_attempts = 5;

store::Reading read_again(const store::KeptMail& mail, const store::Snapshot& settings) {
    Arrival arrival;
    read_into(arrival, mail.raw, mail.reverse_path, mail.imported ? Envelope::unknown : Envelope::known,
              settings);
    store::Reading reading{.message_id = std::nullopt,
                           .subject = store::mended(arrival.subject),
                           .author = store::mended(arrival.incoming.author),
                           .author_name = store::mended(arrival.author_name),
                           .correspondents = {},
                           .refs = {arrival.refs.begin(), arrival.refs.end()},
                           .kind = std::string(mail::name_of(arrival.kind.kind)),
                           .kind_reasons = arrival.kind.reasons};
    if (arrival.message_id) reading.message_id = store::mended(*arrival.message_id);
    for (const auto& address : arrival.incoming.correspondents)
        reading.correspondents.push_back(store::mended(address));
    return reading;
}

// As many of them from `at` on as one transaction may lock the ids of, and one at least.
std::vector<store::Mending> next_transaction(const std::vector<store::Mending>& mails, std::size_t& at) {
    std::vector<store::Mending> some;
    for (std::size_t ids = 0; at < mails.size(); ++at) {
        ids += mails[at].before.reading.refs.size() + mails[at].after.refs.size();
        if (!some.empty() && ids > store::max_ids_per_batch) break;
        some.push_back(mails[at]);
    }
    return some;
}

}  // namespace

asio::awaitable<std::vector<store::Mending>> Reprocess::differing(const std::vector<store::MailKey>& keys,
                                                                  ReprocessReport& report) {
    std::vector<tickets::Uuid> ids;
    for (const auto& key : keys) ids.push_back(key.interaction);
    const auto stored = co_await store::ReadingStore(pool_).read(keys.front().workspace, ids);
    std::vector<store::Mending> mails;
    for (const auto& mail : co_await store::KeptMailStore(pool_).read(keys)) {
        const auto before = std::ranges::find(stored, mail.interaction, &store::StoredReading::interaction);
        if (before == stored.end()) continue;
        if (!mail.intact) {
            report.damaged.push_back(mail.interaction);
            continue;
        }
        store::Reading after = read_again(mail, settings_);
        if (after != before->reading) mails.push_back({*before, std::move(after)});
    }
    co_return mails;
}

asio::awaitable<void> Reprocess::piece(std::vector<store::MailKey> keys, bool dry_run, const Changed& changed,
                                       ReprocessReport& report) {
    std::set<tickets::Uuid> told;
    for (int attempt = 1;; ++attempt) {
        ReprocessReport found;
        const auto mails = co_await differing(keys, found);
        try {
            for (std::size_t at = 0; at < mails.size();) {
                const auto some = next_transaction(mails, at);
                if (!dry_run) co_await store::ReadingStore(pool_).mend(keys.front().workspace, some);
                for (const auto& mail : some)
                    if (told.insert(mail.before.interaction).second) changed(mail);
            }
            report.read += static_cast<std::int64_t>(keys.size());
            report.changed += static_cast<std::int64_t>(told.size());
            report.damaged.insert(report.damaged.end(), found.damaged.begin(), found.damaged.end());
            co_return;
        } catch (const store::Error& error) {
            // Somebody merged or purged: what was mended so far no longer differs.
            if (error.kind() != store::Error::Kind::serialization || attempt == max_attempts) throw;
        }
    }
}

asio::awaitable<ReprocessReport> Reprocess::run(ReprocessOptions options, Changed changed,
                                                Progress progress) {
    ReprocessReport report;
    store::KeptMailStore store(pool_);
    if (options.interaction) {
        const auto key = co_await store.find(*options.interaction);
        report.found = key.has_value();
        if (key) co_await piece({*key}, options.dry_run, changed, report);
        co_return report;
    }
    for (auto page = co_await store.page({}, options.since); !page.empty();
         page = co_await store.page(page.back(), options.since))
        for (const auto& keys : store::KeptMailStore::pieces(page)) {
            // A piece may reach over the end of a workspace.
            for (auto at = keys.begin(); at != keys.end();) {
                const auto end = std::find_if(at, keys.end(), [&](const store::MailKey& key) {
                    return key.workspace != at->workspace;
                });
                co_await piece({at, end}, options.dry_run, changed, report);
                at = end;
            }
            progress(report.read);
        }
    co_return report;
}

}  // namespace intake
