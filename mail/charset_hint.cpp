#include "mail/charset_hint.hpp"

#include "mail/charset.hpp"
#include "mail/encoded_word.hpp"
#include "mail/parameters.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <utility>

namespace mail {
namespace {

bool is_telling(std::string_view label) {
    return !label.empty() && !iequals(label, "us-ascii") && !iequals(label, "utf-8") &&
           !iequals(label, "iso-8859-1") && is_known_charset(label);
}

}  // namespace

std::string telling_charset(const HeaderIndex& index) {
    const Field* const type = index.find("Content-Type");
    if (type == nullptr) return {};
    std::string charset = parse_parameters(field_text(type->value)).get("charset");
    return is_telling(charset) ? charset : std::string();
}

std::string charset_hint(std::string_view raw, const HeaderIndex& index) {
    if (std::string charset = telling_charset(index); !charset.empty()) return charset;
    constexpr std::string_view end = "\"'?*;> \t\r\n";
    constexpr std::size_t near = 32 * 1024;
    const std::string_view header = raw.substr(index.begin, std::min(near, index.body - index.begin));
    const std::string_view body = raw.substr(index.body, near);
    for (const auto& [text, sign] :
         {std::pair(header, std::string_view("=?")), std::pair(body, std::string_view("charset="))}) {
        for (std::size_t at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at)) {
            at = std::min(text.find_first_not_of("\"' ", at + sign.size()), text.size());
            const std::string_view label = text.substr(at, text.find_first_of(end, at) - at);
            if (is_telling(label)) return std::string(label);
        }
    }
    return {};
}

}  // namespace mail
