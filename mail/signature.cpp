#include "mail/signature.hpp"

#include "mail/reply_marks.hpp"
#include "mail/text.hpp"
#include "mail/word_table.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace mail {
namespace {

using std::string_view;

constexpr std::size_t max_lines = 15;
constexpr std::size_t max_line = 100;

std::vector<string_view> words_of(string_view text) {
    std::vector<string_view> words;
    words.reserve(16);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_letter(text[end])) ++end;
        if (end > at) words.push_back(text.substr(at, end - at));
        at = end == at ? at + 1 : end;
    }
    return words;
}

// Starts with a capital, or in a script that has none.
bool is_capitalised(string_view word) {
    if (word.empty()) return false;
    if (static_cast<unsigned char>(word[0]) < 0x80) return word[0] >= 'A' && word[0] <= 'Z';
    return word.size() > 1 &&
           (static_cast<unsigned char>(word[0]) >= 0xE0 || fold_line(word.substr(0, 2)) != word.substr(0, 2));
}

// Words that stand alone at a mail's end without being anybody's name.
// clang-format off
constexpr auto no_names = std::to_array<string_view>({
    "yes", "no", "ok", "okay", "done", "great", "perfect", "good", "nice", "cool", "please",
    "sorry", "hello", "hi", "hey", "test", "end", "bye", "welcome", "agreed", "fixed", "why",
    "what", "when", "where", "who", "how", "help", "see", "call", "fyi", "asap", "note",
    "attachment", "attached", "image", "ja", "nein", "oui", "non", "si", "bitte", "urgent",
    "important", "today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "confidential", "unsubscribe", "none", "na", "true", "false", "error",
    "warning", "summary", "total", "now", "never", "always", "maybe", "sure", "exactly", "indeed",
    "right", "wrong", "congratulations"});
// clang-format on

// What firms append about confidentiality. Of these at least one, and two with the words below.
// clang-format off
constexpr auto notice_phrases = std::to_array<string_view>({
    "intended recipient", "intended solely", "solely for the use", "intended only for",
    "intended for the use", "confidentiality notice", "legally privileged", "attorney-client",
    "addressee", "environment before printing", "der richtige adressat", "nicht der beabsichtigte",
    "nicht der vorgesehene", "ausschließlich für den", "si vous n'êtes pas", "destinataire",
    "si usted no es", "uso exclusivo", "destinatario", "destinatário", "non siete i",
    "geadresseerde", "avsedda mottagaren", "adresát", "adresat", "адресат"});
// clang-format on
// clang-format off
constexpr auto notice_words = std::to_array<string_view>({
    "confidential", "privileged", "unauthorized", "unauthorised", "in error", "delete", "notify",
    "prohibited", "attachment", "please consider", "vertraulich", "irrtümlich", "vernichten",
    "löschen", "confidentiel", "par erreur", "confidencial", "por error", "por engano", "riservat",
    "per errore", "vertrouwelijk", "abusievelijk", "konfidentiell", "fortrolig", "poufn", "důvěrn",
    "конфиденциальн"});
// clang-format on
constexpr auto number_labels = std::to_array<string_view>(
    {"tel", "fon", "phone", "fax", "mob",  "cell", "direct", "office", "home",     "work",
     "ext", "m:",  "t:",    "f:",  "p:",   "o:",   "m.",     "t.",     "f.",       "p.",
     "x-",  "x3",  "тел",   "моб", "电话", "電話", "전화",   "handy",  "durchwahl"});
// A person's own words about such a mail.
constexpr auto own_words =
    std::to_array<string_view>({" i ", " i'm ", " i've ", " my ", " ich ", " je ", " yo "});

class Finder {
  public:
    Finder(std::span<const string_view> lines, const std::optional<NamedAddress>& from) : lines_(lines) {
        if (!from) return;
        const string_view local = string_view(from->address).substr(0, from->address.find('@'));
        for (const string_view text : {string_view(from->name), local}) {
            // what stands in brackets is no name: "Doe, Joe [mailto:joe@a.example]"
            const std::string folded = fold_line(text.substr(0, text.find_first_of("[<(")));
            for (const string_view word : words_of(folded))
                if (word.size() >= 2) sender_.emplace_back(word);
        }
        for (const string_view word :
             words_of(string_view(from->name).substr(0, from->name.find_first_of("[<("))))
            initials_ += lower(word[0]);
    }

    std::size_t find(bool above_quote) {
        std::size_t last = filled_end(lines_.size());
        if (last == 0) return lines_.size();
        std::size_t top = 0;
        while (lines_[top].empty()) ++top;
        const std::size_t notice = legal_notice(top, last);
        const std::size_t found = find_above(top, filled_end(notice), above_quote);
        return found == lines_.size() ? notice : found;
    }

