#include "mail/reply_marks.hpp"

#include "mail/reply_words.hpp"
#include "mail/text.hpp"
#include "mail/word_table.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace mail {
namespace {

using std::string_view;

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

bool stands_alone(string_view text, std::size_t at, string_view word) {
    const std::size_t end = at + word.size();
    return without_blanks(word) ||
           ((at == 0 || !is_word_byte(text[at - 1])) && (end == text.size() || !is_word_byte(text[end])));
}

bool ends_with_any(string_view text, const WordTable& words) {
    return words.any_near(text, [&](string_view word) { return ends_with_word(text, word); });
}

bool starts_with_opener(string_view text) {
    static const WordTable openers(reply_words::openers, WordTable::By::first);
    return openers.start(text);
}
bool starts_quoting(string_view text) {
    static const WordTable quoting(reply_words::quoting, WordTable::By::first);
    return quoting.start(text);
}

constexpr ByteSet frame(" <>*_-|");  // around what was quoted or is to stand out

string_view without_any_of(string_view text, const ByteSet& bytes) {
    const char *begin = text.data(), *end = begin + text.size();
    while (begin != end && bytes.contains(*begin)) ++begin;
    while (end != begin && bytes.contains(end[-1])) --end;
    return {begin, end};
}

// How much of a date the text holds: a year, a time, day and month are a point each.
unsigned date_points(string_view text) {
    bool year = false, time = false, day = false, whole = false;
    for (std::size_t i = 0;;) {
        i = static_cast<std::size_t>(
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_digit) - text.begin());
        if (i == text.size()) break;
        std::size_t end = i;
        while (end < text.size() && is_digit(text[end])) ++end;
        const std::size_t length = end - i;
        const char next = end + 1 < text.size() && is_digit(text[end + 1]) ? text[end] : '\0';
        // Czech writes "5. 3. 2018"
        const bool spaced =
            end + 2 < text.size() && text[end] == '.' && text[end + 1] == ' ' && is_digit(text[end + 2]);
        if (length <= 2 && (next == ':' || next == 'h')) {
            time = true;
        } else if (length == 4 && (text[i] == '1' || text[i] == '2')) {
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
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++characters > 20) return false;
    }
    return false;
}

}  // namespace

bool may_be_attribution(const FoldedLine& line) {
    return line.marked || starts_quoting(without_any_of(line.text, frame));
}

bool opens_with_date(string_view text) {
    text = without_any_of(text, frame);
    return starts_at_date(text) || (starts_with_opener(text) && date_points(text) > 0);
}

bool may_open_attribution(string_view text) {
    text = without_any_of(text, frame);
    return starts_at_date(text) || starts_quoting(text) || text.find('<') != string_view::npos ||
           address_at(text) != string_view::npos ||
           (starts_with_opener(text) && std::ranges::any_of(text, is_digit));
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
    static constexpr ByteSet behind(" :.>*_-,\"");
    const bool framed = starts_with(text, "--") && text.ends_with("--");
    while (!text.empty() && frame.contains(text.front())) text.remove_prefix(1);
    string_view body = text;
    while (!body.empty() && behind.contains(body.back())) body.remove_suffix(1);
    const string_view tail = text.substr(body.size());
    const bool colon = tail.find(':') != string_view::npos;
    if (body.empty()) return Attribution::none;
    static const WordTable verbs(reply_words::verbs, WordTable::By::last);
    static const WordTable spoken(reply_words::spoken_verbs, WordTable::By::last);
    const bool wrote = ends_with_any(body, verbs);
    const bool said = !wrote && ends_with_any(body, spoken);
    const bool closed = tail.find('>') != string_view::npos;
    if (!wrote && !said && !colon && !closed && !starts_with(text, "20"))
        return quote_begins_behind(text) ? Attribution::strong : Attribution::none;
    const bool addressed = address_at(text) != string_view::npos;
    const unsigned date = date_points(text);
    const bool opened = starts_with_opener(text);
    const unsigned points = date + (addressed ? 2U : 0U) + (opened ? 1U : 0U) + (framed ? 1U : 0U);

    if (addressed && date >= 2 && starts_at_date(text)) {
        // "2013/10/2 Some One <a@b.example>", "ср, 1 апр. 2020, 18:29 Some One <a@b.example>:"
        const std::size_t angle = text.rfind('<'), last_address = text.rfind('@');
        if ((colon || (is_digit(text[0]) && closed)) && angle != string_view::npos && angle < last_address &&
            body.find_first_of("> ", last_address) == string_view::npos)
            return Attribution::strong;
    }
    // "Mar 3, 2016, 17:21 by a@b.example:"
    if (colon && date >= 3 && starts_at_date(text) &&
        body.find('@', body.find_last_of(' ') + 1) != string_view::npos)
        return Attribution::strong;
    // "2016-03-03 17:21 GMT+01:00 Some One"
    if (starts_with(text, "20") && text.size() < 120 && text.find(" gmt+") == 16 && date >= 3 &&
        text.find('<') == string_view::npos)
        return Attribution::strong;

    if (colon && starts_quoting(text))  // Horde
        return addressed ? Attribution::strong : Attribution::weak;
    if (wrote) {
        if (points >= (colon || without_blanks(body) || tail.find('-') != string_view::npos ? 3U : 4U))
            return Attribution::strong;
        return colon && body.size() < 160 ? Attribution::weak : Attribution::none;
    }
    if (said) {
        const bool usenet = text.starts_with("in message <") || text.starts_with("in article <");
        if (usenet || (points >= 4 && (opened || addressed))) return Attribution::strong;
        return colon && body.size() < 120 ? Attribution::weak : Attribution::none;
    }
    // "Am … schrieb Some One:", "Some One <a@b.example> schrieb am …:"
    static const WordTable inner_verbs(reply_words::verbs, WordTable::By::first);
    const auto alone = [&](std::size_t at, string_view verb) { return stands_alone(body, at, verb); };
    if ((colon || closed) && points >= 3 && inner_verbs.within(body, alone)) return Attribution::strong;
    // a language that is not in the tables
    return colon && date >= 3 && addressed && text.find('<') != string_view::npos ? Attribution::weak
                                                                                  : Attribution::none;
}

