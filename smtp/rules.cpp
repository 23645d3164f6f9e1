#include "smtp/rules.hpp"

#include <algorithm>
#include <utility>

namespace smtp {
namespace {

Reply bad_sequence(std::string text) {
    return {503, "5.5.1", std::move(text)};
}

Step say(Reply reply) {
    return {Step::Next::reply, std::move(reply), {}, Verb::unknown};
}

}  // namespace

Reply refusal_of(DataReader::Fault fault) {
    using enum DataReader::Fault;
    switch (fault) {
        case too_big:
            return {552, "5.3.4", "Message too big", false, "message_size"};
        case bare_newline:
            return {550, "5.5.2", "bare <CR> or <LF> in the message", false, "bare_newline"};
        case header_too_big:
            return {552, "5.3.4", "Message header too big", false, "header_size"};
        case too_many_hops:
            return {554, "5.4.6", "Too many hops, this mail goes in circles", false, "hops"};
        case no_room:
        case none:
            break;
    }
    return {452, "4.3.1", "No room for the message now", false, "memory"};
}

Reply Rules::greeting() const {
    return {220, "", options_.host_name + (options_.lmtp ? " LMTP ticketgate" : " ESMTP ticketgate")};
}

Reply Rules::turn_away(Reply refusal) {
    turned_away_ = true;
    refusal.code = 554;  // what RFC 5321 §4.2.3 has for this place
    return refusal;
}

std::optional<Reply> Rules::not_smtp(std::string_view first_bytes) {
    if (!first_bytes.starts_with('\x16')) return std::nullopt;  // RFC 8446 §5.1: a handshake record
    return Reply{500, "5.5.1", "This port begins in plain text", true};
}

Step Rules::on_line(const net::Line& line, bool more_input) {
    Step step;
    switch (line.kind) {
        case net::Line::Kind::good: {
            Command command = parse_command(line.text);
            step = on(command, more_input);
            step.verb = command.verb;
            break;
        }
        // RFC 5321 §2.3.8 and §4.1.1.4: a lone LF is no line end, in commands neither.
        case net::Line::Kind::bare_lf:
            step = say({500, "5.5.2", "Lines must end in CRLF"});
            break;
        case net::Line::Kind::too_long:
            step = say({500, "5.5.2", "Line too long"});
            break;
        case net::Line::Kind::endless:
            step = say({500, "5.5.2", "Line too long", true});
            break;
    }
    if (step.next != Step::Next::resolve) step.reply = counted(std::move(step.reply));
    return step;
}

Step Rules::on(const Command& command, bool more_input) {
    if (named_ && command.verb != Verb::xclient) options_.may_name_client = false;
    // RFC 2033 §4.1: so that neither protocol is ever taken for the other.
    const bool smtps_hello = command.verb == Verb::helo || command.verb == Verb::ehlo;
    if (options_.lmtp ? smtps_hello : command.verb == Verb::lhlo)
        return say({500, "5.5.1", "Command not recognized"});
    if (turned_away_ && command.verb != Verb::quit) return say(bad_sequence("You are not welcome here"));
    // The order of commands is judged before the syntax of an address that will not be used anyway.
    switch (command.verb) {
        case Verb::mail:
            if (helo_.empty()) return say(bad_sequence(options_.lmtp ? "Say LHLO first" : "Say EHLO first"));
            if (in_transaction_) return say(bad_sequence("Sender given already"));
            break;
        case Verb::rcpt:
            if (!in_transaction_) return say(bad_sequence("Say MAIL first"));
            break;
        default:
            break;
    }
    if (command.refusal) return say(*command.refusal);
    switch (command.verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo:
        case Verb::rset:
        case Verb::noop:
        case Verb::vrfy:
        case Verb::help:
            if (++idle_commands_ < options_.max_idle_commands || options_.max_idle_commands == 0) break;
            return say({421, "4.7.0", "Too many commands that bring no mail", true, "idle_commands"});
        default:
            break;
    }
    switch (command.verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo:
            return say(hello(command));
        case Verb::mail:
            return on_mail(command);
        case Verb::rcpt:
            return on_rcpt(command);
        case Verb::data:
            return on_data();
        case Verb::rset:
            reset();
            return say({250, "2.0.0", "Ok"});
        case Verb::noop:
            return say({250, "2.0.0", "Ok"});
        case Verb::quit:
            return say({221, "2.0.0", "Bye", true});
        // RFC 5321 §3.5.3: neither confirm nor deny, so that addresses cannot be harvested.
        case Verb::vrfy:
            return say({252, "2.5.0", "Cannot verify, but will take a message"});
        case Verb::help:
            return say({214, "2.0.0",
                        options_.lmtp ? "LHLO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP STARTTLS"
                                      : "EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP STARTTLS"});
        case Verb::starttls:
            return on_starttls(more_input);
        case Verb::xclient:
        case Verb::xforward:
            return on_naming(command);
        // The chunk is on its way whatever we answer, and would be read as commands.
        case Verb::bdat:
            return say({502, "5.5.1", "Chunking is not offered", true});
        case Verb::unsupported:
            return say({502, "5.5.1", "Command not implemented"});
        case Verb::foreign:
            return say({500, "5.5.1", "This is a mail server", true});
        case Verb::unknown:
            break;
    }
    return say({500, "5.5.1", "Command not recognized"});
}

Reply Rules::hello(const Command& command) {
    reset();  // RFC 5321 §4.1.4
    helo_ = command.host;
    extended_ = command.verb != Verb::helo;
    if (!extended_) return {250, "", options_.host_name};
    std::string text = options_.host_name + "\nPIPELINING\nSIZE";
    if (!options_.lmtp) text += " " + std::to_string(options_.max_message_size);
    text += "\n8BITMIME\nSMTPUTF8\nENHANCEDSTATUSCODES\n";
    if (options_.offers_tls && !secure_) text += "STARTTLS\n";
    if (options_.may_name_client && !options_.lmtp) text += announcement(Naming::xclient) + "\n";
    if (options_.may_name_client) text += announcement(Naming::xforward) + "\n";
    return {250, "", text + "HELP"};
}

Step Rules::on_mail(const Command& command) {
    if (command.path.non_ascii && !command.smtputf8)
        return say({553, "5.6.7", "An address like this needs SMTPUTF8"});
    // A relay in front would send what is refused here back to a sender who may be forged.
    if (!options_.lmtp && command.size && *command.size > options_.max_message_size)
        return say(refusal_of(DataReader::Fault::too_big));
    in_transaction_ = true;
    if (!command.path.null()) envelope_.reverse_path = command.path.mailbox.str();
    envelope_.smtputf8 = command.smtputf8;
    envelope_.announced_size = command.size.value_or(0);
    return say({250, "2.1.0", "Sender ok"});
}

Step Rules::on_rcpt(const Command& command) {
    if (command.path.non_ascii && !envelope_.smtputf8)
        return say({553, "5.6.7", "An address like this needs SMTPUTF8"});
    if (std::max(envelope_.recipients.size(), envelope_.replies) >= options_.max_recipients)
        return say({452, "4.5.3", "Too many recipients", false, "recipients"});
    return {Step::Next::resolve, {}, command.path.mailbox, Verb::rcpt};
}

Reply Rules::resolved(const mail::Mailbox& recipient, const Resolution& resolution) {
    switch (resolution.outcome) {
        case Resolution::Outcome::found:
            break;
        case Resolution::Outcome::unknown_mailbox:
            return refused_recipient({550, "5.1.1", "No such mailbox here"});
        case Resolution::Outcome::not_ours:
            return refused_recipient({554, "5.7.1", "Relaying denied"});
        case Resolution::Outcome::unavailable:
            return {451, "4.3.0", "Cannot look up the recipient now, try again later"};
        case Resolution::Outcome::refused:
        case Resolution::Outcome::revoked:
            return counted(resolution.refusal);
    }
    std::string key = recipient.key();
    auto& known = envelope_.recipients;
    bool repeated =
        std::any_of(known.begin(), known.end(), [&](const Recipient& r) { return r.address.key() == key; });
    // A notice about a mail goes to the one who sent it: a notice to many is forged (RFC 5321 §6.1).
    // By LMTP the relay in front has judged that, and may have made two of one by an alias.
    if (!repeated && envelope_.reverse_path.empty() && !known.empty() && !options_.lmtp)
        return {452, "4.5.3", "One recipient at a time for the null sender"};
    if (!repeated) known.push_back({recipient, resolution.destination});
    if (options_.lmtp || envelope_.replies == 0) ++envelope_.replies;
    return {250, "2.1.5", "Recipient ok"};
}

Step Rules::on_data() {
    if (!in_transaction_) return say(bad_sequence("Say MAIL first"));
    if (envelope_.recipients.empty())  // RFC 2033 §4.2: 503 by LMTP
        return say({options_.lmtp ? 503 : 554, "5.5.1", "No valid recipients"});
    return {Step::Next::read_data, {354, "", "End data with <CR><LF>.<CR><LF>"}, {}, Verb::data};
}

Step Rules::on_starttls(bool more_input) {
    if (secure_) return say(bad_sequence("TLS is on already"));
    if (!options_.offers_tls) return say({502, "5.5.1", "Command not implemented"});
    // RFC 3207 §5 ends the plain text here. Commands sent behind it were injected by somebody between
    // us, or come from a client that would not notice if they were (CVE-2011-0411).
    if (more_input) return say({554, "5.5.0", "Input behind STARTTLS", true});
    return {Step::Next::start_tls, {220, "2.0.0", "Ready to start TLS"}, {}, Verb::starttls};
}

// What a stranger says of himself is not even read.
Step Rules::on_naming(const Command& command) {
    const Naming naming = command.verb == Verb::xclient ? Naming::xclient : Naming::xforward;
    const bool offered = options_.may_name_client && !(options_.lmtp && naming == Naming::xclient);
    if (!offered) return say({550, "5.7.0", "You speak for nobody but yourself here"});
    if (in_transaction_) return say(bad_sequence("A message is under way"));
    NamedClient client = naming == Naming::xclient ? NamedClient{} : envelope_.client;
    if (!read_attributes(command.attributes, naming, client))
        return say({501, "5.5.4", "Bad or missing attributes"});
    if (naming == Naming::xclient)
        return {Step::Next::new_client, greeting(), {}, command.verb, std::move(client)};
    envelope_.client = std::move(client);
    return say({250, "2.0.0", "Ok"});
}

void Rules::client_named(const NamedClient& client) {
    helo_ = client.helo.value_or("");
    extended_ = client.protocol == "ESMTP";
    named_ = true;
}

Envelope Rules::take_envelope() {
    Envelope taken = std::move(envelope_);
    reset();
    return taken;
}

void Rules::tls_started() {
    reset();
    helo_.clear();
    secure_ = true;
}

std::string_view Rules::protocol(bool smtputf8) const {
    if (options_.lmtp && smtputf8) return secure_ ? "UTF8LMTPS" : "UTF8LMTP";
    if (options_.lmtp) return secure_ ? "LMTPS" : "LMTP";
    if (!extended_ && !secure_) return "SMTP";
    if (smtputf8) return secure_ ? "UTF8SMTPS" : "UTF8SMTP";
    return secure_ ? "ESMTPS" : "ESMTP";
}

// A peer that only makes errors guesses addresses or speaks another language.
Reply Rules::counted(Reply reply) {
    if (reply.code < 500 || reply.close || options_.max_errors == 0) return reply;
    if (++errors_ < options_.max_errors) return reply;
    return {421, "4.7.0", "Too many errors", true, "errors"};
}

// Who meets one address after the other that does not exist is guessing.
Reply Rules::refused_recipient(Reply reply) {
    if (++refused_recipients_ < options_.max_refused_recipients || options_.max_refused_recipients == 0)
        return reply;
    return {421, "4.7.0", "Too many unknown recipients", true, "refused_recipients"};
}

Reply Rules::put_off() {
    reset();
    return {451, "4.7.1", "Too many messages from your address, try again later", false, "message_rate"};
}

Reply Rules::refuse_sender(Reply refusal) {
    reset();
    return counted(std::move(refusal));
}

void Rules::reset() {
    in_transaction_ = false;
    envelope_ = {};
}

}  // namespace smtp
