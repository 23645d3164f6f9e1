#include "store/purge.hpp"

#include "store/removal.hpp"
#include "store/statements.hpp"

#include <algorithm>

namespace store {
namespace {

using tickets::Uuid;

// Few, since a writer whose mail belongs to one of them waits for all.
constexpr std::int64_t page_size = 100;
constexpr std::size_t persons_at_once = 500;
// By how much the clocks of the hosts that give mails their ids may differ.
constexpr std::chrono::hours clock_difference{1};

void add(PurgeCounts& sum, const PurgeCounts& more) {
    sum.tickets += more.tickets;
    sum.mails += more.mails;
    sum.held += more.held;
    sum.bytes += more.bytes;
    sum.persons += more.persons;
}

std::int64_t bytes_of(const std::vector<RemovableMail>& mails) {
    std::int64_t bytes = 0;
    for (const auto& mail : mails) bytes += mail.raw_size;
    return bytes;
}

std::vector<Uuid> ids_of(const std::vector<RemovableMail>& mails) {
    std::vector<Uuid> ids;
    for (const auto& mail : mails) ids.push_back(mail.id);
    return ids;
}

}  // namespace

asio::awaitable<PurgeCounts> Purge::count(std::vector<std::int64_t> workspaces) {
    PurgeCounts counts;
    for (const auto workspace : workspaces) {
        const auto results =
            co_await pool_.run(single(sql::count_old, std::move(Params().integer(workspace).time(before_))));
        const Row row = results[0][0];
        add(counts, {.tickets = row.integer(0),
                     .mails = row.integer(1),
                     .held = row.integer(2),
                     .bytes = row.integer(3)});
    }
    co_return counts;
}

template <class Work>
asio::awaitable<void> Purge::in_pages(const Statement& statement, std::int64_t workspace, Work work) {
    for (Uuid last;;) {
        const auto results = co_await pool_.run(single(
            statement, std::move(Params().integer(workspace).time(before_).uuid(last).integer(page_size))));
        const auto page = uuids_of(results[0]);
        if (page.empty()) co_return;
        last = page.back();
        co_await work(page);
    }
}

asio::awaitable<PurgeCounts> Purge::run(std::vector<std::int64_t> workspaces,
                                        std::function<void(const PurgeCounts&)> progress) {
    PurgeCounts counts;
    for (const auto workspace : workspaces) {
        const auto tickets = [&](const std::vector<Uuid>& page) -> asio::awaitable<void> {
            add(counts, co_await repeatedly([&] { return remove_tickets(workspace, page); }));
            progress(counts);
        };
        co_await in_pages(sql::old_tickets, workspace, tickets);
        const auto held = [&](const std::vector<Uuid>& page) -> asio::awaitable<void> {
            add(counts, co_await repeatedly([&] { return remove_held(workspace, page); }));
            progress(counts);
        };
        co_await in_pages(sql::old_held_mails, workspace, held);
        counts.persons += co_await remove_persons(workspace);
        co_await remove_empty_threads(pool_, workspace);
    }
    co_return counts;
}

asio::awaitable<PurgeCounts> Purge::remove_tickets(std::int64_t workspace, std::vector<Uuid> tickets) {
    auto removal = co_await Removal::begin(pool_, workspace, std::move(tickets));
    const auto old = uuids_of(co_await removal.ask(
        sql::still_old, std::move(Params().integer(workspace).time(before_).uuids(removal.locked()))));
    const auto mails = co_await removal.mails_of(old, std::nullopt);
    removal.remove_mails(ids_of(mails));
    removal.remove_tickets(old);
    co_await removal.commit();
    co_return PurgeCounts{.tickets = static_cast<std::int64_t>(old.size()),
                          .mails = static_cast<std::int64_t>(mails.size()),
                          .bytes = bytes_of(mails)};
}

asio::awaitable<PurgeCounts> Purge::remove_held(std::int64_t workspace, std::vector<Uuid> ids) {
    auto removal = co_await Removal::begin(pool_, workspace, {});
    const auto mails = co_await removal.held_mails(std::move(ids), std::nullopt);
    removal.remove_mails(ids_of(mails));
    co_await removal.commit();
    co_return PurgeCounts{.held = static_cast<std::int64_t>(mails.size()), .bytes = bytes_of(mails)};
}

asio::awaitable<std::int64_t> Purge::remove_persons(std::int64_t workspace) {
    const Uuid since = Uuid::make(std::chrono::system_clock::now() - clock_difference);
    const auto found =
        co_await pool_.run(single(sql::persons_without_mail, std::move(Params().integer(workspace))));
    const auto persons = uuids_of(found[0]);
    std::int64_t removed = 0;
    for (std::size_t at = 0; at < persons.size(); at += persons_at_once) {
        const auto first = persons.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(persons_at_once, persons.size() - at);
        const std::vector<Uuid> some(first, first + static_cast<std::ptrdiff_t>(count));
        const auto work = [&]() -> asio::awaitable<std::int64_t> {
            const auto results = co_await pool_.run(
                single(sql::remove_persons, std::move(Params().integer(workspace).uuids(some).uuid(since))));
            co_return results[0].affected();
        };
        removed += co_await repeatedly(work);
    }
    co_return removed;
}

}  // namespace store
