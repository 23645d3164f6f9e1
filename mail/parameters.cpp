#include "mail/parameters.hpp"

#include "mail/charset.hpp"
#include "mail/encoded_word.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t max_parameters = 2000;

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    // Up to a delimiter, comments left out.
    std::string word(std::string_view delimiters) {
        std::string out;
        while (at_ < text_.size() && delimiters.find(text_[at_]) == npos) {
            if (text_[at_] == '(' && skip_comment()) continue;
            out += text_[at_++];
        }
        return std::string(trim(out));
    }

    // The value before the parameters: a token, or two around a slash (blanks there are obsolete syntax),
    // maybe between quotes. A comma behind it is a semicolon.
    std::string type() {
        take('"');
        std::string out = word(";, \t\"");
        if (take('/')) out += '/';
        if (out.ends_with('/')) {
            skip_blanks();
            out += word(";, \t\"");
        }
        if (out.find('/') != npos) take('"');
        if (out.find('=') == npos || out.find('/') < out.find('=')) return out;
        at_ = 0;  // `filename=a.txt`: the value was forgotten
        return {};
    }

    bool take(char c) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool done() {
        skip_blanks();
        return at_ >= text_.size();
    }

    std::string value() {
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == '"') {
            if (auto quoted = quoted_string()) {
                const std::string behind = word("; \t");
                word(";");                                                              // junk
                return quoted->empty() ? behind.substr(0, behind.find('"')) : *quoted;  // `""utf-8""`
            }
            ++at_;  // never closed: up to the semicolon
        }
        // RFC 2045 §5.1 wants a token; unquoted file names have blanks, and lists of parameters lack
        // their semicolon. `a b` is a value, `a b=c` a value and a parameter.
        const std::size_t start = at_;
        const std::size_t end = std::min(text_.find(';', at_), text_.size());
        std::string_view run = text_.substr(start, end - start);
        at_ = end;
        const std::size_t equals = run.find('=');
        if (equals != npos && equals > 0 && !run.starts_with("=?")) {
            const std::size_t blank = run.substr(0, equals).find_last_of(" \t");
            if (blank != npos && blank > 0) {
                at_ = start + blank;
                run = run.substr(0, blank);
            }
        }
        if (const std::size_t comment = run.find(" ("); comment != npos && run.ends_with(')'))
            run = run.substr(0, comment);
        std::string out(trim(run));
        if (out.ends_with('"')) out.pop_back();
        return out;
    }

  private:
    void skip_blanks() {
        while (at_ < text_.size()) {
            if (is_space(text_[at_])) {
                ++at_;
            } else if (text_[at_] != '(' || !skip_comment()) {
                break;
            }
        }
    }

    bool skip_comment() {
        if (!comments_close_) return false;
        std::size_t depth = 0;
        for (std::size_t i = at_; i < text_.size(); ++i) {
            if (text_[i] == '\\') {
                ++i;
            } else if (text_[i] == '(') {
                ++depth;
            } else if (text_[i] == ')' && --depth == 0) {
                at_ = i + 1;
                return true;
            }
        }
        comments_close_ = false;
        return false;
    }

    // Only \" and \\ are escapes: programs write C:\temp\x.txt between quotes.
    std::optional<std::string> quoted_string() {
        if (!quotes_close_) return std::nullopt;
        std::string out;
        for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '\\' && i + 1 < text_.size() && (text_[i + 1] == '"' || text_[i + 1] == '\\')) {
                out += text_[++i];
            } else if (text_[i] == '"') {
                at_ = i + 1;
                return out;
            } else {
                out += text_[i];
            }
        }
        quotes_close_ = false;
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool comments_close_ = true, quotes_close_ = true;  // false once one was found that never closes
};

// The pieces of one RFC 2231 parameter: `name*`, `name*0`, `name*0*`.
struct Extended {
    struct Piece {
        int number = 0;
        bool encoded = false;
        std::string text;
    };
    std::vector<Piece> pieces;

