#include "mail/reply_marks.hpp"

#include "mail/reply_words.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace mail {
namespace {

using std::string_view;

// The character at `i` and its length; U+FFFD's value for what is no UTF-8.
struct Character {
    char32_t value;
    std::size_t length;
};

Character character_at(string_view text, std::size_t i) {
    const auto byte = [&](std::size_t k) -> char32_t {
        return k < text.size() ? static_cast<unsigned char>(text[k]) : 0;
    };
    const char32_t first = byte(i);
    if (first < 0x80) return {first, 1};
    if (first >= 0xC0 && first < 0xE0) return {(first & 0x1F) << 6 | (byte(i + 1) & 0x3F), 2};
    if (first >= 0xE0 && first < 0xF0)
        return {(first & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F), 3};
    return {0xFFFD, first >= 0xF0 ? 4U : 1U};
}

// UTF-8 into `out`; returns how many bytes.
std::size_t encode(char32_t c, char* out) {
    if (c < 0x80) {
        out[0] = static_cast<char>(c);
        return 1;
    }
    if (c < 0x800) {
        out[0] = static_cast<char>(0xC0 | c >> 6);
        out[1] = static_cast<char>(0x80 | (c & 0x3F));
        return 2;
    }
    out[0] = static_cast<char>(0xE0 | c >> 12);
    out[1] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out[2] = static_cast<char>(0x80 | (c & 0x3F));
    return 3;
}

char32_t lower_of(char32_t c) {
    if (c < 0x80) return static_cast<unsigned char>(lower(static_cast<char>(c)));
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
    if (c >= 0x100 && c <= 0x137 && c != 0x130) return c | 1;
    if (c == 0x130) return 'i';
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c + (c & 1);
    if (c >= 0x14A && c <= 0x177) return c | 1;
    if (c >= 0x218 && c <= 0x21B) return c | 1;
    if (c >= 0x391 && c <= 0x3A9) return c + 0x20;
    if (c >= 0x388 && c <= 0x38A) return c + 37;
    if (c == 0x386) return 0x3AC;
    if (c == 0x38C) return 0x3CC;
    if (c >= 0x410 && c <= 0x42F) return c + 0x20;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    if (c >= 0x1EA0 && c <= 0x1EFF) return c | 1;
    return c;
}

char32_t digit_of(char32_t c) {
    for (const char32_t zero : {0x660U, 0x6F0U, 0x966U, 0x9E6U, 0xE50U, 0xFF10U})
        if (c >= zero && c <= zero + 9) return '0' + (c - zero);
    return c;
}

char32_t folded(char32_t c) {
    if (c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == '\t' || c == '\r')
        return ' ';
    if (c == 0xFF1A) return ':';
    if (c == 0xFF1C || c == 0x2039) return '<';
    if (c == 0xFF1E || c == 0x203A) return '>';
    if (c == 0x2019 || c == 0x2018) return '\'';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2500 || c == 0x2501) return '-';
    return lower_of(digit_of(c));
}

bool is_word_byte(char c) {
    return is_letter(c) || is_digit(c);
}

// Scripts that write words without blanks between them: no boundary is asked for there.
bool without_blanks(string_view word) {
    return !word.empty() && static_cast<unsigned char>(word.front()) >= 0xE0;
}

bool ends_with_word(string_view text, string_view word) {
    if (!text.ends_with(word)) return false;
    return text.size() == word.size() || without_blanks(word) ||
           !is_word_byte(text[text.size() - word.size() - 1]);
}

bool has_word(string_view text, string_view word) {
    for (std::size_t at = text.find(word); at != string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if (without_blanks(word) ||
            ((at == 0 || !is_word_byte(text[at - 1])) && (end == text.size() || !is_word_byte(text[end]))))
            return true;
    }
    return false;
}

