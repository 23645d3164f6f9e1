#include "mail/html_element.hpp"

#include "mail/html_names.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace mail {
namespace {

using std::string_view;

bool one_of(std::span<const string_view> names, string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct Named {
    std::string_view name;
    HtmlTraits traits;
};
constexpr HtmlNames named(std::to_array<Named>({
    {"address", {.block = true}},
    {"area", {.empty = true}},
    {"article", {.block = true}},
    {"aside", {.block = true}},
    {"base", {.empty = true}},
    {"blockquote", {.block = true, .spaced = true}},
    {"body", {.block = true}},
    {"br", {.empty = true}},
    {"caption", {.block = true}},
    {"center", {.block = true}},
    {"col", {.empty = true}},
    {"dd", {.block = true}},
    {"details", {.block = true}},
    {"div", {.block = true}},
    {"dl", {.block = true, .spaced = true}},
    {"dt", {.block = true}},
    {"embed", {.empty = true}},
    {"fieldset", {.block = true}},
    {"figcaption", {.block = true}},
    {"figure", {.block = true, .spaced = true}},
    {"footer", {.block = true}},
    {"form", {.block = true}},
    {"h1", {.block = true, .spaced = true}},
    {"h2", {.block = true, .spaced = true}},
    {"h3", {.block = true, .spaced = true}},
    {"h4", {.block = true, .spaced = true}},
    {"h5", {.block = true, .spaced = true}},
    {"h6", {.block = true, .spaced = true}},
    {"head", {.silent = true}},
    {"header", {.block = true}},
    {"hr", {.block = true, .empty = true}},
    {"iframe", {.silent = true}},
    {"img", {.empty = true}},
    {"input", {.empty = true}},
    {"li", {.block = true}},
    {"link", {.empty = true}},
    {"main", {.block = true}},
    {"math", {.silent = true}},
    {"meta", {.empty = true}},
    {"nav", {.block = true}},
    {"noembed", {.silent = true}},
    {"object", {.silent = true}},
    {"ol", {.block = true, .spaced = true}},
    {"p", {.block = true, .spaced = true}},
    {"param", {.empty = true}},
    {"pre", {.block = true, .spaced = true}},
    {"script", {.silent = true}},
    {"section", {.block = true}},
    {"select", {.silent = true}},
    {"source", {.empty = true}},
    {"style", {.silent = true}},
    {"summary", {.block = true}},
    {"svg", {.silent = true}},
    {"table", {.block = true, .spaced = true}},
    {"template", {.silent = true}},
    {"textarea", {.silent = true}},
    {"title", {.silent = true}},
    {"tr", {.block = true}},
    {"track", {.empty = true}},
    {"ul", {.block = true, .spaced = true}},
    {"wbr", {.empty = true}},
    {"xml", {.silent = true}},
}));
static_assert(named.sorted());

// Classes and ids, in lower case. Outlook puts `x_` before those of the mail that it quotes.
constexpr auto attributions = std::to_array<string_view>({"gmail_attr", "moz-cite-prefix", "airmail_on"});
constexpr auto quotes = std::to_array<string_view>({"yahoo_quoted",
                                                    "protonmail_quote",
                                                    "zmail_extra",
                                                    "olk_src_body_section",
                                                    "moz-forward-container",
                                                    "ms-outlook-mobile-reference-message",
                                                    "mail-editor-reference-message-container",
                                                    "tutanota_quote",
                                                    "front-blockquote",
                                                    "__mailbird_quotation",
                                                    "isreplycontent",
                                                    "reply-intro",
                                                    "hey-quote",
                                                    "sh-quoted-content",
                                                    "freshdesk_quote",
                                                    "newton_quote",
                                                    "cm_quote",
                                                    "edo-reply",
                                                    "nylas-quote",
                                                    "mailspring-quote",
                                                    "ik_mail_quote"});
constexpr auto rest_is_quote = std::to_array<string_view>(
    {"divrplyfwdmsg", "appendonsend", "stopspelling", "zwchr", "messagereplysection", "__quoted_text__",
     "lotus_notes_quote", "reply-separator", "replysplit"});
constexpr auto signatures = std::to_array<string_view>({"gmail_signature",
                                                        "gmail_signature_prefix",
                                                        "moz-signature",
                                                        "protonmail_signature_block",
                                                        "signature",
                                                        "ms-outlook-mobile-signature",
                                                        "ms-outlook-signature",
                                                        "apple-signature",
                                                        "messagesignaturesection",
                                                        "k9mail-signature",
                                                        "front-signature",
                                                        "hs_signature",
                                                        "wisestamp_sig",
                                                        "tutanota_signature",
                                                        "composer_signature",
                                                        "__sig_pre__",
                                                        "__sig_post__",
                                                        "mail_signature",
                                                        "email-signature",
                                                        "fastmail-signature",
                                                        "bloop_sign",
                                                        "mailbird_sig",
                                                        "signature_old",
                                                        "sh-signature",
                                                        "_rc_sig",
                                                        "applemailsignature",
                                                        "ymail_android_signature",
                                                        "ymail_ios_signature",
                                                        "ntes-pcmac-signature"});

// One of the names, as a whole or behind the prefix that a webmail gave it ("x_", "ydp1a2b", "yiv123").
bool names_one(string_view attribute, std::span<const string_view> names) {
    for (std::size_t at = 0; at < attribute.size();) {
        std::size_t end = at;
        while (end < attribute.size() && !is_space(attribute[end])) ++end;
        std::string word = lower(attribute.substr(at, end - at));
        at = end + 1;
        if (word.empty() || word.size() > 80) continue;
        string_view rest = word;
        while (rest.starts_with("x_")) rest.remove_prefix(2);
        if (one_of(names, rest)) return true;
        if (rest.starts_with("ydp") || rest.starts_with("yiv"))
            for (const string_view name : names)
                if (rest.find(name) != string_view::npos) return true;
    }
    return false;
}

bool names_one(const HtmlElement& element, std::span<const string_view> names) {
    return names_one(element.id, names) || names_one(element.class_names, names) ||
           names_one(element.marker, names);
}

bool is_zero(string_view value) {
    const std::size_t end = std::min(value.find_first_of(";!"), value.size());
    value = value.substr(0, end);
    const std::size_t unit = std::min(value.find_first_not_of("0."), value.size());
    return unit > 0 && (unit == value.size() || is_alpha(value[unit]) || value[unit] == '%');
}

// Value of a property in a dense style; the last one counts.
std::optional<string_view> property(string_view style, string_view name) {
    for (std::size_t at = style.rfind(name); at != string_view::npos && at < style.size();) {
        const bool starts = at == 0 || style[at - 1] == ';';
        if (starts && style.substr(at + name.size()).starts_with(":"))
            return style.substr(at + name.size() + 1,
                                style.find(';', at) - std::min(style.find(';', at), at + name.size() + 1));
        if (at == 0) break;
        at = style.rfind(name, at - 1);
    }
    return std::nullopt;
}

}  // namespace

HtmlTraits traits_of(string_view name) {
    const Named* const found = named.find(name);
    return found == nullptr ? HtmlTraits() : found->traits;
}

std::string dense_style(string_view style) {
    std::string out;
    style = style.substr(0, 1024);
    out.reserve(style.size());
    for (const char c : style)
        if (!is_space(c)) out += lower(c);
    return out;
}

bool has_margin(const HtmlElement& element) {
    if (!element.traits.spaced) return false;
    if (element.name != "p") return true;
    // Word's paragraphs have none, and an empty one stands for a blank line
    if (lower(element.class_names.substr(0, 3)) == "mso" ||
        lower(element.class_names.substr(0, 5)) == "x_mso")
        return false;
    if (element.style.empty()) return true;
    const string_view style = element.style;
    const auto all = property(style, "margin"), top = property(style, "margin-top"),
               bottom = property(style, "margin-bottom");
    if (top && bottom) return !is_zero(*top) || !is_zero(*bottom);
    return !(all && is_zero(*all));
}

bool is_hidden(const HtmlElement& element) {
    if (element.hidden_attribute) return true;
    if (element.style.empty()) return false;
    const string_view style = element.style;
    if (const auto display = property(style, "display"); display && display->starts_with("none")) return true;
    if (const auto shown = property(style, "visibility"); shown && shown->starts_with("hidden")) return true;
    if (const auto hide = property(style, "mso-hide"); hide && hide->starts_with("all")) return true;
    if (const auto height = property(style, "max-height"); height && is_zero(*height)) return true;
    const auto opacity = property(style, "opacity");
    return opacity && is_zero(*opacity);
}

std::optional<bool> font_is_zero(const HtmlElement& element) {
    if (element.style.empty()) return std::nullopt;
    const string_view style = element.style;
    const auto size = property(style, "font-size");
    if (!size) return std::nullopt;
    return is_zero(*size);
}

bool is_quote(const HtmlElement& element) {
    if (element.name != "blockquote") return false;
    if (iequals(element.type, "cite")) return true;
    const std::string classes = lower(element.class_names);
    if (classes.find("quote") != std::string::npos && classes.find("indent") == std::string::npos)
        return true;
    // "indent more" of webmails
    const string_view style = element.style;
    const auto border = property(style, "border");
    return classes.find("indent") == std::string::npos && !(border && border->starts_with("none"));
}

bool is_data_table(const HtmlElement& element) {
    return (!element.border.empty() && element.border != "0") ||
           lower(element.class_names).find("msotablegrid") != std::string::npos;
}

std::optional<ElementMark> mark_of(const HtmlElement& element) {
    if (!element.id.empty() || !element.class_names.empty() || !element.marker.empty()) {
        if (names_one(element, rest_is_quote)) return ElementMark{TextMark::Kind::quote, true};
        if (element.name != "blockquote" && names_one(element, quotes))
            return ElementMark{TextMark::Kind::quote, false};
        if (names_one(element, attributions)) return ElementMark{TextMark::Kind::attribution, false};
        if (names_one(element, signatures)) return ElementMark{TextMark::Kind::signature, false};
        // GMX and web.de
        if (element.name == "div" && element.marker == "quote")
            return ElementMark{TextMark::Kind::quote, false};
    }
    if (element.name == "div" && !element.style.empty()) {
        // Outlook's line above From, and that of Windows Mail
        const string_view style = element.style;
        const bool outlook =
            style.find("border:none;border-top:solid#") != std::string::npos &&
            (style.find("#e1e1e1") != std::string::npos || style.find("#b5c4df") != std::string::npos);
        const bool windows_mail = style.find("border-top-color:rgb(229,229,229)") != std::string::npos &&
                                  style.find("border-top-style:solid") != std::string::npos;
        if (outlook || windows_mail) return ElementMark{TextMark::Kind::quote, true};
    }
    return std::nullopt;
}

}  // namespace mail
