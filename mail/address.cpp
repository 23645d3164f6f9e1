#include "mail/address.hpp"

#include "mail/encoded_word.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;

// Where the comment that opens at `open` closes; npos when it never does.
std::size_t comment_end(std::string_view text, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '(') {
            ++depth;
        } else if (text[i] == ')' && --depth == 0) {
            return i;
        }
    }
    return npos;
}

std::size_t quote_end(std::string_view text, std::size_t open) {
    for (std::size_t i = open + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i;
        }
    }
    return npos;
}

std::string unescape(std::string_view quoted) {
    std::string out;
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
        out += quoted[i];
    }
    return out;
}

// addr-spec as written, maybe with route, blanks, comments and quotes, to `local@domain`.
std::string clean_spec(std::string_view spec) {
    spec = trim(spec);
    constexpr std::string_view nobody = "undisclosed-recipient";  // <Undisclosed-Recipient:;>
    if (iequals(spec.substr(0, nobody.size()), nobody)) return {};
    if (spec.size() > 7 && iequals(spec.substr(0, 7), "mailto:")) {
        spec.remove_prefix(7);
        spec = spec.substr(0, spec.find('?'));  // RFC 6068: what follows is no address
    }
    if (spec.starts_with('@')) {  // RFC 5322 §4.4: a route is ignored
        const std::size_t colon = spec.find(':');
        if (colon != npos) spec.remove_prefix(colon + 1);
    }
    Mailbox mailbox;
    bool comments_close = true, quotes_close = true;
    std::size_t last_at = npos;
    std::string plain;  // without comments, blanks and quotes; `last_at` is an index into it
    for (std::size_t i = 0; i < spec.size(); ++i) {
        const char c = spec[i];
        if (c == '"' && quotes_close) {
            const std::size_t end = quote_end(spec, i);
            quotes_close = end != npos;
            if (quotes_close) {
                plain += unescape(spec.substr(i + 1, end - i - 1));
                i = end;
            }
        } else if (c == '(' && comments_close) {
            const std::size_t end = comment_end(spec, i);
            comments_close = end != npos;
            if (comments_close) i = end;
        } else if (is_space(c) || c == '"' || c == '<' || c == '>') {
            continue;
        } else if (const std::size_t invisible =
                       static_cast<unsigned char>(c) < 0x80 ? 0 : invisible_at(spec.substr(i))) {
            i += invisible - 1;  // pasted along with the address: nobody could answer to it
        } else {
            if (c == '@') last_at = plain.size();
            plain += c;
        }
    }
    if (last_at == npos) {
        mailbox.local_part = plain;
    } else {
        mailbox.local_part = plain.substr(0, last_at);
        mailbox.domain = lower(std::string_view(plain).substr(last_at + 1));
        while (mailbox.domain.ends_with('.')) mailbox.domain.pop_back();
    }
    if (mailbox.local_part.empty()) return {};
    return mailbox.str();
}

class List {
  public:
    explicit List(std::string_view text, bool inside_quotes = false)
        : text_(text), inside_quotes_(inside_quotes) {}

    std::vector<NamedAddress> parse() {
        while (at_ < text_.size() && found_.size() < max_addresses) step();
        finish(false);
        flush_held_name();
        if (found_.size() > max_addresses) found_.resize(max_addresses);
        return std::move(found_);
    }

  private:
    struct Token {
        std::string text;  // a quoted string keeps its quotes
        bool space_before = false;
        bool quoted = false;
        bool word = false;  // an encoded-word alone: never an address
    };

    void step() {
        const char c = text_[at_];
        switch (c) {
            case ' ':
            case '\t':
                space_ = true;
                ++at_;
                break;
            case '(':
                comment();
                break;
            case '"':
                quoted_string();
                break;
            case '<':
                angle('>');
                break;
            case '=':
                encoded_word();
                break;
            case '[':
                if (iequals(text_.substr(at_ + 1, 7), "mailto:")) {  // Outlook: Joe [mailto:joe@x.example]
                    angle(']');
                } else {
                    add_character(c);
                    ++at_;
                }
                break;
            case ',':
            case ';':
                finish(c == ',');
                ++at_;
                break;
            case ':':
                if (!has_at_ && !has_angle_) {
                    reset();  // the name of a group, or `mailto:`
                    flush_held_name();
                } else {
                    add_character(c);
                }
                ++at_;
                break;
            default:
                if (c == '@') has_at_ = true;
                if (c != '>') add_character(c);
                ++at_;
        }
    }