// A table's words by their first or last byte: a line is compared with few of them.
class Words {
  public:
    enum class By { first, last };
    Words(std::span<const string_view> words, By by) : by_(by) {
        for (const string_view word : words) of(by == By::first ? word.front() : word.back()).push_back(word);
    }
    // Those that the text may start or end with.
    [[nodiscard]] const std::vector<string_view>& near(string_view text) const {
        static const std::vector<string_view> none;
        if (text.empty()) return none;
        return words_[static_cast<unsigned char>(by_ == By::first ? text.front() : text.back())];
    }
    [[nodiscard]] bool start(string_view text) const {
        const auto& words = near(text);
        return std::any_of(words.begin(), words.end(),
                           [&](string_view word) { return text.starts_with(word); });
    }
    [[nodiscard]] bool end(string_view text) const {
        const auto& words = near(text);
        return std::any_of(words.begin(), words.end(),
                           [&](string_view word) { return ends_with_word(text, word); });
    }

  private:
    std::vector<string_view>& of(char c) { return words_[static_cast<unsigned char>(c)]; }
    By by_;
    std::array<std::vector<string_view>, 256> words_;
};

bool starts_with_opener(string_view text) {
    static const Words openers(reply_words::openers, Words::By::first);
    return openers.start(text);
}
bool starts_quoting(string_view text) {
    static const Words quoting(reply_words::quoting, Words::By::first);
    return quoting.start(text);
}

string_view without_any_of(string_view text, string_view characters) {
    const std::size_t first = text.find_first_not_of(characters);
    if (first == string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

// How much of a date the text holds: a year, a time, day and month are a point each.
unsigned date_points(string_view text) {
    bool year = false, time = false, day = false, whole = false;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_digit(text[end])) ++end;
        const std::size_t length = end - i;
        const char next = end + 1 < text.size() && is_digit(text[end + 1]) ? text[end] : '\0';
        // Czech writes "5. 3. 2018"
        const bool spaced =
            end + 2 < text.size() && text[end] == '.' && text[end + 1] == ' ' && is_digit(text[end + 2]);
        if (length <= 2 && (next == ':' || next == 'h')) {
            time = true;
        } else if (length == 4 && (text.substr(i, 1) == "1" || text.substr(i, 1) == "2")) {
            year = true;
            whole = whole || next == '-' || next == '/' || next == '.';
        } else if (length <= 2) {
            whole = whole || spaced || next == '/' || next == '.' || next == '-';
            day = true;
        }
        i = end;
    }
    return (year ? 1U : 0U) + (time ? 1U : 0U) + (whole ? 2U : day && year ? 1U : 0U);
}

// Offset of an address (`@` between word characters), npos without one.
std::size_t address_at(string_view text) {
    for (std::size_t at = text.find('@'); at != string_view::npos; at = text.find('@', at + 1))
        if (at > 0 && is_word_byte(text[at - 1]) && at + 1 < text.size() && is_word_byte(text[at + 1]))
            return at;
    return string_view::npos;
}

// A digit among the first characters: "5 Mar", "Montag, 5. März".
bool starts_at_date(string_view text) {
    std::size_t characters = 0;
    for (const char c : text) {
        if (is_digit(c)) return true;
        characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
        if (characters > 20) return false;
    }
    return false;
}

}  // namespace

std::string fold_line(string_view line) {
    if (line.size() > max_marked_line) return {};
    std::string out(line.size(), '\0');  // no character becomes longer
    std::size_t end = 0;
    for (std::size_t i = 0; i < line.size();) {
        const char byte = line[i];
        if (static_cast<unsigned char>(byte) < 0x80) {
            ++i;
            if (byte != ' ' && byte != '\t' && byte != '\r')
                out[end++] = lower(byte);
            else if (end > 0 && out[end - 1] != ' ')
                out[end++] = ' ';
            continue;
        }
        const Character c = character_at(line, i);
        const std::size_t length = std::min(c.length, line.size() - i);
        const char32_t value = folded(c.value);
        if (c.value == 0xFFFD || length < c.length) {  // cut off: it could become longer
            end += line.copy(out.data() + end, length, i);
        } else if (value == ' ') {
            if (end > 0 && out[end - 1] != ' ') out[end++] = ' ';
        } else if (invisible_at(line.substr(i)) == 0) {
            end += encode(value, out.data() + end);
        }
        i += length;
    }
    if (end > 0 && out[end - 1] == ' ') --end;
    out.resize(end);
    return out;
}

bool may_be_attribution(string_view text) {
    for (const char c : text)
        if (is_digit(c) || c == '@' || c == '<' || c == ':') return true;
    return starts_quoting(without_any_of(text, " <>*_-|"));
}

