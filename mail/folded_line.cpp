#include "mail/folded_line.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

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

constexpr bool is_mark(char32_t c) {
    return c >= '0' && c <= '@';
}

// Folds eight bytes, unless something is to be left out of them: then 0 is all that can be said.
// `after_blank`: what stands before them ends with a blank, or nothing stands there. With the high bit of
// each byte set, a subtraction never borrows from the next byte, and the bit that is left says whether the
// byte was as large as what was subtracted.
bool fold_eight(const char* from, char* to, bool after_blank, bool& marked) {
    constexpr std::uint64_t each = 0x0101010101010101, high = 0x80 * each;
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    if ((word & high) != 0) return false;
    const auto at_least = [filled = word | high](unsigned char c) { return filled - c * each; };
    if ((~at_least(' ') & high) != 0) return false;  // control characters, a tab maybe
    const std::uint64_t blanks = ~at_least(' ' + 1) & high;
    if ((blanks & blanks << 8) != 0 || (after_blank && *from == ' ')) return false;
    if ((at_least('0') & ~at_least('@' + 1) & high) != 0) marked = true;
    word |= (at_least('A') & ~at_least('Z' + 1) & high) >> 2;
    std::memcpy(to, &word, sizeof word);
    return true;
}

// Folds the character that is not ASCII; the lengths of what was read and written.
std::pair<std::size_t, std::size_t> fold_character(string_view text, char* to, bool after_blank,
                                                   bool& marked) {
    const Character c = character_at(text, 0);
    const std::size_t length = std::min(c.length, text.size());
    const char32_t value = folded(c.value);
    if (c.value == 0xFFFD || length < c.length) {  // cut off: it could become longer
        marked = marked || length < c.length;
        return {length, text.copy(to, length)};
    }
    if (value == ' ') {
        *to = ' ';
        return {length, after_blank ? 0 : 1};
    }
    if (invisible_at(text) > 0) return {length, 0};
    marked = marked || is_mark(value);
    return {length, encode(value, to)};
}

// `out` has room for as many bytes as the line has.
FoldedLine fold(string_view line, char* const out) {
    const char* from = line.data();
    const char* const end = from + line.size();
    char* to = out;
    bool marked = false;
    const auto after_blank = [&] { return to == out || to[-1] == ' '; };
    while (from != end && is_blank(*from)) ++from;
    while (from != end) {
        if (end - from >= 8 && fold_eight(from, to, after_blank(), marked)) {
            from += 8;
            to += 8;
            continue;
        }
        for (const char* const stop = from + std::min<std::ptrdiff_t>(8, end - from); from < stop;) {
            const char byte = *from;
            if (static_cast<unsigned char>(byte) >= 0x80) {
                const auto [read, written] =
                    fold_character({from, static_cast<std::size_t>(end - from)}, to, after_blank(), marked);
                from += read;
                to += written;
                continue;
            }
            ++from;
            if (byte == ' ' || byte == '\t' || byte == '\r') {
                if (!after_blank()) *to++ = ' ';
                continue;
            }
            *to++ = lower(byte);
            marked = marked || is_mark(static_cast<unsigned char>(byte));
        }
    }
    if (to != out && to[-1] == ' ') --to;
    return {string_view(out, static_cast<std::size_t>(to - out)), marked};
}

}  // namespace

std::string fold_line(string_view line) {
    if (line.size() > max_marked_line) return {};
    std::string out(line.size(), '\0');  // no character becomes longer
    out.resize(mail::fold(line, out.data()).text.size());
    return out;
}

LineFolder::LineFolder(std::size_t bytes)
    : buffer_(std::make_unique_for_overwrite<char[]>(bytes)), free_(buffer_.get()) {}

FoldedLine LineFolder::fold(string_view line) {
    if (line.size() > max_marked_line) return {};
    const FoldedLine folded = mail::fold(line, free_);
    free_ += folded.text.size();
    return folded;
}

}  // namespace mail
