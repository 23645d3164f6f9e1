#include "mail/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mail {
namespace {

// Length of the well-formed UTF-8 character at `p`, 0 when there is none (Unicode 15, table 3-7).
std::size_t character_at(const char* p, const char* end) {
    const auto byte = [&](int i) { return static_cast<unsigned char>(p[i]); };
    const auto tail = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
    const auto left = end - p;
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return left >= 2 && tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (left < 3 || !tail(1) || !tail(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

const char* skip_ascii(const char* p, const char* end) {
    while (end - p >= 8) {
        std::uint64_t word;
        std::memcpy(&word, p, 8);
        if (word & 0x8080808080808080u) break;
        p += 8;
    }
    while (p != end && static_cast<unsigned char>(*p) < 0x80) ++p;
    return p;
}

const char* skip_valid(const char* p, const char* end) {
    while ((p = skip_ascii(p, end)) != end) {
        const std::size_t n = character_at(p, end);
        if (n == 0) break;
        p += n;
    }
    return p;
}

}  // namespace

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool is_ascii(std::string_view text) {
    return skip_ascii(text.data(), text.data() + text.size()) == text.data() + text.size();
}

bool is_utf8(std::string_view text) {
    const char* const end = text.data() + text.size();
    return skip_valid(text.data(), end) == end;
}

std::string to_valid_utf8(std::string_view bytes) {
    if (is_utf8(bytes) && bytes.find('\0') == std::string_view::npos) return std::string(bytes);
    std::string out;
    out.reserve(bytes.size());
    const char* p = bytes.data();
    const char* const end = p + bytes.size();
    bool bad = false;  // a run of bad bytes gives one U+FFFD
    while (p != end) {
        const char* const begin = p;
        p = skip_valid(p, end);
        if (p != begin) {
            const std::size_t before = out.size();
            out.append(begin, p);
            if (std::memchr(begin, '\0', static_cast<std::size_t>(p - begin)) != nullptr)
                out.erase(std::remove(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), '\0'),
                          out.end());
            bad = false;
            continue;
        }
        if (!bad) out += "\xEF\xBF\xBD";
        bad = true;
        ++p;
    }
    return out;
}

std::string one_line(std::string_view utf8) {
    utf8 = trim(utf8);
    if (std::ranges::none_of(utf8, is_control)) return std::string(utf8);
    std::string out;
    out.reserve(utf8.size());
    for (const char c : utf8)
        if (is_space(c) || !is_control(c)) out += is_space(c) ? ' ' : c;
    return std::string(trim(out));
}

std::string with_lf(std::string text) {
    std::size_t at = text.find('\r');
    if (at == std::string::npos) return text;
    std::string out;
    out.reserve(text.size());
    std::size_t done = 0;
    for (; at != std::string::npos; at = text.find('\r', done)) {
        out.append(text, done, at - done);
        std::size_t end = at;
        while (end < text.size() && text[end] == '\r') ++end;
        const bool with_line_feed = end < text.size() && text[end] == '\n';  // CR CR LF is one line end
        out.append(with_line_feed ? 1 : end - at, '\n');
        done = end + (with_line_feed ? 1 : 0);
    }
    return out.append(text, done);
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
        out += low < 0 ? text[i] : static_cast<char>(high * 16 + low);
        if (low >= 0) i += 2;
    }
    return out;
}

std::size_t invisible_at(std::string_view utf8) {
    const auto byte = [&](std::size_t i) {
        return i < utf8.size() ? static_cast<unsigned char>(utf8[i]) : 0u;
    };
    if (byte(0) < 0xC2) return 0;
    if (byte(0) == 0xC2)
        return byte(1) <= 0xA0 || byte(1) == 0xAD ? 2 : 0;  // C1, no-break space, soft hyphen
    if (byte(0) == 0xD8) return byte(1) == 0x9C ? 2 : 0;    // U+061C
    const unsigned rest = byte(1) << 8 | byte(2);
    switch (byte(0)) {
        case 0xE1:  // Hangul fillers U+115F, U+1160, Mongolian vowel separator U+180E
            return rest == 0x859F || rest == 0x85A0 || rest == 0xA08E ? 3 : 0;
        case 0xE2:  // U+200B-200F, U+2028-202E, U+2060-206F
            return (rest >= 0x808B && rest <= 0x808F) || (rest >= 0x80A8 && rest <= 0x80AE) ||
                           (rest >= 0x81A0 && rest <= 0x81AF)
                       ? 3
                       : 0;
        case 0xE3:
            return rest == 0x85A4 ? 3 : 0;  // U+3164
        case 0xEF:                          // U+FEFF, U+FFA0, U+FFF9-FFFB
            return rest == 0xBBBF || rest == 0xBEA0 || (rest >= 0xBFB9 && rest <= 0xBFBB) ? 3 : 0;
        case 0xF3:  // U+E0000-E007F
            return byte(1) == 0xA0 && (byte(2) == 0x80 || byte(2) == 0x81) ? 4 : 0;
        default:
            return 0;
    }
}

std::string_view cut_utf8(std::string_view utf8, std::size_t bytes) {
    if (utf8.size() <= bytes) return utf8;
    while (bytes > 0 && (static_cast<unsigned char>(utf8[bytes]) & 0xC0) == 0x80) --bytes;
    return utf8.substr(0, bytes);
}

std::string escaped_html(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char c : text) {
        if (c == '&')
            html += "&amp;";
        else if (c == '<')
            html += "&lt;";
        else if (c == '>')
            html += "&gt;";
        else if (c == '"')
            html += "&quot;";
        else if (c == '\'')
            html += "&#39;";
        else
            html += c;
    }
    return html;
}

std::string html_lines(std::string_view text) {
    std::string html;
    for (const char c : escaped_html(text)) {
        if (c == '\n') html += "<br>";
        html += c;
    }
    return html;
}

}  // namespace mail
