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

// The encoded-word that begins at `at` ("=?"). `last_end` is where the last "?=" of the value stands.
std::optional<Word> word_at(std::string_view value, std::size_t at, std::size_t last_end) {
    constexpr std::size_t longest_charset = 100;
    const std::size_t charset_end = value.substr(0, at + 2 + longest_charset).find('?', at + 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= value.size()) return std::nullopt;
    const std::string_view charset = value.substr(at + 2, charset_end - at - 2);
    if (charset.empty() || std::any_of(charset.begin(), charset.end(), is_space)) return std::nullopt;
    const char encoding = lower(value[charset_end + 1]);
    if ((encoding != 'b' && encoding != 'q') || value[charset_end + 2] != '?') return std::nullopt;
    const std::size_t text = charset_end + 3;
    if (last_end == std::string_view::npos || text > last_end) return std::nullopt;
    const std::size_t end = value.find("?=", text);
    return Word{charset.substr(0, charset.find('*')), value.substr(text, end - text), encoding, end + 2};
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
        if (!bytes_.empty()) out_ += decode_charset(bytes_, charset_);
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

std::string decode_words(std::string_view utf8) {
    std::size_t at = utf8.find("=?");
    if (at == std::string_view::npos) return std::string(utf8);
    std::string out;
    WordRun run(out);
    const std::size_t last_end = utf8.rfind("?=");
    std::size_t done = 0;
    bool behind_word = false;
    for (; at != std::string_view::npos; at = utf8.find("=?", at)) {
        const std::optional<Word> word = word_at(utf8, at, last_end);
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
