#include "mail/safe_url.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>

namespace mail {
namespace {

constexpr std::size_t max_link = 16 * 1024;
constexpr auto npos = std::string_view::npos;
constexpr std::size_t max_id = 998;  // RFC 5322 §2.1.1: a Content-ID is on one line

constexpr bool is_forbidden(char c) {
    return is_control(c) || c == ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`';
}

// Bytes that stay as they are wherever they stand.
constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0; i < plain.size(); ++i)
        plain[i] = i != 0xE2 && i != 0xEF && (i >= 0x80 || !is_forbidden(static_cast<char>(i)));
    return plain;
}();

// U+200B-200F, U+2028-202E, U+2060-2069 and U+FEFF: what nobody sees, or what turns the rest around.
bool is_invisible(std::string_view three) {
    return three.starts_with("\xEF\xBB\xBF") ||
           (three.starts_with("\xE2\x80") && three.size() > 2 &&
            ((three[2] >= '\x8B' && three[2] <= '\x8F') || (three[2] >= '\xA8' && three[2] <= '\xAE'))) ||
           (three.starts_with("\xE2\x81") && three.size() > 2 && three[2] >= '\xA0' && three[2] <= '\xA9');
}

void append_encoded(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

// Without what a browser would not see: controls and blanks around it, tabs and line ends within.
std::string visible(std::string_view text) {
    const auto skipped = [](char c) { return is_control(c) || c == ' '; };
    while (!text.empty() && skipped(text.front())) text.remove_prefix(1);
    while (!text.empty() && skipped(text.back())) text.remove_suffix(1);
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
        if (c != '\t' && c != '\n' && c != '\r') out += c;
    return out;
}

std::string encoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (is_plain[byte]) continue;
        std::size_t length = is_forbidden(text[i]) ? 1 : 0;
        if (byte >= 0xE2 && is_invisible(text.substr(i, 3))) length = 3;
        out += text.substr(done, i - done);
        done = i;
        for (; done < i + length; ++done) append_encoded(out, text[done]);
        if (length > 0) i = done - 1;
    }
    return out.append(text.substr(done));
}

// The scheme in lower case, and what follows its colon.
struct Split {
    std::string scheme;
    std::string_view rest;
};
Split split(std::string_view url) {
    if (url.starts_with("//") || url.starts_with("\\\\")) return {"https", url};
    std::size_t end = 0;
    while (end < url.size() && (is_alpha(url[end]) || (end > 0 && (is_digit(url[end]) || url[end] == '+' ||
                                                                   url[end] == '-' || url[end] == '.'))))
        ++end;
    if (end == 0 || end == url.size() || url[end] != ':') return {};
    return {lower(url.substr(0, end)), url.substr(end + 1)};
}

std::optional<std::string> web(const Split& url) {
    const std::size_t host = std::min(url.rest.find_first_not_of("/\\"), url.rest.size());
    const std::string_view rest = url.rest.substr(host);
    if (rest.empty() || rest.front() == '?' || rest.front() == '#') return std::nullopt;
    return url.scheme + "://" + encoded(rest);
}

std::optional<std::string> content_id(std::string_view text) {
    const std::string decoded = percent_decoded(text);
    std::string_view id = decoded;
    id.remove_prefix(std::min(id.find_first_not_of("< \t\r\n"), id.size()));
    id.remove_suffix(id.size() - 1 - std::min(id.find_last_not_of("> \t\r\n"), id.size() - 1));
    if (id.empty() || id.size() > max_id) return std::nullopt;
    std::string out = "cid:";
    for (const char c : id) {
        const bool plain = is_alpha(c) || is_digit(c) || std::string_view("-._~@!$&()*+,;=:").find(c) != npos;
        plain ? out.push_back(c) : append_encoded(out, c);
    }
    return out;
}

std::optional<std::string> data_image(std::string_view rest) {
    constexpr auto types = std::to_array<std::string_view>(
        {"image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp"});
    const std::size_t comma = rest.find(',');
    if (comma == npos || comma > 100) return std::nullopt;
    const std::string head = lower(rest.substr(0, comma));
    if (!head.ends_with(";base64")) return std::nullopt;
    const std::string_view type = trim(std::string_view(head).substr(0, head.find(';')));
    if (std::find(types.begin(), types.end(), type) == types.end()) return std::nullopt;
    std::string out = "data:";
    out.append(type).append(";base64,");
    for (const char c : rest.substr(comma + 1)) {
        if (c == ' ') continue;
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '/' && c != '=') return std::nullopt;
        out += c;
    }
    return out.ends_with(',') ? std::nullopt : std::optional(out);
}

}  // namespace

std::optional<std::string> safe_link(std::string_view text) {
    if (text.size() > max_link) return std::nullopt;
    const std::string url = visible(text);
    const Split parts = split(url);
    if (parts.scheme == "http" || parts.scheme == "https") return web(parts);
    if ((parts.scheme != "mailto" && parts.scheme != "tel") || parts.rest.empty()) return std::nullopt;
    return parts.scheme + ":" + encoded(parts.rest);
}

std::optional<std::string> outside_address(std::string_view text) {
    if (text.size() > max_link) return std::nullopt;
    const std::string url = visible(text);
    const Split parts = split(url);
    return parts.scheme == "http" || parts.scheme == "https" ? web(parts) : std::nullopt;
}

std::optional<std::string> inside_image(std::string_view text) {
    const std::string url = visible(text);
    const Split parts = split(url);
    if (parts.scheme == "cid") return content_id(parts.rest);
    return parts.scheme == "data" ? data_image(parts.rest) : std::nullopt;
}

}  // namespace mail
