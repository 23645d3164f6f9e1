#include "mail/charset_guess.hpp"

#include "mail/text.hpp"

#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <memory>

namespace mail {
namespace {

unsigned at(std::string_view bytes, std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
}

bool within(unsigned byte, unsigned first, unsigned last) {
    return byte >= first && byte <= last;
}

struct Shape {
    std::size_t high = 0;     // bytes from 0x80
    std::size_t letters = 0;  // ASCII letters
    std::size_t latin = 0;    // high bytes that make sense where they stand in windows-1252
    std::size_t upper_half =
        0;  // from 0xC0, where single-byte charsets have their letters; and ё, № of Russian
    std::size_t longest_run = 0;
};

bool is_latin_letter(unsigned byte) {
    return (byte >= 0xC0 && byte != 0xD7 && byte != 0xF7) || byte == 0x8A || byte == 0x8C || byte == 0x8E ||
           byte == 0x9A || byte == 0x9C || byte == 0x9E || byte == 0x9F;
}

// Quotes, dashes, currencies: they stand beside words, not inside them. An apostrophe does both.
bool is_latin_sign(std::string_view bytes, std::size_t i) {
    static constexpr std::string_view signs =
        "\x80\x82\x84\x85\x8b\x91\x93\x94\x95\x96\x97\x99\x9b\xa0\xa1\xa2\xa3\xa7\xa9\xab\xae\xb0\xb2\xb3"
        "\xb4\xb7\xba\xbb\xbc\xbd\xbf\xd7";
    if (at(bytes, i) == 0x92) return true;
    const bool inside = i > 0 && is_alpha(bytes[i - 1]) && i + 1 < bytes.size() && is_alpha(bytes[i + 1]);
    return !inside && signs.find(bytes[i]) != std::string_view::npos;
}

Shape shape_of(std::string_view bytes) {
    Shape shape;
    std::size_t run = 0, letters = 0;
    bool high_in_word = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = at(bytes, i);
        if (byte < 0x80) {
            run = 0;
            if (is_alpha(bytes[i])) ++letters;
            if (std::string_view(" \t\r\n<>@\"").find(bytes[i]) == std::string_view::npos) continue;
            if (high_in_word) shape.letters += letters;
            letters = 0;
            high_in_word = false;
            continue;
        }
        high_in_word = true;
        shape.longest_run = std::max(shape.longest_run, ++run);
        ++shape.high;
        if (byte >= 0xC0 || byte == 0xA3 || byte == 0xA8 || byte == 0xB3 || byte == 0xB8 || byte == 0xB9)
            ++shape.upper_half;
        if (is_latin_letter(byte) || is_latin_sign(bytes, i)) ++shape.latin;
    }
    if (high_in_word) shape.letters += letters;
    return shape;
}

// What a double-byte charset makes of the bytes: its frequent characters, all, and whether any is impossible.
struct Reading {
    std::size_t frequent = 0, characters = 0, kana = 0, trails_in_ascii = 0;
    bool possible = true;

    [[nodiscard]] bool likely() const {
        return possible && characters >= 2 && frequent * 10 >= characters * 8;
    }
};

// EUC: two bytes from 0xA1 on. Rows 1 to 3 are signs, Latin and Greek letters: frequent in all three.
Reading read_euc(std::string_view bytes, unsigned first, unsigned last, bool kana) {
    Reading out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned lead = at(bytes, i), trail = at(bytes, i + 1);
        if (lead < 0x80) continue;
        if (!within(lead, 0xA1, 0xFE) || !within(trail, 0xA1, 0xFE)) {
            out.possible = out.possible && i + 1 == bytes.size();  // cut off
            continue;
        }
        ++i;
        ++out.characters;
        const bool is_kana = lead == 0xA4 || lead == 0xA5;
        if (is_kana) ++out.kana;
        if (within(lead, first, last) || lead <= 0xA3 || (kana && is_kana)) ++out.frequent;
    }
    return out;
}

