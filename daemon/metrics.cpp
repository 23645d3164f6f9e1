#include "daemon/metrics.hpp"

#include "daemon/metric_words.hpp"
#include "store/delivery_desk.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <utility>

namespace program {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

namespace {

using Labels = std::map<std::string, std::string>;
using ByText = std::map<std::string, Counter*, std::less<>>;
using ByTwo = std::map<std::pair<std::string, std::string>, Counter*>;

Counter& find_or_other(const ByText& counters, std::string_view text) {
    const auto found = counters.find(text);
    return found == counters.end() ? *counters.find(other)->second : *found->second;
}

const Histogram::BucketBoundaries times{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                        0.5,   1,      2.5,   5,    10,    25,   60};
const Histogram::BucketBoundaries delivery_times{0.1, 0.5, 1,   2,    5,        10,        30,
                                                 60,  300, 900, 3600, 4 * 3600, 24 * 3600, 5 * 24 * 3600};
const Histogram::BucketBoundaries counts{1, 2, 4, 8, 16, 24, 32};
const Histogram::BucketBoundaries sizes{4e3, 16e3, 64e3, 256e3, 1e6, 4e6, 16e6, 64e6};

}  // namespace

struct Metrics::Meters {
    prometheus::Registry registry;

    // References once, here: a look-up by labels costs twenty times what the counting does.
    Gauge& sessions = gauge("ticketgate_smtp_sessions", "SMTP sessions that are open now");
    Gauge& session_cap =
        gauge("ticketgate_smtp_sessions_max", "SMTP sessions that may be open at a time: smtp.max_sessions");
    Gauge& memory =
        gauge("ticketgate_smtp_memory_bytes", "Memory that the content of messages under way takes");
    Gauge& memory_max = gauge("ticketgate_smtp_memory_max_bytes",
                              "Memory that the content of messages may take: smtp.memory");
    Gauge& spooled =
        gauge("ticketgate_smtp_spooled_bytes", "Content of messages under way in temporary files");
    Gauge& clients = gauge("ticketgate_smtp_clients",
                           "Addresses and networks of clients that are remembered for their limits");
    Counter& sessions_plain = counter(sessions_name, sessions_help, {{"listener", "plain"}});
    Counter& sessions_tls = counter(sessions_name, sessions_help, {{"listener", "tls"}});
    Counter& sessions_lmtp = counter(sessions_name, sessions_help, {{"listener", "lmtp"}});
    ByText refused = by_text("ticketgate_smtp_sessions_refused_total",
                             "Connections sent away, by the limit that they met", "limit", refusals);
    ByText limited = by_text("ticketgate_smtp_limits_met_total",
                             "Times that a session met a limit, by the limit", "limit", limits);
    Counter& tls_started = counter(handshakes_name, handshakes_help, {{"result", "done"}});
    Counter& tls_failed = counter(handshakes_name, handshakes_help, {{"result", "failed"}});
    Counter& bytes =
        counter("ticketgate_smtp_bytes_received_total", "Bytes of message content received by SMTP");
    ByText commands =
        by_text("ticketgate_smtp_commands_total", "SMTP commands received, by verb", "verb", verbs);
    ByText replies = by_text("ticketgate_smtp_replies_total", "SMTP replies sent, by code", "code", codes);
    ByText refused_recipients = by_text("ticketgate_smtp_recipients_refused_total",
                                        "Recipients refused, by the reason", "reason", recipient_refusals);
    ByTwo banned = by_two("ticketgate_bans_applied_total",
                          "Times that a ban decided about a sender, by whose it is and its effect",
                          {"scope", "effect"}, ban_scopes, ban_effects);
    ByTwo bounced = by_two("ticketgate_bounces_total",
                           "Deliveries that a bounce told of, by what it said and how it named them",
                           {"result", "found"}, bounce_results, bounce_finds);
    Counter& accepted = counter("ticketgate_messages_accepted_total",
                                "Messages answered with 250, counted once for each of their mailboxes");
    ByTwo disposed = all_dispositions();
    ByText kinds_of_messages =
        by_text("ticketgate_messages_by_kind_total", "Messages committed, by who wrote them", "kind", kinds);
    Gauge& difference =
        gauge("ticketgate_invariant_difference",
              "Messages accepted less messages disposed of since the start; 0 when nothing is under way");
    Histogram& final_dot = histogram("ticketgate_final_dot_to_commit_seconds",
                                     "Time from a message's final dot to its committed transaction", times);
    Histogram& batch_messages =
        histogram("ticketgate_batch_messages", "Messages committed in one transaction", counts);
    Histogram& batch_bytes =
        histogram("ticketgate_batch_bytes", "Bytes of the messages committed in one transaction", sizes);
    Histogram& batch_time =
        histogram("ticketgate_batch_commit_seconds", "Time that a transaction with messages took", times);
    ByText batch_failures = by_text("ticketgate_batches_failed_total",
                                    "Transactions with messages that failed", "kind", failures);
    Counter& unknown_committed = counter(unknown_name, unknown_help, {{"outcome", "committed"}});
    Counter& unknown_lost = counter(unknown_name, unknown_help, {{"outcome", "not_committed"}});
    Counter& acknowledged =
        counter("ticketgate_acknowledgements_total", "Acknowledgements of new tickets that were queued", {});
    Gauge& pool_idle = gauge(pool_name, pool_help, {{"state", "idle"}});
    Gauge& pool_busy = gauge(pool_name, pool_help, {{"state", "busy"}});
    ByText verified = by_text("ticketgate_messages_verified_total",
                              "Messages whose sender was verified, by the verdict", "verdict", verdicts);
    ByText scanned =
        by_text("ticketgate_scans_total", "Answers of scanners, by what they found", "found", findings);
    ByText looked_up =
        by_text("ticketgate_dns_lookups_total", "Look-ups in DNS, by how they ended", "result", lookups);
    Gauge& breaker = gauge("ticketgate_dns_away", "1 while the name servers do not answer and are not asked");
    std::map<std::string, Gauge*, std::less<>> held = all_held();
    Gauge& held_oldest = gauge("ticketgate_held_oldest_seconds",
                               "How long the oldest held message has waited; the same on every node");
    ByText attempts =
        by_text("ticketgate_delivery_attempts_total",
                "Attempts to deliver outbound mail, by what became of them", "result", attempt_results);
    Histogram& delivery_time =
        histogram("ticketgate_delivery_seconds", "From a mail's queuing to its recipient's server's 250",
                  delivery_times);
    std::map<std::string, Gauge*> deliveries = all_deliveries();
    Gauge& oldest_due = gauge("ticketgate_deliveries_oldest_due_seconds",
                              "How long the first delivery that is due has waited; the same on every node");
    Gauge& outbound_connections =
        gauge("ticketgate_outbound_connections", "Connections to other mail servers, open or being opened");
    Gauge& ready = gauge("ticketgate_ready", "1 while PostgreSQL answers and mail is taken, as /readyz says");
    Gauge& queued = gauge("ticketgate_messages_queued", "Messages that wait for a writer to take them");
    Gauge& oldest = gauge("ticketgate_oldest_queued_seconds",
                          "How long the first message that waits for a writer has waited");
    Gauge& build = gauge("ticketgate_build_info", "1, labelled with the version that runs",
                         {{"version", TICKETGATE_VERSION}});
    // These have the names that every exporter gives them.
    Gauge& start_time =
        gauge("process_start_time_seconds", "When the process started, in seconds since 1970");
    Counter& cpu = counter("process_cpu_seconds_total", "Processor time used, of user and system");
    Gauge& resident = gauge("process_resident_memory_bytes", "Resident memory");
    Gauge& open_descriptors = gauge("process_open_fds", "Open file descriptors");
    Gauge& max_descriptors = gauge("process_max_fds", "File descriptors that may be open");