  private:
    std::size_t find_above(std::size_t top, std::size_t last, bool above_quote) {
        const std::size_t begin = window(top + 1, last);
        bool contacts = false;
        std::size_t found = lines_.size();
        for (std::size_t i = last; i-- > begin;) {
            if (lines_[i].empty()) continue;
            if (starts(i, last, above_quote, contacts)) {
                found = i;
                if (is_formula(lines_[i]) || inline_closing(lines_[i])) break;
            }
            contacts = contacts || is_contact(lines_[i]);
        }
        return found;
    }

    [[nodiscard]] std::size_t filled_end(std::size_t end) const {
        while (end > 0 && lines_[end - 1].empty()) --end;
        return end;
    }

    [[nodiscard]] bool is_notice(std::size_t begin, std::size_t end) const {
        std::string text(1, ' ');
        for (std::size_t i = begin; i < end; ++i)
            text.append(fold_line(lines_[i].substr(0, max_marked_line))).append(1, ' ');
        static const WordTable phrases(notice_phrases, WordTable::By::first);
        if (!phrases.within(text)) return false;
        const auto found = [&](string_view phrase) { return text.find(phrase) != std::string::npos; };
        return std::ranges::count_if(notice_phrases, found) + std::ranges::count_if(notice_words, found) >=
                   2 &&
               std::ranges::none_of(own_words, found);
    }

    // Where the last paragraphs are about confidentiality; lines_.size() when they are not.
    [[nodiscard]] std::size_t legal_notice(std::size_t top, std::size_t last) const {
        constexpr std::size_t max_paragraphs = 3, max_paragraph_lines = 20, least_bytes = 100;
        std::size_t found = lines_.size();
        std::size_t end = last;
        for (std::size_t paragraph = 0; paragraph < max_paragraphs; ++paragraph) {
            std::size_t begin = end, bytes = 0;
            while (begin > top && !lines_[begin - 1].empty() && end - begin <= max_paragraph_lines)
                bytes += lines_[--begin].size();
            if (begin <= top || !lines_[begin - 1].empty() || bytes < least_bytes) break;
            if (is_notice(begin, end)) found = begin;
            end = filled_end(begin);
        }
        return found;
    }

    // First of the last lines that are all short enough to be part of a signature.
    [[nodiscard]] std::size_t window(std::size_t top, std::size_t last) const {
        std::size_t begin = last, filled = 0, blank = 0;
        for (std::size_t i = last; i-- > top && filled < max_lines;) {
            if (lines_[i].empty()) {
                if (++blank > 3) break;
                continue;
            }
            blank = 0;
            ++filled;
            if (!fits(lines_[i])) break;
            begin = i;
        }
        return begin;
    }

    [[nodiscard]] bool fits(string_view line) const {
        return line.size() <= max_line &&
               (is_name(line) || is_contact(line) || is_title(line) || names_sender(line) ||
                inline_closing(line) || formula_length(line) > 0 || is_initials(line) || is_motto(line));
    }

    // "Carpe diem"
    static bool is_motto(string_view line) {
        line = trim(line);
        return line.size() > 8 && ((line.front() == '"' && line.back() == '"') ||
                                   (line.starts_with("\xE2\x80\x9C") && line.ends_with("\xE2\x80\x9D")));
    }

    [[nodiscard]] bool starts(std::size_t i, std::size_t last, bool above_quote, bool contacts_below) const {
        const string_view line = lines_[i];
        std::size_t next = i + 1;
        while (next < last && lines_[next].empty()) ++next;
        const bool is_last = next == last;
        const bool sender = names_sender(line);
        if (above_quote) return sender && contacts_below && !is_contact(line);
        if (is_formula(line)) return !is_last && (is_name(lines_[next]) || names_sender(lines_[next]));
        if (inline_closing(line)) return true;
        if (is_thanks_for(line))
            return !is_last &&
                   (names_sender(lines_[next]) || (next + 1 == last && is_first_name(lines_[next])));
        // "Please send it to:" and the sender's own address
        if (sender) return !announced(i);
        if (is_last && is_initials(line)) return i > 0 && lines_[i - 1].empty();
        if (is_initials_with_number(line)) return true;
        if (i == 0 || !lines_[i - 1].empty()) return false;
        const string_view above = filled_above(i);
        // a name may be the answer to a question
        if (is_last)
            return is_first_name(line) && ends_sentence(i) && !(above.ends_with('?') && !sender_.empty());
        // a name or a desk, with how to reach it; not "Please add the following user."
        return contacts_below && line.find(':') == string_view::npos && (is_name(line) || is_title(line)) &&
               has_number(lines_[last - 1]) && ends_sentence(i) &&
               above.find("follow") == string_view::npos && above.find("below") == string_view::npos;
    }

