#include "mail/kind.hpp"

#include "mail/bounce_reason.hpp"
#include "mail/bounce_sender.hpp"
#include "mail/kind_signals.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace mail {
namespace {

using What = SubjectWords::What;

constexpr std::size_t beginning_of_text = 2000;
constexpr std::string_view own_id_end = ".tg";

void add(std::vector<std::string>& reasons, std::string_view code) {
    if (std::ranges::find(reasons, code) == reasons.end()) reasons.emplace_back(code);
}

// The parts of reports, where the mail is one: people forward the attachments of bounces too.
void look_at_parts(const MimeTree& tree, Signals& signals) {
    const bool is_machines = signals.is_report || signals.null_path || signals.mail_server;
    for (const Part& part : tree.parts) {
        const std::string& type = part.type.value;
        // RFC 6047 §2.4: who accepted or declined a meeting pressed a button.
        if (type == "text/calendar" && lower(part.type.get("method")) == "reply")
            add(signals.automatic, "calendar_reply");
        if (!is_machines) continue;
        if (type == "message/delivery-status" || type == "message/global-delivery-status")
            add(signals.bounce, "delivery_status");
        if (type == "message/disposition-notification" || type == "message/global-disposition-notification")
            add(signals.report, "disposition_notification");
        if (type == "message/feedback-report") add(signals.report, "feedback_report");
    }
}

// mail/bounce.hpp reads complaints as well; these are no bounces.
void look_at_bounce(const std::optional<Bounce>& bounce, Signals& signals) {
    if (!bounce) return;
    const bool is_complaint = !bounce->recipients.empty() &&
                              std::ranges::all_of(bounce->recipients, [](const BouncedRecipient& recipient) {
                                  return recipient.reason == name_of(Reason::feedback);
                              });
    if (is_complaint)
        add(signals.report, "feedback_report");
    else if (signals.bounce.empty())
        add(signals.bounce, "bounce_text");
}

void look_at_words(const Message& message, Signals& signals) {
    // postmaster is a person's address as well, so the subject must begin like a server's.
    const bool postmaster = std::ranges::find(signals.weak, "from_postmaster") != signals.weak.end();
    const bool server =
        signals.mail_server || signals.null_path ||
        std::ranges::find(signals.automatic, "reverse_path_mail_server") != signals.automatic.end();
    if (signals.subject.what == What::bounce && (server || (postmaster && signals.subject.is_prefix)))
        add(signals.bounce, "bounce_subject");

    const bool machine = !signals.automatic.empty() || !signals.away.empty();
    const bool words = signals.subject.what == What::away || signals.subject.what == What::automatic;
    const bool bulk = !signals.bulk.empty();
    if (!machine && !words && !bulk) return;
    const std::string& text = message.reply_text.empty() ? message.text : message.reply_text;
    const bool absent = speaks_of_absence(folded(text, beginning_of_text));

    // Weak alone: people write about absence notes. A second sign makes it a machine's: a program's prefix
    // on an answer (a person's begins with Re:), Outlook's field, or a text that says it too.
    const bool second = signals.subject.is_prefix ? signals.answers || signals.suppresses || absent
                                                  : absent && (signals.answers || signals.suppresses);
    if (words && (machine || bulk || second)) {
        const bool away = signals.subject.what == What::away || absent;
        add(away ? signals.away : signals.automatic, away ? "away_subject" : "automatic_subject");
    } else if (words) {
        add(signals.weak, "automatic_subject");
    }
    // vacation(1) says no more than `Precedence: bulk` of itself.
    if (absent && signals.bounce.empty() && (machine || (bulk && signals.answers)))
        add(signals.away, "away_text");
}

// A word of eight letters has just one place in eight: the others need no look.
bool mentions_calendar(std::string_view text) {
    constexpr std::string_view word = "calendar";
    for (std::size_t i = word.size() - 1; i < text.size(); i += word.size())
        if (word.find(lower(text[i])) != std::string_view::npos &&
            lower(text.substr(i + 1 - word.size(), 2 * word.size() - 1)).find(word) != std::string::npos)
            return true;
    return false;
}

// It looks like a person's mail up to its last part.
bool may_answer_invitation(std::string_view raw, const HeaderIndex& index, const Signals& signals) {
    if (!signals.loop.empty() || signals.through_list) return false;
    return std::ranges::any_of(index.fields, [&](const Field& field) {
        if (!iequals(field.name, "Content-Type")) return false;
        return mentions_calendar(field.value) || (lower(field.value).find("multipart") != std::string::npos &&
                                                  mentions_calendar(raw.substr(index.body)));
    });
}

KindDecision conclude(Signals signals) {
    if (!signals.loop.empty()) return {Kind::loop, std::move(signals.loop), {}};
    // What a list sends on was said to the list, a bounce of one of its members' servers included.
    if (signals.through_list) return {Kind::list, std::move(signals.bulk), {}};
    // A newsletter that wants no answer.
    if (!signals.bulk.empty() && signals.automatic.size() == 1 &&
        signals.automatic.front() == "from_no_reply")
        signals.automatic.clear();
    for (auto [kind, reasons] :
         {std::pair(Kind::bounce, &signals.bounce), std::pair(Kind::report, &signals.report),
          std::pair(Kind::out_of_office, &signals.away), std::pair(Kind::auto_reply, &signals.automatic),
          std::pair(Kind::list, &signals.bulk)})
        if (!reasons->empty()) return {kind, std::move(*reasons), {}};
    return {Kind::human, std::move(signals.weak), {}};
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::human:
            return "human";
        case Kind::auto_reply:
            return "auto_reply";
        case Kind::out_of_office:
            return "out_of_office";
        case Kind::bounce:
            return "bounce";
        case Kind::list:
            return "list";
        case Kind::loop:
            return "loop";
        case Kind::report:
            return "report";
    }
    return "human";
}