    static constexpr auto sessions_name = "ticketgate_smtp_sessions_total";
    static constexpr auto sessions_help = "SMTP sessions opened, by the kind of listener";
    static constexpr auto handshakes_name = "ticketgate_smtp_tls_handshakes_total";
    static constexpr auto handshakes_help = "TLS handshakes of SMTP sessions, by result";
    static constexpr auto unknown_name = "ticketgate_commits_looked_up_total";
    static constexpr auto unknown_help = "Messages whose COMMIT got no answer, by what a look-up found";
    static constexpr auto pool_name = "ticketgate_database_connections";
    static constexpr auto pool_help = "Connections to PostgreSQL, by what they do now";

    Counter& counter(const char* name, const char* help, const Labels& labels = {}) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
    }

    Gauge& gauge(const char* name, const char* help, const Labels& labels = {}) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
    }

    Histogram& histogram(const char* name, const char* help, const Histogram::BucketBoundaries& buckets) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
    }

    ByText by_text(const char* name, const char* help, const char* label, const auto& words) {
        ByText counters;
        for (const char* word : words) counters.emplace(word, &counter(name, help, {{label, word}}));
        counters.emplace(other, &counter(name, help, {{label, std::string(other)}}));
        return counters;
    }

    std::map<std::string, Gauge*> all_deliveries() {
        std::map<std::string, Gauge*> gauges;
        for (const auto& state : store::unfinished_deliveries())
            gauges.emplace(state,
                           &gauge("ticketgate_deliveries",
                                  "Deliveries of outbound mail without an end yet; the same on every node",
                                  {{"state", state}}));
        return gauges;
    }

    std::map<std::string, Gauge*, std::less<>> all_held() {
        std::map<std::string, Gauge*, std::less<>> gauges;
        const auto add = [&](std::string reason) {
            Gauge& made =
                gauge("ticketgate_held_messages",
                      "Messages that are held, once for each of their mailboxes; the same on every node",
                      {{"reason", reason}});
            gauges.emplace(std::move(reason), &made);
        };
        for (const auto& [disposition, reason] : dispositions)
            if (std::string_view(disposition) == "held") add(reason);
        add(std::string(other));
        return gauges;
    }

    ByTwo by_two(const char* name, const char* help, std::pair<const char*, const char*> labels,
                 const auto& first, const auto& second) {
        ByTwo counters;
        for (const char* one : first)
            for (const char* two : second)
                counters.emplace(std::pair(one, two),
                                 &counter(name, help, {{labels.first, one}, {labels.second, two}}));
        return counters;
    }

    ByTwo all_dispositions() {
        ByTwo counters;
        const auto add = [&](std::string disposition, std::string reason) {
            Counter& made =
                counter("ticketgate_messages_disposed_total",
                        "Committed dispositions of messages, one for each mailbox, by what decided",
                        {{"disposition", disposition}, {"reason", reason}});
            counters.emplace(std::pair(std::move(disposition), std::move(reason)), &made);
        };
        for (const auto& [disposition, reason] : dispositions) add(disposition, reason);
        for (const char* disposition : {"ticketed", "duplicate", "held", "discarded", "other"})
            add(disposition, std::string(other));
        return counters;
    }
};

