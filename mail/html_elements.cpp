#include "mail/html_elements.hpp"

#include "mail/html_names.hpp"
#include "mail/html_references.hpp"
#include "mail/safe_style.hpp"
#include "mail/safe_url.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace mail {
namespace {

using enum ElementKind;

constexpr HtmlNames elements(std::to_array<Element>({
    {"a", "a", formatting},
    {"abbr", "abbr", phrase},
    {"acronym", "abbr", phrase},
    {"address", "div", block},
    {"article", "div", block},
    {"aside", "div", block},
    {"b", "b", formatting},
    {"bdi", "bdi", phrase},
    {"bdo", "bdo", phrase},
    {"big", "big", formatting},
    {"blockquote", "blockquote", block},
    {"body", "div", body},
    {"br", "br", void_phrase},
    {"caption", "caption", caption},
    {"center", "center", block},
    {"cite", "cite", phrase},
    {"code", "code", formatting},
    {"col", "col", column},
    {"colgroup", "colgroup", column_group},
    {"dd", "dd", term},
    {"del", "del", phrase},
    {"details", "div", block},
    {"dfn", "dfn", phrase},
    {"dir", "ul", block},
    {"div", "div", block},
    {"dl", "dl", block},
    {"dt", "dt", term},
    {"em", "em", formatting},
    {"fieldset", "div", block},
    {"figcaption", "div", block},
    {"figure", "div", block},
    {"font", "font", formatting},
    {"footer", "div", block},
    {"h1", "h1", heading},
    {"h2", "h2", heading},
    {"h3", "h3", heading},
    {"h4", "h4", heading},
    {"h5", "h5", heading},
    {"h6", "h6", heading},
    {"header", "div", block},
    {"hr", "hr", rule},
    {"i", "i", formatting},
    {"image", "img", void_phrase},
    {"img", "img", void_phrase},
    {"ins", "ins", phrase},
    {"kbd", "kbd", phrase},
    {"legend", "div", block},
    {"li", "li", list_item},
    {"listing", "pre", preformatted},
    {"main", "div", block},
    {"mark", "mark", phrase},
    {"menu", "ul", block},
    {"nav", "div", block},
    {"ol", "ol", block},
    {"p", "p", paragraph},
    {"plaintext", "pre", preformatted},
    {"pre", "pre", preformatted},
    {"q", "q", phrase},
    {"s", "s", formatting},
    {"samp", "samp", phrase},
    {"section", "div", block},
    {"small", "small", formatting},
    {"span", "span", phrase},
    {"strike", "strike", formatting},
    {"strong", "strong", formatting},
    {"sub", "sub", phrase},
    {"summary", "div", block},
    {"sup", "sup", phrase},
    {"table", "table", table},
    {"tbody", "tbody", section},
    {"td", "td", cell},
    {"tfoot", "tfoot", section},
    {"th", "th", cell},
    {"thead", "thead", section},
    {"tr", "tr", row},
    {"tt", "tt", formatting},
    {"u", "u", formatting},
    {"ul", "ul", block},
    {"var", "var", phrase},
    {"wbr", "wbr", void_phrase},
    {"xmp", "pre", preformatted},
}));
static_assert(elements.sorted());

enum class Value { text, word, colour, length, count, font_size, flag, style };

struct Rule {
    std::string_view name;
    Value value;
    std::string_view elements;  // output names between blanks; empty: all
};
constexpr HtmlNames rules(std::to_array<Rule>({
    {"abbr", Value::text, " td th "},
    {"align", Value::word,
     " caption col colgroup div h1 h2 h3 h4 h5 h6 hr img p table tbody td tfoot th thead tr "},
    {"alt", Value::text, " img "},
    {"bgcolor", Value::colour, " table tbody td tfoot th thead tr "},
    {"border", Value::length, " img table "},
    {"bordercolor", Value::colour, " table "},
    {"cellpadding", Value::length, " table "},
    {"cellspacing", Value::length, " table "},
    {"clear", Value::word, " br "},
    {"color", Value::colour, " font hr "},
    {"colspan", Value::count, " td th "},
    {"dir", Value::word, ""},
    {"face", Value::text, " font "},
    {"frame", Value::word, " table "},
    {"height", Value::length, " img table td th tr "},
    {"hspace", Value::length, " img "},
    {"lang", Value::word, ""},
    {"noshade", Value::flag, " hr "},
    {"nowrap", Value::flag, " td th "},
    {"rowspan", Value::count, " td th "},
    {"rules", Value::word, " table "},
    {"scope", Value::word, " th "},
    {"size", Value::font_size, " font hr "},
    {"span", Value::count, " col colgroup "},
    {"start", Value::count, " ol "},
    {"style", Value::style, ""},
    {"title", Value::text, ""},
    {"type", Value::word, " blockquote li ol ul "},
    {"valign", Value::word, " col colgroup tbody td tfoot th thead tr "},
    {"value", Value::count, " li "},
    {"vspace", Value::length, " img "},
    {"width", Value::length, " col colgroup hr img table td th "},
}));
static_assert(rules.sorted());

constexpr std::size_t max_text_value = 16 * 1024;

constexpr std::string_view link_policy = R"( rel="noopener noreferrer nofollow" target="_blank")";

std::string words_of(std::string_view text, bool colour) {
    text = trim(text);
    const bool plain =
        !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [&](char c) {
            return is_alpha(c) || is_digit(c) || c == '-' || (colour && c == '#');
        });
    return plain ? std::string(text) : std::string();
}

