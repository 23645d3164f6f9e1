#include "mail/bounce_report.hpp"

#include "mail/bounce_phrases.hpp"
#include "mail/header_index.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <optional>

namespace mail {
namespace {

constexpr std::size_t max_address = 320;  // RFC 5321 §4.5.3.1

bool is_local(char c, bool is_field) {
    if (is_alpha(c) || is_digit(c)) return true;
    if ((static_cast<unsigned char>(c) & 0x80) != 0) return is_field;
    return std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}
bool is_domain(char c, bool is_field) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' ||
           (is_field && (static_cast<unsigned char>(c) & 0x80) != 0);
}

// Behind the type: `rfc822; a@b`. Without one the whole value.
std::string_view typed_value(std::string_view value) {
    const std::size_t at = value.find(';');
    return trim(at == std::string_view::npos ? value : value.substr(at + 1));
}

struct Group {
    std::optional<std::string> final_recipient, original_recipient, actual_recipient;
    BounceEntry entry;
    bool said = false;  // anything about a recipient

    std::string address() const {
        for (const auto* field : {&final_recipient, &original_recipient, &actual_recipient})
            if (*field)
                if (const FoundAddress found = address_in(typed_value(**field), true); !found.address.empty())
                    return std::string(found.address);
        return {};
    }
};

class StatusReader {
  public:
    std::vector<BounceEntry> read(std::string_view text) {
        std::string name, value;
        for (std::size_t at = 0; at < text.size() && entries_.size() < max_bounced;) {
            const Line line = line_at(text, at);
            at = line.next;
            const std::string_view bare = trim(line.text);
            if (bare.empty()) {
                take(name, value);
                name.clear();
                flush();
                continue;
            }
            const std::size_t colon = field_name_end(line.text);
            if (!is_blank(line.text.front()) && colon != std::string_view::npos) {
                take(name, value);
                name = lower(line.text.substr(0, colon));
                value = trim(line.text.substr(colon + 1));
            } else if (!name.empty() && !bare.starts_with("--") && value.size() < max_words) {
                value += ' ';  // folded, by a blank or by a server that forgot it
                value += bare.substr(0, max_words);
            }
        }
        take(name, value);
        flush();
        return std::move(entries_);
    }

  private:
    static std::size_t field_name_end(std::string_view line) {
        const std::size_t colon = line.substr(0, 60).find(':');
        if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
        for (const char c : line.substr(0, colon))
            if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_') return std::string_view::npos;
        return colon;
    }

    void take(const std::string& name, std::string& value) {
        if (name.empty()) return;
        BounceEntry& entry = group_.entry;
        if (name == "final-recipient" || name == "original-recipient") {
            auto& field = name[0] == 'f' ? group_.final_recipient : group_.original_recipient;
            if (field) flush();  // the next recipient, not a blank line away
            (name[0] == 'f' ? group_.final_recipient : group_.original_recipient) = value;
            group_.said = true;
        } else if (name == "x-actual-recipient") {
            group_.actual_recipient = value;
            group_.said = true;
        } else if (name == "action") {
            group_.entry.action = lower(std::string_view(value).substr(0, value.find_first_of(" \t;(")));
            group_.said = true;
        } else if (name == "status") {
            entry.status = status(value);
            group_.said = true;
        } else if (name == "diagnostic-code") {
            diagnostic(value);
            group_.said = true;
        } else if (name == "reporting-mta") {
            const std::string host = lower(std::string_view(value).substr(0, 200));
            is_rule_set_ = has_phrase(host, "inbound-smtp.*.amazonaws.com");
        } else if (name == "x-powermta-bouncecategory") {
            entry.category = reason_of_category(value);
        } else if (name == "x-supplementary-info" || name == "x-display-name-reason") {
            entry.say(value);
        }
    }

    // RFC 3464 §2.3.4; also "5.0.0 (permanent failure)", "4.4.7 ...".
    static std::string status(std::string_view value) {
        std::size_t end = 0;
        while (end < value.size() && (is_digit(value[end]) || value[end] == '.')) ++end;
        const std::string_view code = value.substr(0, end);
        if (code.size() >= 5 && code.size() <= 9 && code[1] == '.' &&
            (code[0] == '2' || !status_in(code).empty()))
            return std::string(code);
        return std::string(status_in(value));
    }

