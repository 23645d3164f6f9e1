#include "tests/support/memory_server.hpp"

#include <algorithm>

namespace test {

MemoryServer::MemoryServer(smtp::RuleOptions options, FakeSink& sink, smtp::BareNewlines bare_newlines)
    : sink_(sink), rules_(options, false) {
    content_.max_size = options.max_message_size;
    content_.bare_newlines = bare_newlines;
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
        step.reply =
            rules_.resolved(step.recipient, resolve(step.recipient, {"", rules_.envelope().reverse_path}));
    if (step.verb == smtp::Verb::mail && step.reply.code == 250)
        if (auto refusal = refuse_sender({"", rules_.envelope().reverse_path}))
            step.reply = rules_.refuse_sender(*std::move(refusal));
    if (step.next == smtp::Step::Next::read_data) reader_.emplace(content_, rules_.envelope().announced_size);
    handshake_ = step.next == smtp::Step::Next::start_tls;
    say(step.reply);
    return true;
}

bool MemoryServer::content() {
    input_.consume(reader_->feed(input_.view()));
    if (!reader_->done()) return false;
    smtp::Envelope envelope = rules_.take_envelope();
    if (reader_->fault() != smtp::DataReader::Fault::none) {
        say(smtp::refusal_of(reader_->fault()));
    } else {
        smtp::ReceivedMessage message;
        message.reverse_path = envelope.reverse_path;
        message.recipients = envelope.recipients;
        message.raw = reader_->take();
        smtp::Reply reply = sink_.take(std::move(message));
        if (reply.code == 250) rules_.message_accepted();
        say(reply);
    }
    reader_.reset();
    return true;
}

}  // namespace test
