#include "mail/html_text.hpp"

#include "mail/text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace mail {
namespace {

constexpr std::size_t max_tag = 32 * 1024;
constexpr std::string_view no_break_space = "\xC2\xA0";

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What is inside is no text of the mail.
constexpr auto silent =
    std::to_array<std::string_view>({"head", "title", "style", "script", "svg", "math", "template",
                                     "textarea", "iframe", "object", "noembed", "select"});
constexpr auto blocks = std::to_array<std::string_view>(
    {"address", "article", "aside", "blockquote", "center", "dd",  "div",     "dl",    "dt",     "fieldset",
     "footer",  "form",    "h1",    "h2",         "h3",     "h4",  "h5",      "h6",    "header", "hr",
     "li",      "main",    "nav",   "ol",         "p",      "pre", "section", "table", "tr",     "ul"});
constexpr auto spaced = std::to_array<std::string_view>(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"});

class Writer {
  public:
    void start(std::string_view name, const char* href, const char* alt) {
        if (name == "body") silent_ = 0;
        if (one_of(silent, name)) ++silent_;
        if (silent_ > 0) return;
        if (name == "br") {
            end_line();
            breaks_ = std::min(breaks_ + 1, 3);
        } else if (name == "td" || name == "th") {
            space_ = !at_line_start();
        } else if (one_of(blocks, name)) {
            block(name);
            if (name == "li") add("- ");
        } else if (name == "img" && alt != nullptr) {
            characters(alt);
        }
        if (name == "pre") ++pre_;
        if (name == "a") {
            close_link();
            link_ = href == nullptr ? "" : href;
            link_begin_ = out_.size();
            in_link_ = true;
        }
    }

    void end(std::string_view name) {
        if (one_of(silent, name)) {
            if (silent_ > 0) --silent_;
            return;
        }
        if (silent_ > 0) return;
        if (name == "a") close_link();
        if (name == "pre" && pre_ > 0) --pre_;
        if (one_of(blocks, name) && name != "hr") block(name);
    }

    void characters(std::string_view text) {
        if (silent_ > 0) return;
        if (pre_ > 0) {
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t end = std::min(text.find('\n', at), text.size());
                if (end > at) add(text.substr(at, end - at));
                if (end < text.size()) breaks_ = std::min(breaks_ + 1, 3);
                at = end + 1;
            }
            return;
        }
        for (std::size_t i = 0; i < text.size();) {
            if (is_space(text[i]) || text[i] == '\f') {
                space_ = true;
                ++i;
                continue;
            }
            std::size_t end = i;
            while (end < text.size() && !is_space(text[end]) && text[end] != '\f') ++end;
            add(text.substr(i, end - i));
            i = end;
        }
    }

    std::string finish() {
        close_link();
        std::string text;
        text.reserve(out_.size());
        for (std::size_t i = 0; i < out_.size(); ++i) {
            if (std::string_view(out_).substr(i).starts_with(no_break_space)) {
                text += ' ';
                ++i;
            } else {
                text += out_[i];
            }
        }
        if (!trim(text).empty()) text += '\n';
        return text;
    }

  private:
    [[nodiscard]] bool at_line_start() const { return out_.empty() || breaks_ > 0; }
    void end_line() { space_ = false; }

    void block(std::string_view name) {
        end_line();
        breaks_ = std::max(breaks_, one_of(spaced, name) ? 2 : 1);
    }

    void add(std::string_view text) {
        if (!out_.empty() && breaks_ > 0) {
            out_.append(static_cast<std::size_t>(breaks_), '\n');
        } else if (space_ && !out_.empty() && pre_ == 0) {
            out_ += ' ';
        }
        breaks_ = 0;
        space_ = false;
        out_ += text;
    }

    // `text <url>`, unless the text says it already or the link leads nowhere.
    void close_link() {
        if (!in_link_) return;
        in_link_ = false;
        const bool web = link_.starts_with("http://") || link_.starts_with("https://");
        const bool address = link_.starts_with("mailto:");
        if (!web && !address) return;
        const std::string_view shown =
            trim(std::string_view(out_).substr(std::min(link_begin_, out_.size())));
        std::string_view target = link_;
        if (address) target = target.substr(7, target.find('?') - std::min<std::size_t>(7, target.find('?')));
        if (shown.empty() || shown.find(target) != std::string_view::npos) return;
        if (web && target.ends_with('/') && shown == target.substr(0, target.size() - 1)) return;
        out_.append(" <").append(target).append(">");
    }

    std::string out_;
    std::string link_;
    std::size_t link_begin_ = 0;
    bool in_link_ = false;
    bool space_ = false;  // a blank is due before the next word
    int breaks_ = 0;      // line ends due before the next word
    int silent_ = 0;
    int pre_ = 0;
};

std::string_view view(const xmlChar* text) {
    return reinterpret_cast<const char*>(text);
}

void on_start(void* context, const xmlChar* name, const xmlChar** attributes) {
    const char *href = nullptr, *alt = nullptr;
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
        if (attributes[1] == nullptr) continue;
        if (view(attributes[0]) == "href") href = view(attributes[1]).data();
        if (view(attributes[0]) == "alt") alt = view(attributes[1]).data();
    }
    static_cast<Writer*>(context)->start(view(name), href, alt);
}
void on_end(void* context, const xmlChar* name) {
    static_cast<Writer*>(context)->end(view(name));
}
void on_characters(void* context, const xmlChar* text, int length) {
    static_cast<Writer*>(context)->characters(view(text).substr(0, static_cast<std::size_t>(length)));
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

// Without tags over the bound and without the document's ends. Each quote that never closes costs one
// scan of the bound, and there are two kinds: still linear.
std::string prepared(std::string_view html) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
        const bool drop = ends_document(html.substr(at, 7));
        if (!drop && (at + 1 >= html.size() || !is_alpha(html[at + 1]))) {
            ++at;
            continue;
        }
        std::size_t end = tag_end(html, at);
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

std::string html_to_text(std::string_view utf8) {
    const std::string html = prepared(utf8);
    Writer writer;
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
    return to_valid_utf8(writer.finish());
}

}  // namespace mail