// Digits, and the sign or percent that may go with them; a browser ignores what follows.
std::string number_of(std::string_view text, Value value) {
    text = trim(text);
    std::string out;
    if (value == Value::font_size && (text.starts_with('+') || text.starts_with('-'))) {
        out = text.front();
        text.remove_prefix(1);
    }
    std::size_t end = 0;
    while (end < text.size() && is_digit(text[end])) ++end;
    std::string_view digits = text.substr(0, end);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    // A cell that spans millions of columns is an attack on whoever lays it out.
    const std::size_t most = value == Value::count ? 3 : 4;
    if (digits.empty() || digits.size() > most) return {};
    out += digits;
    if (value == Value::length && text.substr(end).starts_with('%')) out += '%';
    return out;
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    out.append(" ").append(name).append("=\"");
    append_escaped(out, value);
    out += '"';
}

// Control characters alone are nothing once they are left out.
bool says_something(std::string_view text) {
    std::string escaped;
    append_escaped(escaped, text.substr(0, max_text_value));
    return !escaped.empty();
}

std::string_view value_of(std::span<const HtmlAttribute> attributes, std::string_view name) {
    for (const HtmlAttribute& attribute : attributes)
        if (attribute.name == name) return attribute.value;
    return {};
}

void append_by_rule(std::string& out, const Rule& rule, std::string_view text) {
    std::string value;
    switch (rule.value) {
        case Value::text:
            if (says_something(text) && text.size() <= max_text_value) append_attribute(out, rule.name, text);
            return;
        case Value::flag:
            append_attribute(out, rule.name, "");
            return;
        case Value::style:
            value = safe_style(text);
            break;
        case Value::word:
            value = words_of(text, false);
            break;
        case Value::colour:
            value = words_of(text, true);
            break;
        case Value::length:
        case Value::count:
        case Value::font_size:
            value = number_of(text, rule.value);
            break;
    }
    if (!value.empty()) append_attribute(out, rule.name, value);
}

bool has_word(std::string_view words, std::string_view word) {
    for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1))
        if (words[at - 1] == ' ' && words[at + word.size()] == ' ') return true;
    return false;
}

void append_ruled(std::string& out, const Element& element, std::span<const HtmlAttribute> attributes) {
    for (const HtmlAttribute& attribute : attributes) {
        const Rule* const rule = rules.find(attribute.name);
        if (rule == nullptr) continue;
        if (rule->elements.empty() || has_word(rule->elements, element.output))
            append_by_rule(out, *rule, attribute.value);
    }
}

bool append_image(std::string& out, std::span<const HtmlAttribute> attributes) {
    const std::string_view source = value_of(attributes, "src");
    if (const auto inside = inside_image(source)) {
        append_attribute(out, "src", *inside);
        return true;
    }
    auto outside = outside_address(source);
    if (!outside) outside = outside_address(value_of(attributes, "data-outside-src"));
    if (outside) append_attribute(out, "data-outside-src", *outside);
    return outside || says_something(value_of(attributes, "alt"));
}

// The colours that the whole mail was written for.
bool append_body(std::string& out, std::span<const HtmlAttribute> attributes) {
    std::string style;
    const auto add = [&](std::string_view property, std::string_view attribute) {
        const std::string value = words_of(value_of(attributes, attribute), true);
        if (!value.empty()) style.append(property).append(":").append(value).append(";");
    };
    add("background-color", "bgcolor");
    add("color", "text");
    style = safe_style(style.append(value_of(attributes, "style")));
    if (!style.empty()) append_attribute(out, "style", style);
    return !style.empty();
}

// Bytes of UTF-8 that append_escaped() has to look at: the others are most of a text.
constexpr auto is_special = [] {
    std::array<bool, 256> special{};
    for (std::size_t i = 0; i < 0x20; ++i) special[i] = i != '\n' && i != '\t';
    for (const unsigned char c : {'&', '<', '>', '"', '\x7f'}) special[c] = true;
    special[0xC2] = special[0xEF] = true;
    return special;
}();

}  // namespace

const Element* find_element(std::string_view name) {
    return elements.find(name);
}

void append_escaped(std::string& out, std::string_view utf8) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const char c = utf8[i];
        if (!is_special[static_cast<unsigned char>(c)]) continue;
        std::string_view instead;
        std::size_t length = 1;
        switch (c) {
            case '&':
                instead = "&amp;";
                break;
            case '<':
                instead = "&lt;";
                break;
            case '>':
                instead = "&gt;";
                break;
            case '"':
                instead = "&quot;";
                break;
            case '\r':
                instead = utf8.substr(i + 1, 1) == "\n" ? "" : "\n";
                break;
            case '\xC2':
                if (i + 1 == utf8.size() || static_cast<unsigned char>(utf8[i + 1]) > 0x9F) continue;
                instead = windows_character(static_cast<unsigned char>(utf8[i + 1]));
                length = 2;
                break;
            case '\xEF':  // U+FFFE and U+FFFF are no characters
                if (utf8.substr(i, 3) != "\xEF\xBF\xBE" && utf8.substr(i, 3) != "\xEF\xBF\xBF") continue;
                length = 3;
                break;
            default:
                break;
        }
        out.append(utf8.substr(done, i - done)).append(instead);
        i += length - 1;
        done = i + 1;
    }
    out.append(utf8.substr(done));
}

bool append_attributes(std::string& out, const Element& element, std::span<const HtmlAttribute> attributes) {
    if (element.kind == body) return append_body(out, attributes);
    if (element.output == "img" && !append_image(out, attributes)) return false;
    if (element.output == "a") {
        if (const auto link = safe_link(value_of(attributes, "href"))) {
            append_attribute(out, "href", *link);
            out += link_policy;
        }
    }
    append_ruled(out, element, attributes);
    return true;
}

}  // namespace mail