bool opens_with_date(string_view text) {
    text = without_any_of(text, " <>*_-|");
    return starts_at_date(text) || (starts_with_opener(text) && date_points(text) > 0);
}

bool may_open_attribution(string_view text) {
    text = without_any_of(text, " <>*_-|");
    return starts_at_date(text) || starts_quoting(text) || text.find('<') != string_view::npos ||
           address_at(text) != string_view::npos ||
           (starts_with_opener(text) && text.find_first_of("0123456789") != string_view::npos);
}

namespace {
// Yahoo's apps let the quote begin in the same line: "On …, Some One <a@b.example> wrote:   It".
bool quote_begins_behind(string_view text) {
    if (!starts_with_opener(text)) return false;
    const std::size_t address = address_at(text);
    const std::size_t angle = text.find('>', std::min(address, text.size()));
    const std::size_t colon = text.find(": ", std::min(angle, text.size()));
    return colon != string_view::npos && colon - angle < 40 && date_points(text.substr(0, address)) >= 3 &&
           attribution_of(text.substr(0, colon + 1)) == Attribution::strong;
}
}  // namespace

Attribution attribution_of(string_view text) {
    const std::size_t inner = text.find_first_not_of(" <>*_-|");
    if (inner == string_view::npos) return Attribution::none;
    const bool framed = text.starts_with("--") && text.ends_with("--");
    text.remove_prefix(inner);
    const string_view body = text.substr(0, text.find_last_not_of(" :.>*_-,\"") + 1);
    const string_view tail = text.substr(body.size());
    const bool colon = tail.find(':') != string_view::npos;
    if (body.empty()) return Attribution::none;
    static const Words verbs(reply_words::verbs, Words::By::last);
    static const Words spoken(reply_words::spoken_verbs, Words::By::last);
    const bool wrote = verbs.end(body);
    const bool said = !wrote && spoken.end(body);
    const bool closed = tail.find('>') != string_view::npos;
    if (!wrote && !said && !colon && !closed && !text.starts_with("20"))
        return quote_begins_behind(text) ? Attribution::strong : Attribution::none;
    const std::size_t address = address_at(text);
    const unsigned date = date_points(text);
    const bool opened = starts_with_opener(text);
    const unsigned points =
        date + (address != string_view::npos ? 2U : 0U) + (opened ? 1U : 0U) + (framed ? 1U : 0U);

    // "2013/10/2 Some One <a@b.example>", "ср, 1 апр. 2020, 18:29 Some One <a@b.example>:"
    const std::size_t angle = text.rfind('<');
    const std::size_t last_address = text.rfind('@');
    if (address != string_view::npos && angle != string_view::npos && angle < last_address && date >= 2 &&
        body.find_first_of("> ", last_address) == string_view::npos && starts_at_date(text) &&
        (colon || (is_digit(text[0]) && closed)))
        return Attribution::strong;
    // "Mar 3, 2016, 17:21 by a@b.example:"
    const std::size_t last_word = body.find_last_of(' ') + 1;
    if (colon && date >= 3 && body.find('@', last_word) != string_view::npos && starts_at_date(text))
        return Attribution::strong;
    // "2016-03-03 17:21 GMT+01:00 Some One"
    if (text.starts_with("20") && text.size() < 120 && text.find(" gmt+") == 16 && date >= 3 &&
        angle == string_view::npos)
        return Attribution::strong;

    if (colon && starts_quoting(text))  // Horde
        return address != string_view::npos ? Attribution::strong : Attribution::weak;
    if (wrote) {
        if (points >= (colon || without_blanks(body) || tail.find('-') != string_view::npos ? 3U : 4U))
            return Attribution::strong;
        return colon && body.size() < 160 ? Attribution::weak : Attribution::none;
    }
    if (said) {
        const bool usenet = text.starts_with("in message <") || text.starts_with("in article <");
        if (usenet || (points >= 4 && (opened || address != string_view::npos))) return Attribution::strong;
        return colon && body.size() < 120 ? Attribution::weak : Attribution::none;
    }
    // "Am … schrieb Some One:", "Some One <a@b.example> schrieb am …:"
    if ((colon || closed) && points >= 3 &&
        std::any_of(reply_words::verbs.begin(), reply_words::verbs.end(),
                    [&](string_view verb) { return has_word(body, verb); }))
        return Attribution::strong;
    // a language that is not in the tables
    return colon && date >= 3 && address != string_view::npos && angle != string_view::npos
               ? Attribution::weak
               : Attribution::none;
}

