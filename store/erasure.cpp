#include "store/erasure.hpp"

#include "store/statements.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace store {
namespace {

using tickets::Uuid;

// Few, since a writer whose mail belongs to one of them waits for all.
constexpr std::size_t page_size = 100;
constexpr int most_passes = 5;

void add(ErasureReport& sum, ErasureReport more) {
    sum.mails += more.mails;
    sum.bytes += more.bytes;
    sum.tickets += more.tickets;
    std::ranges::move(more.left, std::back_inserter(sum.left));
}

// Their mails among these, and those of others.
struct Sorted {
    std::vector<Uuid> theirs, others;
    std::vector<std::string> subjects;  // of theirs
    ErasureReport report;
};

Sorted sort(const std::vector<RemovableMail>& mails) {
    Sorted sorted;
    for (const auto& mail : mails) {
        (mail.theirs ? sorted.theirs : sorted.others).push_back(mail.id);
        if (!mail.theirs) continue;
        sorted.subjects.push_back(mail.subject);
        ++sorted.report.mails;
        sorted.report.bytes += mail.raw_size;
    }
    return sorted;
}

// `work` for a page of `ids` at a time, again where it met somebody else's transaction.
template <class Work>
asio::awaitable<ErasureReport> in_pages(std::vector<Uuid> ids, Work work,
                                        std::function<void(std::int64_t, std::int64_t)> progress) {
    ErasureReport report;
    for (std::size_t at = 0; at < ids.size();) {
        const auto count = std::min(page_size, ids.size() - at);
        const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
        const std::vector<Uuid> page(first, first + static_cast<std::ptrdiff_t>(count));
        add(report, co_await repeatedly([&] { return work(page); }));
        at += count;
        progress(static_cast<std::int64_t>(at), static_cast<std::int64_t>(ids.size()));
    }
    co_return report;
}

}  // namespace

asio::awaitable<ErasureReport> Erasure::run(std::vector<std::int64_t> workspaces,
                                            std::function<void(std::int64_t, std::int64_t)> progress) {
    ErasureReport report;
    for (const auto workspace : workspaces) {
        const auto known =
            co_await pool_.run(single(sql::person_of, std::move(Params().integer(workspace).text(address_))));
        const auto person = known[0].size() > 0 ? std::optional(known[0][0].uuid(0)) : std::nullopt;
        // Again, since tickets are merged and mail comes meanwhile; nobody writes faster for long.
        for (int pass = 0; pass < (dry_run_ ? 1 : most_passes); ++pass) {
            auto queries = single(sql::tickets_naming,
                                  std::move(Params().integer(workspace).text(address_).maybe_uuid(person)));
            queries.push_back({&sql::held_mails_naming, {}});
            queries.back().params.integer(workspace).text(address_);
            const auto found = co_await pool_.run(std::move(queries));
            if (found[0].size() + found[1].size() == 0) break;
            const auto tickets = [&](const std::vector<Uuid>& page) {
                return in_tickets(workspace, page, person);
            };
            add(report, co_await in_pages(uuids_of(found[0]), tickets, progress));
            const auto held = [&](const std::vector<Uuid>& page) { return in_held_mails(workspace, page); };
            add(report, co_await in_pages(uuids_of(found[1]), held, progress));
        }
        if (person) report.persons += co_await remove_person(workspace, *person);
        if (dry_run_) continue;
        co_await remove_empty_threads(pool_, workspace);
        auto trust = single(sql::forget_trusted, std::move(Params().integer(workspace).text(address_)));
        trust.push_back({&sql::forget_queued_mail, {}});
        trust.back().params.integer(workspace).text(address_);
        trust.push_back({&sql::forget_deliveries, {}});
        trust.back().params.integer(workspace).text(address_);
        trust.push_back({&sql::notify_settings, {}});
        co_await pool_.run(std::move(trust));
    }
    co_return report;
}

asio::awaitable<ErasureReport> Erasure::in_tickets(std::int64_t workspace, std::vector<Uuid> tickets,
                                                   std::optional<Uuid> person) {
    auto removal = co_await Removal::begin(pool_, workspace, tickets);
    const auto mails = co_await removal.mails_of(removal.locked(), address_);
    Sorted sorted = sort(mails);
    std::map<Uuid, std::int64_t> others;  // of each ticket
    for (const auto& mail : mails) others[*mail.ticket] += mail.theirs ? 0 : 1;
    std::vector<Uuid> empty, left;
    for (const auto& [ticket, count] : others) (count > 0 ? left : empty).push_back(ticket);

    removal.remove_mails(sorted.theirs);
    removal.forget(sorted.others, address_);
    removal.remove_tickets(empty);
    removal.forget_in_tickets(address_, person, sorted.subjects);
    sorted.report.tickets = static_cast<std::int64_t>(empty.size());
    const auto names =
        co_await removal.ask(sql::short_ids_of, std::move(Params().integer(workspace).uuids(left)));
    for (int i = 0; i < names.size(); ++i)
        sorted.report.left.push_back({workspace, names[i].text(1), others.at(names[i].uuid(0))});
    if (dry_run_)
        co_await removal.roll_back();
    else
        co_await removal.commit();
    co_return std::move(sorted.report);
}

asio::awaitable<ErasureReport> Erasure::in_held_mails(std::int64_t workspace, std::vector<Uuid> mails) {
    auto removal = co_await Removal::begin(pool_, workspace, {});
    Sorted sorted = sort(co_await removal.held_mails(std::move(mails), address_));
    removal.remove_mails(sorted.theirs);
    removal.forget(sorted.others, address_);
    if (dry_run_)
        co_await removal.roll_back();
    else
        co_await removal.commit();
    co_return std::move(sorted.report);
}

// A mail of theirs that came meanwhile keeps them; it is for whoever asks again.
asio::awaitable<std::int64_t> Erasure::remove_person(std::int64_t workspace, Uuid person) {
    if (dry_run_) co_return 1;
    const auto work = [&]() -> asio::awaitable<std::int64_t> {
        const auto results = co_await pool_.run(
            single(sql::remove_person, std::move(Params().integer(workspace).uuid(person))));
        if (results[0].affected() > 0) {
            auto queries =
                single(sql::forget_person_in_bans, std::move(Params().integer(workspace).uuid(person)));
            queries.push_back({&sql::end_ban_change, {}});
            co_await pool_.run(std::move(queries));
        }
        co_return results[0].affected();
    };
    co_return co_await repeatedly(work);
}

}  // namespace store