bool is_separator(string_view text) {
    static constexpr ByteSet around(" -_=*~#<>[]()|:+.");
    const string_view core = without_any_of(text, around);
    if (core.size() < 6 || core.size() > 120) return false;
    if (core.size() == 8 && core == "original")
        return text.starts_with("---") && text.ends_with("---");  // QQ
    static const WordTable separators(reply_words::separators, WordTable::By::first);
    std::size_t length = 0;
    const auto is_phrase = [&](string_view phrase) {
        length = phrase.size();
        return core.starts_with(phrase) &&
               (core.size() == length || !is_word_byte(core[length]) || without_blanks(phrase));
    };
    if (!separators.any_near(core, is_phrase)) return false;
    const std::size_t lead = text.find_first_not_of(" >*_|");
    const bool framed =
        lead != string_view::npos &&
        (text.substr(lead).starts_with("--") || text.substr(lead).starts_with("==") || text.ends_with("--"));
    const bool whole = core.size() == length;
    return framed || (whole && (text.ends_with(':') || text.ends_with(":*"))) ||
           (whole && text.starts_with('*') && text.ends_with('*'));
}

namespace {
// "above this line", by the rarest of its letters: this is asked of nearly every line.
bool says_above_this_line(string_view text) {
    for (std::size_t at = text.find("ve this line"); at != string_view::npos;
         at = text.find("ve this line", at + 1))
        if (text.substr(0, at).ends_with("abo")) return true;
    return false;
}
}  // namespace

bool is_reply_above(string_view text) {
    if (text.size() < 8 || text.size() > 240) return false;
    static constexpr ByteSet around("#-=*_~>+<([{\xE2");
    if (!around.contains(text.front()) && !around.contains(text.back()) && !says_above_this_line(text))
        return false;
    static const WordTable phrases(reply_words::reply_above, WordTable::By::first);
    return phrases.within(text);
}

unsigned header_bits(const FoldedLine& line) {
    if (!line.marked) return 0;
    static constexpr ByteSet around(" >*_|[#");
    const string_view text = line.text;
    static const auto table = [] {
        std::unordered_map<string_view, unsigned> out;
        for (const auto& [word, bits] : reply_words::labels) out[word] |= bits;
        return out;
    }();
    const std::size_t colon = text.find(':');
    if (colon == string_view::npos || colon == 0 || colon > 48) return 0;
    const auto found = table.find(without_any_of(text.substr(0, colon), around));
    return found == table.end() ? 0 : found->second;
}

bool is_device_line(const FoldedLine& line) {
    if (line.text.size() > 400) return false;
    static constexpr ByteSet around(" (<*_[>-\"|~="), around_words(" ()[]>*_.!:\"");
    static const WordTable openers(reply_words::device_openers, WordTable::By::first);
    static const WordTable last_words(reply_words::device_ends, WordTable::By::last);
    const string_view text = without_any_of(line.text, around);
    string_view words = text;
    if (line.marked) {  // what stands in <> is where the advertisement leads
        words = words.substr(0, words.find('<'));
        if (const std::size_t link = words.find("://"); link != string_view::npos)
            words = words.substr(0, words.substr(0, link).rfind("http"));
    }
    words = without_any_of(words, around_words);
    if (words.size() < 6 || words.size() > 160) return false;
    const bool app =
        starts_with(text, "get ") && (words.ends_with(" for android") || words.ends_with(" for ios"));
    const bool opens = app || openers.start(text);
    const bool ends = ends_with_any(words, last_words);
    if (!opens && !ends) return false;
    const auto blanks = std::count(words.begin(), words.end(), ' ');
    // "Sent from my phone, sorry for its brevity"; not "Sent from my desk, where the phone is broken"
    const string_view start = ends ? words : words.substr(0, words.find_first_of(",;."));
    static const WordTable devices(reply_words::devices, WordTable::By::first);
    if (devices.within(start)) return blanks < 20;
    const int most = words.starts_with("sent from my ") ? 9 : 6;  // with its model's name
    return opens && blanks < most && words.find_first_of(",;") == string_view::npos;
}

std::size_t closing_formula(string_view text) {
    static const WordTable formulas(reply_words::formulas, WordTable::By::first);
    std::size_t longest = 0;
    const auto measure = [&](string_view formula) {
        if (formula.size() > longest && text.starts_with(formula) &&
            (text.size() == formula.size() || !is_word_byte(text[formula.size()])))
            longest = formula.size();
        return false;
    };
    return formulas.any_near(text, measure) ? 0 : longest;
}

}  // namespace mail
