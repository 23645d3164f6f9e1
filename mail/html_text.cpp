#include "mail/html_text.hpp"

#include "mail/html_element.hpp"
#include "mail/html_references.hpp"
#include "mail/html_writer.hpp"
#include "mail/text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace mail {
namespace {

constexpr std::size_t max_tag = 32 * 1024;

std::string_view view(const xmlChar* text) {
    return reinterpret_cast<const char*>(text);
}

constexpr std::pair<std::string_view, std::string_view HtmlElement::*> attributes_read[] = {
    {"id", &HtmlElement::id},         {"class", &HtmlElement::class_names},  {"style", &HtmlElement::style},
    {"type", &HtmlElement::type},     {"href", &HtmlElement::href},          {"alt", &HtmlElement::alt},
    {"border", &HtmlElement::border}, {"data-marker", &HtmlElement::marker}, {"name", &HtmlElement::marker},
    {"start", &HtmlElement::start},   {"width", &HtmlElement::width},        {"height", &HtmlElement::height},
};

void on_start(void* context, const xmlChar* name, const xmlChar** attributes) {
    HtmlElement element{.name = view(name)};
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
        const std::string_view attribute = view(attributes[0]);
        if (attribute == "hidden") element.hidden_attribute = true;
        if (attributes[1] == nullptr) continue;
        for (const auto& [wanted, member] : attributes_read)
            if (attribute == wanted) element.*member = view(attributes[1]);
    }
    static_cast<HtmlWriter*>(context)->start(element);
}
void on_end(void* context, const xmlChar* name) {
    static_cast<HtmlWriter*>(context)->end(view(name));
}
void on_characters(void* context, const xmlChar* text, int length) {
    static_cast<HtmlWriter*>(context)->characters(view(text).substr(0, static_cast<std::size_t>(length)));
}

// Where the tag that opens at `at` ends, regarding quotes; npos when it is longer than the bound.
std::size_t tag_end(std::string_view html, std::size_t at) {
    const std::size_t limit = std::min(html.size(), at + max_tag);
    char quote = '\0';
    for (std::size_t i = at + 1; i < limit; ++i) {
        if (quote != '\0') {
            if (html[i] == quote) quote = '\0';
        } else if (html[i] == '>') {
            return i + 1;
        } else if ((html[i] == '"' || html[i] == '\'') && html[i - 1] == '=') {
            quote = html[i];
        }
    }
    return std::string_view::npos;
}

// libxml2 stops reading soon after </body> or </html>, where lists append their footers, and where the
// next HTML part begins.
bool ends_document(std::string_view tag) {
    return (iequals(tag.substr(0, 6), "</body") || iequals(tag.substr(0, 6), "</html")) &&
           (tag.size() == 6 || !is_alpha(tag[6]));
}

// `<![if !supportLists]>` of Word, which libxml2 takes for text; browsers for a comment (HTML §13.2.5.42).
bool is_declaration(std::string_view tag) {
    return tag.starts_with("<!") && tag != "<!--";
}

// An address or URL in angle brackets that nobody escaped: `<joe@a.example>`.
bool is_bare_address(std::string_view tag) {
    const std::string_view inside = tag.substr(1, tag.size() - 2);
    if (inside.size() > 2000 || inside.find_first_of(" \t\r\n\"'<") != std::string_view::npos) return false;
    if (inside.starts_with("http://") || inside.starts_with("https://") || inside.starts_with("mailto:"))
        return true;
    return inside.find('@') != std::string_view::npos && inside.find('=') == std::string_view::npos;
}

// Without tags over the bound and without the document's ends. Each quote that never closes costs one
// scan of the bound, and there are two kinds: still linear.
std::string prepared(std::string_view html) {
    std::string out;
    std::size_t done = 0;
    const std::size_t last_end = html.rfind('>') + 1;  // 0: there is none
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
        const bool drop =
            ends_document(html.substr(at, 7)) || (at < last_end && is_declaration(html.substr(at, 4)));
        if (!drop && (at + 1 >= html.size() || !is_alpha(html[at + 1]))) {
            ++at;
            continue;
        }
        std::size_t end = tag_end(html, at);
        if (end != std::string_view::npos && is_bare_address(html.substr(at, end - at))) {
            out.append(html.substr(done, at - done)).append("&lt;");
            done = ++at;
            continue;
        }
        if (end != std::string_view::npos && !drop) {
            at = end;
            continue;
        }
        end = std::min(html.find('>', at), html.size() - 1) + 1;
        out += html.substr(done, at - done);
        at = done = end;
    }
    return done == 0 ? std::string(html) : out.append(html.substr(done));
}

}  // namespace

MarkedText read_html(std::string_view utf8) {
    const std::string html = prepared(mended_references_between_tags(utf8));
    HtmlWriter writer;
    htmlSAXHandler sax{};
    sax.startElement = on_start;
    sax.endElement = on_end;
    sax.characters = on_characters;
    sax.ignorableWhitespace = on_characters;
    const std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser(
        htmlCreatePushParserCtxt(&sax, &writer, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8),
        &htmlFreeParserCtxt);
    if (!parser) return {};
    // The charset is settled: a meta element must not switch it.
    htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                         HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    constexpr std::size_t chunk = 64 * 1024;
    for (std::size_t at = 0; at < html.size(); at += chunk) {
        const std::size_t size = std::min(chunk, html.size() - at);
        htmlParseChunk(parser.get(), html.data() + at, static_cast<int>(size), 0);
    }
    htmlParseChunk(parser.get(), nullptr, 0, 1);
    MarkedText result = writer.finish();
    result.text = to_valid_utf8(result.text);
    return result;
}

std::string html_to_text(std::string_view utf8) {
    return read_html(utf8).text;
}

}  // namespace mail
