#include "mail/transfer.hpp"

#include "mail/header_index.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mail {
namespace {

constexpr std::int8_t no_digit = -1;
constexpr auto base64_digits = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(no_digit);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

int base64_digit(char c) {
    return base64_digits[static_cast<unsigned char>(c)];
}

bool is_base64_line(std::string_view line) {
    line = trim(line);
    if (line.empty() || line.size() % 4 != 0) return false;
    while (line.ends_with('=')) line.remove_suffix(1);
    for (const char c : line)
        if (base64_digit(c) < 0) return false;
    return true;
}

// Up to its first padding, as short texts have it before a list's footer.
bool is_padded_base64(std::string_view text) {
    std::size_t digits = 0;
    for (const char c : text.substr(0, std::min(text.find('='), text.size()))) {
        if (c == '\r' || c == '\n') continue;
        if (base64_digit(c) < 0) return false;
        ++digits;
    }
    text.remove_prefix(std::min(text.find('='), text.size()));
    const std::size_t padding = std::min(text.find_first_not_of('='), text.size());
    return padding > 0 && padding <= 2 && (digits + padding) % 4 == 0 &&
           (padding == text.size() || is_space(text[padding]));
}

// Is this text that somebody only called base64? Blanks amid a line and signs outside the alphabet tell;
// a sign in sixteen is more than any damage.
bool is_prose(std::string_view text) {
    constexpr std::size_t enough = 4096, few = 4, share = 16;
    text = trim(text.substr(0, enough));
    if (is_padded_base64(text)) return false;
    std::size_t foreign = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (base64_digit(text[i]) >= 0 || text[i] == '=' || text[i] == '\r' || text[i] == '\n') continue;
        if (is_blank(text[i]) && (is_space(text[i - 1]) || text[i + 1] == '\r' || text[i + 1] == '\n'))
            continue;
        ++foreign;  // `text` is trimmed: blanks have neighbours
    }
    return foreign >= few && foreign * share > text.size();
}

// uuencode is older than MIME and still sent as x-uuencode; the line `begin` may be missing.
std::string decode_uu(std::string_view text) {
    std::string out;
    bool inside = !text.starts_with("begin ") && text.find("\nbegin ") == std::string_view::npos;
    for (std::size_t at = 0; at < text.size();) {
        const Line line = line_at(text, at);
        at = line.next;
        if (!inside) {
            inside = line.text.starts_with("begin ");
            continue;
        }
        if (line.text.empty() || line.text == "end") break;
        const auto digit = [&](std::size_t i) {
            return i < line.text.size() ? (static_cast<unsigned char>(line.text[i]) - 32u) & 63u : 0u;
        };
        std::size_t left = digit(0);
        for (std::size_t i = 1; left > 0 && i < line.text.size(); i += 4) {
            const unsigned word = digit(i) << 18 | digit(i + 1) << 12 | digit(i + 2) << 6 | digit(i + 3);
            for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
                out += static_cast<char>(word >> shift & 0xFF);
        }
    }
    return out;
}

}  // namespace

std::string decode_base64(std::string_view text) {
    std::string out(text.size() / 4 * 3 + 3, '\0');
    char* to = out.data();
    unsigned bits = 0, digits = 0;
    const auto flush = [&] {
        if (digits == 2) *to++ = static_cast<char>(bits >> 4 & 0xFF);
        if (digits == 3) {
            *to++ = static_cast<char>(bits >> 10 & 0xFF);
            *to++ = static_cast<char>(bits >> 2 & 0xFF);
        }
        bits = digits = 0;
    };
    const auto finish = [&] {
        flush();
        out.resize(static_cast<std::size_t>(to - out.data()));
        return std::move(out);
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        // Four digits in a row are nearly all there is.
        while (digits == 0 && i + 4 <= text.size()) {
            const int a = base64_digit(text[i]), b = base64_digit(text[i + 1]), c = base64_digit(text[i + 2]),
                      d = base64_digit(text[i + 3]);
            if ((a | b | c | d) < 0) break;
            *to++ = static_cast<char>(a << 2 | b >> 4);
            *to++ = static_cast<char>(b << 4 | c >> 2);
            *to++ = static_cast<char>(c << 6 | d);
            i += 4;
        }
        if (i >= text.size()) break;
        const int digit = base64_digit(text[i]);
        if (digit >= 0) {
            bits = bits << 6 | static_cast<unsigned>(digit);
            if (++digits == 4) {
                *to++ = static_cast<char>(bits >> 16 & 0xFF);
                *to++ = static_cast<char>(bits >> 8 & 0xFF);
                *to++ = static_cast<char>(bits & 0xFF);
                bits = digits = 0;
            }
        } else if (text[i] == '=' && digits >= 2) {
            flush();
            while (i + 1 < text.size() && (text[i + 1] == '=' || is_space(text[i + 1]))) ++i;
            if (i + 1 < text.size() && !is_base64_line(line_at(text, i + 1).text)) return finish();
        }
    }
    return finish();
}

std::string decode_quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Line whole = line_at(text, at);
        std::string_view line = whole.text;
        // Blanks at the end were added on the way (RFC 2045 §6.7, rule 3).
        while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
        const bool soft = line.ends_with('=');
        if (soft) line.remove_suffix(1);
        while (true) {
            const std::size_t sign = std::min(line.find('='), line.size());
            out.append(line.substr(0, sign));
            if (sign == line.size()) break;
            line.remove_prefix(sign);
            const bool is_byte = line.size() > 2 && hex_digit(line[1]) >= 0 && hex_digit(line[2]) >= 0;
            out += is_byte ? static_cast<char>(hex_digit(line[1]) * 16 + hex_digit(line[2])) : '=';
            line.remove_prefix(is_byte ? 3 : 1);
        }
        const std::size_t end = at + whole.text.size();
        if (!soft) out.append(text.substr(end, whole.next - end));
        at = whole.next;
    }
    return out;
}

std::string decode_q(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_') {
            out += ' ';
        } else if (text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                   hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string transfer_encoding(std::string_view field_value) {
    std::string token;
    for (const char c : trim(field_value)) {
        if (c == '"' || c == '\'') continue;
        if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_') break;
        token += lower(c);
    }
    return token;
}

std::string decode_transfer(std::string_view text, std::string_view encoding) {
    if (encoding.starts_with("base64") || encoding == "base-64" || encoding == "base_64")
        return is_prose(text) ? std::string(text) : decode_base64(text);
    if (encoding.starts_with("quoted")) return decode_quoted_printable(text);
    if (encoding == "x-uuencode" || encoding == "uuencode" || encoding == "x-uue" || encoding == "uue")
        return decode_uu(text);
    return std::string(text);
}

}  // namespace mail
