#include "mail/bounce_text.hpp"

#include "mail/bounce_dialects.hpp"
#include "mail/bounce_phrases.hpp"
#include "mail/header_index.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace mail {
namespace {

constexpr std::size_t max_opening = 4 * 1024;  // how far into the text a bounce says what it is
constexpr std::size_t max_line = 2000;
constexpr std::size_t max_context = 4000;

bool holds_any(std::string_view text, std::span<const std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(),
                       [&](std::string_view phrase) { return has_phrase(text, phrase); });
}

// In lower case, all blanks and line ends as one blank, lines that somebody quotes left out.
std::string flat_beginning(std::string_view text) {
    std::string flat;
    for (std::size_t at = 0; at < std::min(text.size(), max_opening);) {
        const Line line = line_at(text, at);
        at = line.next;
        const std::string_view bare = trim(line.text.substr(0, max_line));
        if (bare.starts_with('>') && !bare.starts_with(">>>")) continue;
        for (const char c : bare) {
            if (is_space(c) && flat.ends_with(' ')) continue;
            flat += is_space(c) ? ' ' : lower(c);
        }
        flat += ' ';
    }
    return flat;
}

bool is_error_reply(std::string_view text) {
    return text.size() >= 3 && reply_at(text.substr(0, std::min<std::size_t>(text.size(), 4))) == 0;
}

std::string_view reply_code_of(std::string_view words) {
    const std::size_t at = reply_at(words);
    return at == no_reply ? std::string_view() : words.substr(at, 3);
}

SmtpCommand command_named(std::string_view verb) {
    const std::string name = lower(verb.substr(0, 8));
    if (name.starts_with("rcpt")) return SmtpCommand::rcpt;
    if (name.starts_with("mail")) return SmtpCommand::mail;
    if (name.starts_with("data") || name.starts_with("bdat")) return SmtpCommand::data;
    if (name.starts_with("ehlo") || name.starts_with("helo")) return SmtpCommand::helo;
    if (name.starts_with("starttls")) return SmtpCommand::starttls;
    return SmtpCommand::unknown;
}

bool is_status_field(std::string_view low) {
    for (const std::string_view name :
         {"reporting-mta:", "arrival-date:", "final-recipient:", "original-recipient:", "action:", "status:",
          "remote-mta:", "diagnostic-code:", "last-attempt-date:"})
        if (low.starts_with(name)) return true;
    return false;
}

