#include "tests/support/memory_server.hpp"

#include "smtp/received.hpp"

#include <algorithm>

namespace test {

MemoryServer::MemoryServer(smtp::RuleOptions options, FakeSink& sink, smtp::BareNewlines bare_newlines)
    : options_(options), sink_(sink), rules_(options, false) {
    content_.max_size = options.max_message_size;
    content_.bare_newlines = bare_newlines;
    content_.refuses = !options.lmtp;
    say(rules_.greeting());
}

void MemoryServer::feed(std::string_view bytes) {
    while (!bytes.empty() && !closed_) {
        auto space = input_.space();
        std::size_t count = std::min(space.size(), bytes.size());
        std::copy_n(bytes.begin(), count, space.begin());
        input_.commit(count);
        bytes.remove_prefix(count);
        work();
    }
}

void MemoryServer::shake_hands() {
    handshake_ = false;
    input_.clear();
    secure_ = true;
    rules_.tls_started();
}

void MemoryServer::work() {
    if (std::exchange(first_bytes_, false))
        if (auto refusal = smtp::Rules::not_smtp(input_.view())) return say(*refusal);
    while (!closed_ && !handshake_ && (reader_ ? content() : step())) {
    }
}

void MemoryServer::say(const smtp::Reply& reply) {
    replies.push_back(reply.wire());
    closed_ = closed_ || reply.close;
}

bool MemoryServer::step() {
    auto line = input_.take_line(smtp::max_command_line);
    if (!line) return false;
    smtp::Step step = rules_.on_line(*line, !input_.empty());
    if (step.next == smtp::Step::Next::resolve)
        step.reply = rules_.resolved(step.recipient, resolve(step.recipient, sender()));
    if (step.verb == smtp::Verb::mail && step.reply.code == 250)
        if (auto refusal = refuse_sender(sender())) step.reply = rules_.refuse_sender(*std::move(refusal));
    if (step.next == smtp::Step::Next::read_data) reader_.emplace(content_, rules_.envelope().announced_size);
    if (step.next == smtp::Step::Next::new_client) {
        rules_ = smtp::Rules(options_, secure_);
        rules_.client_named(step.client);
        if (step.client.address) client_.address = step.client.address;
    }
    handshake_ = step.next == smtp::Step::Next::start_tls;
    say(step.reply);
    return true;
}

smtp::Sender MemoryServer::sender() const {
    return options_.lmtp ? smtp::Sender{} : smtp::Sender{"", rules_.envelope().reverse_path};
}

bool MemoryServer::content() {
    input_.consume(reader_->feed(input_.view()));
    if (!reader_->done()) return false;
    smtp::Envelope envelope = rules_.take_envelope();
    smtp::Reply reply = smtp::refusal_of(reader_->fault());
    if (!reader_->refused()) {
        smtp::ReceivedMessage message;
        message.client_address = client_.address.value_or("").empty() ? "127.0.0.1" : *client_.address;
        message.helo = smtp::printable_host(rules_.helo());
        attribute_to(envelope.client, message);
        message.reverse_path = envelope.reverse_path;
        message.recipients = envelope.recipients;
        if (options_.lmtp && envelope.client.address.value_or("").empty()) message.client_address.clear();
        message.raw = reader_->take();
        message.refusable = content_.refuses;
        if (reader_->fault() != smtp::DataReader::Fault::none) message.objection = reply.limit;
        reply = sink_.take(std::move(message));
        if (reply.code == 250) rules_.message_accepted();
    }
    for (std::size_t i = 0; i < envelope.replies; ++i) say(reply);
    reader_.reset();
    return true;
}

}  // namespace test