Reading read_big5(std::string_view bytes) {
    Reading out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned lead = at(bytes, i), trail = at(bytes, i + 1);
        if (lead < 0x80) continue;
        const bool ascii_trail = within(trail, 0x40, 0x7E);
        if (!within(lead, 0xA1, 0xF9) || (!ascii_trail && !within(trail, 0xA1, 0xFE))) {
            out.possible = out.possible && i + 1 == bytes.size();
            continue;
        }
        ++i;
        ++out.characters;
        if (ascii_trail) ++out.trails_in_ascii;
        if (lead <= 0xC6) ++out.frequent;
    }
    return out;
}

Reading read_shift_jis(std::string_view bytes) {
    Reading out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned lead = at(bytes, i), trail = at(bytes, i + 1);
        if (lead < 0x80) continue;
        if (within(lead, 0xA1, 0xDF)) {  // narrow katakana
            ++out.characters;
            continue;
        }
        if (!(within(lead, 0x81, 0x9F) || within(lead, 0xE0, 0xFC)) || !within(trail, 0x40, 0xFC) ||
            trail == 0x7F) {
            out.possible = out.possible && i + 1 == bytes.size();
            continue;
        }
        ++i;
        ++out.characters;
        const bool is_kana = (lead == 0x82 && within(trail, 0x9F, 0xF1)) || (lead == 0x83 && trail <= 0x96);
        if (is_kana) ++out.kana;
        if (is_kana || lead == 0x81 || within(lead, 0x88, 0x97)) ++out.frequent;
    }
    return out;
}

// TIS-620: vowels above and below and tone marks stand behind a consonant.
bool is_thai(std::string_view bytes) {
    const auto is_consonant = [](unsigned byte) { return within(byte, 0xA1, 0xCE); };
    const auto is_mark = [](unsigned byte) {
        return byte == 0xD1 || within(byte, 0xD4, 0xDA) || within(byte, 0xE7, 0xEE);
    };
    std::size_t consonants = 0, marks = 0, high = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = at(bytes, i);
        if (byte < 0x80) continue;
        ++high;
        if (byte == 0xA0 || within(byte, 0xDB, 0xDE) || byte >= 0xFC || within(byte, 0x80, 0x9F))
            return false;
        if (is_consonant(byte)) ++consonants;
        if (!is_mark(byte)) continue;
        ++marks;
        const unsigned before = i > 0 ? at(bytes, i - 1) : 0;
        if (!is_consonant(before) && !is_mark(before)) return false;
    }
    return high >= 5 && consonants * 2 >= high && marks * 10 >= high;
}

struct Language {
    std::string_view charset, frequent;  // its ten most frequent letters make two thirds of any text
    unsigned first_letter, first_small, last_small;
};

// KOI8 has lines and boxes before its letters, but for the two of ё.
bool is_drawing(unsigned byte, const Language& language) {
    return language.charset == "koi8-r" && byte < 0xC0 && byte != 0xA3 && byte != 0xB3;
}

// What is written in a language has capitals at the beginnings of words, or throughout.
bool is_written_so(std::string_view bytes, const Language& language) {
    enum class Kind { other, small, capital };
    std::size_t high = 0, faults = 0;
    Kind before = Kind::other, last = Kind::other;
    for (const char c : bytes) {
        const unsigned byte = static_cast<unsigned char>(c);
        Kind kind = Kind::other;
        if (byte >= 0x80) {
            ++high;
            if (byte < language.first_letter || is_drawing(byte, language)) return false;
            kind = within(byte, language.first_small, language.last_small) ? Kind::small : Kind::capital;
        }
        if (last == Kind::small && kind == Kind::capital) ++faults;
        if (before == Kind::capital && last == Kind::capital && kind == Kind::small) ++faults;
        before = last;
        last = kind;
    }
    return faults * 6 <= high;
}