    [[nodiscard]] string_view filled_above(std::size_t i) const {
        i = filled_end(i);
        return i > 0 ? trim(lines_[i - 1]) : string_view();
    }
    [[nodiscard]] bool announced(std::size_t i) const {
        const string_view above = filled_above(i);
        return above.ends_with(':') && closing_formula(fold_line(above.substr(0, 40))) == 0;
    }

    // "Thanks for your help!", "Thanks for all of this,"
    [[nodiscard]] static bool is_thanks_for(string_view line) {
        line = trim(line);
        if (line.size() > 50 || !(line.ends_with(',') || line.ends_with('!'))) return false;
        const std::string folded = fold_line(line);
        if (!folded.starts_with("thanks for ") && !folded.starts_with("thank you for ")) return false;
        return line.ends_with(',') || folded.find("help") != std::string::npos ||
               folded.find("time") != std::string::npos || folded.find("support") != std::string::npos ||
               folded.find("assistance") != std::string::npos;
    }

    // "JD", "J": as the sender's name begins.
    [[nodiscard]] bool is_initials(string_view line) const {
        line = trim(line);
        while (line.ends_with('.') || line.starts_with('-')) {
            if (line.ends_with('.')) line.remove_suffix(1);
            if (line.starts_with('-')) line.remove_prefix(1);
        }
        if (line.empty() || line.size() > 3 || initials_.empty()) return false;
        std::string letters = lower(line), expected = initials_;
        if (!std::all_of(letters.begin(), letters.end(), is_alpha)) return false;
        if (letters.size() == 1) return expected.find(letters) != std::string::npos;
        std::sort(letters.begin(), letters.end());
        std::sort(expected.begin(), expected.end());
        return letters == expected;
    }

    [[nodiscard]] std::size_t formula_length(string_view line) const {
        const std::string folded = fold_line(line);
        const std::size_t skip = std::min(folded.find_first_not_of(" -*_/~"), folded.size());
        return closing_formula(string_view(folded).substr(skip));
    }

    // "Best regards," and no more.
    [[nodiscard]] bool is_formula(string_view line) const {
        const std::string folded = fold_line(line);
        const std::size_t skip = std::min(folded.find_first_not_of(" -*_/~"), folded.size());
        const string_view text = string_view(folded).substr(skip);
        const std::size_t length = closing_formula(text);
        if (length == 0) return false;
        const string_view rest = text.substr(length);
        if (rest.find_first_not_of(" ,.!;:-*_") == string_view::npos) return true;
        // "Thanks and best regards,"
        const std::size_t second = rest.find_first_not_of(" ,&+/");
        string_view tail = rest.substr(std::min(second, rest.size()));
        for (const string_view joint : {"and ", "und ", "et ", "y ", "e ", "en ", "och ", "og ", "i "})
            if (tail.starts_with(joint)) tail.remove_prefix(joint.size());
        const std::size_t more = closing_formula(tail);
        return more > 0 && tail.find_first_not_of(" ,.!;:-*_", more) == string_view::npos;
    }

    // "Thanks, Joe Doe", "Your pal, Joe."
    [[nodiscard]] bool inline_closing(string_view line) const {
        const std::size_t length = formula_length(line);
        if (length == 0 || line.size() > 60) return false;
        const std::size_t comma = line.find(',');
        if (comma == string_view::npos || comma > length + 4) return false;
        const string_view name = trim(line.substr(comma + 1));
        return is_name(name) && (!words_of(name).empty() && !is_no_name(words_of(name)[0]));
    }

    static bool is_no_name(string_view word) {
        return std::find(no_names.begin(), no_names.end(), fold_line(word)) != no_names.end();
    }

    // One to four words, each with a capital: "Joe Doe", "J. R. Doe, Ph.D.", "-Joe".
    [[nodiscard]] bool is_name(string_view line) const {
        line = trim(line);
        while (!line.empty() && (line.front() == '-' || line.front() == '~' || line.front() == '*' ||
                                 line.front() == '/' || line.front() == ' '))
            line.remove_prefix(1);
        if (line.empty() || line.size() > 60) return false;
        if (line.find_first_of("!?:;0123456789@/=<>\"") != string_view::npos) return false;
        const std::vector<string_view> words = words_of(line);
        if (words.empty() || words.size() > 5) return false;
        std::size_t capitals = 0;
        for (const string_view word : words) {
            if (is_capitalised(word)) {
                ++capitals;
            } else if (word.size() > 3 || words.size() == 1) {
                return false;
            }
        }
        return capitals * 2 > words.size() && closing_formula(fold_line(line)) == 0;
    }

