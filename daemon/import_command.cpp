// `ticketgate import`: old mail through the intake, many mails at once.
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/progress.hpp"
#include "intake/imported.hpp"
#include "intake/mail_files.hpp"
#include "intake/writers.hpp"
#include "store/import_store.hpp"
#include "store/settings.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <iostream>
#include <list>
#include <map>
#include <unordered_set>

namespace program {
namespace {

namespace asio = boost::asio;
using intake::Uuid;

// Enough for each writer to have a full group under way and the next one waiting.
constexpr std::size_t most_under_way = 128, most_bytes_under_way = 16 << 20;
// Mails that are read, and asked about, at once.
constexpr std::size_t mails_at_once = 64, bytes_at_once = 4 << 20;

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

struct Tally : intake::Probe {
    std::map<std::string, std::uint64_t, std::less<>> disposed_as;
    std::string failure_kind, failure = "no answer in time";

    void disposed(std::string_view disposition, std::string_view, std::size_t count) override {
        disposed_as[std::string(disposition)] += count;
    }
    void batch_committed(std::size_t, std::size_t, std::chrono::steady_clock::duration) override {
        failure_kind.clear();
    }
    void batch_failed(std::string_view kind, std::string_view message) override {
        failure_kind = kind;
        failure = first_line(message);
    }
};

class Importer {
  public:
    Importer(asio::any_io_executor executor, const Config& config, store::Pool& pool, const Import& options,
             intake::MailFiles& files, smtp::Recipient to, const store::Snapshot& settings)
        : executor_(executor),
          pool_(pool),
          options_(options),
          files_(files),
          to_(std::move(to)),
          settings_(settings),
          progress_(std::cerr, isatty(STDERR_FILENO) == 1, files.bytes(), "mails"),
          writers_(executor, {config.database_conninfo, config.database_timeout, {}}, tally_),
          signals_(executor, SIGINT, SIGTERM),
          changed_(executor, asio::steady_timer::time_point::max()) {
        for (std::int64_t i = 0; i < config.database_writers; ++i) stops_.emplace_back();
    }

    asio::awaitable<int> run() {
        start();
        try {
            while (go_on() && co_await take_some()) progress_.update(files_.bytes_read(), mails_read_);
        } catch (const store::Error& error) {
            broken_ = first_line(error.what());
        }
        while (under_way_ > 0) co_await change();
        signals_.cancel();
        for (auto& stop : stops_) stop.emit(asio::cancellation_type::terminal);
        while (running_ > 0) co_await change();
        progress_.clear();
        co_return report();
    }

  private:
    void start() {
        running_ = stops_.size() + 1;
        const auto ended = [this](std::exception_ptr) {
            --running_;
            changed_.cancel();
        };
        for (auto& stop : stops_)
            asio::co_spawn(executor_, writers_.run(), asio::bind_cancellation_slot(stop.slot(), ended));
        asio::co_spawn(executor_, wait_for_signal(), ended);
    }

    asio::awaitable<void> wait_for_signal() {
        const auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        signal_ = signal;
        signals_.clear();  // a second one ends us at once; what is not committed then is not there
        progress_.note("ticketgate: stopping; the mails under way are finished first");
    }

    [[nodiscard]] bool go_on() const { return signal_ == 0 && broken_.empty(); }

    asio::awaitable<void> change() { co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable)); }

    // Reads some mails and hands on those that have not been imported before. False at the end.
    asio::awaitable<bool> take_some() {
        std::vector<std::pair<Uuid, intake::FileMail>> mails;
        std::vector<Uuid> ids;
        std::size_t bytes = 0;
        bool more = true;
        while (ids.size() < mails_at_once && bytes < bytes_at_once) {
            auto mail = files_.next();
            more = mail.has_value();
            if (!more) break;
            if (!mail->problem.empty()) {
                ++mails_read_;
                fail(mail->place, mail->problem);
                continue;
            }
            bytes += mail->raw.size();
            ids.push_back(intake::import_id(to_.destination, mail->raw));
            mails.emplace_back(ids.back(), std::move(*mail));
        }
        if (ids.empty()) co_return more;
        const auto known = co_await store::committed_intakes(pool_, to_.destination.workspace, ids);
        for (auto& [id, mail] : mails) {
            while (under_way_ >= most_under_way || bytes_under_way_ >= most_bytes_under_way)
                co_await change();
            if (!go_on()) break;
            ++mails_read_;
            // The same bytes may stand in a file twice.
            if (known.contains(id) || !ids_handed_on_.insert(id).second)
                ++before_;
            else
                hand_on(id, std::move(mail));
        }
        co_return more;
    }