Metrics::Metrics() : meters_(std::make_unique<Meters>()) {
    meters_->build.Set(1);
}
Metrics::~Metrics() = default;

void Metrics::session_opened(smtp::Service service) {
    meters_->sessions.Increment();
    (service == smtp::Service::lmtp    ? meters_->sessions_lmtp
     : service == smtp::Service::smtps ? meters_->sessions_tls
                                       : meters_->sessions_plain)
        .Increment();
}

void Metrics::verified(std::string_view verdict) {
    find_or_other(meters_->verified, verdict).Increment();
}

void Metrics::scanned(std::string_view found) {
    find_or_other(meters_->scanned, found).Increment();
}

void Metrics::dns(const net::ResolverCounts& lookups_so_far) {
    const auto set = [&](const char* result, std::uint64_t now) {
        Counter& counted = find_or_other(meters_->looked_up, result);
        counted.Increment(static_cast<double>(now) - counted.Value());
    };
    set("answered", lookups_so_far.answered);
    set("failed", lookups_so_far.failed);
    set("timed_out", lookups_so_far.timed_out);
    set("refused", lookups_so_far.refused);
    meters_->breaker.Set(lookups_so_far.breaker_open ? 1 : 0);
}

void Metrics::session_refused(std::string_view limit) {
    find_or_other(meters_->refused, limit).Increment();
}
void Metrics::limited(std::string_view limit) {
    find_or_other(meters_->limited, limit).Increment();
}
void Metrics::session_closed() {
    meters_->sessions.Decrement();
}
void Metrics::tls_started() {
    meters_->tls_started.Increment();
}
void Metrics::tls_failed() {
    meters_->tls_failed.Increment();
}
void Metrics::command(std::string_view verb) {
    find_or_other(meters_->commands, verb).Increment();
}
void Metrics::replied(int code) {
    find_or_other(meters_->replies, std::to_string(code)).Increment();
}
void Metrics::recipient_refused(std::string_view reason) {
    find_or_other(meters_->refused_recipients, reason).Increment();
}
void Metrics::banned(std::string_view scope, std::string_view effect) {
    const auto found = meters_->banned.find({std::string(scope), std::string(effect)});
    if (found != meters_->banned.end()) found->second->Increment();
}
void Metrics::bounced(std::string_view result, std::string_view found) {
    meters_->bounced.at({std::string(result), std::string(found)})->Increment();
}
void Metrics::bytes_received(std::size_t bytes) {
    meters_->bytes.Increment(static_cast<double>(bytes));
}