    void add_character(char c) {
        if (space_ || tokens_.empty() || tokens_.back().quoted) {
            tokens_.push_back({{}, space_, false, false});
            space_ = false;
        }
        tokens_.back().word = false;
        tokens_.back().text += c;
    }

    // One unit, whatever it holds: many write commas and colons, and strangers addresses, inside it.
    void encoded_word() {
        const std::size_t length = word_length(text_.substr(at_));
        if (length == 0) {
            add_character(text_[at_++]);
            return;
        }
        add_character('=');
        tokens_.back().text += text_.substr(at_ + 1, length - 1);
        tokens_.back().word = tokens_.back().text.size() == length;
        at_ += length;
    }

    void comment() {
        const std::size_t end = comments_close_ ? comment_end(text_, at_) : npos;
        if (end == npos) {  // never closed: from here on parentheses are letters
            comments_close_ = false;
            add_character(text_[at_++]);
            return;
        }
        if (!comment_.empty()) comment_ += ' ';
        comment_ += unescape(text_.substr(at_ + 1, end - at_ - 1));
        space_ = true;
        at_ = end + 1;
    }

    void quoted_string() {
        const std::size_t end = quotes_close_ ? quote_end(text_, at_) : npos;
        if (end == npos) {
            quotes_close_ = false;
            ++at_;
            return;
        }
        tokens_.push_back({std::string(text_.substr(at_, end + 1 - at_)), space_, true, false});
        space_ = false;
        at_ = end + 1;
    }

    void angle(char close) {
        if (has_angle_) {  // `Joe <a@x> Ann <b@y>`: the comma was forgotten
            std::vector<Token> next(tokens_.begin() + static_cast<std::ptrdiff_t>(before_angle_),
                                    tokens_.end());
            tokens_.resize(before_angle_);
            finish(false);
            tokens_ = std::move(next);
        }
        before_angle_ = tokens_.size();
        std::size_t i = at_ + 1;
        bool quotes_close = quotes_close_, has_at = false;
        while (i < text_.size() && text_[i] != close) {
            if (text_[i] == '"' && quotes_close) {
                const std::size_t end = quote_end(text_, i);
                quotes_close = quotes_close_ = end != npos;
                if (quotes_close) i = end;
            } else if (text_[i] == '@') {
                has_at = true;
            } else if ((text_[i] == ',' || text_[i] == ';') && has_at && text_[at_ + 1] != '@') {
                break;  // the `>` was forgotten
            }
            ++i;
        }
        angle_ = text_.substr(at_ + 1, i - at_ - 1);
        has_angle_ = true;
        space_ = true;
        at_ = i < text_.size() && text_[i] == close ? i + 1 : i;
    }

