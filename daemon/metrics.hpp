// What monitoring sees: the events of the house, counted under Prometheus' names.
//
// Every family exists from the start, with all its labels: labels come from fixed vocabularies, and what
// is in none of them is counted as "other", so that no stranger's text becomes a label. Counting takes
// nanoseconds and may be done from any thread. docs/monitoring.md says what each family means; a test
// compares it with families().
#pragma once

#include "daemon/process_usage.hpp"
#include "net/unbound_resolver.hpp"
#include "smtp/probe.hpp"
#include "smtp/server.hpp"
#include "store/delivery_desk.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace program {

using Duration = std::chrono::duration<double>;  // seconds

class Metrics : public smtp::Probe {
  public:
    Metrics();
    ~Metrics() override;
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void session_opened(smtp::Service service) override;
    void session_refused(std::string_view limit) override;
    void limited(std::string_view limit) override;
    void session_closed() override;
    void tls_started() override;
    void tls_failed() override;
    void command(std::string_view verb) override;
    void replied(int code) override;
    void recipient_refused(std::string_view reason) override;
    void bytes_received(std::size_t bytes) override;
    void accepted(std::size_t mailboxes) override;

    // Committed dispositions and why, in the words of intake/plan.cpp.
    void disposed(std::string_view disposition, std::string_view reason, std::size_t count = 1);
    // A ban decided about a sender: "workspace" or "installation"; "refuse", "hold" or "discard".
    void banned(std::string_view scope, std::string_view effect);
    // A message's sender was verified: auth::name of the verdict.
    void verified(std::string_view verdict);
    // A scanner answered: policy::name of what it found.
    void scanned(std::string_view found);
    // A committed message, by mail::name_of its kind.
    void kind(std::string_view kind);
    void final_dot_to_commit(Duration time);
    // One committed transaction: its messages, their bytes, and the time from BEGIN to COMMIT's answer.
    void batch(std::size_t messages, std::size_t bytes, Duration time);
    // A transaction that failed: "connection", "serialization", "data" or "other".
    void batch_failed(std::string_view kind);
    void acknowledged(std::size_t count);
    // A COMMIT whose answer was lost, looked up afterwards.
    void outcome_unknown(bool committed);

    // An attempt to deliver mail ended: "sent", "deferred", "failed", "uncertain" or "interrupted".
    void delivery_attempted(std::string_view result);
    // A mail has been taken by its recipient's server, so long after it was queued.
    void delivered(Duration time);

    // How things stand; whoever serves text() tells it first.
    void session_cap(std::size_t sessions);
    void smtp(const smtp::Server::Standing& standing);
    void pool(std::size_t idle, std::size_t busy);
    void queue(std::size_t messages, Duration oldest);
    void dns(const net::ResolverCounts& counts);
    // Over all nodes: how many wait for a mailbox, and for how long the oldest of them.
    void held(std::size_t messages, Duration oldest);
    // Over all nodes: what has not left yet.
    void deliveries(const store::DeliveriesStanding& standing);
    void outbound_connections(std::size_t open);
    void ready(bool is_ready);
    void process(const ProcessUsage& usage);

    [[nodiscard]] std::string text() const;  // Prometheus' text format
    [[nodiscard]] static std::string_view content_type() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    struct Family {
        std::string name;
        std::string help;
    };
    [[nodiscard]] std::vector<Family> families() const;

  private:
    struct Meters;
    std::unique_ptr<Meters> meters_;
};

}  // namespace program