    void diagnostic(std::string_view value) {
        const std::size_t at = value.find(';');
        const std::string_view type = trim(value.substr(0, at));
        const bool is_type = at != std::string_view::npos && type.size() <= 32 &&
                             std::all_of(type.begin(), type.end(), [](char c) {
                                 return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
                             });
        if (is_type) group_.entry.diagnostic = lower(type);
        group_.entry.say(is_type ? trim(value.substr(at + 1)) : trim(value));
    }

    // The words of Amazon's receiving service are templates that its customers choose in their filter's
    // rules.
    static Reason category_of_rule(std::string_view words) {
        if (has_phrase(words, "mailbox does not exist")) return Reason::filtered;
        if (has_phrase(words, "message content rejected")) return Reason::content_error;
        return Reason::undefined;
    }

    void flush() {
        if (!group_.said) {
            group_ = {};
            return;
        }
        const bool named = group_.final_recipient || group_.original_recipient || group_.actual_recipient;
        BounceEntry entry = std::move(group_.entry);
        entry.address = group_.address();
        if (is_rule_set_) entry.category = category_of_rule(lower(entry.words));
        group_ = {};
        if (named) {
            entries_.push_back(std::move(entry));
        } else if (!entries_.empty()) {  // a blank line inside of a group
            BounceEntry& last = entries_.back();
            if (last.status.empty()) last.status = entry.status;
            if (last.action.empty()) last.action = entry.action;
            if (last.words.empty()) last.words = entry.words;
            if (last.diagnostic.empty()) last.diagnostic = entry.diagnostic;
        }
    }

    std::vector<BounceEntry> entries_;
    Group group_;
    bool is_rule_set_ = false;
};

// The text of a JSON string that begins at `at` (behind its quote), escapes opened as far as a reader needs:
// a line end or another control character is a blank, what is not ASCII a question mark.
std::string json_string(std::string_view text, std::size_t at) {
    std::string out;
    for (; at < text.size() && text[at] != '"' && out.size() < max_words; ++at) {
        if (text[at] != '\\') {
            out += text[at];
            continue;
        }
        while (at + 1 < text.size() && text[at] == '\\') ++at;  // doubled in a notification inside of another
        if (text[at] == '"') break;
        if (text[at] == 'u') {
            unsigned code = 0;
            for (std::size_t digits = 0; digits < 4 && at + 1 < text.size() && hex_digit(text[at + 1]) >= 0;
                 ++digits)
                code = code * 16 + static_cast<unsigned>(hex_digit(text[++at]));
            out += code > 0x7F ? '?' : is_control(static_cast<char>(code)) ? ' ' : static_cast<char>(code);
        } else {
            constexpr std::string_view controls = "nrtbf";
            out += controls.find(text[at]) != std::string_view::npos ? ' ' : text[at];
        }
    }
    return out;
}

std::string json_member(std::string_view object, std::string_view key) {
    const std::size_t at = object.find(key);
    if (at == std::string_view::npos) return {};
    std::size_t value = at + key.size();
    while (value < object.size() && (is_space(object[value]) || object[value] == ':')) ++value;
    if (value >= object.size() || object[value] != '"') return {};
    return json_string(object, value + 1);
}

}  // namespace

void BounceEntry::say(std::string_view text) {
    text = trim(text);
    if (text.empty() || words.size() >= max_words) return;
    if (!words.empty()) words += ' ';
    for (const char c : cut_utf8(text, max_words - std::min(max_words, words.size())))
        words += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
}

FoundAddress address_in(std::string_view text, bool is_field) {
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        std::size_t begin = at;
        if (at > 0 && text[at - 1] == '"') {
            const std::size_t from = at > max_address ? at - max_address : 0;
            const std::size_t quote = text.substr(from, at - 1 - from).rfind('"');
            begin = quote == std::string_view::npos ? at : from + quote;
        } else {
            while (begin > 0 && at - begin < max_address && is_local(text[begin - 1], is_field)) --begin;
            while (begin < at && (text[begin] == '\'' || text[begin] == '`')) ++begin;
        }
        std::size_t end = at + 1;
        if (end < text.size() && text[end] == '[') {
            const std::size_t close = text.substr(end, 60).find(']');
            end = close == std::string_view::npos ? end : end + close + 1;
        } else {
            while (end < text.size() && end - at < max_address && is_domain(text[end], is_field)) ++end;
            while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
        }
        if (begin < at && end > at + 1) return {text.substr(begin, end - begin), begin, end};
    }
    return {};
}

