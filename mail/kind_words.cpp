#include "mail/kind_words.hpp"

#include "mail/kind_phrases.hpp"
#include "mail/text.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <vector>

namespace mail {
namespace {

using What = SubjectWords::What;

// Of Latin, Cyrillic, Greek, ...: the letter without its marks. Hangul has no marks, only letters.
UChar32 base_letter(UChar32 c) {
    if (c < 0x80 || (c >= 0xAC00 && c <= 0xD7A3)) return c;
    UErrorCode status = U_ZERO_ERROR;
    static const UNormalizer2* const nfkc = unorm2_getNFKCInstance(&status);
    UChar buffer[24];
    const std::int32_t length = unorm2_getDecomposition(nfkc, c, buffer, 24, &status);
    if (U_FAILURE(status) || length <= 0) return c;
    UChar32 first = 0;
    U16_GET(buffer, 0, 0, length, first);
    return first;
}

bool is_mark(UChar32 c) {
    return c >= 0x300 && u_charType(c) == U_NON_SPACING_MARK && !(c >= 0x0E00 && c <= 0x0E7F) &&
           !(c >= 0x0900 && c <= 0x0DFF);  // Thai and Indic vowels are no decoration
}

// Phrases, folded, by their first byte: most texts have none, and are asked at each place of them.
class PhraseIndex {
  public:
    explicit PhraseIndex(Phrases phrases) {
        for (const char* phrase : phrases) {
            std::string text = folded(phrase, 200);
            by_first_[static_cast<unsigned char>(text.front())].push_back(std::move(text));
        }
        // The longest first: what stands behind the phrase decides.
        for (auto& list : by_first_)
            std::ranges::sort(list, [](const auto& a, const auto& b) { return a.size() > b.size(); });
    }

    // Calls `use` with each phrase that the text begins with until it says true.
    bool at_beginning(std::string_view text, auto use) const {
        if (text.empty()) return false;
        const auto& list = by_first_[static_cast<unsigned char>(text.front())];
        return std::ranges::any_of(
            list, [&](const std::string& phrase) { return text.starts_with(phrase) && use(phrase); });
    }

    bool anywhere(std::string_view text, std::size_t longer_than) const {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (at_beginning(text.substr(i),
                             [&](const std::string& phrase) { return phrase.size() > longer_than; }))
                return true;
        return false;
    }

  private:
    std::array<std::vector<std::string>, 256> by_first_;
};

std::string without_punctuation(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, 64))
        if (c != '-' && c != '_' && c != '.' && c != ' ') out += lower(c);
    return out;
}

// Where a program's words at the beginning of the subject end; 0 where there are none.
std::size_t program_words(std::string_view subject, const PhraseIndex& phrases) {
    std::size_t end = 0;
    phrases.at_beginning(subject, [&](const std::string& phrase) {
        const std::string_view rest = trim(subject.substr(phrase.size()));
        const bool ends = rest.empty() || rest == "." || rest == "!" || phrase.ends_with(']') ||
                          phrase.ends_with("\xE3\x80\x91") ||
                          std::string_view(":-([").find(rest.front()) != std::string_view::npos;
        if (ends) end = phrase.size();
        return ends;
    });
    return end;
}

}  // namespace

std::string folded(std::string_view utf8, std::size_t bytes) {
    utf8 = cut_utf8(utf8, bytes);
    std::string out;
    out.reserve(utf8.size());
    const auto size = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = static_cast<unsigned char>(utf8[static_cast<std::size_t>(at)]);
        if (c < 0x80) {
            ++at;
            if (c <= ' ') {
                if (!out.empty() && out.back() != ' ') out += ' ';
            } else {
                out += lower(static_cast<char>(c));
            }
            continue;
        }
        U8_NEXT(utf8.data(), at, size, c);
        if (c < 0 || is_mark(c)) continue;
        if (c == 0x2019) c = '\'';
        if (c == 0x2013 || c == 0x2014) c = '-';
        c = u_foldCase(base_letter(c), U_FOLD_CASE_DEFAULT);
        if (u_isUWhiteSpace(c)) {
            if (!out.empty() && out.back() != ' ') out += ' ';
            continue;
        }
        char buffer[4];
        std::int32_t length = 0;
        UBool failed = false;
        U8_APPEND(buffer, length, 4, c, failed);
        if (!failed) out.append(buffer, static_cast<std::size_t>(length));
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

SubjectWords words_of_subject(std::string_view subject) {
    static const PhraseIndex away(away_subjects()), automatic(automatic_subjects()),
        bounce(server_subjects());
    constexpr std::size_t told_anywhere = 10;  // shorter ones are everybody's words
    for (const auto& [phrases, what] : {std::pair(&away, What::away), std::pair(&automatic, What::automatic)})
        if (const std::size_t end = program_words(subject, *phrases))
            return {what, trim(subject.substr(end)).starts_with(':') || subject.front() == '[' ||
                              subject.starts_with("\xE3\x80\x90")};
    // Lotus Notes: `Kim Doe is out of the office.`
    if (subject.find("is out of the office") != std::string_view::npos) return {What::away, false};
    if (bounce.at_beginning(subject, [](const auto&) { return true; })) return {What::bounce, true};
    if (bounce.anywhere(subject, told_anywhere)) return {What::bounce, false};
    return {};
}

bool is_bounce_subject(std::string_view subject) {
    constexpr std::string_view prefixes[] = {
        "re:",   "fw:",  "fwd:", "aw:", "wg:", "tr:",  "rv:",  "sv:",  "vs:",
        "antw:", "enc:", "res:", "i:",  "r:",  "odp:", "回复", "转发", "[fwd:"};
    return words_of_subject(subject).what == What::bounce &&
           std::ranges::none_of(prefixes,
                                [&](std::string_view prefix) { return subject.starts_with(prefix); });
}

bool speaks_of_absence(std::string_view text) {
    static const PhraseIndex absence(absence_phrases());
    return absence.anywhere(text, 0);
}

bool is_no_reply(std::string_view local_part) {
    const std::string plain = without_punctuation(local_part);
    return std::ranges::any_of(no_reply_words(), [&](std::string_view word) {
        return plain.starts_with(word) || plain.ends_with(word);
    });
}

bool is_mail_server(std::string_view name) {
    const std::string plain = without_punctuation(name);
    if (plain.starts_with("microsoftexchange") && plain.size() > 40) return true;
    return std::ranges::any_of(mail_server_words(),
                               [&](std::string_view word) { return plain.starts_with(word); });
}

}  // namespace mail
