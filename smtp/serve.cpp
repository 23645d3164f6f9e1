#include "smtp/serve.hpp"

#include "smtp/admission.hpp"
#include "smtp/exchange.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace smtp {
namespace {

RuleOptions rule_options(const ServerState& server, const net::Connection& peer) {
    const Options& options = server.options;
    bool exempt = options.exempt_networks.contains(peer.peer_address());
    RuleOptions rules;
    rules.host_name = options.host_name;
    rules.max_message_size = options.content.max_size;
    rules.max_recipients = options.max_recipients;
    rules.offers_tls = server.tls.has_value();
    rules.max_errors = exempt ? 0 : options.max_errors;
    rules.max_refused_recipients = exempt ? 0 : options.max_refused_recipients;
    rules.max_idle_commands = exempt ? 0 : options.max_idle_commands;
    return rules;
}

// RFC 5321 §4.1.1.4: after 354 everything is content up to the final dot; then one reply, and the
// transaction is over. A peer that leaves before the dot has sent nothing.
asio::awaitable<void> take_message(ServerState& server, Exchange& peer, Rules& rules) {
    DataReader reader(server.options.content, rules.envelope().announced_size);
    SpoolFile spool(server.seams.files, server.options.spool_folder, server.spooled);
    bool whole = co_await peer.read_content(reader, spool);
    Envelope envelope = rules.take_envelope();
    if (!whole) co_return;
    if (reader.fault() != DataReader::Fault::none) {
        peer.say(refusal_of(reader.fault()));
    } else {
        auto raw = co_await peer.content(reader, spool);
        if (!raw) co_return peer.say(refusal_of(DataReader::Fault::no_room));
        Reply reply = co_await peer.deliver(peer.message(rules, std::move(envelope), *std::move(raw)));
        if (reply.code == 250) rules.message_accepted();
        peer.say(std::move(reply));
    }
}

// RFC 5321 §3: greeting, then commands until QUIT, a limit or the end of one of us.
asio::awaitable<void> hold_dialogue(ServerState& server, net::Connection& connection,
                                    Clients::Session& client, bool implicit_tls) {
    Exchange peer(server, connection);
    Rules rules(rule_options(server, connection), false);
    if (implicit_tls) {
        if (!co_await peer.shake_hands()) co_return;
        rules.tls_started();
    }
    if (auto refusal = server.seams.directory.refuse_client(connection.peer_address()))
        peer.say(rules.turn_away(*std::move(refusal)));
    else
        peer.say(rules.greeting());
    while (peer.open()) {
        auto line = co_await peer.next_line();
        if (!line) break;
        Step step = rules.on_line(*line, peer.more_input());
        server.seams.probe.command(name(step.verb));
        const auto now = net::Clock::now();
        if (!client.command(now)) {
            peer.say(
                {421, "4.7.0", "Too many commands from your address, try again later", true, "command_rate"});
            break;
        }
        switch (step.next) {
            case Step::Next::reply:
                if (step.verb == Verb::mail && step.reply.code == 250) {
                    if (!client.message(now))
                        step.reply = rules.put_off();
                    else if (auto refusal = server.seams.directory.refuse_sender(
                                 {connection.peer_address(), rules.envelope().reverse_path}))
                        step.reply = rules.refuse_sender(*std::move(refusal));
                }
                if (step.reply.code >= 500) client.error(now);
                peer.say(std::move(step.reply));
                break;
            case Step::Next::resolve: {
                Resolution resolution = co_await server.seams.directory.resolve(
                    step.recipient, {connection.peer_address(), rules.envelope().reverse_path});
                Reply reply = rules.resolved(step.recipient, resolution);
                peer.note_refusal(step.recipient, resolution.outcome, reply);
                if (resolution.outcome == Resolution::Outcome::unknown_mailbox ||
                    resolution.outcome == Resolution::Outcome::not_ours) {
                    client.refused_recipient(now);
                    if (rules.slowed()) co_await peer.slow_down();
                }
                peer.say(std::move(reply));
                break;
            }
            case Step::Next::read_data:
                peer.say(std::move(step.reply));
                co_await take_message(server, peer, rules);
                break;
            case Step::Next::start_tls:
                peer.say(std::move(step.reply));
                if (co_await peer.shake_hands()) rules.tls_started();
                break;
        }
    }
    co_await peer.close();
}

}  // namespace

std::size_t memory_limit(const Options& options) {
    return std::max(options.memory, 4 * options.content.max_size);
}

asio::awaitable<void> serve_session(std::shared_ptr<ServerState> server,
                                    std::unique_ptr<net::Connection> peer,
                                    std::optional<Clients::Session> client, bool implicit_tls) {
    net::SessionGroup::Member member(server->sessions, *peer);
    try {
        if (!client && !co_await introduce(*server, *peer, client, implicit_tls)) co_return;
    } catch (const std::exception& error) {
        server->seams.log.event(EventLog::Level::error, "session_failed", {}, {{"what", error.what()}});
        co_return;
    }
    server->seams.probe.session_opened(implicit_tls);
    try {
        co_await hold_dialogue(*server, *peer, *client, implicit_tls);
    } catch (const std::exception& error) {  // out of memory, or a bug: this session ends, not the server
        server->seams.log.event(EventLog::Level::error, "session_failed", {}, {{"what", error.what()}});
    }
    server->seams.probe.session_closed();
}

}  // namespace smtp
