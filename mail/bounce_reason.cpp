#include "mail/bounce_reason.hpp"

#include "mail/bounce_phrases.hpp"
#include "mail/text.hpp"

#include <array>
#include <initializer_list>
#include <span>
#include <utility>

namespace mail {
namespace {

constexpr std::array<std::string_view, reason_count> names = {
    "undefined",     "authfailure",     "badreputation",  "blocked",         "contenterror", "delivered",
    "exceedlimit",   "expired",         "failedstarttls", "feedback",        "filtered",     "hasmoved",
    "hostunknown",   "mailboxfull",     "mailererror",    "mesgtoobig",      "networkerror", "norelaying",
    "notaccept",     "notcompliantrfc", "onhold",         "policyviolation", "rejected",     "requireptr",
    "securityerror", "spamdetected",    "speeding",       "suspend",         "syntaxerror",  "systemerror",
    "systemfull",    "toomanyconn",     "userunknown",    "virusdetected",
};

struct ByStatus {
    std::string_view detail;  // without the class: "1.1"
    Reason permanent, temporary;
};

// RFC 3463 and the IANA registry of enhanced codes, as servers use them.
constexpr ByStatus by_status[] = {
    {"1.0", Reason::user_unknown, Reason::undefined},
    {"1.1", Reason::user_unknown, Reason::user_unknown},
    {"1.2", Reason::host_unknown, Reason::host_unknown},
    {"1.3", Reason::user_unknown, Reason::user_unknown},
    {"1.4", Reason::filtered, Reason::undefined},
    {"1.6", Reason::has_moved, Reason::has_moved},
    {"1.7", Reason::rejected, Reason::rejected},
    {"1.8", Reason::rejected, Reason::rejected},
    {"1.9", Reason::system_error, Reason::system_error},
    {"1.10", Reason::not_accept, Reason::not_accept},
    {"2.0", Reason::filtered, Reason::undefined},
    {"2.1", Reason::filtered, Reason::filtered},
    {"2.2", Reason::mailbox_full, Reason::mailbox_full},
    {"2.3", Reason::exceed_limit, Reason::exceed_limit},
    {"2.4", Reason::filtered, Reason::filtered},
    {"3.0", Reason::system_error, Reason::undefined},
    {"3.1", Reason::system_full, Reason::system_full},
    {"3.2", Reason::not_accept, Reason::not_accept},
    {"3.3", Reason::system_error, Reason::system_error},
    {"3.4", Reason::message_too_big, Reason::message_too_big},
    {"3.5", Reason::system_error, Reason::system_error},
    {"4.0", Reason::network_error, Reason::undefined},
    {"4.1", Reason::expired, Reason::expired},
    {"4.2", Reason::network_error, Reason::network_error},
    {"4.3", Reason::system_error, Reason::system_error},
    {"4.4", Reason::host_unknown, Reason::network_error},
    {"4.5", Reason::network_error, Reason::expired},
    {"4.6", Reason::network_error, Reason::network_error},
    {"4.7", Reason::expired, Reason::expired},
    {"5.0", Reason::undefined, Reason::undefined},
    {"5.3", Reason::too_many_connections, Reason::too_many_connections},
    {"5.4", Reason::system_error, Reason::system_error},
    {"5.5", Reason::system_error, Reason::system_error},
    {"6.7", Reason::content_error, Reason::content_error},
    {"7.13", Reason::suspend, Reason::suspend},
    {"7.14", Reason::has_moved, Reason::has_moved},
    {"7.17", Reason::user_unknown, Reason::user_unknown},
    {"7.18", Reason::user_unknown, Reason::user_unknown},
    {"7.20", Reason::auth_failure, Reason::auth_failure},
    {"7.21", Reason::auth_failure, Reason::auth_failure},
    {"7.22", Reason::auth_failure, Reason::auth_failure},
    {"7.23", Reason::auth_failure, Reason::auth_failure},
    {"7.24", Reason::auth_failure, Reason::auth_failure},
    {"7.25", Reason::require_ptr, Reason::require_ptr},
    {"7.26", Reason::auth_failure, Reason::auth_failure},
    {"7.27", Reason::not_accept, Reason::not_accept},
};

struct Range {
    int subject, from, to;  // x.subject.from to x.subject.to
    Reason reason;
};

// Codes that Microsoft alone uses (Exchange Online), told by their size.
constexpr Range microsoft[] = {
    {1, 90, 90, Reason::too_many_connections},
    {1, 351, 351, Reason::user_unknown},
    {2, 121, 122, Reason::too_many_connections},
    {4, 300, 300, Reason::expired},
    {4, 310, 310, Reason::host_unknown},
    {4, 316, 316, Reason::expired},
    {4, 311, 319, Reason::network_error},
    {7, 57, 57, Reason::security_error},
    {7, 64, 64, Reason::no_relaying},
    {7, 124, 136, Reason::security_error},
    {7, 193, 193, Reason::rejected},
    {7, 232, 233, Reason::too_many_connections},
    {7, 500, 500, Reason::spam_detected},
    {7, 501, 503, Reason::spam_detected},
    {7, 504, 504, Reason::filtered},
    {7, 505, 505, Reason::policy_violation},
    {7, 506, 506, Reason::blocked},
    {7, 507, 507, Reason::blocked},
    {7, 508, 508, Reason::too_many_connections},
    {7, 509, 509, Reason::auth_failure},
    {7, 510, 511, Reason::blocked},
    {7, 512, 512, Reason::not_compliant_rfc},
    {7, 513, 513, Reason::rejected},
    {7, 515, 515, Reason::auth_failure},
    {7, 606, 649, Reason::blocked},
    {7, 650, 659, Reason::too_many_connections},
    {7, 700, 706, Reason::too_many_connections},
    {7, 707, 711, Reason::blocked},
    {7, 712, 749, Reason::policy_violation},
    {7, 750, 750, Reason::security_error},
    {7, 850, 899, Reason::too_many_connections},
};

Reason by_status_of(std::string_view status) {
    if (status.size() < 5) return Reason::undefined;
    const std::string_view detail = status.substr(2);
    for (const ByStatus& row : by_status)
        if (row.detail == detail) return status[0] == '4' ? row.temporary : row.permanent;
    if (detail.starts_with("6.") && detail != "6.") return Reason::content_error;
    return Reason::undefined;
}

Reason by_microsoft(std::string_view status) {
    const std::size_t dot = status.rfind('.');
    if (status.size() < 5 || dot != 3) return Reason::undefined;
    int detail = 0;
    for (const char c : status.substr(dot + 1)) detail = detail * 10 + (c - '0');
    for (const Range& range : microsoft)
        if (status[2] - '0' == range.subject && detail >= range.from && detail <= range.to)
            return range.reason;
    return Reason::undefined;
}

// Addresses say nothing about why, however they are called: their local parts go. So do the codes that every
// line of a longer reply repeats.
std::string essence(std::string_view words) {
    std::string out;
    out.reserve(words.size());
    std::string_view code;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find_first_of(" \t\n"), words.size());
        const std::string_view word = words.substr(0, end);
        words.remove_prefix(std::min(end + 1, words.size()));
        if (word.empty()) continue;
        if (word.size() >= 4 && word[3] == '-' && reply_at(word.substr(0, 3)) == 0) {
            code = word.substr(0, 3);
            continue;
        }
        if (!code.empty() && word == code) {
            const std::string_view next = words.substr(0, words.find(' '));
            if (!next.empty() && status_in(next) == next)
                words.remove_prefix(std::min(next.size() + 1, words.size()));
            continue;
        }
        if (code.empty() && word.size() == 3 && reply_at(word) == 0) code = word;
        if (!out.empty()) out += ' ';
        for (const char c : word) {
            if (c == '@') {
                const std::size_t begin = out.find_last_of(" <>()[],;:\"'");
                out.resize(begin == std::string::npos ? 0 : begin + 1);
            }
            out += c;
        }
    }
    return out;
}