// More than punctuation and the address once again.
bool tells_something(std::string_view text) {
    const FoundAddress found = address_in(text);
    const auto letters = std::count_if(text.begin(), text.end(), is_alpha) -
                         std::count_if(found.address.begin(), found.address.end(), is_alpha);
    return letters > 2 || std::any_of(text.begin(), text.end(),
                                      [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

// An address that stands first on a line, behind marks that lists have.
struct LeadingAddress {
    FoundAddress found;
    std::string_view rest;
    std::size_t indent = 0;
};

class TextReader {
  public:
    BounceText read(std::string_view text) {
        text = text.substr(0, max_bounce_text);
        for (std::size_t at = 0; at < text.size();) {
            const Line line = line_at(text, at);
            if (ends_report(line.text)) {
                // A header field is part of the original, a heading is not.
                out_.original = line.text.starts_with("Re") ? at : line.next;
                break;
            }
            at = line.next;
            take(line.text.substr(0, max_line));
        }
        finish();
        return std::move(out_);
    }

  private:
    bool ends_report(std::string_view line) const {
        if (out_.entries.empty() && general_.empty() && transcript_.empty()) return false;
        if (line.starts_with("Received: ") || line.starts_with("Return-Path: ") ||
            line.starts_with("Return-path: ") || line.starts_with("Received:from "))
            return true;
        if (line.size() > 200) return false;
        return holds_any(lower(line), original_markers());
    }

    void take(std::string_view raw) {
        const std::string_view line = trim(raw);
        if (line.empty()) {
            after_blank_ = true;
            return;
        }
        const std::string low = lower(line);
        if (is_status_field(low)) return;  // bounce_report.hpp reads them
        if (low.find("transcript of session") != std::string::npos) {
            in_transcript_ = true;
            current_ = none;
        } else if (line.starts_with(">>> ") && command_named(line.substr(4)) != SmtpCommand::unknown) {
            take_command(line.substr(4));
        } else if (line.starts_with("<<< ") || line.starts_with("Received >>> ")) {
            take_reply(line.substr(line.find(' ') + 1 + (line[0] == 'R' ? 4 : 0)));
        } else if (in_transcript_ && line.starts_with("In: ")) {  // Postfix's server, to its postmaster
            take_command(trim(line.substr(4)));
        } else if (in_transcript_ && line.starts_with("Out: ")) {
            take_reply(trim(line.substr(5)));
        } else if (in_transcript_) {
            take_transcript(line);
        } else {
            take_report(raw, line, low);
        }
        if (!out_.delayed && holds_any(low, delay_phrases())) out_.delayed = true;
        previous_ = low;
        after_blank_ = false;
    }

    // `>>> RCPT To:<a@b>` of a transcript: the reply to it is about this recipient.
    void take_command(std::string_view command) {
        command_ = command_named(command);
        asked_.clear();
        if (command_ == SmtpCommand::rcpt) asked_ = accepted_ = address_in(command).address;
    }

    void take_reply(std::string_view reply) {
        if (!is_error_reply(reply)) {
            if (!reply.empty() && !is_digit(reply.front())) context(reply);
            return;
        }
        if (lower(reply).find("need rcpt") != std::string::npos) return;
        context(reply);
        const std::string_view code = reply.substr(0, 3);
        std::size_t whose = find(asked_);
        if (whose == none && !asked_.empty() && !addresses_listed_) whose = add(asked_, 0);
        if (whose == none) whose = find(address_in(reply).address);
        if (whose == none && out_.entries.empty()) whose = add(accepted_, 0);
        for (std::size_t number = 0; number < out_.entries.size(); ++number) {
            BounceEntry& entry = out_.entries[number];
            if (whose != none && number != whose) continue;
            if (const std::string_view had = reply_code_of(entry.words);
                whose == none && !had.empty() && had != code)
                continue;
            if (entry.command == SmtpCommand::unknown) entry.command = command_;
            if (entry.words.find(reply) == std::string::npos) entry.say(reply);
            if (whose == none && out_.entries.size() > 20) break;
        }
    }

    // What a server noted beside the session: `550 <a@b>... User unknown`, `<a@b>... Deferred: why`.
    void take_transcript(std::string_view line) {
        context(line);
        const bool has_code = is_error_reply(line);
        const std::string_view words =
            trim(has_code ? line.substr(line.find_first_of(" \t\n", 3) == std::string_view::npos
                                            ? line.size()
                                            : line.find_first_of(" \t", 3))
                          : line);
        const FoundAddress found = address_in(words.substr(0, 400));
        if (found.address.empty() || found.begin > 10) return;
        std::size_t whose = find(found.address);
        const bool tells = words.substr(found.end, 5).find("...") != std::string_view::npos || has_code;
        if (whose == none && tells && !addresses_listed_) whose = add(found.address, 0);
        if (whose == none) return;
        BounceEntry& entry = out_.entries[whose];
        if (entry.command == SmtpCommand::unknown && !asked_.empty() && asked_ == found.address)
            entry.command = SmtpCommand::rcpt;
        if (entry.words.empty() || reply_code_of(entry.words).empty()) entry.say(line);
    }

    void take_report(std::string_view raw, std::string_view line, const std::string& low) {
        if (low.find("smtp command") != std::string::npos && low.starts_with("--")) return;
        if (previous_.starts_with("--") && previous_.find("smtp command") != std::string::npos) {
            const SmtpCommand command = command_named(line);  // m-FILTER
            if (command == SmtpCommand::rcpt && out_.entries.empty()) add(address_in(line).address, 0);
            for (BounceEntry& entry : out_.entries) entry.command = command;
            return;
        }
        if (low.starts_with("to:") || low.starts_with("rcpt to:")) {
            const FoundAddress found = address_in(line);
            if (!found.address.empty() && out_.intended.size() < max_bounced)
                out_.intended.emplace_back(found.address);
            if (low.starts_with("to:")) return;
        }
        if (low.starts_with("from:") || low.starts_with("subject:") || low.starts_with("message-id:") ||
            low.starts_with("mail from:") || low.starts_with("original address:") ||
            low.starts_with("sent:")) {
            if (current_ != none && low.starts_with("from:") && low.find("rcpt:") != std::string::npos)
                out_.entries[current_].say(line);  // indimail
            return;
        }
        if (const LeadingAddress leading = leading_address(raw); !leading.found.address.empty()) {
            if (starts_recipient(leading, line)) {
                current_ = find(leading.found.address);
                if (current_ == none) current_ = add(leading.found.address, leading.indent);
                if (current_ != none && tells_something(leading.rest))
                    out_.entries[current_].say(leading.rest);
                return;
            }
        } else if (take_phrase(line, low)) {
            return;
        }
        // What follows in a paragraph of its own explains the program, not the failure.
        if (current_ != none && after_blank_ && reply_at(out_.entries[current_].words) != no_reply)
            current_ = none;
        if (current_ == none) {
            if (general_.size() < max_context) general_.append(line).append(" ");
        } else if (!low.starts_with("(expanded from:") && !low.starts_with("-----")) {
            out_.entries[current_].say(line);
        }
    }

    static LeadingAddress leading_address(std::string_view raw) {
        std::size_t at = 0;
        while (at < raw.size() && (is_blank(raw[at]) || raw[at] == '*' || raw[at] == '-')) ++at;
        const std::size_t indent = at;
        if (raw.substr(at).starts_with(">>> ")) at += 4;
        if (raw.substr(at, 3) == "No." || raw.substr(at, 1) == "#") {
            const std::size_t colon = raw.substr(at, 10).find(':');
            if (colon != std::string_view::npos) at += colon + 1;
            while (at < raw.size() && is_blank(raw[at])) ++at;
        }
        const FoundAddress found = address_in(raw.substr(at, 400));
        // `<a@b>`, `"a@b"`, `'a@b'`, and lists with "To:"-like nothing before it.
        const std::string_view before = raw.substr(at, found.begin);
        if (found.address.empty() || before.find_first_not_of("<\"'([`") != std::string_view::npos) return {};
        std::string_view rest = raw.substr(at).substr(found.end);
        if (!rest.empty() &&
            std::string_view(">\"'):;,. \t[<(`").find(rest.front()) == std::string_view::npos)
            return {};
        rest.remove_prefix(std::min(rest.find_first_not_of(">\"'):;,` \t"), rest.size()));
        return {{found.address, at + found.begin, at + found.end}, rest, indent};
    }

    // Is the address that leads a line a recipient, or part of what is told of the one before?
    bool starts_recipient(const LeadingAddress& leading, std::string_view line) const {
        if (previous_.ends_with("(expanded from") || previous_.ends_with("(generated from")) return false;
        if (current_ != none && !after_blank_ && leading.indent > indent_) return false;
        if (find(leading.found.address) != none) return current_ == none || after_blank_;
        if (after_blank_ || line.size() <= leading.found.address.size() + 3 || previous_.empty()) return true;
        // "Please write to\n<support@example.net>, if ..."
        const char last = previous_.back();
        return current_ != none || (!is_alpha(last) && !is_digit(last));
    }

    bool take_phrase(std::string_view line, const std::string& low) {
        if (low.find('@') == std::string::npos) return false;
        for (const std::string_view phrase : recipient_phrases()) {
            const std::size_t at = low.find(phrase.substr(0, phrase.find('*')));
            if (at == std::string::npos || (phrase == "rcpt to:" && at > 0)) continue;
            const std::size_t behind = at + phrase.size() - (phrase.ends_with('<') ? 1 : 0);
            if (behind > line.size()) continue;
            const FoundAddress found = address_in(line.substr(behind));
            if (found.address.empty() || found.begin > 40) continue;
            if (current_ != none && out_.entries[current_].words.size() > 0 && !after_blank_ &&
                find(found.address) == none && phrase.starts_with("message to"))
                continue;
            current_ = find(found.address);
            if (current_ == none) current_ = add(found.address, 0);
            // James's `RCPT TO:` is a heading and tells of no command.
            if (current_ != none && phrase != "rcpt to:") out_.entries[current_].say(line);
            return true;
        }
        return false;
    }

    std::size_t find(std::string_view address) const {
        if (address.empty()) return none;
        const auto found = numbers_.find(lower(address));
        return found == numbers_.end() ? none : found->second;
    }

    std::size_t add(std::string_view address, std::size_t indent) {
        if (out_.entries.size() >= max_bounced || address.empty()) return none;
        numbers_.emplace(lower(address), out_.entries.size());
        out_.entries.emplace_back().address = std::string(address);
        indent_ = indent;
        if (!in_transcript_) addresses_listed_ = true;
        return out_.entries.size() - 1;
    }

    void context(std::string_view line) {
        if (transcript_.size() < max_context) transcript_.append(line).append(" ");
    }

    // Addresses in a list share the words behind it; those without any have the transcript, or what was said
    // first.
    void finish() {
        const std::string* next = nullptr;
        for (std::size_t number = out_.entries.size(); number-- > 0;) {
            BounceEntry& entry = out_.entries[number];
            if (entry.words.empty() && !transcript_.empty()) {
                entry.say(transcript_);
                if (entry.command == SmtpCommand::unknown) entry.command = command_;
            } else if (entry.words.empty() && next != nullptr) {
                entry.say(*next);
            }
            if (entry.words.empty()) entry.say(general_);
            if (out_.entries.size() <= 20) entry.context = transcript_ + general_;
            next = &entry.words;
        }
        out_.general = std::move(general_);
        out_.general += transcript_;
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    BounceText out_;
    std::map<std::string, std::size_t> numbers_;  // of entries, by address in lower case
    std::string general_, transcript_;
    std::string previous_;  // line, in lower case
    std::string asked_;     // recipient of the RCPT that a reply is awaited to
    std::string accepted_;  // of the last RCPT
    SmtpCommand command_ = SmtpCommand::unknown;
    std::size_t current_ = none;
    std::size_t indent_ = 0;
    bool in_transcript_ = false, after_blank_ = true, addresses_listed_ = false;
};

}  // namespace

Opening bounce_opening(std::string_view text) {
    const std::string flat = flat_beginning(text);
    if (holds_any(flat, program_openings())) return Opening::program;
    return holds_any(flat, generic_openings()) ? Opening::generic : Opening::none;
}

BounceText read_bounce_text(std::string_view text) {
    return TextReader().read(text);
}

}  // namespace mail
