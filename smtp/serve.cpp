#include "smtp/serve.hpp"

#include "smtp/admission.hpp"
#include "smtp/exchange.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace smtp {
namespace {

RuleOptions rule_options(const ServerState& server, const net::Connection& peer, Service service,
                         bool trusted) {
    const Options& options = server.options;
    RuleOptions rules;
    rules.lmtp = service == Service::lmtp;
    const bool exempt = rules.lmtp || options.exempt_networks.contains(peer.peer_address());
    rules.host_name = options.host_name;
    rules.max_message_size = options.content.max_size;
    rules.max_recipients = options.max_recipients;
    rules.offers_tls = server.tls.has_value();
    rules.max_errors = exempt ? 0 : options.max_errors;
    rules.max_refused_recipients = exempt ? 0 : options.max_refused_recipients;
    rules.max_idle_commands = exempt ? 0 : options.max_idle_commands;
    rules.may_name_client = trusted;
    return rules;
}

// RFC 5321 §4.1.1.4: after 354 everything is content up to the final dot; then one reply, and the
// transaction is over. A peer that leaves before the dot has sent nothing.
asio::awaitable<void> take_message(ServerState& server, Exchange& peer, Rules& rules, Service service) {
    ContentLimits limits = server.options.content;
    limits.refuses = service != Service::lmtp;
    DataReader reader(limits, rules.envelope().announced_size);
    SpoolFile spool(server.seams.files, server.options.spool_folder, server.spooled);
    bool whole = co_await peer.read_content(reader, spool);
    Envelope envelope = rules.take_envelope();
    if (!whole) co_return;
    const std::size_t replies = envelope.replies;
    const bool forwarded = !envelope.client.address.value_or("").empty();
    if (reader.refused()) co_return peer.say(refusal_of(reader.fault()), replies);
    auto raw = co_await peer.content(reader, spool);
    if (!raw) co_return peer.say(refusal_of(DataReader::Fault::no_room), replies);
    ReceivedMessage message = peer.message(rules, std::move(envelope), *std::move(raw));
    message.refusable = limits.refuses;
    // The relay's address says nothing of who sent the mail.
    if (service == Service::lmtp && !forwarded) message.client_address.clear();
    if (reader.fault() != DataReader::Fault::none) message.objection = refusal_of(reader.fault()).limit;
    peer.note_limit(message.objection);
    Reply reply = co_await peer.deliver(std::move(message));
    if (reply.code == 250) rules.message_accepted();
    peer.say(std::move(reply), replies);
}

// XCLIENT: from now on the session is that client's, who is admitted as if he had connected himself, or sent
// away.
Reply begin_anew(ServerState& server, Exchange& peer, net::Connection& connection, const std::string& relay,
                 std::optional<Clients::Session>& client, const Step& step) {
    const auto text = [](const std::optional<std::string>& value) { return value.value_or(""); };
    const NamedClient& named = step.client;
    if (named.address) connection.stands_for(named.address->empty() ? relay : *named.address);
    const std::string& address = connection.peer_address();
    peer.log(EventLog::Level::info, "client_named",
             {{"client", address},
              {"relay", relay},
              {"name", text(named.name)},
              {"helo", text(named.helo)},
              {"login", text(named.login)}});
    client.reset();
    const std::string_view limit = admit(server, address, client);
    if (limit.empty()) return step.reply;
    note_refusal(server, address, limit);
    Reply refusal = refusal_for(limit);
    refusal.close = true;
    return refusal;
}

// Who may be refused before the content: for whom a relay speaks that says so by XFORWARD. By LMTP nobody,
// since that would be sent back to a sender who may be forged; the sink holds the mail of those who are
// banned.
Sender sender_of(const net::Connection& connection, const Rules& rules, Service service) {
    if (service == Service::lmtp) return {};
    const std::optional<std::string>& forwarded = rules.envelope().client.address;
    return {forwarded && !forwarded->empty() ? *forwarded : connection.peer_address(),
            rules.envelope().reverse_path, rules.helo()};
}

// RFC 5321 §3: greeting, then commands until QUIT, a limit or the end of one of us.
asio::awaitable<void> hold_dialogue(ServerState& server, net::Connection& connection,
                                    std::optional<Clients::Session> client, Service service) {
    Exchange peer(server, connection);
    const std::string relay = connection.peer_address();
    // Who may come by LMTP is a relay of this site.
    const bool trusted = service == Service::lmtp || server.options.xclient_networks.contains(relay);
    Rules rules(rule_options(server, connection, service, trusted), false);
    if (service == Service::smtps) {
        if (!co_await peer.shake_hands()) co_return;
        rules.tls_started();
    }
    std::optional<Reply> refusal;
    if (service != Service::lmtp) refusal = server.seams.directory.refuse_client(relay);
    peer.say(refusal ? rules.turn_away(*std::move(refusal)) : rules.greeting());
    while (peer.open()) {
        auto line = co_await peer.next_line();
        if (!line) break;
        Step step = rules.on_line(*line, peer.more_input());
        server.seams.probe.command(name(step.verb));
        const auto now = net::Clock::now();
        if (!client->command(now)) {
            peer.say(
                {421, "4.7.0", "Too many commands from your address, try again later", true, "command_rate"});
            break;
        }
        switch (step.next) {
            case Step::Next::reply:
                if (step.verb == Verb::mail && step.reply.code == 250) {
                    if (!client->message(now))
                        step.reply = rules.put_off();
                    else if (auto refused = co_await server.seams.directory.refuse_sender(
                                 sender_of(connection, rules, service)))
                        step.reply = rules.refuse_sender(*std::move(refused));
                }
                if (step.reply.code >= 500) client->error(now);
                peer.say(std::move(step.reply));
                break;
            case Step::Next::resolve: {
                Resolution resolution = co_await server.seams.directory.resolve(
                    step.recipient, sender_of(connection, rules, service));
                Reply reply = rules.resolved(step.recipient, resolution);
                peer.note_refusal(rules.envelope(), step.recipient, resolution.outcome, reply);
                if (resolution.outcome == Resolution::Outcome::unknown_mailbox ||
                    resolution.outcome == Resolution::Outcome::not_ours) {
                    client->refused_recipient(now);
                    if (rules.slowed()) co_await peer.slow_down();
                }
                peer.say(std::move(reply));
                break;
            }
            case Step::Next::read_data:
                peer.say(std::move(step.reply));
                co_await take_message(server, peer, rules, service);
                break;
            case Step::Next::start_tls:
                peer.say(std::move(step.reply));
                if (co_await peer.shake_hands()) rules.tls_started();
                break;
            case Step::Next::new_client:
                step.reply = begin_anew(server, peer, connection, relay, client, step);
                rules = Rules(rule_options(server, connection, service, trusted), connection.secure());
                rules.client_named(step.client);
                if (step.reply.code == 220)
                    if (auto refused = server.seams.directory.refuse_client(connection.peer_address()))
                        step.reply = rules.turn_away(*std::move(refused));
                peer.say(std::move(step.reply));
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
                                    std::optional<Clients::Session> client, Service service) {
    net::SessionGroup::Member member(server->sessions, *peer);
    try {
        if (!client && !co_await introduce(*server, *peer, client, service)) co_return;
    } catch (const std::exception& error) {
        server->seams.log.event(EventLog::Level::error, "session_failed", {}, {{"what", error.what()}});
        co_return;
    }
    server->seams.probe.session_opened(service);
    try {
        co_await hold_dialogue(*server, *peer, std::move(client), service);
    } catch (const std::exception& error) {  // out of memory, or a bug: this session ends, not the server
        server->seams.log.event(EventLog::Level::error, "session_failed", {}, {{"what", error.what()}});
    }
    server->seams.probe.session_closed();
}

}  // namespace smtp
