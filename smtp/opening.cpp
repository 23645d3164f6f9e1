#include "smtp/opening.hpp"

#include "mail/text.hpp"

#include <charconv>

namespace smtp {
namespace {

RemoteReply our_words(std::string status, std::string text) {
    return {0, std::move(status), safe_text(text, 1000)};
}

std::string_view first_word(std::string_view line) {
    return line.substr(0, line.find_first_of(" \t\r\n"));
}

void read_mechanisms(std::string_view rest, Sasl::Offer& offer) {
    while (!rest.empty()) {
        const std::string_view word = first_word(rest);
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        offer.plain |= mail::iequals(word, "PLAIN");
        offer.login |= mail::iequals(word, "LOGIN");
        offer.scram_sha_256 |= mail::iequals(word, "SCRAM-SHA-256");
        offer.xoauth2 |= mail::iequals(word, "XOAUTH2");
    }
}

}  // namespace

std::string_view name_of(Phase phase) {
    using enum Phase;
    switch (phase) {
        case connect:
            return "connect";
        case tls:
            return "tls";
        case greeting:
            return "greeting";
        case hello:
            return "ehlo";
        case auth:
            return "auth";
        case mail:
            return "mail";
        case rcpt:
            return "rcpt";
        case data:
            return "data";
        case final_dot:
            break;
    }
    return "final_dot";
}

Extensions read_extensions(const ServerReply& ehlo) {
    Extensions read;
    std::string_view rest = ehlo.text;
    // The first line is the server's name.
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        rest.remove_prefix(end + 1);
        const std::string_view line = rest.substr(0, rest.find('\n')), keyword = first_word(line);
        const std::string_view values = line.substr(std::min(line.size(), keyword.size() + 1));
        if (mail::iequals(keyword, "PIPELINING"))
            read.pipelining = true;
        else if (mail::iequals(keyword, "STARTTLS"))
            read.starttls = true;
        else if (mail::iequals(keyword, "8BITMIME"))
            read.eight_bit_mime = true;
        else if (mail::iequals(keyword, "SMTPUTF8"))
            read.smtputf8 = true;
        else if (mail::iequals(keyword, "SIZE"))
            std::from_chars(values.data(), values.data() + values.size(), read.size.emplace(0));
        else if (mail::iequals(keyword, "AUTH"))
            read_mechanisms(values, read.auth);
        else if (keyword.size() > 5 && mail::iequals(keyword.substr(0, 5), "AUTH="))
            read_mechanisms(line.substr(5), read.auth);  // as old Exchange has it
    }
    return read;
}

bool Opening::needs_tls() const {
    return options_.tls.use != TlsUse::none && options_.tls.use != TlsUse::opportunistic;
}

Opening::Step Opening::fail(Fate fate, RemoteReply reply) {
    outcome_.failure = {fate, phase_, std::move(reply)};
    return {Step::Do::fail};
}

Opening::Step Opening::on_loss(std::string status, std::string why) {
    in_step_ = false;
    return fail(Fate::deferred, our_words(std::move(status), std::move(why)));
}

Opening::Step Opening::begin() {
    phase_ = Phase::greeting;
    if (!options_.tls.implicit) return {Step::Do::read};
    phase_ = Phase::tls;
    return {Step::Do::start_tls};
}

Opening::Step Opening::on_reply(const ServerReply& reply, bool more) {
    in_step_ = !more && reply.code != 421;
    switch (phase_) {
        case Phase::greeting:
            return on_greeting(reply);
        case Phase::hello:
            return on_hello(reply);
        case Phase::tls:
            return on_starttls(reply, more);
        default:
            return on_auth(reply);
    }
}

Opening::Step Opening::hello(std::string_view verb) {
    phase_ = Phase::hello;
    return {Step::Do::send, std::string(verb) + ' ' + options_.host_name + "\r\n"};
}

// H11: mail to ourselves would come back for ever.
bool Opening::named_as_we_are(const ServerReply& reply) {
    const std::string_view word = first_word(reply.text);
    if (!word.empty()) name_ = safe_text(word, 255);
    return !options_.may_be_ourselves && mail::iequals(word, options_.host_name);
}

