#include "mail/html_references.hpp"

#include "mail/text.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;

// HTML §13.5: the names that stand there without a semicolon too. Sorted.
constexpr auto old_names = std::to_array<std::string_view>(
    {"AElig",  "AMP",    "Aacute", "Acirc",  "Agrave", "Aring",  "Atilde", "Auml",  "COPY",   "Ccedil",
     "ETH",    "Eacute", "Ecirc",  "Egrave", "Euml",   "GT",     "Iacute", "Icirc", "Igrave", "Iuml",
     "LT",     "Ntilde", "Oacute", "Ocirc",  "Ograve", "Oslash", "Otilde", "Ouml",  "QUOT",   "REG",
     "THORN",  "Uacute", "Ucirc",  "Ugrave", "Uuml",   "Yacute", "aacute", "acirc", "acute",  "aelig",
     "agrave", "amp",    "aring",  "atilde", "auml",   "brvbar", "ccedil", "cedil", "cent",   "copy",
     "curren", "deg",    "divide", "eacute", "ecirc",  "egrave", "eth",    "euml",  "frac12", "frac14",
     "frac34", "gt",     "iacute", "icirc",  "iexcl",  "igrave", "iquest", "iuml",  "laquo",  "lt",
     "macr",   "micro",  "middot", "nbsp",   "not",    "ntilde", "oacute", "ocirc", "ograve", "ordf",
     "ordm",   "oslash", "otilde", "ouml",   "para",   "plusmn", "pound",  "quot",  "raquo",  "reg",
     "sect",   "shy",    "sup1",   "sup2",   "sup3",   "szlig",  "thorn",  "times", "uacute", "ucirc",
     "ugrave", "uml",    "uuml",   "yacute", "yen",    "yuml"});
static_assert(std::is_sorted(old_names.begin(), old_names.end()));
constexpr std::size_t longest = 6;

constexpr auto windows = std::to_array<std::string_view>(
    {"€", "",  "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "", "Ž", "",
     "",  "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "", "ž", "Ÿ"});

bool is_capital_twin(std::string_view name) {
    return name == "AMP" || name == "COPY" || name == "GT" || name == "LT" || name == "QUOT" || name == "REG";
}

// The old name that the text behind a `&` begins with and that libxml2 would not know so.
std::string_view old_name(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && end < 32 && (is_alpha(text[end]) || is_digit(text[end]))) ++end;
    const bool closed = end < text.size() && text[end] == ';';
    if (closed) return is_capital_twin(text.substr(0, end)) ? text.substr(0, end) : std::string_view();
    for (std::size_t size = std::min(end, longest); size >= 2; --size)
        if (std::binary_search(old_names.begin(), old_names.end(), text.substr(0, size)))
            return text.substr(0, size);
    return {};
}

// `#146;`: the number, and how long it is; nothing outside of 0x80 to 0x9F.
unsigned windows_number(std::string_view text, std::size_t& length) {
    const bool hex = text.size() > 1 && lower(text[1]) == 'x';
    unsigned number = 0;
    std::size_t end = hex ? 2 : 1;
    for (; end < text.size() && number <= 0x9F; ++end) {
        const int digit = hex || is_digit(text[end]) ? hex_digit(text[end]) : -1;
        if (digit < 0) break;
        number = number * (hex ? 16 : 10) + static_cast<unsigned>(digit);
    }
    length = end + (text.substr(end, 1) == ";" ? 1 : 0);
    return number >= 0x80 && number <= 0x9F ? number : 0;
}

class Mender {
  public:
    explicit Mender(std::string_view text) : text_(text) {}

    std::string mend() {
        for (at_ = text_.find('&'); at_ != npos; at_ = text_.find('&', at_)) {
            const std::string_view rest = text_.substr(at_ + 1);
            rest.starts_with('#') ? number(rest) : name(rest);
        }
        return out_.append(text_.substr(done_));
    }

  private:
    void number(std::string_view rest) {
        std::size_t length = 0;
        const unsigned byte = windows_number(rest, length);
        byte == 0 ? static_cast<void>(++at_) : replace(1 + length, windows_character(byte));
    }

    void name(std::string_view rest) {
        const std::string_view found = old_name(rest);
        if (found.empty()) {
            ++at_;
            return;
        }
        const bool closed = rest.substr(found.size(), 1) == ";";
        const std::string known = is_capital_twin(found) ? lower(found) : std::string(found);
        replace(1 + found.size() + (closed ? 1 : 0), "&" + known + ";");
    }

    void replace(std::size_t length, std::string_view by) {
        out_.append(text_.substr(done_, at_ - done_)).append(by);
        at_ = done_ = at_ + length;
    }

    std::string_view text_;
    std::size_t at_ = 0, done_ = 0;  // what is before `done_` is in `out_`
    std::string out_;
};

}  // namespace

std::string_view windows_character(unsigned byte) {
    return byte >= 0x80 && byte <= 0x9F ? windows[byte - 0x80] : std::string_view();
}

std::size_t append_reference(std::string& out, std::string_view text, bool in_attribute) {
    constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"nbsp", "\xC2\xA0"}, {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}});
    const std::string_view rest = text.substr(1, 32);
    if (rest.starts_with('#')) {
        std::size_t end = 1;
        char32_t number = 0;
        for (; end < std::min<std::size_t>(rest.size(), 6) && is_digit(rest[end]); ++end)
            number = number * 10 + static_cast<char32_t>(rest[end] - '0');
        const bool plain = (number >= 0x20 && number < 0x7F) || (number >= 0xA0 && number < 0xD800);
        if (!plain || end == rest.size() || rest[end] != ';') return 0;
        std::array<char, 4> utf8{};
        int length = 0;
        U8_APPEND_UNSAFE(utf8.data(), length, number);
        out.append(utf8.data(), static_cast<std::size_t>(length));
        return end + 2;
    }
    std::size_t end = 0;
    while (end < rest.size() && (is_alpha(rest[end]) || is_digit(rest[end]))) ++end;
    if (end < rest.size() && rest[end] == ';' && end > 0) {
        for (const auto& [name, character] : names) {
            if (rest.substr(0, end) != name) continue;
            out += character;
            return end + 2;
        }
        return 0;
    }
    // `?a=1&b=2`: no reference without its semicolon, but for the old names in text
    if (end == rest.size() || (!in_attribute && end > 0 && !old_name(rest).empty())) return 0;
    out += '&';
    return 1;
}

std::string mended_references(std::string_view text) {
    return Mender(text).mend();
}

}  // namespace mail
