// A queue over a database of its own, with servers that are played: rows are written by SQL, and what
// "servers" get is looked at.
#pragma once

#include "mail/sha256.hpp"
#include "outbound/queue.hpp"
#include "store/raw.hpp"
#include "support/database.hpp"

#include <gmock/gmock.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace test {

using namespace std::chrono_literals;
namespace asio = boost::asio;

// Servers by their lane's name: what they say to the next mails, and what they got.
struct World {
    explicit World(asio::io_context& context) : io(context) {}

    struct Delivered {
        std::string server, reverse_path, recipient, fields, content;
    };
    asio::io_context& io;
    std::map<std::string, std::deque<smtp::RecipientResult>> answers;  // by recipient; then 250
    std::set<std::string> dead;                                        // nobody listens there
    std::set<std::string> stall;   // connects, and is never heard of again
    std::set<std::string> no_tls;  // its TLS can't be used
    std::vector<Delivered> delivered;
    std::map<std::string, int> dials, standing, most_standing;
    std::map<std::string, int> plain_text;
    std::function<void(const std::string& recipient)> on_delivery;
    std::set<std::string> routing;  // its route is looked for, until
    asio::steady_timer routed{io, asio::steady_timer::time_point::max()};
    void go_on() {
        routing.clear();
        routed.cancel();
    }
    std::size_t stale = 0;  // so many second mails of a connection find it closed

    [[nodiscard]] std::vector<std::string> recipients() const {
        std::vector<std::string> all;
        for (const auto& mail : delivered) all.push_back(mail.recipient);
        return all;
    }
};

inline smtp::RecipientResult answer(smtp::Fate fate, int code, std::string status, std::string text,
                                    smtp::Phase phase = smtp::Phase::final_dot) {
    return {fate, phase, {code, std::move(status), std::move(text)}};
}

class PlayedCarrier : public outbound::Carrier {
  public:
    PlayedCarrier(World& world, smtp::ClientOptions options)
        : world_(world),
          options_(std::move(options)),
          never_(world.io, asio::steady_timer::time_point::max()) {}
    ~PlayedCarrier() override {
        if (open_) --world_.standing[server_.address];
    }

    asio::awaitable<smtp::Opened> open(net::ServerAddress server) override {
        server_.address = server.address;
        ++world_.dials[server.address];
        co_await asio::post(world_.io, asio::use_awaitable);
        smtp::Opened opened;
        if (world_.stall.contains(server.address) && !aborted_)
            co_await never_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (world_.dead.contains(server.address) || aborted_) {
            opened.failure =
                answer(smtp::Fate::deferred, 0, "4.4.1", "connection refused", smtp::Phase::connect);
            co_return opened;
        }
        if (world_.no_tls.contains(server.address) && options_.tls.use != smtp::TlsUse::none) {
            opened.failure =
                answer(smtp::Fate::deferred, 0, "4.7.5", "the handshake failed", smtp::Phase::tls);
            opened.plain_text_may_work = options_.tls.use == smtp::TlsUse::opportunistic;
            co_return opened;
        }
        if (options_.tls.use == smtp::TlsUse::none) ++world_.plain_text[server.address];
        open_ = opened.ready = true;
        auto& most = world_.most_standing[server.address];
        most = std::max(most, ++world_.standing[server.address]);
        co_return opened;
    }

    asio::awaitable<smtp::DeliveryResult> deliver(smtp::OutgoingMail mail) override {
        co_await asio::post(world_.io, asio::use_awaitable);
        smtp::DeliveryResult result;
        if (carried_++ > 0 && world_.stale > 0) {
            --world_.stale;
            result.stale = true;
            result.recipients.push_back({});
            co_return result;
        }
        const auto& recipient = mail.recipients.front();
        if (world_.on_delivery) world_.on_delivery(recipient);
        result.reusable = !aborted_;
        auto& answers = world_.answers[recipient];
        if (answers.empty()) {
            if (!mail.may_end()) co_return result_of(answer(smtp::Fate::deferred, 0, "", ""));
            world_.delivered.push_back(
                {server_.address, mail.reverse_path, recipient, mail.fields, *mail.content});
            co_return result_of(answer(smtp::Fate::sent, 250, "2.0.0", "taken"));
        }
        auto said = answers.front();
        answers.pop_front();
        if (said.reply.code == 0) result.reusable = false;
        result.recipients.push_back(std::move(said));
        co_return result;
    }