void Metrics::accepted(std::size_t mailboxes) {
    meters_->accepted.Increment(static_cast<double>(mailboxes));
    meters_->difference.Increment(static_cast<double>(mailboxes));
}

void Metrics::disposed(std::string_view disposition, std::string_view reason, std::size_t count) {
    const auto& counters = meters_->disposed;
    const std::string kind(disposition);
    auto found = counters.find({kind, std::string(reason)});
    if (found == counters.end()) found = counters.find({kind, std::string(other)});
    if (found == counters.end()) found = counters.find({std::string(other), std::string(other)});
    found->second->Increment(static_cast<double>(count));
    meters_->difference.Decrement(static_cast<double>(count));
}

void Metrics::kind(std::string_view kind) {
    find_or_other(meters_->kinds_of_messages, kind).Increment();
}

void Metrics::final_dot_to_commit(Duration time) {
    meters_->final_dot.Observe(time.count());
}

void Metrics::batch(std::size_t messages, std::size_t bytes, Duration time) {
    meters_->batch_messages.Observe(static_cast<double>(messages));
    meters_->batch_bytes.Observe(static_cast<double>(bytes));
    meters_->batch_time.Observe(time.count());
}

void Metrics::batch_failed(std::string_view kind) {
    find_or_other(meters_->batch_failures, kind).Increment();
}

void Metrics::acknowledged(std::size_t count) {
    meters_->acknowledged.Increment(static_cast<double>(count));
}

void Metrics::outcome_unknown(bool committed) {
    (committed ? meters_->unknown_committed : meters_->unknown_lost).Increment();
}

void Metrics::session_cap(std::size_t sessions) {
    meters_->session_cap.Set(static_cast<double>(sessions));
}

void Metrics::smtp(const smtp::Server::Standing& standing) {
    meters_->memory.Set(static_cast<double>(standing.memory));
    meters_->memory_max.Set(static_cast<double>(standing.memory_max));
    meters_->spooled.Set(static_cast<double>(standing.spooled));
    meters_->clients.Set(static_cast<double>(standing.clients));
}

void Metrics::pool(std::size_t idle, std::size_t busy) {
    meters_->pool_idle.Set(static_cast<double>(idle));
    meters_->pool_busy.Set(static_cast<double>(busy));
}

void Metrics::queue(std::size_t messages, Duration oldest) {
    meters_->queued.Set(static_cast<double>(messages));
    meters_->oldest.Set(oldest.count());
}

void Metrics::held(const store::HeldStanding& standing) {
    for (const auto& [reason, gauge] : meters_->held) gauge->Set(0);
    for (const auto& [reason, count] : standing.by_reason) {
        const auto found = meters_->held.find(reason);
        (found == meters_->held.end() ? meters_->held.find(other) : found)
            ->second->Increment(static_cast<double>(count));
    }
    meters_->held_oldest.Set(Duration(standing.oldest).count());
}

void Metrics::delivery_attempted(std::string_view result) {
    find_or_other(meters_->attempts, result).Increment();
}

void Metrics::delivered(Duration time) {
    meters_->delivery_time.Observe(time.count());
}

void Metrics::deliveries(const store::DeliveriesStanding& standing) {
    for (const auto& [state, gauge] : meters_->deliveries) {
        const auto found = standing.by_state.find(state);
        gauge->Set(found == standing.by_state.end() ? 0 : static_cast<double>(found->second));
    }
    meters_->oldest_due.Set(Duration(standing.oldest_due).count());
}

void Metrics::outbound_connections(std::size_t open) {
    meters_->outbound_connections.Set(static_cast<double>(open));
}

void Metrics::ready(bool is_ready) {
    meters_->ready.Set(is_ready ? 1 : 0);
}

void Metrics::process(const ProcessUsage& usage) {
    meters_->start_time.Set(usage.started);
    meters_->cpu.Increment(usage.cpu_seconds - meters_->cpu.Value());
    meters_->resident.Set(static_cast<double>(usage.resident_bytes));
    meters_->open_descriptors.Set(static_cast<double>(usage.open_descriptors));
    meters_->max_descriptors.Set(static_cast<double>(usage.max_descriptors));
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(meters_->registry.Collect());
}

std::vector<Metrics::Family> Metrics::families() const {
    std::vector<Family> all;
    for (const auto& family : meters_->registry.Collect()) all.push_back({family.name, family.help});
    return all;
}

}  // namespace program