bool before_recipient(SmtpCommand command) {
    return command == SmtpCommand::connection || command == SmtpCommand::helo;
}
bool before_data(SmtpCommand command) {
    return before_recipient(command) || command == SmtpCommand::mail || command == SmtpCommand::rcpt;
}

// Which of the first reasons holds: words together with codes and the command.
class Judge {
  public:
    Judge(const Failure& failure, const ReasonSet& said)
        : failure_(failure), said_(said), named_(by_status_of(failure.status)) {}

    Reason named() const { return named_; }
    bool said(Reason reason) const { return said_[static_cast<std::size_t>(reason)]; }

    bool holds(Reason reason) const {
        const SmtpCommand command = failure_.command;
        switch (reason) {
            case Reason::suspend:
                return failure_.reply == 525 || named_ == reason ||
                       (said(reason) && named_ != Reason::user_unknown);
            case Reason::message_too_big:
                return named_ == reason || (said(reason) && named_ != Reason::exceed_limit);
            case Reason::has_moved:
                return named_ == reason || said(reason);
            case Reason::content_error:
                return said(reason);
            case Reason::no_relaying:
                return !before_recipient(command) && said(reason);
            case Reason::user_unknown:
                return is_user_unknown();
            case Reason::filtered:
                if (named_ == Reason::filtered) return said(Reason::user_unknown) || said(reason);
                return !before_data(command) && (said(reason) || said(Reason::user_unknown));
            case Reason::rejected:
                if (named_ == reason) return true;
                if (command == SmtpCommand::mail) return said(reason);
                if (command == SmtpCommand::data) return said(reason) && named_ != Reason::user_unknown;
                return said(reason) && (named_ == Reason::undefined || named_ == Reason::security_error ||
                                        named_ == Reason::system_error || named_ == Reason::filtered);
            case Reason::host_unknown:
                return said(reason) ||
                       (named_ == reason && !said(Reason::network_error) && !said(Reason::not_accept));
            case Reason::spam_detected:
                return said(reason) && !before_data(command);
            default:
                return named_ == reason || said(reason);
        }
    }

