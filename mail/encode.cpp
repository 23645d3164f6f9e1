#include "mail/encode.hpp"

#include "mail/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace mail {
namespace {

constexpr std::size_t line_length = 76;

// What quoted-printable may leave as it is, wherever it stands.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = '!'; c <= '~'; ++c) plain[c] = c != '=';
    return plain;
}();

bool is_plain(char c) {
    return plain_bytes[static_cast<unsigned char>(c)];
}

// Servers double a dot, and some mailbox formats quote "From ".
bool begins_changed(std::string_view text) {
    return text.starts_with('.') || text.starts_with("From ");
}

void append_with_crlf(std::string& out, std::string_view text) {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        out.append(text.substr(0, end)).append("\r\n");
        text.remove_prefix(end + 1);
    }
    out += text;
}

void append_quoted_printable(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\n') {
            out += "\r\n";
            column = 0;
            ++i;
            continue;
        }
        // A run of bytes that stay, on this line: the last column is a soft line break's.
        std::size_t end = i;
        if (column != 0 || !begins_changed(text.substr(i, 5))) {
            const std::size_t most = std::min(text.size(), i + (line_length - 1 - column));
            while (end < most && (is_plain(text[end]) || is_blank(text[end]))) ++end;
            const bool line_ends = end == text.size() || text[end] == '\n';
            if (line_ends && end > i && is_blank(text[end - 1])) --end;  // would be lost
        }
        if (end > i) {
            out.append(text, i, end - i);
            column += end - i;
            i = end;
            continue;
        }
        if (column + 3 >= line_length) {
            out += "=\r\n";
            column = 0;
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[i++]);
        out.append({'=', digits[byte >> 4U], digits[byte & 15U]});
        column += 3;
    }
    if (column != 0) out += "\r\n";
}

}  // namespace

std::string_view name_of(TransferEncoding encoding) {
    switch (encoding) {
        case TransferEncoding::seven_bit:
            return "7bit";
        case TransferEncoding::quoted_printable:
            return "quoted-printable";
        case TransferEncoding::base64:
            break;
    }
    return "base64";
}

TransferEncoding encoding_for(std::string_view text) {
    bool as_it_is = text.find("=_") == std::string_view::npos;
    std::size_t escaped = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        as_it_is = as_it_is && line.size() <= line_length && !begins_changed(line) &&
                   (line.empty() || !is_blank(line.back()));
        for (const char c : line) {
            if (is_plain(c) || is_blank(c)) continue;
            as_it_is = as_it_is && c == '=';
            ++escaped;
        }
        at = end + 1;
    }
    if (as_it_is) return TransferEncoding::seven_bit;
    const std::size_t in_base64 = text.size() * 4 / 3 * (line_length + 2) / line_length;
    const std::size_t quoted = (text.size() + 2 * escaped) * (line_length + 2) / line_length;
    return quoted <= in_base64 ? TransferEncoding::quoted_printable : TransferEncoding::base64;
}

void append_text(std::string& out, std::string_view text, TransferEncoding encoding) {
    if (encoding == TransferEncoding::quoted_printable) return append_quoted_printable(out, text);
    if (encoding == TransferEncoding::seven_bit) return append_with_crlf(out, text);
    std::string lines;  // RFC 2045 §6.8: line ends of text are CRLF before it is encoded
    lines.reserve(text.size() + text.size() / 16);
    append_with_crlf(lines, text);
    append_base64_lines(out, lines);
}

void append_base64(std::string& out, std::string_view bytes) {
    const std::size_t at = out.size();
    out.resize(at + (bytes.size() + 2) / 3 * 4);  // the string's own NUL is where OpenSSL writes one
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()) + at,
                    reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
}

std::string base64(std::string_view bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

void append_base64_lines(std::string& out, std::string_view bytes) {
    constexpr std::size_t of_a_line = line_length / 4 * 3;
    out.reserve(out.size() + (bytes.size() / of_a_line + 1) * (line_length + 2));
    while (!bytes.empty()) {
        const std::string_view line = bytes.substr(0, of_a_line);
        append_base64(out, line);
        out += "\r\n";
        bytes.remove_prefix(line.size());
    }
}

}  // namespace mail
