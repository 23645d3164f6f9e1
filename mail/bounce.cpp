#include "mail/bounce.hpp"

#include "mail/address.hpp"
#include "mail/bounce_phrases.hpp"
#include "mail/bounce_report.hpp"
#include "mail/bounce_sender.hpp"
#include "mail/bounce_text.hpp"
#include "mail/encoded_word.hpp"
#include "mail/kind.hpp"
#include "mail/kind_words.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace mail {
namespace {

constexpr std::size_t max_report = 512 * 1024;   // of delivery-status fields
constexpr std::size_t max_original = 64 * 1024;  // of the original mail
constexpr std::size_t max_explained = 20;        // recipients for whom the text at large is looked through
constexpr std::size_t max_subject = 200;         // what is looked at of it
constexpr std::size_t max_reply = 500;           // of a server's words, as shown

bool is_status(std::string_view type) {
    return type == "message/delivery-status" || type == "message/global-delivery-status";
}
bool is_disposition(std::string_view type) {
    return type == "message/disposition-notification" || type == "message/global-disposition-notification";
}
bool is_original(std::string_view type) {
    return type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers" ||
           type == "message/global-headers" || type == "message/rfc822-headers" || type == "message/partial";
}

// Outlook.com's complaints: no report, but the mail complained about, this field before its header.
bool is_complaint(const Part& part) {
    return part.type.value == "message/rfc822" &&
           part.body.substr(0, 400).find("X-HmXmrOriginalRecipient:") != std::string_view::npos;
}

std::string decoded(const Part& part, std::size_t limit) {
    return to_valid_utf8(decode_transfer(part.body.substr(0, limit), part.encoding));
}

// Everything in the tree that a bounce is read from.
struct Pieces {
    std::vector<BounceEntry> entries;  // of delivery-status parts
    std::string feedback;              // fields of feedback reports
    std::string original;              // header of the original mail, or all of it
    std::string text;                  // what stands in a delivery-status part instead of fields
    bool has_status = false;
    bool has_text = false;  // a text part of the mail's own; else Message::text is that of the original
};

Pieces pieces_of(const MimeTree& tree) {
    Pieces pieces;
    std::size_t left = max_report;
    for (const Part& part : tree.parts) {
        if (!part.children.empty() || part.past_bounds) continue;
        const std::string& type = part.type.value;
        if (is_status(type)) {
            pieces.has_status = true;
            const std::string text = decoded(part, left);
            left -= std::min(left, part.body.size());
            std::vector<BounceEntry> entries = read_delivery_status(text);
            if (entries.empty()) pieces.text += text;
            for (BounceEntry& entry : entries)
                if (pieces.entries.size() < max_bounced) pieces.entries.push_back(std::move(entry));
        } else if (is_complaint(part)) {
            pieces.feedback = pieces.original = decoded(part, max_original);
        } else if (type == "message/feedback-report" && pieces.feedback.empty()) {
            pieces.feedback = decoded(part, max_original);
        } else if (is_original(type) && pieces.original.empty() && &part != &tree.parts.front()) {
            pieces.original = decoded(part, max_original);
        } else if (type.starts_with("text/") || type.starts_with("multipart/") ||
                   &part == &tree.parts.front()) {
            pieces.has_text = true;
        }
    }
    return pieces;
}

std::size_t field_line(std::string_view text, std::string_view name) {
    text = text.substr(0, max_bounce_text);
    for (std::size_t at = 0; at < text.size();) {
        const Line line = line_at(text, at);
        const std::string_view bare = trim(line.text);
        if (bare.size() > name.size() && bare[name.size()] == ':' &&
            iequals(bare.substr(0, name.size()), name))
            return at;
        at = line.next;
    }
    return std::string_view::npos;
}

// From the reply code on, else all of it.
std::string reply_in(std::string_view words) {
    const std::size_t at = reply_at(words);
    if (at != no_reply) words.remove_prefix(at);
    words = words.substr(0, words.find(" (in reply to "));
    if (words.ends_with(')') && words.find('(') == std::string_view::npos) words.remove_suffix(1);
    return one_line(to_valid_utf8(cut_utf8(trim(words), max_reply)));
}

bool is_generic(std::string_view status) {
    return status.empty() || status.ends_with(".0.0") || status == "5.3.0" || status == "5.5.0" ||
           status == "4.4.7" || status == "5.4.7";
}

// What the reporting program holds for the reason is believed before the words that it got, but where those
// say more than it can tell.
Reason with_category(Reason decided, Reason category) {
    if (category == Reason::undefined || decided == Reason::delivered) return decided;
    if (category != Reason::user_unknown) {
        const bool is_broad = category == Reason::expired || category == Reason::network_error ||
                              category == Reason::host_unknown || category == Reason::system_error ||
                              category == Reason::security_error;
        return is_broad && decided != Reason::on_hold ? decided : category;
    }
    const bool is_more = decided == Reason::mailbox_full || decided == Reason::message_too_big ||
                         decided == Reason::exceed_limit || decided == Reason::suspend ||
                         decided == Reason::has_moved || decided == Reason::no_relaying ||
                         decided == Reason::auth_failure;
    return is_more ? decided : category;
}

BouncedRecipient judged(const BounceEntry& entry, bool delayed) {
    Failure failure;
    failure.words = lower(entry.words);
    failure.diagnostic = entry.diagnostic;
    failure.action = entry.action;
    if (failure.action.empty() && delayed) failure.action = "delayed";
    const std::size_t at = reply_at(entry.words);
    if (at != no_reply) failure.reply = std::stoi(entry.words.substr(at, 3));
    const std::string_view said = status_in(entry.words);
    failure.status = is_generic(entry.status) && !said.empty() && (!is_generic(said) || entry.status.empty())
                         ? std::string(said)
                         : entry.status;
    failure.command = entry.command != SmtpCommand::unknown ? entry.command : command_in(failure.words);

    BouncedRecipient out;
    out.address = to_valid_utf8(cut_utf8(entry.address, 320));
    Reason decided = with_category(reason_of(failure), entry.category);
    std::string_view words = entry.words;
    if (decided == Reason::on_hold && !entry.context.empty()) {
        Failure more = failure;
        more.words = lower(entry.context);
        if (more.reply == 0 && reply_at(entry.context) != no_reply) {
            words = entry.context;
            more.reply = std::stoi(entry.context.substr(reply_at(entry.context), 3));
            if (more.status.empty()) more.status = status_in(entry.context);
        }
        decided = reason_of(more);
        failure.reply = more.reply;
        failure.status = more.status;
    }
    out.reason = name_of(decided);
    out.smtp_reply = reply_in(words);
    out.status = failure.status;
    if (out.status.empty()) {
        bool temporary = failure.action.starts_with("delay");
        if (failure.reply != 0) temporary = failure.reply < 500;
        if (failure.words.find("retry timeout exceeded") != std::string::npos && failure.reply == 0)
            temporary = true;
        out.status = status_for(decided, temporary);
    }
    if (decided != Reason::delivered)
        out.bounce_class = is_hard(decided, failure) ? BounceClass::hard : BounceClass::soft;
    return out;
}

// The text often says more than the fields: its words, where the fields have none, and the SMTP command.
void complete(std::vector<BounceEntry>& entries, const BounceText& text) {
    for (BounceEntry& entry : entries) {
        const BounceEntry* found = nullptr;
        if (entries.size() == 1 && text.entries.size() == 1) found = &text.entries.front();
        for (std::size_t i = 0; found == nullptr && i < std::min<std::size_t>(text.entries.size(), 50); ++i)
            if (iequals(text.entries[i].address, entry.address)) found = &text.entries[i];
        if (found != nullptr)
            entry.context = found->words;
        else if (entries.size() <= max_explained)
            entry.context = text.general.substr(0, max_words);
        if (found != nullptr && entry.command == SmtpCommand::unknown) entry.command = found->command;
        if (found != nullptr && entry.command == SmtpCommand::unknown)
            entry.command = command_in(lower(found->words));
        const std::size_t same = entry.context.find(entry.words);
        const std::size_t dovecot = lower(entry.context).find(" was automatically rejected:");
        if (dovecot != std::string::npos) {  // the words of the user's own rule, or of the quota
            entry.words = trim(std::string_view(entry.context).substr(entry.context.find(':', dovecot) + 1));
            entry.status.clear();
        } else if (entry.words.empty()) {
            if (entry.action.starts_with("delay") && found == nullptr) continue;
            entry.diagnostic.clear();
            entry.words.swap(entry.context);
        } else if (found != nullptr && same != std::string::npos && reply_at(entry.words) == 0) {
            entry.words =
                entry.context.substr(same);  // Sendmail's fields have the first line of a reply alone
        } else if (reply_at(entry.words) == no_reply && entry.words.size() < 5) {
            entry.say(entry.context);  // the number of an exit status
        }
    }
}

std::vector<std::string> addresses_in(std::string_view list) {
    std::vector<std::string> out;
    for (const NamedAddress& entry : parse_addresses(list))
        if (entry.address.find('@') != std::string::npos && out.size() < max_bounced)
            out.push_back(entry.address);
    return out;
}

std::vector<BounceEntry> entries_for(const std::vector<std::string>& addresses, std::string_view words) {
    std::vector<BounceEntry> entries;
    for (const std::string& address : addresses) {
        BounceEntry& entry = entries.emplace_back();
        entry.address = address;
        entry.say(words);
    }
    return entries;
}

// What some programs say before all recipients, once, of all of them. In Japan's mobile mail (EZweb) it is
// the reason, and the words behind an address are no more than the reply.
Reason category_of(const Part& root, std::string_view general) {
    if (text_of_field(root.header, "X-SPASIGN") == "NG") return Reason::filtered;
    const std::string low = lower(general);
    if (has_phrase(low, "the user(s) account is disabled") ||
        has_phrase(low, "the user(s) account is temporarily limited"))
        return Reason::suspend;
    if (has_phrase(low, "the user(s) account is temporarily over quota")) return Reason::mailbox_full;
    if (has_phrase(low, "each of the following recipients was rejected by a remote mail server"))
        return Reason::user_unknown;
    return Reason::undefined;
}

Bounce assembled(const std::vector<BounceEntry>& entries, bool delayed, const Header& original,
                 const Header& header) {
    Bounce bounce;
    bool any_final = false;
    for (const BounceEntry& entry : entries) {
        any_final = any_final || !(entry.action.starts_with("delay") || (entry.action.empty() && delayed));
        bounce.recipients.push_back(judged(entry, delayed));
        const auto& of_one = bounce.recipients.back().bounce_class;
        if (of_one && bounce.bounce_class != BounceClass::hard) bounce.bounce_class = of_one;
    }
    bounce.final = any_final;
    bounce.original_message_id = original.message_id;
    if (!bounce.original_message_id && !header.in_reply_to.empty())
        bounce.original_message_id = header.in_reply_to.front();
    return bounce;
}

std::optional<Bounce> complaint(const Part& root, const Pieces& pieces, const Message& message) {
    const Header original = read_header(pieces.original);
    std::vector<std::string> recipients;
    if (root.header.find("X-Apple-Unsubscribe") != nullptr && message.header.from)
        recipients.push_back(message.header.from->address);
    if (recipients.empty()) recipients = feedback_recipients(pieces.feedback);
    if (recipients.empty()) recipients = feedback_recipients(message.text.substr(0, max_original));
    if (recipients.empty() && !original.to.empty()) recipients.push_back(original.to.front().address);
    if (recipients.empty()) recipients.emplace_back();
    std::vector<BounceEntry> entries = entries_for(recipients, "");
    for (BounceEntry& entry : entries) entry.category = Reason::feedback;
    return assembled(entries, false, original, message.header);
}

}  // namespace