  private:
    bool is_user_unknown() const {
        if (named_ == Reason::suspend || named_ == Reason::rejected || named_ == Reason::host_unknown)
            return false;
        if (named_ != Reason::user_unknown) {
            if (!said(Reason::user_unknown)) return false;
            return failure_.command == SmtpCommand::rcpt ||
                   (failure_.command == SmtpCommand::unknown && failure_.status == "5.5.0");  // Outlook.com
        }
        for (const Reason other : {Reason::no_relaying, Reason::blocked, Reason::mailbox_full,
                                   Reason::has_moved, Reason::rejected, Reason::not_accept})
            if (said(other) && !(said(Reason::user_unknown) && other != Reason::mailbox_full)) return false;
        return true;
    }

    const Failure& failure_;
    const ReasonSet& said_;
    Reason named_;
};

constexpr Reason first[] = {
    Reason::mailbox_full,  Reason::message_too_big,   Reason::exceed_limit,
    Reason::suspend,       Reason::has_moved,         Reason::no_relaying,
    Reason::auth_failure,  Reason::user_unknown,      Reason::filtered,
    Reason::require_ptr,   Reason::not_compliant_rfc, Reason::bad_reputation,
    Reason::content_error, Reason::rejected,          Reason::host_unknown,
    Reason::spam_detected, Reason::speeding,          Reason::too_many_connections,
    Reason::blocked,
};
constexpr Reason second[] = {
    Reason::mailbox_full,   Reason::auth_failure,   Reason::bad_reputation,   Reason::speeding,
    Reason::spam_detected,  Reason::virus_detected, Reason::policy_violation, Reason::no_relaying,
    Reason::system_error,   Reason::network_error,  Reason::suspend,          Reason::content_error,
    Reason::system_full,    Reason::not_accept,     Reason::expired,          Reason::failed_starttls,
    Reason::security_error, Reason::mailer_error,
};
constexpr Reason last[] = {
    Reason::mailbox_full,
    Reason::message_too_big,
    Reason::exceed_limit,
    Reason::suspend,
    Reason::user_unknown,
    Reason::filtered,
    Reason::rejected,
    Reason::host_unknown,
    Reason::spam_detected,
    Reason::speeding,
    Reason::too_many_connections,
    Reason::blocked,
    Reason::auth_failure,
    Reason::failed_starttls,
    Reason::security_error,
    Reason::system_error,
    Reason::network_error,
    Reason::expired,
    Reason::content_error,
    Reason::has_moved,
    Reason::system_full,
    Reason::not_accept,
    Reason::mailer_error,
    Reason::no_relaying,
};

