#include "outbound/letters.hpp"

#include "auth/dkim_sign.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>

namespace outbound {
namespace {

namespace asio = boost::asio;

constexpr std::size_t at_once = 12;     // few, so that several threads sign
constexpr std::size_t most_ahead = 64;  // under way; more are read when they are asked for
constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

using Keys = std::vector<std::shared_ptr<const auth::DkimKey>>;

tickets::Uuid id_of(const store::ClaimedDelivery& delivery) {
    return delivery.interaction ? *delivery.interaction : delivery.outbox.value_or(tickets::Uuid{});
}

Keys keys_of(const store::Snapshot& snapshot, const std::string& email_sender) {
    const auto found = snapshot.dkim_keys.find(email_sender.substr(email_sender.rfind('@') + 1));
    return found == snapshot.dkim_keys.end() ? Keys{} : found->second;
}

// What a thread makes of a mail.
struct Made {
    std::unique_ptr<Letter> letter;
    std::exception_ptr error;
};

Made make(std::optional<std::string> content, bool intact, const Keys& keys) {
    Made made{std::make_unique<Letter>(), nullptr};
    if (!content)
        made.letter->objection = "The mail is no longer stored.";
    else if (!intact)
        made.letter->objection = "The stored mail is not what was written any more; see: ticketgate audit";
    else
        try {
            made.letter->signatures = auth::sign_all(keys, *content, std::chrono::system_clock::now());
            made.letter->content = std::make_shared<const std::string>(std::move(*content));
        } catch (...) {
            made.error = std::current_exception();
        }
    return made;
}

}  // namespace

// The letters that somebody holds.
struct Letters::Shelf {
    explicit Shelf(const asio::any_io_executor& executor)
        : changed(executor, asio::steady_timer::time_point::max()) {}

    std::map<tickets::Uuid, std::weak_ptr<const Letter>> letters;
    std::size_t bytes = 0;
    asio::steady_timer changed;  // never expires; cancelled when there is more to do, or more room

    static std::shared_ptr<const Letter> put(const std::shared_ptr<Shelf>& shelf, tickets::Uuid id,
                                             std::unique_ptr<Letter> letter) {
        const std::size_t bytes = letter->content ? letter->content->size() : 0;
        shelf->bytes += bytes;
        std::shared_ptr<const Letter> shared(letter.release(), [shelf, id, bytes](const Letter* old) {
            shelf->bytes -= bytes;
            if (const auto found = shelf->letters.find(id);
                found != shelf->letters.end() && found->second.expired())
                shelf->letters.erase(found);
            shelf->changed.cancel();
            delete old;
        });
        shelf->letters[id] = shared;
        return shared;
    }
};

struct Letters::Pending {
    Pending(const asio::any_io_executor& executor, store::ClaimedDelivery claimed)
        : delivery(std::move(claimed)), done(executor, asio::steady_timer::time_point::max()) {}

    const store::ClaimedDelivery delivery;
    asio::steady_timer done;
    std::shared_ptr<const Letter> letter;
    std::exception_ptr error;
    bool wanted = false;  // somebody waits for it
};

Letters::Letters(asio::any_io_executor executor, asio::any_io_executor threads, std::size_t memory,
                 store::DeliveryStore& store, const store::Settings& settings)
    : executor_(executor),
      threads_(std::move(threads)),
      memory_(memory),
      store_(store),
      settings_(settings),
      shelf_(std::make_shared<Shelf>(executor)) {}

std::shared_ptr<const Letter> Letters::held(const tickets::Uuid& id) {
    const auto found = shelf_->letters.find(id);
    return found == shelf_->letters.end() ? nullptr : found->second.lock();
}

std::shared_ptr<Letters::Pending> Letters::ask(store::ClaimedDelivery delivery) {
    auto& place = pending_[id_of(delivery)];
    if (!place) {
        place = std::make_shared<Pending>(executor_, std::move(delivery));
        queue_.push_back(place);
        shelf_->changed.cancel();
    }
    return place;
}

std::shared_ptr<const void> Letters::read_ahead(store::ClaimedDelivery delivery) {
    if (auto letter = held(id_of(delivery))) return letter;
    if (shelf_->bytes > memory_ / 2 || pending_.size() >= most_ahead) return nullptr;
    return ask(std::move(delivery));
}

asio::awaitable<std::shared_ptr<const Letter>> Letters::get(store::ClaimedDelivery delivery) {
    if (auto letter = held(id_of(delivery))) co_return letter;
    const auto pending = ask(std::move(delivery));
    pending->wanted = true;
    while (!pending->letter && !pending->error) co_await pending->done.async_wait(waiting);
    if (pending->error) std::rethrow_exception(pending->error);
    co_return pending->letter;
}

Letters::Batch Letters::take() {
    Batch batch;
    while (!queue_.empty() && batch.size() < at_once) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

asio::awaitable<void> Letters::run() {
    for (;;) {
        while (queue_.empty() || shelf_->bytes > memory_) co_await shelf_->changed.async_wait(waiting);
        const Batch batch = take();
        std::exception_ptr error;
        try {
            co_await read(batch);
        } catch (const std::exception&) {
            error = std::current_exception();
        }
        for (const auto& pending : batch) {
            if (!pending->letter && !pending->error)
                pending->error =
                    error ? error : std::make_exception_ptr(std::logic_error("a letter is missing"));
            pending_.erase(id_of(pending->delivery));
            pending->done.cancel();
            if (!pending->wanted && shelf_->bytes > memory_ / 2) pending->letter.reset();
        }
    }
}

asio::awaitable<void> Letters::read(Batch batch) {
    const auto snapshot = settings_.current();
    std::vector<store::MailKey> interactions, outbox;
    std::vector<std::pair<tickets::Uuid, Keys>> wanted;
    for (const auto& pending : batch) {
        const auto& delivery = pending->delivery;
        const auto id = id_of(delivery);
        (delivery.interaction ? interactions : outbox).push_back({delivery.key.workspace, id, 0});
        wanted.emplace_back(id, keys_of(*snapshot, delivery.email_sender));
    }
    std::optional<store::Result> rows;
    std::map<tickets::Uuid, std::string> messages;
    if (!interactions.empty()) rows = co_await store_.contents(std::move(interactions));
    if (!outbox.empty())
        for (auto& [id, message] : co_await store_.messages(std::move(outbox)))
            messages.emplace(id, std::move(message));
    auto work = [](std::optional<store::Result> mail_rows, std::map<tickets::Uuid, std::string> found,
                   std::vector<std::pair<tickets::Uuid, Keys>> ids) -> asio::awaitable<std::vector<Made>> {
        std::map<tickets::Uuid, bool> intact;
        if (mail_rows)
            for (auto& mail : store::KeptMailStore::unpack(*mail_rows)) {
                intact.emplace(mail.interaction, mail.intact);
                found.emplace(mail.interaction, std::move(mail.raw));
            }
        std::vector<Made> all;
        for (const auto& [id, keys] : ids) {
            const auto content = found.find(id);
            const auto damaged = intact.find(id);
            all.push_back(
                make(content == found.end() ? std::nullopt : std::optional(std::move(content->second)),
                     damaged == intact.end() || damaged->second, keys));
        }
        co_return all;
    };
    auto made = co_await asio::co_spawn(
        threads_, work(std::move(rows), std::move(messages), std::move(wanted)), asio::use_awaitable);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i]->error = made[i].error;
        if (!made[i].error)
            batch[i]->letter = Shelf::put(shelf_, id_of(batch[i]->delivery), std::move(made[i].letter));
    }
}

}  // namespace outbound