    // The one word that somebody signs with.
    [[nodiscard]] bool is_first_name(string_view line) const {
        const std::vector<string_view> words = words_of(line);
        return words.size() == 1 && is_name(line) && words[0].size() >= 2 && words[0].size() <= 24 &&
               static_cast<unsigned char>(words[0][0]) < 0xE0 && trim(line).size() <= words[0].size() + 2 &&
               !is_no_name(words[0]) && fold_line(words[0]) != words[0] &&
               !(words[0].size() <= 4 &&
                 std::all_of(words[0].begin(), words[0].end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
    }

    // Few words that begin with capitals: "Manager, West Coast".
    [[nodiscard]] static bool is_title(string_view line) {
        line = trim(line);
        if (line.empty() || line.size() > 80 || line.ends_with('?') || line.ends_with('!') ||
            line.ends_with(':') || (line.ends_with('.') && line.size() > 40))
            return false;
        const std::vector<string_view> words = words_of(line);
        if (words.empty() || words.size() > 9) return false;
        std::size_t capitals = 0, counted = 0;
        for (const string_view word : words) {
            if (word.size() <= 3 && !is_capitalised(word)) continue;  // of, the, und
            ++counted;
            capitals += is_capitalised(word) ? 1 : 0;
        }
        return is_capitalised(words[0]) && counted > 0 && capitals * 4 >= counted * 3;
    }

    static std::size_t digits_in(string_view line) {
        return static_cast<std::size_t>(
            std::count_if(line.begin(), line.end(), [](char c) { return is_digit(c); }));
    }

    // Mostly a telephone number: "+1 555 0100", "tel: 555-0100 * fax: 555-0101", "x3-1234".
    [[nodiscard]] static bool has_number(string_view line) {
        const std::size_t digits = digits_in(line);
        if (digits < 4 || line.size() > 80) return false;
        const auto letters = static_cast<std::size_t>(std::ranges::count_if(line, is_letter));
        const std::string folded = fold_line(line);
        static const WordTable labels(number_labels, WordTable::By::first);
        const bool labelled = folded.find('+') != std::string::npos || labels.within(folded);
        return labelled ? letters < 45 : letters <= digits;
    }

    [[nodiscard]] static bool is_contact(string_view line) {
        if (line.size() > max_line) return false;
        if (has_number(line)) return true;
        const bool address = line.find('@') != string_view::npos;
        const bool web = line.find("www.") != string_view::npos || line.find("http") != string_view::npos;
        const auto blanks = std::count(line.begin(), line.end(), ' ');
        return (address || web) && blanks <= 6 && !trim(line).ends_with('.') && words_of(line).size() <= 16;
    }

    // The sender's name, perhaps with a title or number behind it.
    [[nodiscard]] bool names_sender(string_view line) const {
        if (sender_.empty() || line.size() > 60 || trim(line).ends_with(',') || trim(line).ends_with(':'))
            return false;
        const std::string folded = fold_line(line);
        const std::vector<string_view> words = words_of(folded);
        if (words.empty() || words.size() > 6) return false;
        // "Name: Joe Doe" is a form
        if (const std::size_t colon = folded.find(": ");
            colon != std::string::npos && colon < 20 && digits_in(line.substr(0, colon)) == 0)
            return false;
        for (std::size_t k = 0; k < std::min<std::size_t>(words.size(), 3); ++k)
            for (const std::string& name : sender_)
                if (words[k] == name || (name.size() >= 4 && words[k].size() <= name.size() + 12 &&
                                         words[k].find(name) != string_view::npos))
                    return is_name(line.substr(0, line.find_first_of("0123456789(|/@<"))) || is_title(line) ||
                           words.size() == 1 || formula_length(line) > 0;
        return false;
    }

    // "JD 3-1587"
    [[nodiscard]] bool is_initials_with_number(string_view line) const {
        const std::vector<string_view> words = words_of(line);
        return words.size() == 1 && initials_.size() >= 2 && words[0].size() == initials_.size() &&
               fold_line(words[0]) == initials_ && digits_in(line) >= 4 && line.size() < 30;
    }

    // What stands above the blank line is a whole sentence.
    [[nodiscard]] bool ends_sentence(std::size_t i) const {
        while (i > 0 && lines_[i - 1].empty()) --i;
        if (i == 0) return false;
        const string_view above = trim(lines_[i - 1]);
        return above.size() >= 12 &&
               (above.ends_with('.') || above.ends_with('!') || above.ends_with('?') || above.ends_with(')'));
    }

    std::span<const string_view> lines_;
    std::vector<std::string> sender_;
    std::string initials_;
};

}  // namespace

std::size_t find_signature(std::span<const std::string_view> lines, const std::optional<NamedAddress>& from,
                           bool above_quote) {
    return Finder(lines, from).find(above_quote);
}

}  // namespace mail