    void hand_on(const Uuid& id, intake::FileMail mail) {
        const auto now = std::chrono::system_clock::now();
        const auto received = options_.received_from_headers ? intake::time_of_header(mail.raw, now) : now;
        auto arrival = std::make_shared<const intake::Arrival>(
            intake::prepare_imported(std::move(mail.raw), to_, settings_, id, received.value_or(now)));
        ++under_way_;
        bytes_under_way_ += arrival->bytes();
        asio::co_spawn(
            executor_, writers_.write(arrival),
            [this, arrival, place = std::move(mail.place)](std::exception_ptr thrown, intake::Fate fate) {
                --under_way_;
                bytes_under_way_ -= arrival->bytes();
                if (thrown) fate = intake::Fate::unavailable;
                if (fate != intake::Fate::committed) ids_handed_on_.erase(arrival->intake);
                settle(place, fate);
                changed_.cancel();
            });
    }

    void settle(const std::string& place, intake::Fate fate) {
        if (fate == intake::Fate::committed) return;
        // Without the database every mail would fail: that is no fault of theirs.
        if (fate == intake::Fate::no_space || tally_.failure_kind == "connection") {
            broken_ = tally_.failure;
            ++not_stored_;
        } else {
            fail(place, "was not stored: " + tally_.failure);
        }
    }

    void fail(const std::string& place, const std::string& why) {
        ++failed_;
        progress_.note(fmt::format("ticketgate: {} {}", place, why));
    }

    [[nodiscard]] int report() {
        std::cout << fmt::format(
            "{} mails read: {} ticketed, {} held, {} discarded, {} duplicates of stored mail, {} imported "
            "before, "
            "{} failed\n",
            mails_read_, tally_.disposed_as["ticketed"], tally_.disposed_as["held"],
            tally_.disposed_as["discarded"], tally_.disposed_as["duplicate"], before_, failed_);
        if (!broken_.empty())
            return fail_with("the database can't be used: " + broken_ + "; " + std::to_string(not_stored_) +
                             " mails under way were not stored");
        if (signal_ != 0) {
            fail_with("stopped before the end");
            return 128 + signal_;
        }
        return failed_ > 0 ? 1 : 0;
    }

    static int fail_with(const std::string& what) {
        return program::fail(what + "; run the same command again to go on");
    }

    asio::any_io_executor executor_;
    store::Pool& pool_;
    const Import& options_;
    intake::MailFiles& files_;
    const smtp::Recipient to_;
    const store::Snapshot& settings_;
    Tally tally_;
    Progress progress_;
    intake::Writers writers_;
    asio::signal_set signals_;
    asio::steady_timer changed_;  // never expires; cancelled when something below has changed
    std::list<asio::cancellation_signal> stops_;
    std::size_t running_ = 0, under_way_ = 0, bytes_under_way_ = 0;
    // Those that are committed too: the look-up that missed one may be older than its commit.
    std::unordered_set<Uuid> ids_handed_on_;
    std::uint64_t mails_read_ = 0, before_ = 0, failed_ = 0, not_stored_ = 0;
    int signal_ = 0;
    std::string broken_;  // why the database can't be used any more
};

}  // namespace

int run(const Config& config, const Import& options) {
    const auto address = operators_address(options.to);
    if (!address) return 2;
    const auto opened =
        intake::open_mail_files(options.source, static_cast<std::size_t>(config.smtp_max_message_size));
    if (!opened.mails) return refuse(opened.problem);
    return with_desk(config, [&](DeskSession& desk) {
        const auto settings = desk.run(store::SettingsStore(desk.pool()).snapshot());
        const auto [match, mailbox] = settings.find(*address);
        if (match != store::Snapshot::Match::found)
            return refuse("there is no mailbox for " + address->str() +
                          "; those that are here: ticketgate mailbox list");
        const smtp::Recipient to{*address, {mailbox.workspace, mailbox.mailbox}};
        const auto work = [&]() -> asio::awaitable<int> {
            Importer importer(co_await asio::this_coro::executor, config, desk.pool(), options, *opened.mails,
                              to, settings);
            co_return co_await importer.run();
        };
        return desk.run(work());
    });
}

}  // namespace program
