// Stored mail read again by the present reader.
//
// Goes through it in the order of its keys, a transaction for a few mails at a time; stopped anywhere and
// started again it goes on to the same result. Throws store::Error.
#pragma once

#include "store/reading_store.hpp"
#include "store/settings.hpp"

#include <functional>

namespace intake {

namespace asio = boost::asio;

struct ReprocessOptions {
    std::optional<tickets::Uuid> interaction;  // only this one
    std::optional<store::Timestamp> since;     // only what was received then or later
    bool dry_run = false;
};

struct ReprocessReport {
    bool found = true;  // false: there is no such interaction
    std::int64_t read = 0, changed = 0;
    std::vector<tickets::Uuid> damaged;  // not the mail that was accepted: left as it is
};

class Reprocess {
  public:
    using Changed = std::function<void(const store::Mending&)>;
    using Progress = std::function<void(std::int64_t read)>;

    Reprocess(store::Pool& pool, const store::Snapshot& settings) : pool_(pool), settings_(settings) {}

    asio::awaitable<ReprocessReport> run(ReprocessOptions options, Changed changed, Progress progress);

  private:
    asio::awaitable<void> piece(std::vector<store::MailKey> keys, bool dry_run, const Changed& changed,
                                ReprocessReport& report);
    asio::awaitable<std::vector<store::Mending>> differing(const std::vector<store::MailKey>& keys,
                                                           ReprocessReport& report);

    store::Pool& pool_;
    const store::Snapshot& settings_;
};

}  // namespace intake