    std::string value(std::string_view hint) {
        std::stable_sort(pieces.begin(), pieces.end(),
                         [](const Piece& a, const Piece& b) { return a.number < b.number; });
        std::string charset, bytes;
        int expected = pieces.front().number;
        bool encoded = false;
        for (const Piece& piece : pieces) {
            if (piece.number < expected) continue;  // repeated
            if (piece.number > expected) break;     // what is behind a gap is lost (§3)
            std::string_view text = piece.text;
            if (piece.encoded && piece.number == pieces.front().number) {
                const std::size_t first = text.find('\''), second = text.find('\'', first + 1);
                if (first != npos && second != npos) {
                    charset = text.substr(0, first);
                    text.remove_prefix(second + 1);
                } else if (first != npos && is_known_charset(text.substr(0, first))) {
                    charset = text.substr(0, first);  // the language was forgotten with its quote
                    text.remove_prefix(first + 1);
                }
            }
            encoded = encoded || piece.encoded;
            bytes += piece.encoded ? percent_decoded(text) : std::string(text);
            ++expected;
        }
        if (!encoded) return decode_words(bytes);
        return decode_charset(bytes, charset.empty() ? "utf-8" : charset, hint);
    }
};

// A plain value as it is meant: with encoded-words (RFC 2047 §5 forbids them here), or written as an extended
// one whose name lost its star (`filename="utf-8''%C3%84.txt"`).
std::string plain_value(const std::string& text) {
    const std::size_t quotes = text.find("''");
    if (quotes != npos && quotes > 0 && text.find('%', quotes) != npos &&
        is_known_charset(std::string_view(text).substr(0, quotes)))
        return decode_charset(percent_decoded(std::string_view(text).substr(quotes + 2)),
                              text.substr(0, quotes));
    return decode_words(text);
}

// "filename*10*" → base, number, encoded; false for a plain name.
bool split_extended(std::string_view name, std::string& base, Extended::Piece& piece) {
    const std::size_t star = name.find('*');
    if (star == npos || star == 0) return false;
    base = name.substr(0, star);
    std::string_view rest = name.substr(star + 1);
    piece.encoded = rest.empty() || rest.ends_with('*');
    if (rest.ends_with('*')) rest.remove_suffix(1);
    if (rest.size() > 6) return false;
    for (const char c : rest) {
        if (!is_digit(c)) return false;
        piece.number = piece.number * 10 + (c - '0');
    }
    return true;
}

}  // namespace

const std::string* Parameters::find(std::string_view name) const {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == name; });
    return at == entries.end() ? nullptr : &at->second;
}

std::string Parameters::get(std::string_view name) const {
    const std::string* const found = find(name);
    return found == nullptr ? std::string() : *found;
}

Parameters parse_parameters(std::string_view text, std::string_view hint) {
    Parameters out;
    Scanner scan(text);
    out.value = lower(scan.type());
    std::map<std::string, Extended> extended;
    std::map<std::string, std::string> plain;
    for (std::size_t n = 0; !scan.done() && n < max_parameters; ++n) {
        if (scan.take(';') || scan.take(',')) continue;
        const std::string name = lower(scan.word("=;"));
        if (!scan.take('=')) continue;
        std::string value = scan.value();
        std::string base;
        Extended::Piece piece;
        if (split_extended(name, base, piece)) {
            piece.text = std::move(value);
            extended[base].pieces.push_back(std::move(piece));
        } else if (!name.empty()) {
            const auto [at, fresh] = plain.emplace(name, value);
            if (!fresh && at->second != value) out.ambiguous = true;
        }
    }
    for (auto& [name, pieces] : extended) out.entries.emplace_back(name, one_line(pieces.value(hint)));
    for (auto& [name, text_value] : plain)
        if (!extended.contains(name)) out.entries.emplace_back(name, one_line(plain_value(text_value)));
    return out;
}

}  // namespace mail