std::vector<BounceEntry> read_delivery_status(std::string_view text) {
    return StatusReader().read(text);
}

std::vector<std::string> feedback_recipients(std::string_view text) {
    std::vector<std::string> recipients;
    for (std::size_t at = 0; at < text.size() && recipients.size() < max_bounced;) {
        const Line line = line_at(text, at);
        at = line.next;
        const std::size_t colon = line.text.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.text.substr(0, colon);
        if (!iequals(name, "Original-Rcpt-To") && !iequals(name, "Removal-Recipient") &&
            !iequals(name, "X-HmXmrOriginalRecipient"))
            continue;
        const FoundAddress found = address_in(line.text.substr(colon + 1), true);
        if (found.address.empty()) continue;
        if (std::find(recipients.begin(), recipients.end(), found.address) == recipients.end())
            recipients.emplace_back(found.address);
    }
    return recipients;
}

std::vector<BounceEntry> read_ses_notification(std::string_view text) {
    constexpr std::size_t max_json = 256 * 1024;
    std::vector<BounceEntry> entries;
    // A notification inside of another (SNS) has its quotes escaped; long lines may be cut by `!` and a line
    // end.
    std::string json;
    for (std::size_t at = 0; at < std::min(text.size(), max_json); ++at) {
        if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') continue;
        if (text[at] == '!' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
        if (text[at] != '\n' && text[at] != '\r') json += text[at];
    }
    if (json.find("\"notificationType\"") == std::string::npos &&
        json.find("\"eventType\"") == std::string::npos)
        return entries;
    const std::string_view all = json;
    const auto object_at = [&](std::string_view key) {
        const std::size_t at = all.find(key);
        if (at == std::string_view::npos) return std::string_view();
        const std::string_view rest =
            all.substr(at);  // a list of strings ends with `"]`, one of objects with `}]`
        return rest.substr(0, std::min(rest.find("\"]"), rest.find("}]")));
    };
    const auto each = [&](std::string_view list, std::string_view key, const auto& use) {
        for (std::size_t at = list.find(key); at != std::string_view::npos && entries.size() < max_bounced;) {
            const std::size_t next = list.find(key, at + key.size());
            use(list.substr(at, next == std::string_view::npos ? next : next - at));
            at = next;
        }
    };
    each(object_at("\"bouncedRecipients\""), "\"emailAddress\"", [&](std::string_view member) {
        BounceEntry entry;
        entry.address = address_in(json_member(member, "\"emailAddress\""), true).address;
        entry.action = lower(json_member(member, "\"action\""));
        entry.status = status_in(json_member(member, "\"status\""));
        const std::string diagnostic = json_member(member, "\"diagnosticCode\"");
        const bool typed = lower(std::string_view(diagnostic).substr(0, 5)) == "smtp;";
        if (typed) entry.diagnostic = "smtp";
        entry.say(typed ? std::string_view(diagnostic).substr(5) : std::string_view(diagnostic));
        entries.push_back(std::move(entry));
    });
    each(object_at("\"complainedRecipients\""), "\"emailAddress\"", [&](std::string_view member) {
        BounceEntry entry;
        entry.address = address_in(json_member(member, "\"emailAddress\""), true).address;
        entry.category = Reason::feedback;
        entries.push_back(std::move(entry));
    });
    if (entries.empty() && all.find("\"Delivery\"") != std::string_view::npos)
        each(object_at("\"recipients\""), "\"", [&](std::string_view member) {
            if (const FoundAddress found = address_in(member); !found.address.empty()) {
                BounceEntry entry;
                entry.address = std::string(found.address);
                entry.action = "delivered";
                entries.push_back(std::move(entry));
            }
        });
    return entries;
}

}  // namespace mail