std::optional<Kind> kind_named(std::string_view name) {
    for (const Kind kind : {Kind::human, Kind::auto_reply, Kind::out_of_office, Kind::bounce, Kind::list,
                            Kind::loop, Kind::report})
        if (name_of(kind) == name) return kind;
    return std::nullopt;
}

KindDecision kind_of(const MimeTree& tree, const Message& message, const Circumstances& circumstances) {
    Signals signals = signals_of(tree.parts.front().header, message.header, circumstances);
    // mail/bounce.hpp finds none in what a list hands on.
    if (message.bounce) signals.through_list = false;
    if (signals.loop.empty() && !signals.through_list) {
        look_at_parts(tree, signals);
        look_at_words(message, signals);
        look_at_bounce(message.bounce, signals);
    }
    KindDecision decision = conclude(std::move(signals));
    decision.bounce = message.bounce;
    return decision;
}

KindDecision read_kind(std::string_view raw, const Header& header, const Circumstances& circumstances) {
    const HeaderIndex index = index_header(raw);
    Signals signals = signals_of(index, header, circumstances);
    const auto may_be_bounce = [&] {
        return sender_of(index, header, circumstances) != BounceSender::person || is_complaint_mail(index) ||
               is_from_fml(index, header);
    };
    if (signals.suspicious() || may_be_bounce() || may_answer_invitation(raw, index, signals)) {
        Message message = read_message(raw, circumstances);
        return {message.kind, std::move(message.kind_reasons), std::move(message.bounce)};
    }
    return conclude(std::move(signals));
}

std::string own_message_id(std::string_view unique, std::string_view installation, std::string_view domain) {
    std::string id(unique);
    return id.append(".").append(installation).append(own_id_end).append("@").append(domain);
}

bool is_own_message_id(std::string_view id, std::string_view installation) {
    if (installation.empty()) return false;
    std::string_view local = id.substr(0, id.rfind('@'));
    if (!local.ends_with(own_id_end)) return false;
    local.remove_suffix(own_id_end.size());
    if (!local.ends_with(installation)) return false;
    local.remove_suffix(installation.size());
    return local.ends_with('.');
}

}  // namespace mail