    static std::string phrase(const std::vector<Token>& tokens, std::size_t skip_from, std::size_t skip_to) {
        std::string out;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (i >= skip_from && i < skip_to) continue;
            if (!out.empty() && tokens[i].space_before) out += ' ';
            const std::string& text = tokens[i].text;
            out += tokens[i].quoted ? unescape(std::string_view(text).substr(1, text.size() - 2)) : text;
        }
        return out;
    }

    // The tokens that make an addr-spec: one with '@', and its neighbours over obsolete blanks and dots.
    std::pair<std::size_t, std::size_t> spec_range() const {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (tokens_[i].quoted || tokens_[i].word || tokens_[i].text.find('@') == std::string::npos)
                continue;
            std::size_t first = i, last = i;
            while (first > 0 && (tokens_[first].text.front() == '@' || tokens_[first].text.front() == '.' ||
                                 tokens_[first - 1].text.back() == '.' || !tokens_[first].space_before))
                --first;
            while (last + 1 < tokens_.size() &&
                   (tokens_[last].text.back() == '@' || tokens_[last].text.back() == '.' ||
                    tokens_[last + 1].text.front() == '.' || !tokens_[last + 1].space_before))
                ++last;
            return {first, last + 1};
        }
        return {0, 0};
    }

    // Ends the entry under way; `list_goes_on`: behind a comma.
    void finish(bool list_goes_on) {
        NamedAddress entry;
        if (has_angle_) {
            entry.address = clean_spec(angle_);
            auto range = std::pair<std::size_t, std::size_t>(0, 0);
            if (entry.address.empty() && has_at_) {  // `joe@x.example <>`
                range = spec_range();
                entry.address = spec_of(range);
            }
            // What stands behind the angle is a name only where there is none before it.
            if (range.second == 0 && before_angle_ > 0) tokens_.resize(before_angle_);
            entry.name = held_name_ + phrase(tokens_, range.first, range.second);
            held_name_.clear();
        } else {
            auto range = has_at_ ? spec_range() : std::pair<std::size_t, std::size_t>(0, 0);
            if (range.second == 0 && !inside_quotes_ && tokens_.size() == 1 && tokens_[0].quoted &&
                tokens_[0].text.find('@') != npos) {  // `"joe@x"`, `"Joe <joe@x>"`: all of it between quotes
                flush_held_name();
                const std::string inside = phrase(tokens_, 0, 0);
                for (NamedAddress& found : List(inside, true).parse()) found_.push_back(std::move(found));
                reset();
                return;
            }
            if (range.second == 0 && !tokens_.empty() && comment_.empty() && list_goes_on) {
                flush_held_name();
                held_name_ = phrase(tokens_, 0, 0) + ", ";
                reset();
                return;
            }
            flush_held_name();
            if (tokens_.empty()) {  // a comment alone is nobody
                reset();
                return;
            }
            if (range.second == 0 && tokens_.size() == 1 && !tokens_[0].quoted &&
                !tokens_[0].text.starts_with("=?"))
                range = {0, 1};
            entry.address = spec_of(range);
            if (only_specs()) {  // `a@x b@y`
                for (Token& token : std::exchange(tokens_, {})) add({{}, clean_spec(token.text)});
                reset();
                return;
            }
            entry.name = phrase(tokens_, range.first, range.second);
        }
        if (entry.name.empty()) entry.name = comment_;
        reset();
        add(std::move(entry));
    }

    [[nodiscard]] bool only_specs() const {
        return tokens_.size() > 1 && std::all_of(tokens_.begin(), tokens_.end(), [](const Token& token) {
                   const std::size_t at = token.text.find('@');
                   return !token.quoted && !token.word && at != std::string::npos && at > 0 &&
                          at + 1 < token.text.size();
               });
    }

    std::string spec_of(std::pair<std::size_t, std::size_t> range) const {
        std::string spec;
        for (std::size_t i = range.first; i < range.second; ++i) spec += tokens_[i].text;
        return clean_spec(spec);
    }

    // `Smith, John <j@x>`: the comma belonged to the name; otherwise `Smith` was an entry of its own.
    void flush_held_name() {
        if (held_name_.empty()) return;
        std::string name = std::exchange(held_name_, {});
        name.resize(name.size() - 2);
        if (name.find(' ') == std::string::npos && !name.starts_with("=?")) {
            add({{}, clean_spec(name)});
        } else {
            add({std::move(name), {}});
        }
    }

    void add(NamedAddress entry) {
        entry.name = one_line(decode_words(entry.name));
        if (!entry.name.empty() || !entry.address.empty()) found_.push_back(std::move(entry));
    }

    void reset() {
        tokens_.clear();
        comment_.clear();
        has_at_ = has_angle_ = space_ = false;
    }

    std::string_view text_;
    bool inside_quotes_;
    std::size_t at_ = 0;
    std::vector<NamedAddress> found_;
    std::vector<Token> tokens_;
    std::string comment_;
    std::string held_name_;  // with ", "
    std::string_view angle_;
    bool has_at_ = false, has_angle_ = false, space_ = false;
    std::size_t before_angle_ = 0;                      // tokens before the angle address
    bool comments_close_ = true, quotes_close_ = true;  // false once one was found that never closes
};

}  // namespace

std::vector<NamedAddress> parse_addresses(std::string_view text) {
    return List(text).parse();
}

}  // namespace mail