    asio::awaitable<void> quit() override { co_return; }
    void abort() override {
        aborted_ = true;
        never_.cancel();
    }
    const smtp::ServerFacts& server() const override { return server_; }

  private:
    smtp::DeliveryResult result_of(smtp::RecipientResult said) const {
        smtp::DeliveryResult result;
        result.reusable = said.reply.code != 0;
        result.recipients.push_back(std::move(said));
        return result;
    }

    World& world_;
    const smtp::ClientOptions options_;
    asio::steady_timer never_;
    smtp::ServerFacts server_;
    bool open_ = false, aborted_ = false;
    int carried_ = 0;
};

class PlayedTransport : public outbound::Transport {
  public:
    explicit PlayedTransport(World& world) : world_(world) {}
    std::unique_ptr<outbound::Carrier> make(smtp::ClientOptions options) override {
        return std::make_unique<PlayedCarrier>(world_, std::move(options));
    }

  private:
    World& world_;
};

// A lane for each destination, with one server that has its name.
class PlayedRouter : public outbound::Router {
  public:
    explicit PlayedRouter(World& world) : world_(world) {}

    outbound::Limits limits{.connections = 4, .messages_per_connection = 100, .rate_per_minute = 0};
    smtp::TlsUse tls = smtp::TlsUse::opportunistic;
    std::map<std::string, outbound::Refused> refused;
    bool verp = true;

    asio::awaitable<outbound::Routed> route(std::string sender_domain, std::string destination,
                                            net::Clock::time_point) override {
        if (world_.routing.contains(destination))
            co_await world_.routed.async_wait(asio::as_tuple(asio::use_awaitable));
        if (const auto found = refused.find(destination); found != refused.end()) co_return found->second;
        outbound::Route route;
        outbound::Hop hop;
        hop.endpoint.address = destination;
        hop.host = "mx." + destination;
        hop.tls.use = tls;
        hop.tls_policy = "opportunistic";
        route.hops.push_back(hop);
        route.lane = lane(sender_domain, destination);
        route.verp = verp;
        co_return route;
    }
    outbound::Lane lane(std::string_view, std::string_view destination) const override {
        return {std::string(destination), limits};
    }

  private:
    World& world_;
};

struct CountingProbe : outbound::Probe {
    std::vector<std::string> attempts;  // "recipient state"
    std::vector<std::string> failures;
    std::size_t lost_count = 0, reclaimed_count = 0;

    void attempted(const store::ClaimedDelivery& delivery, const store::Attempt&, std::string_view state,
                   store::Milliseconds) override {
        attempts.push_back(delivery.recipient + " " + std::string(state));
    }
    void lost(const store::ClaimedDelivery&) override { ++lost_count; }
    void reclaimed(const std::vector<store::DeliveryKey>& deliveries) override {
        reclaimed_count += deliveries.size();
    }
    void failed(std::string_view what, const std::exception& error) override {
        failures.push_back(std::string(what) + ": " + error.what());
    }
    void gave_up(const std::exception& error) override { failed("gave up", error); }
};

struct QueueTest : testing::Test {
    support::Database database;
    asio::io_context io;
    asio::thread_pool threads{2};
    World world{io};
    PlayedTransport transport{world};
    PlayedRouter router{world};
    CountingProbe probe;
    store::Pool pool{io.get_executor(), {database.conninfo(), 2, 10s}};
    store::Settings settings{pool};
    outbound::Queue::Options options;
    std::vector<std::unique_ptr<outbound::Queue>> queues;
    int count = 0;

