#include "mail/header_writer.hpp"

#include "mail/encode.hpp"
#include "mail/text.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace mail {
namespace {

constexpr std::size_t line_length = 76;
constexpr std::string_view word_begin = "=?utf-8?B?", word_end = "?=";

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// Would be read as it stands: no encoded-word begins in it.
bool is_plain(std::string_view line) {
    return is_printable(line) && line.find("=?") == std::string_view::npos;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

// The character that ends before `at`, and moves there.
UChar32 previous(std::string_view utf8, std::size_t& at) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    auto i = static_cast<std::int32_t>(at);
    UChar32 c = 0;
    U8_PREV(bytes, 0, i, c);
    at = static_cast<std::size_t>(i);
    return c;
}

// UAX 29, from a table of its classes: whether what a reader takes for one character goes over `at`.
bool parts_a_grapheme(std::string_view utf8, std::size_t at) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    UChar32 c = 0;
    U8_GET(bytes, 0, static_cast<std::int32_t>(at), static_cast<std::int32_t>(utf8.size()), c);
    const auto class_of = [](UChar32 character) {
        return u_getIntPropertyValue(character, UCHAR_GRAPHEME_CLUSTER_BREAK);
    };
    const int next = class_of(c);
    if (next == U_GCB_EXTEND || next == U_GCB_ZWJ || next == U_GCB_SPACING_MARK) return true;
    std::size_t before = at;
    const int last = class_of(previous(utf8, before));
    if (last == U_GCB_ZWJ || last == U_GCB_PREPEND) return true;
    if (next == U_GCB_V || next == U_GCB_T)  // Hangul that is spelt
        return last == U_GCB_L || last == U_GCB_V || last == U_GCB_T || last == U_GCB_LV || last == U_GCB_LVT;
    if (next != U_GCB_REGIONAL_INDICATOR || last != U_GCB_REGIONAL_INDICATOR) return false;
    std::size_t letters = 1;  // of flags, which have two each
    while (before > 0 && class_of(previous(utf8, before)) == U_GCB_REGIONAL_INDICATOR) ++letters;
    return letters % 2 == 1;
}

// What goes into the next word: some of `most` bytes.
std::string_view next_piece(std::string_view utf8, std::size_t most) {
    const std::string_view whole = cut_utf8(utf8, most);
    std::string_view piece = whole;
    while (piece.size() < utf8.size() && !piece.empty() && parts_a_grapheme(utf8, piece.size())) {
        std::size_t at = piece.size();
        previous(utf8, at);
        piece = piece.substr(0, at);
    }
    return piece.empty() ? whole : piece;
}

// RFC 5987's attr-char, which RFC 2231 has too.
bool is_attribute_character(char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("!#$&+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string header_text(std::string_view bytes, std::size_t most) {
    // Cut before as well: what is thrown away need not be read.
    const std::string line = one_line(to_valid_utf8(cut_utf8(bytes, 4 * most)));
    return std::string(trim(cut_utf8(line, most)));
}

bool can_be_written(std::string_view id) {
    return !id.empty() && id.size() <= max_written_id && is_printable(id) &&
           id.find_first_of("<> ") == std::string_view::npos;
}

void HeaderWriter::begin(std::string_view name) {
    out_.append(name).append(":");
    column_ = name.size() + 1;
    is_empty_ = true;
}

void HeaderWriter::end() {
    out_ += "\r\n";
}

void HeaderWriter::field(std::string_view name, std::string_view token) {
    begin(name);
    this->token(token);
    end();
}

void HeaderWriter::put(std::string_view blanks, std::string_view token) {
    if (!is_empty_ && column_ + blanks.size() + token.size() > line_length) {
        out_ += "\r\n";
        column_ = 0;
    }
    out_.append(blanks).append(token);
    column_ += blanks.size() + token.size();
    is_empty_ = false;
}

void HeaderWriter::words(std::string_view utf8, std::string_view before, std::string_view behind) {
    constexpr std::size_t worthwhile = 15;  // bytes, for which no new line is begun
    const std::size_t frame = 1 + word_begin.size() + word_end.size() + behind.size();
    while (!utf8.empty()) {
        std::size_t used = column_ + frame + before.size();
        if (!is_empty_ && used + worthwhile * 4 / 3 > line_length) used = frame + before.size();
        const std::size_t room = used < line_length ? (line_length - used) / 4 * 3 : 0;
        const std::string_view piece = next_piece(utf8, std::max(room, worthwhile));
        utf8.remove_prefix(piece.size());
        std::string word(before);
        word += word_begin;
        append_base64(word, piece);
        word += word_end;
        if (utf8.empty()) word += behind;
        token(word);
        before = {};
    }
}

void HeaderWriter::text(std::string_view bytes, std::size_t most) {
    const std::string line = header_text(bytes, most);
    bool is_short = is_plain(line);
    for (std::size_t at = 0; is_short && at < line.size();) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        is_short = (at == 0 ? column_ : 0) + end - at < line_length - 1;
        at = end + 1;
    }
    if (!is_short) return words(line);
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t word = line.find_first_not_of(' ', at);
        const std::size_t end = std::min(line.find(' ', word), line.size());
        const std::string_view view = line;
        put(at == 0 ? " " : view.substr(at, word - at), view.substr(word, end - word));
        at = end;
    }
}

void HeaderWriter::address(std::string_view name, const Mailbox& mailbox, bool more) {
    const std::string line = header_text(name, max_display_name);
    if (const std::string plain = quoted(line); is_plain(line) && plain.size() < line_length - 5) {
        if (!line.empty()) token(plain);
    } else {
        words(line);
    }
    token("<" + mailbox.str() + (more ? ">," : ">"));
}

void HeaderWriter::parameter(std::string_view name, std::string_view utf8, bool in_words) {
    out_ += ';';
    ++column_;
    std::string plain = std::string(name) + "=" + quoted(utf8);
    if (is_plain(utf8) && plain.size() < line_length - 1) return token(plain);
    if (in_words) return words(utf8, std::string(name) + "=\"", "\"");
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string section;
    std::size_t number = 0;
    const auto start = [&] {
        section = std::string(name) + "*" + std::to_string(number) + "*=" + (number == 0 ? "utf-8''" : "");
        ++number;
    };
    start();
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        const bool begins = (byte & 0xC0U) != 0x80;  // characters are not parted
        if (begins && section.size() + 12 > line_length - 2) {
            token(section + ";");
            start();
        }
        if (is_attribute_character(c)) {
            section += c;
        } else {
            section.append({'%', digits[byte >> 4U], digits[byte & 15U]});
        }
    }
    token(section);
}

}  // namespace mail
