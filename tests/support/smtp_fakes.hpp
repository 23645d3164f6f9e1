// A desk in memory, for tests of the SMTP side: the domain ours.example and what it was sent.
//
// Mailboxes of workspace 1: known (1) with the alias `alias`, second (2), postmaster (9), user<N>
// (100+N). `busy@ours.example` cannot be looked up. `evil@x.example` is banned in the workspace, and
// `evil@away.example` everywhere. Safe to look at from another thread.
#pragma once

#include "smtp/event_log.hpp"
#include "smtp/probe.hpp"
#include "smtp/seams.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace test {

smtp::Resolution resolve(const mail::Mailbox& recipient, const smtp::Sender& sender);
std::optional<smtp::Reply> refuse_sender(const smtp::Sender& sender);

class FakeDirectory : public smtp::Directory {
  public:
    // What clients hear in place of a greeting; set before the server runs.
    std::optional<smtp::Reply> no_greeting;

    std::optional<smtp::Reply> refuse_client(const std::string& address) override;
    boost::asio::awaitable<std::optional<smtp::Reply>> refuse_sender(smtp::Sender sender) override;
    boost::asio::awaitable<smtp::Resolution> resolve(mail::Mailbox recipient, smtp::Sender sender) override;
};

class FakeSink : public smtp::MessageSink {
  public:
    // Answers to the next messages, in order; then `250 2.0.0 Accepted r<N>`. Only 250 stores.
    std::deque<smtp::Reply> answers;

    boost::asio::awaitable<smtp::Reply> accept(smtp::ReceivedMessage message) override;
    smtp::Reply take(smtp::ReceivedMessage message);

    // accept() waits from now on until released (executor of the session).
    void hold_back();
    void release();
    void wait_until_asked();

    [[nodiscard]] std::vector<smtp::ReceivedMessage> stored() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool holding_ = false;
    std::size_t asked_ = 0;
    std::vector<smtp::ReceivedMessage> stored_;
};

// Counts, and lets a test wait for an event.
class CountingProbe : public smtp::Probe {
  public:
    void session_opened(smtp::Service) override { add("opened"); }
    void session_refused(std::string_view limit) override {
        add("refused");
        add("refused " + std::string(limit));
    }
    void limited(std::string_view limit) override { add("limited " + std::string(limit)); }
    void session_closed() override { add("closed"); }
    void tls_started() override { add("tls_started"); }
    void tls_failed() override { add("tls_failed"); }
    void command(std::string_view verb) override { add("command " + std::string(verb)); }
    void replied(int code) override { add("reply " + std::to_string(code)); }
    void recipient_refused(std::string_view reason) override {
        add("refused recipient " + std::string(reason));
    }
    void bytes_received(std::size_t bytes) override { add("bytes", bytes); }
    void accepted(std::size_t mailboxes) override { add("accepted", mailboxes); }

    [[nodiscard]] std::size_t count(const std::string& what) const;
    // False when it has not come to that after ten seconds.
    [[nodiscard]] bool wait_for(const std::string& what, std::size_t count);

  private:
    void add(const std::string& what, std::size_t by = 1);
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::size_t> counts_;
};

class RecordingLog : public smtp::EventLog {
  public:
    void event(Level level, std::string_view name, std::string_view session, Fields fields) override;
    [[nodiscard]] std::string text() const;

  private:
    mutable std::mutex mutex_;
    std::string text_;
};

}  // namespace test
