#include "auth/spf_macro.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <vector>

namespace auth {
namespace {

constexpr std::string_view delimiters = ".-+,/_=";

struct Macro {
    std::size_t length = 0;  // in the text; 0: malformed
    char letter = 0;         // 's' and so on, or '%', '_', '-'
    std::size_t parts = 0;   // how many of the rightmost stay; 0: all
    bool reverse = false;
    std::string_view separators = ".";
};

// `text` begins with '%'.
Macro macro_at(std::string_view text) {
    Macro macro;
    if (text.size() < 2) return macro;
    macro.letter = text[1];
    if (text[1] == '%' || text[1] == '_' || text[1] == '-') {
        macro.length = 2;
        return macro;
    }
    const std::size_t end = text.find('}');
    if (text[1] != '{' || end == std::string_view::npos || end < 3) return macro;
    std::string_view inside = text.substr(2, end - 2);
    macro.letter = inside[0];
    inside.remove_prefix(1);
    if (std::string_view("slodiphcrtv").find(mail::lower(macro.letter)) == std::string_view::npos)
        return macro;
    if (!inside.empty() && mail::is_digit(inside[0])) {
        while (!inside.empty() && mail::is_digit(inside[0])) {
            macro.parts =
                std::min<std::size_t>(macro.parts * 10 + static_cast<std::size_t>(inside[0] - '0'), 1000);
            inside.remove_prefix(1);
        }
        if (macro.parts == 0) return macro;  // §7.3: DIGIT must be nonzero
    }
    if (!inside.empty() && mail::lower(inside[0]) == 'r') {
        macro.reverse = true;
        inside.remove_prefix(1);
    }
    if (inside.find_first_not_of(delimiters) != std::string_view::npos) return macro;
    if (!inside.empty()) macro.separators = inside;
    macro.length = end + 1;
    return macro;
}

// Whether the text is well-formed, and where its last macro ends.
struct Checked {
    bool good = false;
    std::size_t last_macro_end = 0;
    bool names_host = false;
};
Checked check(std::string_view text, MacroUse use, bool blanks) {
    Checked checked;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '%') {
            if ((text[at] < '!' || text[at] > '~') && !(blanks && text[at] == ' ')) return checked;
            ++at;
            continue;
        }
        const Macro macro = macro_at(text.substr(at));
        if (macro.length == 0) return checked;
        const char letter = mail::lower(macro.letter);
        if (use == MacroUse::domain && (letter == 'c' || letter == 'r' || letter == 't')) return checked;
        checked.names_host = checked.names_host || letter == 'p';
        at += macro.length;
        checked.last_macro_end = at;
    }
    checked.good = true;
    return checked;
}

// §7.3: not all digits, and hyphens only inside.
bool is_top_label(std::string_view label) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    bool all_digits = true;
    for (const char c : label) {
        if (!mail::is_alpha(c) && !mail::is_digit(c) && c != '-') return false;
        all_digits = all_digits && mail::is_digit(c);
    }
    return !all_digits;
}

// %{i}: an IPv6 address as nibbles with dots.
std::string dotted(const boost::asio::ip::address& address) {
    if (address.is_v4()) return address.to_string();
    std::string text;
    for (const unsigned byte : address.to_v6().to_bytes()) {
        for (const unsigned nibble : {byte >> 4U, byte & 15U}) {
            if (!text.empty()) text += '.';
            text += "0123456789abcdef"[nibble];
        }
    }
    return text;
}

std::string value_of(char letter, const MacroValues& values) {
    switch (letter) {
        case 's':
            return values.local_part + "@" + values.sender_domain;
        case 'l':
            return values.local_part;
        case 'o':
            return values.sender_domain;
        case 'd':
            return values.domain;
        case 'i':
            return dotted(values.client);
        case 'p':
            return values.host_name;
        case 'v':
            return values.client.is_v4() ? "in-addr" : "ip6";
        case 'h':
            return values.helo;
        case 'c':
            return values.client.to_string();
        case 'r':
            return values.receiver;
        case 't':
            return std::to_string(values.time);
        default:
            return {};
    }
}

std::string transform(const std::string& value, const Macro& macro) {
    std::vector<std::string_view> parts;
    std::string_view rest = value;
    while (true) {
        const std::size_t end = rest.find_first_of(macro.separators);
        parts.push_back(rest.substr(0, end));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    if (macro.reverse) std::reverse(parts.begin(), parts.end());
    const std::size_t first = macro.parts != 0 && macro.parts < parts.size() ? parts.size() - macro.parts : 0;
    std::string joined;
    for (std::size_t i = first; i < parts.size(); ++i) {
        if (i != first) joined += '.';
        joined += parts[i];
    }
    return joined;
}

// RFC 3986 §2.3: what is not unreserved is escaped.
std::string url_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += "0123456789ABCDEF"[byte >> 4U];
        out += "0123456789ABCDEF"[byte & 15U];
    }
    return out;
}

}  // namespace

bool is_macro_string(std::string_view text, MacroUse use) {
    return check(text, use, false).good;
}

bool is_explanation(std::string_view text) {
    return check(text, MacroUse::explanation, true).good;
}

bool is_domain_spec(std::string_view text) {
    const Checked checked = check(text, MacroUse::domain, false);
    if (!checked.good || text.empty()) return false;
    std::string_view end = text.substr(checked.last_macro_end);
    if (end.empty()) return true;
    if (end.ends_with('.')) end.remove_suffix(1);
    const std::size_t dot = end.rfind('.');
    return dot != std::string_view::npos && is_top_label(end.substr(dot + 1));
}

bool needs_host_name(std::string_view text) {
    return check(text, MacroUse::explanation, true).names_host;
}

std::optional<std::string> expand_macros(std::string_view text, const MacroValues& values) {
    std::string out;
    for (std::size_t at = 0; at < text.size() && out.size() <= max_expansion;) {
        if (text[at] != '%') {
            out += text[at++];
            continue;
        }
        const Macro macro = macro_at(text.substr(at));
        if (macro.length == 0) return std::nullopt;
        at += macro.length;
        if (macro.letter == '%') {
            out += '%';
        } else if (macro.letter == '_') {
            out += ' ';
        } else if (macro.letter == '-') {
            out += "%20";
        } else {
            const std::string value = transform(value_of(mail::lower(macro.letter), values), macro);
            out += mail::lower(macro.letter) == macro.letter ? value : url_escaped(value);
        }
    }
    if (out.size() > max_expansion) return std::nullopt;
    return out;
}

std::string_view shorten_name(std::string_view name) {
    const std::size_t most = name.ends_with('.') ? 254 : 253;
    if (name.size() <= most) return name;
    const std::size_t dot = name.find('.', name.size() - most - 1);
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace auth
