// A desk in a database of its own, with the writers running: mails go in as the SMTP side hands them over.
#pragma once

#include "intake/intake.hpp"
#include "store/desk_store.hpp"
#include "store/rule_store.hpp"
#include "support/database.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace support {

using namespace std::chrono_literals;

struct CountingProbe : intake::Probe {
    std::map<std::string, std::size_t> dispositions;
    std::vector<std::string> failures;
    std::map<std::string, std::size_t> kinds;
    std::vector<std::string> bans;
    store::RuleCounts rule_counts;
    std::map<std::string, std::size_t> bounces;
    std::size_t batches = 0, looked_up = 0;

    void disposed(std::string_view disposition, std::string_view reason, std::size_t count) override {
        dispositions[std::string(disposition) + "/" + std::string(reason)] += count;
    }
    void kind_of_mail(std::string_view kind) override { ++kinds[std::string(kind)]; }
    void bounced(std::string_view result, std::string_view found) override {
        ++bounces[std::string(result) + "/" + std::string(found)];
    }
    void batch_committed(std::size_t, std::size_t, std::chrono::steady_clock::duration) override {
        ++batches;
    }
    void rules_matched(std::int64_t workspace, const std::vector<std::int64_t>& rules) override {
        rule_counts.add(workspace, rules, std::chrono::system_clock::now());
    }
    void batch_failed(std::string_view kind, std::string_view) override { failures.emplace_back(kind); }
    void outcome_unknown(bool) override { ++looked_up; }
    void ban_applied(const intake::AppliedBan& ban, const smtp::Sender&) override {
        bans.push_back((ban.installation ? "installation/" : "workspace/") + std::string(ban.effect) + "/" +
                       std::string(ban.stage));
    }
};

// One daemon's worth of intake over a database.
class Daemon {
  public:
    Daemon(boost::asio::io_context& io, const std::string& conninfo, std::chrono::milliseconds timeout = 10s,
           std::size_t writer_count = 2)
        : io_(io),
          pool(io.get_executor(), {conninfo, 2, timeout}),
          settings(pool),
          writers(io.get_executor(), {conninfo, timeout, {}}, probe),
          intake({.host_name = "mx.acme.example"}, settings, examiner, writers, threads_, probe,
                 [this](const std::exception& error) { probe.failures.emplace_back(error.what()); }) {
        for (std::size_t i = 0; i < writer_count; ++i) {
            stops_.push_back(std::make_unique<boost::asio::cancellation_signal>());
            ++running_;
            boost::asio::co_spawn(io, writers.run(),
                                  boost::asio::bind_cancellation_slot(
                                      stops_.back()->slot(), [this](std::exception_ptr) { --running_; }));
        }
    }
    ~Daemon() {
        for (const auto& stop : stops_) stop->emit(boost::asio::cancellation_type::terminal);
        io_.restart();
        while (running_ > 0) io_.run_one();
    }

    boost::asio::awaitable<smtp::Reply> deliver(std::string raw, std::vector<smtp::Recipient> to,
                                                std::string from) {
        smtp::ReceivedMessage message;
        message.client_address = "192.0.2.1";
        message.helo = "client.example";
        message.protocol = "ESMTP";
        message.reverse_path = std::move(from);
        message.recipients = std::move(to);
        message.raw = std::move(raw);
        message.received_at = std::chrono::system_clock::now();
        message.final_dot = std::chrono::steady_clock::now();
        co_return co_await intake.accept(std::move(message));
    }

  private:
    boost::asio::io_context& io_;
    boost::asio::thread_pool threads_{1};
    std::vector<std::unique_ptr<boost::asio::cancellation_signal>> stops_;
    std::size_t running_ = 0;

  public:
    CountingProbe probe;
    store::Pool pool;
    store::Settings settings;

    intake::Examiner examiner{{}, nullptr, {}};  // asks nobody
    intake::Writers writers;
    intake::Intake intake;
};

struct DeskTest : testing::Test {
    Database database;
    boost::asio::io_context io;
    std::unique_ptr<Daemon> daemon;
    smtp::Recipient support, sales, other;

    void SetUp() override {
        daemon = std::make_unique<Daemon>(io, database.conninfo());
        store::SettingsStore store(daemon->pool);
        for (const char* name : {"acme", "beta"}) {
            ASSERT_TRUE(wait_for(io, store.add_workspace(name)));
            ASSERT_TRUE(wait_for(io, store.add_domain(std::string(name) + ".example", name, std::nullopt)));
        }
        support = add("acme", {"support", "acme.example"});
        sales = add("acme", {"sales", "acme.example"});
        other = add("beta", {"info", "beta.example"});
        wait_for(io, daemon->settings.refreshed());
    }

    smtp::Recipient add(const std::string& workspace, mail::Mailbox address) {
        store::SettingsStore store(daemon->pool);
        const auto id = wait_for(
            io, store.add_mailbox(
                    {.workspace = workspace, .address = address, .aliases = {}, .display_name = ""}));
        const std::int64_t workspace_id = workspace == "acme" ? 1 : 2;
        return {address, {workspace_id, id.value()}};
    }

    smtp::Reply send(const std::string& raw, std::vector<smtp::Recipient> to = {},
                     const std::string& from = "ann@client.example") {
        if (to.empty()) to = {support};
        return wait_for(io, daemon->deliver(raw, to, from));
    }

    void take(const std::string& raw, std::vector<smtp::Recipient> to = {}) {
        EXPECT_EQ(send(raw, std::move(to)).code, 250);
    }

    std::vector<store::TicketInfo> tickets() {
        std::vector<store::TicketInfo> all;
        wait_for(
            io,
            store::DeskStore(daemon->pool).each_ticket(std::nullopt, [&](const store::TicketInfo& ticket) {
                all.push_back(ticket);
            }));
        return all;
    }
};

inline std::string mail_text(const std::string& id, const std::string& references = "",
                             const std::string& from = "Ann <ann@client.example>") {
    std::string text = "From: " + from + "\r\nTo: support@acme.example\r\nSubject: about " + id +
                       "\r\nMessage-ID: <" + id + ">\r\n";
    if (!references.empty()) text += "References: " + references + "\r\n";
    return text + "\r\nbody of " + id + "\r\n";
}

}  // namespace support