// A reason that the codes give, but that words may better.
bool is_vague(Reason reason) {
    switch (reason) {
        case Reason::undefined:
        case Reason::on_hold:
        case Reason::system_error:
        case Reason::security_error:
        case Reason::expired:
        case Reason::network_error:
        case Reason::host_unknown:
        case Reason::user_unknown:
            return true;
        default:
            return false;
    }
}

Reason by_words_and_codes(const Failure& failure, const Judge& judge) {
    const bool is_smtp = failure.diagnostic == "smtp";
    if (is_smtp || failure.diagnostic.empty())
        for (const Reason reason : first)
            if (judge.holds(reason)) return reason;
    if (judge.named() != Reason::undefined && !is_vague(judge.named()) && is_smtp) return judge.named();
    for (const Reason reason : second) {
        // A local program failed; that the server tries on is no reason.
        if (reason == Reason::expired && failure.diagnostic == "x-unix") continue;
        if (judge.said(reason)) return reason;
    }
    if (judge.named() != Reason::undefined) return judge.named();
    const std::string_view status = failure.status;
    if (status.size() > 3 && status.substr(1, 2) == ".6") return Reason::content_error;
    if (status.size() > 3 && status.substr(1, 2) == ".7") return Reason::security_error;
    if (failure.diagnostic == "x-unix") return Reason::mailer_error;
    for (const Reason reason : last)
        if (judge.said(reason)) return reason;
    if (failure.reply >= 500 && failure.reply <= 504) return Reason::syntax_error;
    if (failure.action.starts_with("delay") || failure.action.starts_with("expire")) return Reason::expired;
    if (before_recipient(failure.command)) return Reason::blocked;
    return Reason::on_hold;
}

}  // namespace

std::string_view name_of(Reason reason) {
    return names[static_cast<std::size_t>(reason)];
}

Reason reason_of(const Failure& failure) {
    if (failure.action == "delivered" || failure.action == "relayed" || failure.action == "expanded" ||
        failure.status.starts_with("2."))
        return Reason::delivered;
    const std::string words = essence(std::string_view(failure.words).substr(0, max_words));
    if (const Reason reason = by_microsoft(failure.status); reason != Reason::undefined) return reason;
    const ReasonSet said = reasons_in(words);
    const Judge judge(failure, said);
    // Gmail's "(state 18)" is a filter at work, unless the other server's status says better.
    if (const Reason reason = certain_reason_in(words);
        reason != Reason::undefined && (reason != Reason::filtered || judge.named() == Reason::undefined ||
                                        judge.named() == Reason::user_unknown || is_vague(judge.named())))
        return reason;
    return by_words_and_codes(failure, judge);
}

bool is_hard(Reason reason, const Failure& failure) {
    switch (reason) {
        case Reason::user_unknown:
        case Reason::host_unknown:
        case Reason::has_moved:
            return true;
        case Reason::not_accept:
            if (!failure.status.empty()) return failure.status[0] != '4';
            return failure.reply == 0 || failure.reply >= 500;
        default:
            return false;
    }
}

std::string status_for(Reason reason, bool temporary) {
    const std::string number(1, temporary ? '4' : '5');
    switch (reason) {
        case Reason::delivered:
            return "2.1.5";
        case Reason::feedback:
            return {};
        case Reason::user_unknown:
            return number + ".1.1";
        case Reason::host_unknown:
            return number + ".1.2";
        case Reason::has_moved:
            return number + ".1.6";
        case Reason::rejected:
            return number + ".1.8";
        case Reason::not_accept:
            return number + ".1.10";
        case Reason::suspend:
            return number + ".2.1";
        case Reason::mailbox_full:
            return number + ".2.2";
        case Reason::exceed_limit:
            return number + ".2.3";
        case Reason::system_full:
            return number + ".3.1";
        case Reason::message_too_big:
            return number + ".3.4";
        case Reason::network_error:
            return number + ".4.4";
        case Reason::expired:
            return number + ".4.7";
        case Reason::syntax_error:
            return number + ".5.0";
        case Reason::content_error:
            return number + ".6.0";
        case Reason::auth_failure:
            return number + ".7.26";
        case Reason::require_ptr:
            return number + ".7.25";
        case Reason::no_relaying:
        case Reason::blocked:
        case Reason::policy_violation:
        case Reason::spam_detected:
        case Reason::virus_detected:
            return number + ".7.1";
        default:
            return number + ".0.0";
    }
}

}  // namespace mail
