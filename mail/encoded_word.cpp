#include "mail/encoded_word.hpp"

#include "mail/charset.hpp"
#include "mail/header_index.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <algorithm>
#include <optional>

namespace mail {
namespace {

struct Word {
    std::string_view charset, text;
    char encoding = 'q';
    std::size_t end = 0;
};

// The word's beginning at `at` ("=?"): its charset and encoding, and where its text begins (`end`).
std::optional<Word> word_start(std::string_view value, std::size_t at) {
    constexpr std::size_t longest_charset = 100;
    const std::size_t charset_end = value.substr(0, at + 2 + longest_charset).find('?', at + 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= value.size()) return std::nullopt;
    const std::string_view charset = trim(value.substr(at + 2, charset_end - at - 2));
    if (std::any_of(charset.begin(), charset.end(), is_space)) return std::nullopt;
    const char encoding = lower(value[charset_end + 1]);
    if ((encoding != 'b' && encoding != 'q') || value[charset_end + 2] != '?') return std::nullopt;
    return Word{charset.substr(0, charset.find('*')), {}, encoding, charset_end + 3};
}

// The encoded-word that begins at `at`. One that never ends goes up to the next word or the end of the value;
// a word is read forward once, so that many such cost no more than their length.
std::optional<Word> word_at(std::string_view value, std::size_t at) {
    std::optional<Word> word = word_start(value, at);
    if (!word) return std::nullopt;
    const std::size_t text = word->end;
    for (std::size_t i = text; i + 1 < value.size(); ++i) {
        if (value[i] == '?' && value[i + 1] == '=') {
            word->text = value.substr(text, i - text);
            word->end = i + 2;
            return word;
        }
        if (is_space(value[i]) && value.substr(i + 1, 2) == "=?" && word_start(value, i + 1)) {
            word->text = value.substr(text, i - text);
            word->end = i;
            break;
        }
    }
    if (word->end == text) {
        word->text = value.substr(text);
        word->end = value.size();
    }
    word->text = trim(word->text);
    if (word->text.ends_with('?')) word->text.remove_suffix(1);
    if (word->text.empty()) return std::nullopt;
    return word;
}

// Adjacent words of one charset are put together as bytes before the charset is decoded.
class WordRun {
  public:
    explicit WordRun(std::string& out) : out_(out) {}

    void add(const Word& word) {
        if (!iequals(word.charset, charset_)) flush();
        charset_ = word.charset;
        if (word.encoding == 'b') {
            // Some mailers cut one base64 text into words without regard to its groups of four.
            base64_ += word.text;
            if (word.text.ends_with('=') || base64_.size() % 4 == 0) take_base64();
        } else {
            take_base64();
            bytes_ += decode_q(word.text);
        }
    }

    void flush() {
        take_base64();
        std::string text = bytes_.empty() ? std::string() : decode_charset(bytes_, charset_);
        if (text.starts_with("\uFEFF")) text.erase(0, 3);  // a byte order mark
        out_ += text;
        bytes_.clear();
        charset_ = {};
    }

  private:
    void take_base64() {
        if (base64_.empty()) return;
        bytes_ += decode_base64(base64_);
        base64_.clear();
    }

    std::string& out_;
    std::string_view charset_;
    std::string base64_, bytes_;
};

}  // namespace

std::size_t word_length(std::string_view text) {
    constexpr std::size_t longest = 1000;
    text = text.substr(0, longest);
    if (!text.starts_with("=?")) return 0;
    const std::optional<Word> word = word_start(text, 0);
    if (!word) return 0;
    for (std::size_t i = word->end; i + 1 < text.size() && !is_space(text[i]); ++i)
        if (text[i] == '?' && text[i + 1] == '=') return i + 2;
    return 0;
}

std::string decode_words(std::string_view utf8) {
    std::size_t at = utf8.find("=?");
    if (at == std::string_view::npos) return std::string(utf8);
    std::string out;
    WordRun run(out);
    std::size_t done = 0;
    bool behind_word = false;
    for (; at != std::string_view::npos; at = utf8.find("=?", at)) {
        const std::optional<Word> word = word_at(utf8, at);
        if (!word) {
            at += 2;
            continue;
        }
        const std::string_view between = utf8.substr(done, at - done);
        if (!(behind_word && trim(between).empty())) {  // §6.2: blanks between two words are no text
            run.flush();
            out += between;
        }
        run.add(*word);
        behind_word = true;
        at = done = word->end;
    }
    run.flush();
    out += utf8.substr(done);
    return out;
}

std::string field_text(std::string_view raw_value, std::string_view hint) {
    std::string text = unfold(raw_value);
    if (!is_ascii(text) || text.find("\x1b$") != std::string::npos) text = decode_undeclared(text, hint);
    return one_line(text);
}

std::string unstructured(std::string_view raw_value, std::string_view hint) {
    const std::string text = field_text(raw_value, hint);
    return text.find("=?") == std::string::npos ? text : one_line(decode_words(text));
}

}  // namespace mail
