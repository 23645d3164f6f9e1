#include "smtp/transaction.hpp"

#include "mail/text.hpp"

namespace smtp {
namespace {

// Of commands that are written before their replies are read. Their replies, and they, fit into any socket's
// buffers.
constexpr std::size_t longest_group = 4096;

Fate fate_of(const ServerReply& reply) {
    return reply.permanent() ? Fate::failed : Fate::deferred;
}

}  // namespace

Transaction::Transaction(const OutgoingMail& mail, const Extensions& server, Before before)
    : mail_(mail), server_(server), before_(before), facts_(examine(mail)), results_(mail.recipients.size()) {
    dirty_ = before.dirty;
    sent_ = answered_ = before.dirty ? 0 : 1;
    read_addresses();
    if (const auto why_not = objection(facts_)) decide(Fate::failed, *why_not);
    if (!anybody()) stop();
}

void Transaction::read_addresses() {
    smtputf8_ = facts_.utf8_header;
    if (!mail_.reverse_path.empty()) {
        if (const auto path = address_on_the_wire(mail_.reverse_path))
            reverse_path_ = *path;
        else
            decide(Fate::failed, {0, "5.1.7", "the return path is no address"});
    }
    smtputf8_ |= !mail::is_ascii(reverse_path_);
    phase_ = Phase::rcpt;
    for (std::size_t i = 0; i < results_.size(); ++i) {
        if (auto path = address_on_the_wire(mail_.recipients[i])) {
            smtputf8_ |= !mail::is_ascii(*path);
            paths_.push_back(std::move(*path));
            recipient_.push_back(i);
        } else if (!results_[i]) {
            results_[i] = {Fate::failed, Phase::rcpt, {0, "5.1.3", "that is no address"}};
        }
    }
    phase_ = Phase::mail;
}

// H15. What no retry will change.
std::optional<RemoteReply> Transaction::objection(const ContentFacts& facts) const {
    if (!facts.fault.empty()) return RemoteReply{0, "5.6.0", "the mail can't be sent: " + facts.fault};
    const std::uint64_t limit = server_.size.value_or(0);
    if (limit > 0 && facts.size > limit)
        return RemoteReply{0, "5.3.4",
                           "the mail has " + std::to_string(facts.size) + " octets, and the server takes " +
                               std::to_string(limit)};
    if (smtputf8_ && !server_.smtputf8)
        return RemoteReply{0, "5.6.7", "the server does not take international addresses (SMTPUTF8)"};
    if (facts.eight_bit && !server_.eight_bit_mime)
        return RemoteReply{0, "5.6.3", "the server does not take 8-bit content (8BITMIME)"};
    return std::nullopt;
}

// Whether MAIL has no answer yet: a connection that ends here had ended before it.
bool Transaction::before_mail() const {
    return stage_ == Stage::commands && answered_ <= 1;
}

bool Transaction::anybody() const {
    for (const auto& result : results_)
        if (!result) return true;
    return false;
}

Transaction::Next Transaction::next() const {
    switch (stage_) {
        case Stage::commands:
            return answered_ < sent_ ? Next::read_reply : Next::send_commands;
        case Stage::content:
            return Next::send_content;
        case Stage::lone_dot:
            return Next::send_dot;
        case Stage::final_reply:
        case Stage::lone_reply:
            return Next::read_reply;
        case Stage::over:
            break;
    }
    return Next::over;
}

Phase Transaction::phase() const {
    if (stage_ == Stage::final_reply) return Phase::final_dot;
    if (stage_ != Stage::commands) return Phase::data;
    if (answered_ <= 1) return Phase::mail;
    return answered_ < 2 + paths_.size() ? Phase::rcpt : Phase::data;
}

std::string Transaction::command(std::size_t index) const {
    if (index == 0) return "RSET\r\n";
    if (index == 1) {
        std::string mail = "MAIL FROM:<" + reverse_path_ + '>';
        if (server_.size) mail += " SIZE=" + std::to_string(facts_.size);
        if (facts_.eight_bit) mail += " BODY=8BITMIME";
        if (smtputf8_) mail += " SMTPUTF8";
        return mail + "\r\n";
    }
    if (index < 2 + paths_.size()) return "RCPT TO:<" + paths_[index - 2] + ">\r\n";
    return "DATA\r\n";
}

std::string Transaction::commands() {
    std::string group;
    const std::size_t last = 2 + paths_.size();
    do group += command(sent_++);
    while (server_.pipelining && sent_ <= last && group.size() < longest_group);
    return group;
}

void Transaction::on_reply(const ServerReply& reply) {
    if (reply.code == 421) {
        stale_ = before_.used && before_mail();
        phase_ = phase();
        decide(Fate::deferred, reply.shown());
        reusable_ = false;
        return stop();
    }
    switch (stage_) {
        case Stage::commands:
            break;
        case Stage::content:  // before its end: it has seen enough
            phase_ = Phase::data;
            if (reply.permanent() || reply.temporary()) decide(fate_of(reply), reply.shown());
            return break_off("4.4.2", "the server answered in the middle of the content");
        case Stage::final_reply:
            return on_dot(reply);
        default:
            return stop();  // to the lone dot: whatever it says, the recipients have their answers
    }
    const std::size_t index = answered_++;
    if (index == 0) {
        dirty_ = !reply.positive();
        if (!dirty_) return;
        answered_ = 0;
        return break_off("4.5.0", "the server did not take RSET");
    }
    if (index == 1) return on_mail(reply);
    if (index < 2 + paths_.size()) return on_rcpt(index - 2, reply);
    on_data(reply);
}

void Transaction::on_mail(const ServerReply& reply) {
    phase_ = Phase::mail;
    if (reply.code / 100 == 3) return break_off("4.5.0", "the server answered MAIL as if it were DATA");
    mail_taken_ = reply.positive();
    dirty_ = mail_taken_;
    if (!mail_taken_) decide(fate_of(reply), reply.shown());
    if (!mail_taken_ && answered_ == sent_) stop();
}

void Transaction::on_rcpt(std::size_t recipient, const ServerReply& reply) {
    phase_ = Phase::rcpt;
    if (reply.code / 100 == 3) return break_off("4.5.0", "the server answered RCPT as if it were DATA");
    auto& result = results_[recipient_[recipient]];
    if (!result) {
        if (reply.positive())
            ++accepted_;
        else
            result = {reply.code == 552 ? Fate::deferred : fate_of(reply), Phase::rcpt, reply.shown()};
    }
    // Where DATA has not been said yet, it need not be.
    const bool all = recipient + 1 == paths_.size();
    if (answered_ == sent_ && (all ? accepted_ == 0 : !mail_taken_)) stop();
}

void Transaction::on_data(const ServerReply& reply) {
    phase_ = Phase::data;
    if (reply.code == 354) {
        stage_ = accepted_ > 0 ? Stage::content : Stage::lone_dot;
        return;
    }
    if (reply.positive() || reply.code / 100 == 3)
        return break_off("4.5.0", "the server answered DATA with " + std::to_string(reply.code));
    decide(fate_of(reply), reply.shown());
    stop();
}

void Transaction::ended() {
    stage_ = stage_ == Stage::content ? Stage::final_reply : Stage::lone_reply;
    phase_ = phase();
}

void Transaction::on_dot(const ServerReply& reply) {
    if (reply.code / 100 == 3)
        return break_off("4.5.0", "the server answered the final dot as if it were DATA");
    decide(reply.positive() ? Fate::sent : fate_of(reply), reply.shown());
    dirty_ = false;
    stop();
}

void Transaction::on_loss(std::string status, std::string why) {
    phase_ = phase();
    break_off(std::move(status), std::move(why));
}

void Transaction::break_off(std::string status, std::string why) {
    stale_ = before_.used && before_mail();
    decide(stage_ == Stage::final_reply ? Fate::uncertain : Fate::deferred,
           {0, std::move(status), safe_text(why, 1000)});
    reusable_ = false;
    stop();
}

void Transaction::decide(Fate fate, const RemoteReply& reply) {
    for (auto& result : results_)
        if (!result) result = {fate, phase_, reply};
}

void Transaction::stop() {
    stage_ = Stage::over;
}

DeliveryResult Transaction::result() && {
    DeliveryResult made;
    made.reusable = reusable_;
    made.stale = stale_;
    for (auto& result : results_) made.recipients.push_back(std::move(*result));
    return made;
}

}  // namespace smtp