ReportType report_type(const MimeTree& tree) {
    for (const Part& part : tree.parts) {
        if (is_status(part.type.value)) return ReportType::delivery;
        if (is_disposition(part.type.value)) return ReportType::disposition;
        if (part.type.value == "message/feedback-report" || is_complaint(part)) return ReportType::feedback;
    }
    if (is_complaint_mail(tree.parts.front().header)) return ReportType::feedback;
    if (tree.parts.front().type.value != "multipart/report") return ReportType::none;
    const std::string type = lower(tree.parts.front().type.get("report-type"));
    if (type == "delivery-status" || type == "global-delivery-status") return ReportType::delivery;
    if (type == "disposition-notification") return ReportType::disposition;
    if (type == "feedback-report") return ReportType::feedback;
    return type.empty() ? ReportType::none : ReportType::other;
}

std::optional<Bounce> read_bounce(const MimeTree& tree, const Message& message,
                                  const Circumstances& circumstances) {
    const Part& root = tree.parts.front();
    const bool is_report = root.type.value == "multipart/report";
    const ReportType type = report_type(tree);
    const BounceSender sender = sender_of(root.header, message.header, circumstances);
    if (type == ReportType::disposition || type == ReportType::other ||
        is_from_list(root.header, circumstances))
        return std::nullopt;
    const bool is_machines = is_report || sender != BounceSender::person;
    if (type == ReportType::feedback && (is_machines || is_complaint_mail(root.header)))
        return complaint(root, pieces_of(tree), message);
    if (!is_machines) return std::nullopt;  // people forward the parts of reports too

    Pieces pieces = pieces_of(tree);
    if (trim(message.text).starts_with('{'))
        if (std::vector<BounceEntry> entries = read_ses_notification(message.text); !entries.empty())
            return assembled(entries, false, read_header(pieces.original), message.header);

    const std::string whole =
        pieces.has_text ? message.text.substr(0, max_bounce_text) + pieces.text : pieces.text;
    const Opening opening = bounce_opening(whole);
    const bool is_subject = is_bounce_subject(folded(message.header.subject, max_subject));
    bool known = is_report && type == ReportType::delivery;
    if (sender == BounceSender::daemon) known = known || pieces.has_status || opening == Opening::program;
    if (is_subject && opening != Opening::none) known = true;
    if (is_subject && pieces.has_status) known = true;
    if (sender == BounceSender::daemon && opening == Opening::generic &&
        (root.header.find("X-Failed-Recipients") != nullptr || !pieces.original.empty()))
        known = true;
    const bool is_fml = is_from_fml(root.header, message.header);
    if (!known && !is_fml) return std::nullopt;

    BounceText text = read_bounce_text(whole);
    std::vector<BounceEntry> entries = std::move(pieces.entries);
    if (entries.empty()) {  // broken boundaries leave the fields in the text
        const std::size_t at = field_line(whole, "Final-Recipient");
        if (at != std::string_view::npos)
            entries = read_delivery_status(std::string_view(whole).substr(at, max_bounce_text));
    }
    if (text.original < whole.size() && pieces.original.empty())
        pieces.original = whole.substr(text.original, max_original);
    const Header original = read_header(pieces.original);

    std::vector<std::string> failed = addresses_in(text_of_field(root.header, "X-Failed-Recipients"));
    if (!entries.empty()) {
        complete(entries, text);
    } else if (!text.entries.empty()) {
        entries = std::move(text.entries);
    } else {
        if (failed.empty()) failed = addresses_in(text_of_field(root.header, "X-Bounced-Address"));
        if (failed.empty()) failed = text.intended;
        if (failed.empty() && is_fml) {
            std::string list = message.header.from->address;  // fml refuses to the list, by its administrator
            if (const std::size_t admin = list.find("-admin@"); admin != std::string::npos)
                list.erase(admin, 6);
            failed.push_back(std::move(list));
        }
        if (failed.empty() && !original.to.empty()) failed.push_back(original.to.front().address);
        if (failed.empty() && sender != BounceSender::daemon && !is_report) return std::nullopt;
        if (failed.empty()) failed.emplace_back();
        entries = entries_for(failed, is_fml ? message.header.subject + ' ' + text.general : text.general);
    }
    if (const Reason category = category_of(root, text.general); category != Reason::undefined)
        for (BounceEntry& entry : entries)
            if (category == Reason::filtered || category == Reason::user_unknown ||
                (entry.command != SmtpCommand::rcpt && command_in(lower(entry.words)) != SmtpCommand::rcpt))
                entry.category = category;
    for (BounceEntry& entry : entries)  // hidden by the bounce, told by the mail it returns
        if (entry.address.empty() && entries.size() == 1) {
            if (failed.empty() && !original.to.empty()) failed.push_back(original.to.front().address);
            if (!failed.empty()) entry.address = failed.front();
        }
    return assembled(entries, text.delayed, original, message.header);
}

}  // namespace mail