Opening::Step Opening::on_greeting(const ServerReply& reply) {
    if (!reply.positive()) return fail(Fate::deferred, reply.shown());
    if (named_as_we_are(reply))
        return fail(Fate::failed, our_words("5.4.6", "mail for " + name_ + " loops back to ourselves"));
    return hello("EHLO");
}

Opening::Step Opening::on_hello(const ServerReply& reply) {
    if (reply.permanent() && !helo_) {  // H10
        helo_ = true;
        return hello("HELO");
    }
    if (!reply.positive()) return fail(reply.permanent() ? Fate::failed : Fate::deferred, reply.shown());
    if (named_as_we_are(reply))
        return fail(Fate::failed, our_words("5.4.6", "mail for " + name_ + " loops back to ourselves"));
    extensions_ = helo_ ? Extensions{} : read_extensions(reply);
    return after_hello();
}

Opening::Step Opening::after_hello() {
    if (!secure_ && !tls_refused_ && options_.tls.use != TlsUse::none) {
        if (extensions_.starttls) {
            phase_ = Phase::tls;
            return {Step::Do::send, "STARTTLS\r\n"};
        }
        if (needs_tls()) {  // H03
            phase_ = Phase::tls;
            return fail(Fate::deferred,
                        our_words("4.7.4", "TLS is required, but the server does not offer it"));
        }
    }
    return log_in();
}

Opening::Step Opening::on_starttls(const ServerReply& reply, bool more) {
    if (reply.code != 220) {
        if (needs_tls() || reply.code == 421) return fail(Fate::deferred, reply.shown());
        tls_refused_ = true;
        return log_in();
    }
    // H02: somebody on the way would like us to take this for the server's first words under TLS. A server of
    // good faith has nothing to say before the handshake.
    if (more) return on_loss("4.7.5", "there is plain text behind the server's answer to STARTTLS");
    return {Step::Do::start_tls};
}

Opening::Step Opening::on_tls() {
    secure_ = true;
    in_step_ = true;
    helo_ = false;
    extensions_ = {};
    name_.clear();
    if (options_.tls.implicit) {
        phase_ = Phase::greeting;
        return {Step::Do::read};
    }
    return hello("EHLO");
}

Opening::Step Opening::on_tls_failure(std::string_view why) {
    in_step_ = false;
    outcome_.plain_text_may_work = !needs_tls() && !options_.tls.implicit;
    return fail(Fate::deferred, our_words("4.7.5", "the TLS handshake failed: " + std::string(why)));
}

Opening::Step Opening::log_in() {
    if (!options_.credentials) {
        outcome_.ready = true;
        return {Step::Do::ready};
    }
    phase_ = Phase::auth;
    if (!secure_ && !options_.credentials->even_in_plain_text)
        return fail(Fate::deferred, our_words("4.7.0", "no TLS, and the credentials are not for plain text"));
    sasl_ = Sasl::choose(*options_.credentials, extensions_.auth);
    if (!sasl_)
        return fail(Fate::deferred,
                    our_words("4.7.0", "the server offers no mechanism to log in that suits"));
    return {Step::Do::send, sasl_->first() + "\r\n"};
}

Opening::Step Opening::on_auth(const ServerReply& reply) {
    if (reply.code == 334 && sasl_->gave_up()) return on_loss("4.7.0", sasl_->trouble());
    if (reply.code == 334) return {Step::Do::send, sasl_->answer(reply.text) + "\r\n"};
    if (reply.positive() && sasl_->satisfied()) {
        outcome_.ready = true;
        return {Step::Do::ready};
    }
    // The credentials are the operator's to mend: nothing bounces because of them.
    RemoteReply shown = reply.shown();
    if (reply.positive())
        shown = our_words("4.7.0", "SCRAM: the server has not proven that it knows the password");
    if (!sasl_->trouble().empty()) shown.text = safe_text(shown.text + " (" + sasl_->trouble() + ")", 1000);
    return fail(Fate::deferred, std::move(shown));
}

}  // namespace smtp