bool is_separator(string_view text) {
    constexpr string_view frame = " -_=*~#<>[]()|:+.";
    const string_view core = without_any_of(text, frame);
    if (core.size() < 6 || core.size() > 120) return false;
    if (core == "original") return text.starts_with("---") && text.ends_with("---");  // QQ
    static const Words separators(reply_words::separators, Words::By::first);
    const auto& near = separators.near(core);
    const auto found = std::find_if(near.begin(), near.end(), [&](string_view phrase) {
        return core.starts_with(phrase) &&
               (core.size() == phrase.size() || !is_word_byte(core[phrase.size()]) || without_blanks(phrase));
    });
    if (found == near.end()) return false;
    const std::size_t lead = text.find_first_not_of(" >*_|");
    const bool framed =
        lead != string_view::npos &&
        (text.substr(lead).starts_with("--") || text.substr(lead).starts_with("==") || text.ends_with("--"));
    const bool whole = core.size() == found->size();
    return framed || (whole && (text.ends_with(':') || text.ends_with(":*"))) ||
           (whole && text.starts_with('*') && text.ends_with('*'));
}

bool is_reply_above(string_view text) {
    if (text.size() < 8 || text.size() > 240) return false;
    constexpr string_view frame = "#-=*_~>+<([{\xE2";
    if (frame.find(text.front()) == string_view::npos && frame.find(text.back()) == string_view::npos &&
        text.find("above this line") == string_view::npos)
        return false;
    return std::any_of(reply_words::reply_above.begin(), reply_words::reply_above.end(),
                       [&](string_view phrase) { return text.find(phrase) != string_view::npos; });
}

unsigned header_bits(string_view text) {
    static const auto table = [] {
        std::unordered_map<string_view, unsigned> out;
        for (const auto& [word, bits] : reply_words::labels) out[word] |= bits;
        return out;
    }();
    const std::size_t colon = text.find(':');
    if (colon == string_view::npos || colon == 0 || colon > 48) return 0;
    const auto found = table.find(without_any_of(text.substr(0, colon), " >*_|[#"));
    return found == table.end() ? 0 : found->second;
}

bool is_device_line(string_view text) {
    if (text.size() > 400) return false;
    text = without_any_of(text, " (<*_[>-\"|~=");
    // what stands in <> is where the advertisement leads
    string_view words = text.substr(0, std::min(text.find('<'), text.size()));
    words = words.substr(0, std::min(words.find("http"), words.size()));
    words = without_any_of(words, " ()[]>*_.!:\"");
    if (words.size() < 6 || words.size() > 160) return false;
    static const Words openers(reply_words::device_openers, Words::By::first);
    static const Words last_words(reply_words::device_ends, Words::By::last);
    const bool app =
        text.starts_with("get ") && (words.ends_with(" for android") || words.ends_with(" for ios"));
    const bool opens = app || openers.start(text);
    const bool ends = last_words.end(words);
    if (!opens && !ends) return false;
    const auto blanks = std::count(words.begin(), words.end(), ' ');
    // "Sent from my phone, sorry for its brevity"; not "Sent from my desk, where the phone is broken"
    const string_view start = ends ? words : words.substr(0, words.find_first_of(",;."));
    const bool device = std::any_of(reply_words::devices.begin(), reply_words::devices.end(),
                                    [&](string_view name) { return start.find(name) != string_view::npos; });
    if (device) return blanks < 20;
    const int most = words.starts_with("sent from my ") ? 9 : 6;  // with its model's name
    return opens && blanks < most && words.find_first_of(",;") == string_view::npos;
}

std::size_t closing_formula(string_view text) {
    static const Words formulas(reply_words::formulas, Words::By::first);
    std::size_t longest = 0;
    for (const string_view formula : formulas.near(text))
        if (formula.size() > longest && text.starts_with(formula) &&
            (text.size() == formula.size() || !is_word_byte(text[formula.size()])))
            longest = formula.size();
    return longest;
}

}  // namespace mail
