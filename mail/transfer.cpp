#include "mail/transfer.hpp"

#include "mail/header_index.hpp"
#include "mail/text.hpp"

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

// uuencode is older than MIME and still sent as x-uuencode.
std::string decode_uu(std::string_view text) {
    std::string out;
    bool inside = false;
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
    std::string out;
    out.reserve(text.size() / 4 * 3 + 3);
    unsigned bits = 0, digits = 0;
    const auto flush = [&] {
        if (digits == 2) out += static_cast<char>(bits >> 4 & 0xFF);
        if (digits == 3) {
            out += static_cast<char>(bits >> 10 & 0xFF);
            out += static_cast<char>(bits >> 2 & 0xFF);
        }
        bits = digits = 0;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = base64_digit(text[i]);
        if (digit >= 0) {
            bits = bits << 6 | static_cast<unsigned>(digit);
            if (++digits == 4) {
                out += static_cast<char>(bits >> 16 & 0xFF);
                out += static_cast<char>(bits >> 8 & 0xFF);
                out += static_cast<char>(bits & 0xFF);
                bits = digits = 0;
            }
        } else if (text[i] == '=' && digits >= 2) {
            flush();
            while (i + 1 < text.size() && (text[i + 1] == '=' || is_space(text[i + 1]))) ++i;
            if (i + 1 < text.size() && !is_base64_line(line_at(text, i + 1).text)) return out;
        }
    }
    flush();
    return out;
}

std::string decode_quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            out += text[i];
            continue;
        }
        if (i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
            continue;
        }
        std::size_t end = i + 1;  // a soft line break, maybe with blanks that a gateway added
        while (end < text.size() && (is_blank(text[end]) || text[end] == '\r')) ++end;
        if (end == text.size() || text[end] == '\n') {
            i = end;
        } else {
            out.append(text.substr(i, end - i));  // so that a run of blanks is looked at once
            i = end - 1;
        }
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
    if (encoding == "base64" || encoding == "base-64") return decode_base64(text);
    if (encoding == "quoted-printable" || encoding == "quoted_printable" || encoding == "quotedprintable")
        return decode_quoted_printable(text);
    if (encoding == "x-uuencode" || encoding == "uuencode" || encoding == "x-uue" || encoding == "uue")
        return decode_uu(text);
    return std::string(text);
}

}  // namespace mail
