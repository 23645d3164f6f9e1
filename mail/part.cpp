#include "mail/part.hpp"

#include "mail/charset.hpp"
#include "mail/encoded_word.hpp"
#include "mail/file_name.hpp"
#include "mail/flowed.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <algorithm>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;

// What HTML says of its own charset, where browsers look for it: near its beginning.
std::string_view meta_charset(std::string_view html) {
    constexpr std::size_t near = 2048;
    html = html.substr(0, near);
    for (std::size_t at = html.find('<'); at != npos; at = html.find('<', at + 1)) {
        if (!iequals(html.substr(at, 5), "<meta")) continue;
        const std::string_view tag = html.substr(at, html.find('>', at) - at);
        for (std::size_t i = 5; i + 8 < tag.size(); ++i) {
            if (!iequals(tag.substr(i, 8), "charset=")) continue;
            std::string_view label = tag.substr(i + 8);
            while (!label.empty() &&
                   (label.front() == '"' || label.front() == '\'' || is_space(label.front())))
                label.remove_prefix(1);
            return label.substr(0, label.find_first_of("\"'; />\t\r\n"));
        }
    }
    return {};
}

// The charset that a byte order mark tells, as browsers believe it (WHATWG Encoding §6).
std::string_view marked_charset(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xEF\xBB\xBF"sv)) return "utf-8";
    if (bytes.starts_with("\xFF\xFE\0\0"sv)) return "utf-32le";
    if (bytes.starts_with("\0\0\xFE\xFF"sv)) return "utf-32be";
    if (bytes.starts_with("\xFF\xFE"sv)) return "utf-16le";
    if (bytes.starts_with("\xFE\xFF"sv)) return "utf-16be";
    return {};
}

// UTF-16 without a mark: most texts have blanks and line ends, whose one byte is zero. None at all: a lie.
std::string_view settled_utf16(std::string_view bytes, std::string_view label) {
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] == '\0') ++zeros[i % 2];
    if (zeros[0] + zeros[1] == 0 && is_utf8(bytes)) return "utf-8";
    if (!iequals(label, "utf-16")) return label;
    return zeros[0] > zeros[1] ? "utf-16be" : "utf-16le";
}

std::string as_utf8(const Part& part, std::string_view bytes) {
    if (const std::string_view marked = marked_charset(bytes); !marked.empty())
        return decode_charset(bytes, marked);
    const std::string declared = part.type.get("charset");
    std::string_view label = declared;
    if (part.type.value == "text/html") {
        const bool impossible = (iequals(label, "utf-8") || iequals(label, "us-ascii")) && !is_utf8(bytes);
        const std::string_view meta = label.empty() || impossible ? meta_charset(bytes) : std::string_view();
        if (is_known_charset(meta)) label = meta;
    }
    if (iequals(label.substr(0, 6), "utf-16")) label = settled_utf16(bytes, label);
    return decode_charset(bytes, label);
}

bool is_encoded(std::string_view encoding) {
    return !encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "binary";
}

}  // namespace

Parameters disposition_of(const Part& part) {
    const Field* const field = part.header.find("Content-Disposition");
    return field == nullptr
               ? Parameters()
               : parse_parameters(field_text(field->value, part.charset_hint), part.charset_hint);
}

std::string name_of(const Part& part, const Parameters& disposition) {
    for (const std::string_view key : {"filename", "name"})
        if (const std::string* name = disposition.find(key); name != nullptr && !name->empty())
            return safe_file_name(*name);
    for (const std::string_view key : {"name", "filename", "file"})
        if (const std::string* name = part.type.find(key); name != nullptr && !name->empty())
            return safe_file_name(*name);
    // RFC 2557 §4.2: mostly a URL; its last step is a name where it has an ending.
    if (const Field* location = part.header.find("Content-Location")) {
        const std::string text = field_text(location->value, part.charset_hint);
        std::string_view name = text;
        name = name.substr(0, name.find_first_of("?#"));
        name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
        if (name.find('.') != npos && !trim(name).empty()) return safe_file_name(name);
    }
    return {};
}

std::string content_id_of(const Part& part) {
    const Field* const id = part.header.find("Content-ID");
    if (id == nullptr) return {};
    const std::string text = field_text(id->value, part.charset_hint);
    std::string_view bare = trim(text);
    if (bare.starts_with('<')) bare.remove_prefix(1);
    bare = bare.substr(0, bare.find('>'));
    return std::string(trim(cut_utf8(bare, 998)));
}

Decoded::Decoded(const Part& part)
    : is_own_(is_encoded(part.encoding)),
      own_(is_own_ ? decode_transfer(part.body, part.encoding) : std::string()),
      bytes_(is_own_ ? std::string_view(own_) : part.body) {}

std::string text_of(const Part& part, std::string_view bytes) {
    std::string text = with_lf(as_utf8(part, bytes));
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (part.type.value == "text/plain" && iequals(part.type.get("format"), "flowed"))
        return unflow(text, iequals(part.type.get("delsp"), "yes"));
    return text;
}

}  // namespace mail
