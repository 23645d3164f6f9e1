#include "smtp/delivery_client.hpp"

#include "smtp/opening.hpp"
#include "smtp/outgoing.hpp"
#include "smtp/reply_reader.hpp"
#include "smtp/transaction.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace smtp {
namespace {

using Time = net::Clock::time_point;

// Written at once. The deadline of a block is its own.
constexpr std::size_t block = 32 * 1024;
// For the last words of a server that has stopped reading.
constexpr std::chrono::seconds last_words{5};

net::TlsPeer peer_of(const TlsPolicy& policy) {
    net::TlsPeer peer;
    peer.names = policy.names;
    peer.tlsa = policy.tlsa;
    peer.wanted = policy.use == TlsUse::verified_name ? net::TlsPeer::Proof::name
                  : policy.use == TlsUse::dane        ? net::TlsPeer::Proof::dane
                                                      : net::TlsPeer::Proof::none;
    peer.any_strength = policy.use == TlsUse::opportunistic;
    return peer;
}

std::chrono::seconds time_for(Phase phase, const ClientTimeouts& timeouts) {
    using enum Phase;
    switch (phase) {
        case connect:
            return timeouts.connect;
        case tls:
            return timeouts.tls;
        case greeting:
            return timeouts.greeting;
        case hello:
            return timeouts.hello;
        case auth:
            return timeouts.auth;
        case mail:
            return timeouts.mail;
        case rcpt:
            return timeouts.rcpt;
        case data:
            return timeouts.data;
        case final_dot:
            break;
    }
    return timeouts.final_dot;
}

// Why no reply came, with its status (RFC 3463 §3.5).
std::pair<std::string, std::string> loss_of(net::Status status) {
    if (status == net::Status::timed_out) return {"4.4.2", "the server did not answer in time"};
    return {"4.4.2", "the server closed the connection"};
}

}  // namespace

struct DeliveryClient::State {
    asio::any_io_executor executor;
    ClientOptions options;
    std::unique_ptr<net::Connection> connection;
    Extensions extensions;
    ServerFacts facts;
    Transaction::Before before;
    bool aborted = false;
    asio::cancellation_signal dialling;

    // What a read ends in: a reply, or none and why.
    struct Read {
        std::optional<ServerReply> reply;
        std::string status, why;
    };

    asio::awaitable<Read> read(Time deadline) {
        ReplyReader reader;
        for (;;) {
            net::InputBuffer& input = connection->input();
            input.consume(reader.feed(input.view()));
            if (reader.state() == ReplyReader::State::complete) co_return Read{reader.take(), {}, {}};
            if (reader.state() == ReplyReader::State::malformed)
                co_return Read{{}, "4.5.0", "the server's answer is not SMTP"};
            const net::Status status = co_await connection->fill(deadline);
            if (status != net::Status::ok) {
                auto [code, why] = loss_of(status);
                co_return Read{{}, std::move(code), std::move(why)};
            }
        }
    }

    // Until a session takes mail, or does not.
    asio::awaitable<void> converse(Opening& opening, Time end) {
        using Do = Opening::Step::Do;
        for (Opening::Step step = opening.begin(); step.what != Do::ready && step.what != Do::fail;) {
            const Time deadline =
                std::min(end, net::Clock::now() + time_for(opening.phase(), options.timeouts));
            if (step.what == Do::start_tls) {
                step = co_await shake_hands(opening, deadline);
                continue;
            }
            // A write that fails may leave an answer behind it: reading tells.
            if (step.what == Do::send) (void)co_await connection->write(step.line, deadline);
            Read read = co_await this->read(deadline);
            step = read.reply ? opening.on_reply(*read.reply, !connection->input().empty())
                              : opening.on_loss(std::move(read.status), std::move(read.why));
        }
    }

    asio::awaitable<Opening::Step> shake_hands(Opening& opening, Time deadline) {
        const net::Status status =
            co_await connection->start_tls(options.tls.context, peer_of(options.tls), deadline);
        if (status != net::Status::ok) {
            const std::string& why = connection->tls_error();
            co_return opening.on_tls_failure(why.empty() ? loss_of(status).second : why);
        }
        using Proof = net::TlsPeer::Proof;
        const Proof proof = connection->tls_proof();
        facts.tls = TlsFacts{connection->tls_version(), connection->tls_cipher()};
        facts.proof = proof == Proof::dane   ? ServerFacts::Proof::dane
                      : proof == Proof::name ? ServerFacts::Proof::name
                                             : ServerFacts::Proof::none;
        co_return opening.on_tls();
    }