std::string by_letters(std::string_view bytes) {
    static constexpr auto languages = std::to_array<Language>({
        {"windows-1251", "\xee\xe5\xe0\xe8\xed\xf2\xf1\xf0\xe2\xeb", 0xA0, 0xE0,
         0xFF},  // о е а и н т с р в л
        {"koi8-r", "\xcf\xc5\xc1\xc9\xce\xd4\xd3\xd2\xd7\xcc", 0xA0, 0xC0, 0xDF},
        {"iso-8859-7", "\xe1\xef\xe9\xe5\xf4\xf3\xed\xe7\xf1\xdc", 0xA0, 0xDC, 0xFE},  // α ο ι ε τ σ ν η ρ ά
        {"windows-1255", "\xe9\xe5\xe4\xec\xe0\xf8\xfa\xee\xe1\xf9", 0xE0, 0xE0,
         0xFF},  // י ו ה ל א ר ת מ ב ש
    });
    std::string best;
    std::size_t best_score = static_cast<std::size_t>(std::count_if(
        bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    for (const Language& language : languages) {
        if (!is_written_so(bytes, language)) continue;
        std::size_t score = 1;
        for (const char c : bytes) {
            const unsigned byte = static_cast<unsigned char>(c);
            if (byte < 0x80) continue;
            // Small letters weigh more, for most are small.
            if (language.frequent.find(c) != std::string_view::npos) score += 3;
            if (language.frequent.find(static_cast<char>(byte ^ 0x20u)) != std::string_view::npos) score += 2;
        }
        if (score <= best_score) continue;
        best_score = score;
        best = language.charset;
    }
    return best;
}

std::string by_statistics(std::string_view bytes) {
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&error),
                                                                              &ucsdet_close);
    if (U_FAILURE(error)) return {};
    ucsdet_setText(detector.get(), bytes.data(), static_cast<int>(bytes.size()), &error);
    const UCharsetMatch* const match = ucsdet_detect(detector.get(), &error);
    constexpr int enough = 30;
    if (U_FAILURE(error) || match == nullptr || ucsdet_getConfidence(match, &error) < enough) return {};
    const char* const name = ucsdet_getName(match, &error);
    return U_FAILURE(error) || name == nullptr ? std::string() : lower(name);
}

// All Hangul is in rows B0 to C8; of Chinese text in GB 2312 four in ten characters are not.
bool is_korean(std::string_view bytes) {
    const Reading korean = read_euc(bytes, 0xB0, 0xC8, false);
    return korean.likely() && korean.characters >= 3 &&
           (korean.frequent == korean.characters || korean.characters >= 20);
}

std::string east_asian(std::string_view bytes, const Shape& shape) {
    const Reading japanese_shift = read_shift_jis(bytes);
    if (japanese_shift.likely() && japanese_shift.kana * 4 >= japanese_shift.characters) return "windows-31j";
    const Reading japanese = read_euc(bytes, 0xB0, 0xCF, true);
    if (japanese.likely() && japanese.kana * 4 >= japanese.characters) return "euc-jp";
    if (is_korean(bytes)) return "windows-949";
    const Reading simplified = read_euc(bytes, 0xB0, 0xD7, false);
    const Reading traditional = read_big5(bytes);
    if (simplified.likely() && (!traditional.likely() || simplified.frequent * traditional.characters >=
                                                             traditional.frequent * simplified.characters))
        return "gb18030";
    // One in three characters of Big5 has an ASCII letter as its second byte.
    if (traditional.likely() && (traditional.trails_in_ascii > 0 || traditional.characters <= 4))
        return "windows-950";
    // Kanji alone, between 0x88 and 0x97: nothing else has its letters there.
    if (japanese_shift.likely() && shape.upper_half * 3 < shape.high) return "windows-31j";
    return {};
}

}  // namespace

std::string guess_charset(std::string_view bytes) {
    constexpr std::size_t enough = 8192;
    bytes = bytes.substr(0, enough);
    const Shape shape = shape_of(bytes);
    if (shape.high == 0) return {};
    // Western text: letters prevail, and what is not ASCII makes sense where it stands.
    if (shape.longest_run <= 3 && shape.latin * 10 >= shape.high * 9 && shape.letters >= 2 * shape.high)
        return {};
    if (shape.high < 2) return {};
    if (shape.upper_half * 100 >= shape.high * 92 && shape.high >= 4 && shape.longest_run >= 3) {
        std::string name = shape.high >= 12 ? by_statistics(bytes) : std::string();
        if (name.empty()) name = by_letters(bytes);
        if (!name.empty()) return name;
    }
    if (!is_korean(bytes) && is_thai(bytes) && shape.longest_run >= 4) return "windows-874";
    if (std::string name = east_asian(bytes, shape); !name.empty()) return name;
    return shape.high >= 6 && shape.high * 3 >= shape.letters ? by_statistics(bytes) : std::string();
}

}  // namespace mail