    void SetUp() override {
        options.database = {database.conninfo(), 6, 10s};
        options.lanes.host_name = "mx.acme.example";
        options.lanes.keep = 200ms;
        options.poll = 500ms;
        options.terms.lifetime_words = "Given up. ";
        database.sql(
            "INSERT INTO workspaces (name) VALUES ('acme'), ('beta');"
            "INSERT INTO domains (name, workspace_id) VALUES ('acme.example', 1), ('beta.example', 2);"
            "INSERT INTO mailboxes (workspace_id, address) VALUES (1, 'support@acme.example'),"
            " (2, 'info@beta.example');"
            "INSERT INTO tickets (workspace_id, id, short_id, subject, status, mailbox_id, email_sender, "
            "received,"
            " updated_at, participants) SELECT m.workspace_id, gen_random_uuid(), 'ticket0' || "
            "m.workspace_id, 'Help',"
            " 'Resolved', m.id, m.address, now(), now(), '{}' FROM mailboxes m");
        support::wait_for(io, settings.refreshed());
    }
    void TearDown() override {
        for (const auto& queue : queues) support::wait_for(io, queue->stop(500ms));
    }

    outbound::Queue& start() {
        queues.push_back(std::make_unique<outbound::Queue>(
            io.get_executor(), options,
            outbound::Queue::Seams{router, transport, settings, probe, threads.get_executor()}));
        queues.back()->start();
        return *queues.back();
    }

    // Runs until `done`, or fails.
    void run_until(const std::function<bool()>& done) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        io.restart();
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline)
                << "not within 20 s; " << testing::PrintToString(probe.attempts)
                << testing::PrintToString(probe.failures);
            io.run_one_for(100ms);
        }
    }
    void run_until_sql(const std::string& sql, const std::string& answer) {
        run_until([&] { return database.sql(sql) == answer; });
    }

    // A reply of the workspace's ticket, to these; its interaction's id.
    std::string reply(const std::vector<std::string>& recipients, int workspace = 1,
                      const std::string& body = "Hello") {
        const std::string raw = "From: support@acme.example\r\nTo: you\r\nSubject: Help\r\nMessage-ID: <m" +
                                std::to_string(++count) + "@acme.example>\r\n\r\n" + body + "\r\n";
        const auto hex = [](const std::string& bytes) {
            std::string text = "\\x";
            for (const unsigned char byte : bytes) {
                text += "0123456789abcdef"[byte >> 4];
                text += "0123456789abcdef"[byte & 15];
            }
            return text;
        };
        const std::string number = std::to_string(workspace);
        const std::string id = database.sql(
            "INSERT INTO interactions (workspace_id, id, ticket_id, intake_id, direction, subject, author, "
            "author_name,"
            " correspondents, body_digest, thread, proof, reason, marked, verdict, reverse_path, "
            "client_address, helo,"
            " mailbox_ids, received, trace, raw_size, raw_digest, raw_codec)"
            " SELECT workspace_id, gen_random_uuid(), id, gen_random_uuid(), 'outbound', 'Help',"
            " 'support@acme.example', '', '{}', '', gen_random_uuid(), 'none', 'reply', false, 'none', '', "
            "'', '', '{}',"
            " now(), '', " +
            std::to_string(raw.size()) + ", '" + hex(mail::sha256(raw)) +
            "', 'zstd'"
            " FROM tickets WHERE workspace_id = " +
            number + " RETURNING id");
        database.sql("INSERT INTO raw_chunks (workspace_id, interaction_id, chunk, data) VALUES (" + number +
                     ", '" + id + "', 0, '" + hex(store::compress_raw(raw).front()) + "')");
        for (const auto& recipient : recipients)
            database.sql(
                "INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, "
                "destination,"
                " email_sender) VALUES (" +
                number + ", gen_random_uuid(), '" + id + "', '" + recipient + "', '" + recipient + "', '" +
                recipient.substr(recipient.rfind('@') + 1) + "', '" +
                (workspace == 1 ? "support@acme.example" : "info@beta.example") + "')");
        return id;
    }

    std::string state(const std::string& recipient) {
        return database.sql("SELECT state FROM deliveries WHERE recipient = '" + recipient + "'");
    }
};

}  // namespace test
