#include "smtp/path.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace smtp {
namespace {

constexpr std::size_t max_local_part = 64, max_domain = 255, max_path = 256;

bool ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

// RFC 3629 §4: no overlong forms, no surrogates, nothing over U+10FFFF.
bool valid_utf8(std::string_view text) {
    auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (std::size_t i = 0; i < text.size();) {
        unsigned char lead = byte(i);
        std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
        if (length == 0 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((byte(i + k) & 0xc0) != 0x80) return false;
        if ((lead == 0xe0 && byte(i + 1) < 0xa0) || (lead == 0xed && byte(i + 1) > 0x9f) ||
            (lead == 0xf0 && byte(i + 1) < 0x90) || (lead == 0xf4 && byte(i + 1) > 0x8f))
            return false;
        i += length;
    }
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// RFC 5321 §4.1.3. Literals of other kinds than IPv4 and IPv6 have never been registered.
bool valid_literal(std::string_view content) {
    constexpr std::string_view tag = "ipv6:";
    std::string address = lowered(content);
    unsigned char bytes[16];
    if (address.starts_with(tag)) return inet_pton(AF_INET6, address.c_str() + tag.size(), bytes) == 1;
    return inet_pton(AF_INET, address.c_str(), bytes) == 1;
}

// Up to the first character that no domain holds. Empty when what stands there is none.
std::string take_domain(std::string_view& text) {
    if (text.starts_with('[')) {
        std::size_t end = text.find(']');
        if (end == std::string_view::npos || !valid_literal(text.substr(1, end - 1))) return {};
        std::string literal = lowered(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
        return literal;
    }
    std::string_view name = text.substr(0, text.find_first_of("<>@,:;()[]\"\\ "));
    if (name.empty() || name.size() > max_domain) return {};
    text.remove_prefix(name.size());
    std::string domain = mail::domain_to_ascii(name);
    return domain.size() <= max_domain ? domain : std::string();
}

// A-d-l of RFC 5321 §4.1.2: `@a.example,@b.example:`.
bool skip_route(std::string_view& text) {
    if (!text.starts_with('@')) return true;
    do {
        if (!take(text, '@') || take_domain(text).empty()) return false;
    } while (take(text, ','));
    return take(text, ':');
}

bool take_quoted(std::string_view& text, std::string& content) {
    while (!text.empty()) {
        char c = text.front();
        text.remove_prefix(1);
        if (c == '"') return true;
        if (c == '\\') {
            if (text.empty()) return false;
            c = text.front();
            text.remove_prefix(1);
            if (c < ' ' || c > '~') return false;
        }
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return false;
        content += c;
    }
    return false;
}

bool take_local_part(std::string_view& text, std::string& content) {
    if (take(text, '"')) return take_quoted(text, content);
    for (; !text.empty(); text.remove_prefix(1)) {
        auto c = static_cast<unsigned char>(text.front());
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '@' || c == '"' || c == '\\') break;
        content += text.front();
    }
    return !content.empty();
}

std::optional<Path> take_path(std::string_view& text, bool forward) {
    std::string_view whole = text;
    Path path;
    if (!take(text, '<')) return std::nullopt;
    if (!forward && take(text, '>')) return path;
    if (!skip_route(text) || !take_local_part(text, path.mailbox.local_part)) return std::nullopt;
    if (take(text, '@')) {
        path.mailbox.domain = take_domain(text);
        if (path.mailbox.domain.empty()) return std::nullopt;
    } else if (!forward || lowered(path.mailbox.local_part) != "postmaster") {
        return std::nullopt;  // RFC 5321 §4.1.1.3: only postmaster may lack a domain
    }
    if (!take(text, '>')) return std::nullopt;
    std::string_view written = whole.substr(0, whole.size() - text.size());
    if (written.size() > max_path || path.mailbox.local_part.size() > max_local_part || !valid_utf8(written))
        return std::nullopt;
    path.non_ascii = !ascii(written);
    return path;
}

}  // namespace

std::optional<Path> take_reverse_path(std::string_view& text) {
    return take_path(text, false);
}
std::optional<Path> take_forward_path(std::string_view& text) {
    return take_path(text, true);
}

}  // namespace smtp