    asio::awaitable<void> say_goodbye() {
        const Time deadline = net::Clock::now() + options.timeouts.quit;
        if (co_await connection->write("QUIT\r\n", deadline) == net::Status::ok)
            co_await connection->finish(deadline);
    }

    // False when the server stopped reading, or the network did.
    asio::awaitable<bool> write_content(const OutgoingMail& mail, Time end) {
        for (ContentWriter writer(mail); !writer.done();) {
            const std::string_view piece = writer.next(block);
            // The last piece has the final dot.
            if (writer.done() && mail.may_end && !mail.may_end()) {
                connection->abort();
                co_return false;
            }
            const Time deadline = std::min(end, net::Clock::now() + options.timeouts.block);
            if (co_await connection->write(piece, deadline) != net::Status::ok) co_return false;
        }
        co_return true;
    }

    asio::awaitable<void> carry_out(Transaction& transaction, const OutgoingMail& mail, Time end) {
        using enum Transaction::Next;
        for (auto next = transaction.next(); next != over; next = transaction.next()) {
            const Time deadline =
                std::min(end, net::Clock::now() + time_for(transaction.phase(), options.timeouts));
            bool written = true;
            if (next == send_commands) {
                // The bytes go on from here on; when they can't, what was said before still counts.
                const std::string commands = transaction.commands();
                (void)co_await connection->write(commands, deadline);
                continue;
            }
            if (next == send_content) written = co_await write_content(mail, end);
            if (next == send_dot) written = co_await connection->write(".\r\n", deadline) == net::Status::ok;
            if (next != read_reply && written) {
                transaction.ended();
                continue;
            }
            Read read = co_await this->read(written ? deadline : net::Clock::now() + last_words);
            if (read.reply)
                transaction.on_reply(*read.reply);
            else
                transaction.on_loss(std::move(read.status), std::move(read.why));
        }
    }
};

DeliveryClient::DeliveryClient(asio::any_io_executor executor, ClientOptions options)
    : state_(std::make_unique<State>()) {
    state_->executor = std::move(executor);
    state_->options = std::move(options);
}

DeliveryClient::~DeliveryClient() = default;

asio::awaitable<Opened> DeliveryClient::open(net::ServerAddress server) {
    State& state = *state_;
    const Time now = net::Clock::now();
    state.facts.address = server.path.empty() ? server.address : server.path;
    auto dialled =
        co_await asio::co_spawn(state.executor,
                                net::dial_from(state.executor, state.options.source, std::move(server),
                                               now + state.options.timeouts.connect),
                                asio::bind_cancellation_slot(state.dialling.slot(), asio::use_awaitable));
    Opened opened;
    if (!dialled || state.aborted) {
        opened.failure.reply = {0, "4.4.1", state.aborted ? "stopped" : dialled.error().message()};
        co_return opened;
    }
    state.connection = std::move(*dialled);
    Opening opening(state.options);
    co_await state.converse(opening, now + state.options.timeouts.opening);
    state.extensions = opening.extensions();
    state.facts.name = opening.server_name();
    opened = opening.outcome();
    if (!opened.ready) {
        if (opening.in_step()) co_await state.say_goodbye();
        state.connection.reset();
    }
    co_return opened;
}

asio::awaitable<DeliveryResult> DeliveryClient::deliver(OutgoingMail mail) {
    State& state = *state_;
    const Time end = net::Clock::now() + state.options.timeouts.delivery;
    Transaction transaction(mail, state.extensions, state.before);
    // A goodbye, most likely: nothing else comes unasked.
    if (!state.connection->input().empty()) transaction.on_loss("4.4.2", "the server closed the connection");
    co_await state.carry_out(transaction, mail, end);
    state.before = {true, transaction.dirty()};
    DeliveryResult result = std::move(transaction).result();
    if (!state.connection->input().empty()) result.reusable = false;
    // Nothing of a half-said mail may reach the server once we have called it undelivered.
    if (!result.reusable) state.connection->abort();
    co_return result;
}

asio::awaitable<void> DeliveryClient::quit() {
    if (state_->connection) co_await state_->say_goodbye();
}

void DeliveryClient::abort() {
    state_->aborted = true;
    state_->dialling.emit(asio::cancellation_type::terminal);
    if (state_->connection) state_->connection->abort();
}

const ServerFacts& DeliveryClient::server() const {
    return state_->facts;
}

}  // namespace smtp
