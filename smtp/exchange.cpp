#include "smtp/exchange.hpp"

#include "smtp/received.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace asio = boost::asio;
using net::Clock;
using net::Status;

namespace smtp {
namespace {

constexpr std::size_t gathered_at_most = 16 * 1024;    // replies to a peer that reads none
constexpr std::size_t spool_piece = 128 * 1024;        // what is gathered for one write to a file
constexpr auto patience = std::chrono::seconds(5);     // of a whole message for room in memory
constexpr std::uint64_t refused_at_most = 1ULL << 30;  // content that is read only to be refused

std::string random_id() {
    static thread_local std::mt19937_64 random{std::random_device{}()};
    constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string id;
    for (std::uint64_t bits = random(); id.size() < 10; bits >>= 5) id += letters[bits & 31];
    return id;
}

std::string milliseconds_since(Clock::time_point start) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

// Why a recipient was refused.
std::string_view name(Resolution::Outcome outcome) {
    switch (outcome) {
        case Resolution::Outcome::unknown_mailbox:
            return "unknown";
        case Resolution::Outcome::not_ours:
            return "relay";
        case Resolution::Outcome::unavailable:
            return "unavailable";
        case Resolution::Outcome::refused:
            return "banned";
        case Resolution::Outcome::revoked:
            return "revoked";
        case Resolution::Outcome::found:
            break;
    }
    return "other";
}

std::size_t mailboxes(const std::vector<Recipient>& recipients) {
    std::vector<std::pair<std::int64_t, std::int64_t>> all;
    for (const Recipient& r : recipients) all.emplace_back(r.destination.workspace, r.destination.mailbox);
    std::sort(all.begin(), all.end());
    return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

}  // namespace

Exchange::Exchange(ServerState& server, net::Connection& peer)
    : server_(server), peer_(peer), id_(random_id()) {
    log(EventLog::Level::debug, "session_opened", {{"client", peer.peer_address()}});
}

Exchange::~Exchange() {
    release();
    log(EventLog::Level::info, "session_closed",
        {{"client", peer_.peer_address()},
         {"commands", std::to_string(commands_)},
         {"messages", std::to_string(messages_)},
         {"ms", milliseconds_since(opened_)}});
}

void Exchange::say(Reply reply, std::size_t times) {
    note_limit(reply.limit);
    if (reply.code >= 400) reply.text += " [" + id_ + "]";
    if (reply.close) {
        open_ = false;
        lingers_ = reply.code != 221;
    }
    const std::string bytes = reply.wire();
    for (; times > 0; --times) {
        server_.seams.probe.replied(reply.code);
        out_ += bytes;
    }
}

void Exchange::note_limit(std::string_view limit) const {
    if (limit.empty()) return;
    server_.seams.probe.limited(limit);
    log(EventLog::Level::info, "limit_reached",
        {{"client", peer_.peer_address()}, {"limit", std::string(limit)}});
}

asio::awaitable<std::optional<net::Line>> Exchange::next_line() {
    // One deadline for the whole line: a byte now and then does not buy time.
    const Timeouts& timeouts = server_.options.timeouts;
    Clock::time_point deadline = std::min(Clock::now() + timeouts.command, opened_ + timeouts.session);
    for (;;) {
        if (Clock::now() >= opened_ + timeouts.session) {
            say({421, "4.4.2", "This session has lasted long enough", true, "session_timeout"});
            lingers_ = false;
            co_return std::nullopt;
        }
        if (server_.stopping) {
            say({421, "4.3.2", "Shutting down", true});
            lingers_ = false;  // nothing of the peer's is under way
            co_return std::nullopt;
        }
        if (first_bytes_ && more_input()) {
            first_bytes_ = false;
            if (auto refusal = Rules::not_smtp(peer_.input().view())) {
                say(*refusal);
                co_return std::nullopt;
            }
        }
        if (out_.size() > gathered_at_most && !co_await flush()) co_return std::nullopt;
        if (auto line = peer_.input().take_line(max_command_line)) {
            ++commands_;
            co_return line;
        }
        if (!co_await flush()) co_return std::nullopt;
        switch (co_await peer_.fill(deadline, net::Connection::Interruptible::yes)) {
            case Status::ok:
            case Status::interrupted:
                break;  // the server is stopping: seen above
            case Status::timed_out:
                if (Clock::now() >= opened_ + timeouts.session) break;  // seen above
                say({421, "4.4.2", "Timeout", true, "command_timeout"});
                lingers_ = false;
                co_return std::nullopt;
            case Status::closed:
                open_ = false;
                peer_left_ = true;
                co_return std::nullopt;
        }
    }
}

asio::awaitable<bool> Exchange::read_content(DataReader& reader, SpoolFile& spool) {
    const Timeouts& timeouts = server_.options.timeouts;
    const Clock::time_point last = Clock::now() + timeouts.data;  // a byte now and then does not buy time
    while (!reader.done()) {
        if (!more_input()) {
            if (!co_await flush()) co_return false;
            Status status = co_await peer_.fill(std::min(last, Clock::now() + timeouts.data_block));
            if (status == Status::timed_out) say({421, "4.4.2", "Timeout", true, "data_timeout"});
            if (status == Status::closed) peer_left_ = true;
            if (status != Status::ok) {
                open_ = lingers_ = false;
                log(EventLog::Level::info, "content_cut_off", {{"size", std::to_string(reader.size())}});
                co_return false;
            }
        }
        std::size_t used = reader.feed(peer_.input().view());
        peer_.input().consume(used);
        server_.seams.probe.bytes_received(used);
        if (!co_await make_room(reader, spool)) reader.refuse(DataReader::Fault::no_room);
        if (reader.size() > refused_at_most && reader.refused()) {
            Reply refusal = refusal_of(reader.fault());
            refusal.close = true;
            say(refusal);
            co_return false;
        }
    }
    co_return true;
}

// Little content stays in memory. What is larger, or finds no room there, goes to a file piece by piece, and
// nothing more is read until it is written.
asio::awaitable<bool> Exchange::make_room(DataReader& reader, SpoolFile& spool) {
    if (reader.refused()) {
        release();
        co_return true;
    }
    const std::size_t most = spool.begun() ? spool_piece : server_.options.spool_above;
    if (reader.held() <= most && hold(reader.held())) co_return true;
    std::string piece = reader.take();
    const bool written = co_await spool.append(std::move(piece));
    release();
    if (!written) log(EventLog::Level::error, "spool_failed", {{"reason", spool.error()}});
    co_return written;
}

asio::awaitable<std::optional<std::string>> Exchange::content(DataReader& reader, SpoolFile& spool) {
    if (!spool.begun()) co_return reader.take();
    release();
    const std::size_t needed = 2 * (spool.size() + reader.held());  // as it came, and compressed
    if (!co_await server_.memory.take(needed, memory_limit(server_.options), Clock::now() + patience))
        co_return std::nullopt;
    held_ = needed;
    auto whole = co_await spool.take(reader.take());
    if (!whole) log(EventLog::Level::error, "spool_failed", {{"reason", spool.error()}});
    co_return whole;
}

asio::awaitable<void> Exchange::slow_down() {
    if (!co_await flush()) co_return;
    server_.seams.probe.limited("slowed");
    co_await peer_.pause(server_.options.slow_down);
}

asio::awaitable<Reply> Exchange::deliver(ReceivedMessage message) {
    (void)co_await flush();  // a peer that left already has sent its final dot: the message is ours
    std::size_t size = message.raw.size(), recipients = message.recipients.size();
    std::size_t destinations = mailboxes(message.recipients);
    std::string reverse_path = message.reverse_path;
    Clock::time_point final_dot = message.final_dot;
    Reply reply = co_await server_.seams.sink.accept(std::move(message));
    release();
    bool accepted = reply.code == 250;
    if (accepted) {
        ++messages_;
        server_.seams.probe.accepted(destinations);
    }
    log(accepted ? EventLog::Level::info : EventLog::Level::warning,
        accepted ? "message_accepted" : "message_refused",
        {{"from", std::move(reverse_path)},
         {"recipients", std::to_string(recipients)},
         {"size", std::to_string(size)},
         {"reply", std::to_string(reply.code) + " " + reply.enhanced + " " + reply.text},
         {"ms", milliseconds_since(final_dot)}});
    co_return reply;
}

asio::awaitable<bool> Exchange::shake_hands() {
    if (!co_await flush()) co_return false;
    Status status =
        co_await peer_.start_tls(*server_.tls, Clock::now() + server_.options.timeouts.tls_handshake);
    if (status != Status::ok) {
        server_.seams.probe.tls_failed();
        if (status == Status::timed_out) server_.seams.probe.limited("tls_timeout");
        log(EventLog::Level::info, "tls_failed",
            {{"client", peer_.peer_address()}, {"timeout", status == Status::timed_out ? "yes" : "no"}});
        open_ = false;
        peer_left_ = true;  // plain text has no place here any more
        co_return false;
    }
    tls_ = TlsFacts{peer_.tls_version(), peer_.tls_cipher()};
    first_bytes_ = false;
    server_.seams.probe.tls_started();
    log(EventLog::Level::debug, "tls_started", {{"version", tls_->version}, {"cipher", tls_->cipher}});
    co_return true;
}

asio::awaitable<void> Exchange::close() {
    if (peer_left_ || !co_await flush()) co_return;
    if (lingers_)
        co_await peer_.finish(Clock::now() + std::chrono::seconds(2));
    else if (peer_.secure())
        co_await peer_.finish(Clock::now());
}

ReceivedMessage Exchange::message(const Rules& rules, Envelope envelope, std::string raw) const {
    ReceivedMessage message;
    message.session_id = id_;
    message.client_address = peer_.peer_address();
    message.helo = printable_host(rules.helo());
    message.protocol = rules.protocol(envelope.smtputf8);
    message.tls = tls_;
    attribute_to(envelope.client, message);
    if (message.client_address != peer_.peer_address())
        log(EventLog::Level::info, "message_forwarded",
            {{"client", message.client_address},
             {"relay", peer_.peer_address()},
             {"helo", message.helo},
             {"ident", envelope.client.ident.value_or("")}});
    message.reverse_path = std::move(envelope.reverse_path);
    message.smtputf8 = envelope.smtputf8;
    message.recipients = std::move(envelope.recipients);
    message.raw = std::move(raw);
    message.received_at = std::chrono::system_clock::now();
    message.final_dot = Clock::now();
    return message;
}

void Exchange::log(EventLog::Level level, std::string_view name, EventLog::Fields fields) const {
    server_.seams.log.event(level, name, id_, fields);
}

void Exchange::note_refusal(const Envelope& envelope, const mail::Mailbox& recipient,
                            Resolution::Outcome outcome, const Reply& reply) const {
    if (reply.code < 400) return;
    server_.seams.probe.recipient_refused(name(outcome));
    const std::string forwarded = envelope.client.address.value_or("");
    log(EventLog::Level::info, "recipient_refused",
        {{"client", forwarded.empty() ? peer_.peer_address() : forwarded},
         {"recipient", recipient.str()},
         {"code", std::to_string(reply.code)}});
}

asio::awaitable<bool> Exchange::flush() {
    if (out_.empty()) co_return !peer_left_;
    Status status = co_await peer_.write(out_, Clock::now() + server_.options.timeouts.write);
    out_.clear();
    if (status == Status::ok) co_return true;
    if (status == Status::timed_out) server_.seams.probe.limited("write_timeout");
    open_ = false;
    peer_left_ = true;
    co_return false;
}

bool Exchange::hold(std::size_t bytes) {
    if (bytes > held_ && !server_.memory.take_at_once(bytes - held_, memory_limit(server_.options)))
        return false;
    if (bytes < held_) server_.memory.give_back(held_ - bytes);
    held_ = bytes;
    return true;
}

void Exchange::release() {
    server_.memory.give_back(std::exchange(held_, 0));
}

}  // namespace smtp
