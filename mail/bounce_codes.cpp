// Codes and commands in what servers write (mail/bounce_reason.hpp).
#include "mail/bounce_phrases.hpp"
#include "mail/bounce_reason.hpp"
#include "mail/text.hpp"

#include <utility>

namespace mail {
namespace {

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
    const auto part = [](char c) { return is_digit(c) || is_alpha(c) || c == '.' || c == '_' || c == '@'; };
    if (at > 0 && part(text[at - 1])) return false;
    const std::size_t end = at + size;
    if (end >= text.size()) return true;
    if (text[end] == '.') return end + 1 >= text.size() || !is_digit(text[end + 1]);
    return !is_digit(text[end]) && !is_alpha(text[end]) && text[end] != '_' && text[end] != '@' &&
           text[end] != '%';
}

bool is_reply_code(std::string_view text) {
    if (text[0] != '4' && text[0] != '5') return false;
    if (!is_digit(text[1]) || !is_digit(text[2])) return false;
    const int code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    constexpr int codes[] = {421, 422, 430, 432, 450, 451, 452, 453, 454, 455, 456, 458, 459, 499, 500, 501,
                             502, 503, 504, 510, 511, 512, 513, 516, 517, 520, 521, 523, 524, 525, 530, 533,
                             534, 535, 538, 540, 541, 542, 543, 550, 551, 552, 553, 554, 555, 556, 557, 571};
    for (const int known : codes)
        if (code == known) return true;
    return false;
}

}  // namespace

SmtpCommand command_in(std::string_view words) {
    struct Sign {
        std::string_view phrase;
        SmtpCommand command;
    };
    // What programs write beside a failed command; the more telling first.
    constexpr Sign signs[] = {
        {"in reply to rcpt", SmtpCommand::rcpt},
        {"in reply to end of data", SmtpCommand::data},
        {"in reply to data", SmtpCommand::data},
        {"in reply to mail", SmtpCommand::mail},
        {"in reply to ehlo", SmtpCommand::helo},
        {"in reply to helo", SmtpCommand::helo},
        {"in reply to starttls", SmtpCommand::starttls},
        {"refused to talk to me", SmtpCommand::helo},
        {"after initial connection", SmtpCommand::connection},
        {"after rcpt to", SmtpCommand::rcpt},
        {"after pipelined rcpt", SmtpCommand::rcpt},
        {"after rcpt command", SmtpCommand::rcpt},
        {"after mail from", SmtpCommand::mail},
        {"after pipelined mail", SmtpCommand::mail},
        {"after mail command", SmtpCommand::mail},
        {"after end of data", SmtpCommand::data},
        {"after pipelined data", SmtpCommand::data},
        {"after sending data", SmtpCommand::data},
        {"after data", SmtpCommand::data},
        {"after helo", SmtpCommand::helo},
        {"after ehlo", SmtpCommand::helo},
        {"after starttls", SmtpCommand::starttls},
        {"following rcpt command", SmtpCommand::rcpt},
        {"following mail command", SmtpCommand::mail},
        {"following data command", SmtpCommand::data},
        {"did not like our rcpt", SmtpCommand::rcpt},
        {"did not like our mail", SmtpCommand::mail},
        {"did not like our final data", SmtpCommand::data},
        {"did not like our data", SmtpCommand::data},
        {"did not like our ehlo", SmtpCommand::helo},
        {"did not like our helo", SmtpCommand::helo},
        {"does not like recipient", SmtpCommand::rcpt},
        {"sender was rejected", SmtpCommand::mail},
        {"does not like sender", SmtpCommand::mail},
        {"failed after i sent the message", SmtpCommand::data},
        {"failed on data command", SmtpCommand::data},
        {"but greeting failed", SmtpCommand::connection},
        {"my name was rejected", SmtpCommand::helo},
        {"[rcpt_to]", SmtpCommand::rcpt},
        {"[mail_from]", SmtpCommand::mail},
        {"[data]", SmtpCommand::data},
        {"[helo]", SmtpCommand::helo},
        {"[connect]", SmtpCommand::connection},
        {"recipients was rejected by a remote", SmtpCommand::rcpt},
        {"(state 9)", SmtpCommand::rcpt},  // Gmail
        {"(state 12)", SmtpCommand::rcpt},
        {"(state 14)", SmtpCommand::rcpt},
        {"(state 17)", SmtpCommand::data},
        {"rcpt to", SmtpCommand::rcpt},
        {"mail from:<", SmtpCommand::mail},
        {">>> data", SmtpCommand::data},
        {">>> ehlo", SmtpCommand::helo},
        {">>> helo", SmtpCommand::helo},
        {">>> starttls", SmtpCommand::starttls},
    };
    for (const Sign& sign : signs)
        if (words.find(sign.phrase) != std::string_view::npos) return sign.command;
    return SmtpCommand::unknown;
}

std::string_view status_in(std::string_view text) {
    for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
        if ((text[at] != '4' && text[at] != '5') || text[at + 1] != '.' || !is_digit(text[at + 2])) continue;
        std::size_t end = at + 2;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (end - at > 5 || end + 1 >= text.size() || text[end] != '.' || !is_digit(text[end + 1])) continue;
        const std::size_t detail = ++end;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (end - detail <= 3 && stands_alone(text, at, end - at)) return text.substr(at, end - at);
    }
    return {};
}

std::size_t reply_at(std::string_view text) {
    for (std::size_t at = 0; at + 3 <= text.size(); ++at)
        if (is_reply_code(text.substr(at, 3)) && stands_alone(text, at, 3)) return at;
    return no_reply;
}

Reason reason_of_category(std::string_view category) {
    constexpr std::pair<std::string_view, Reason> categories[] = {
        {"bad-configuration", Reason::system_error},    {"bad-connection", Reason::network_error},
        {"bad-domain", Reason::host_unknown},           {"bad-mailbox", Reason::user_unknown},
        {"content-related", Reason::content_error},     {"inactive-mailbox", Reason::suspend},
        {"invalid-sender", Reason::rejected},           {"message-expired", Reason::expired},
        {"no-answer-from-host", Reason::network_error}, {"policy-related", Reason::policy_violation},
        {"protocol-errors", Reason::syntax_error},      {"quota-issues", Reason::mailbox_full},
        {"relaying-issues", Reason::no_relaying},       {"routing-errors", Reason::system_error},
        {"spam-block", Reason::spam_detected},          {"spam-content", Reason::spam_detected},
        {"spam-related", Reason::spam_detected},        {"virus-related", Reason::virus_detected},
    };
    for (const auto& [name, reason] : categories)
        if (iequals(category, name)) return reason;
    return Reason::undefined;
}

}  // namespace mail
