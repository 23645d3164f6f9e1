#include "mail/html_tokens.hpp"

#include "mail/html_references.hpp"
#include "mail/text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace mail {
namespace {

constexpr std::size_t max_tag = 512 * 1024;
constexpr std::size_t max_attributes = 128;
constexpr auto npos = std::string_view::npos;
constexpr std::string_view root = "mail";  // no element of HTML: nothing is closed or implied inside it

// Elements that are left out with all they hold. A browser reads the `raw` ones to their end tag whatever
// comes between; `to_end`: to the end of the document when there is none.
struct Silent {
    std::string_view name;
    bool raw = false, to_end = false;
};
constexpr auto silent = std::to_array<Silent>({
    {.name = "applet"},
    {.name = "audio"},
    {.name = "canvas"},
    {.name = "datalist"},
    {.name = "frameset"},
    {.name = "iframe", .raw = true},
    {.name = "math"},
    {.name = "noembed", .raw = true},
    {.name = "noframes", .raw = true},
    {.name = "noscript", .raw = true},
    {.name = "object"},
    {.name = "script", .raw = true, .to_end = true},
    {.name = "select"},
    {.name = "style", .raw = true, .to_end = true},
    {.name = "svg"},
    {.name = "template"},
    {.name = "textarea", .raw = true},
    {.name = "title", .raw = true},
    {.name = "xml"},
});

bool is_name_char(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == ':';
}
bool ends_name(std::string_view html, std::size_t at) {
    return at >= html.size() || is_space(html[at]) || html[at] == '\f' || html[at] == '/' || html[at] == '>';
}

// What the reader is told without asking libxml2.
struct Plain {
    enum class What : char { text, start, end };
    What what;
    std::string_view words;  // a tag's name as it was written
};

// The input as libxml2 is to see it: tags with attributes and text with entities. libxml2 costs more a byte
// than all the rest here, and has nothing to say of the others; an end tag with the name `_` stands where
// some of them are.
class Feed {
  public:
    explicit Feed(std::string_view html) : html_(html), last_end_(html.rfind('>')) {
        out_.reserve(html.size() + html.size() / 4 + 64);
    }

    std::string make() {
        out_.append("<").append(root).append(">");
        while (at_ < html_.size()) {
            const std::size_t next = std::min(html_.find('<', at_), html_.size());
            text(html_.substr(at_, next - at_));
            at_ = next;
            if (at_ < html_.size()) markup();
        }
        return std::move(out_);
    }

    // Each group stands for one `_`.
    [[nodiscard]] const std::vector<std::vector<Plain>>& plain() const { return plain_; }

  private:
    void text(std::string_view run) {
        if (run.empty()) return;
        if (run.find('&') != npos) {
            out_ += mended_references(run);
        } else {
            pass(Plain::What::text, run);
        }
    }

    void pass(Plain::What what, std::string_view words) {
        if (passed_at_ != out_.size()) {
            out_ += "<?_>";
            passed_at_ = out_.size();
            plain_.emplace_back();
        }
        plain_.back().push_back({what, words});
    }

    void markup() {
        const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
        if (last_end_ == npos || at_ > last_end_) {
            less_than();
        } else if (next == '!' || next == '?') {
            at_ = html_.substr(at_).starts_with("<!--") ? comment_end() : html_.find('>', at_) + 1;
        } else if (is_alpha(next)) {
            tag(at_ + 1);
        } else if (next == '/' && at_ + 2 < html_.size() && is_alpha(html_[at_ + 2])) {
            tag(at_ + 2);
        } else {
            less_than();
        }
    }

    void less_than() {
        out_ += "&lt;";
        ++at_;
    }

    // HTML5: `<!-->` and `<!--->` are whole comments, and `--!>` ends one too.
    std::size_t comment_end() {
        const std::string_view head = html_.substr(at_ + 4, 2);
        if (head.starts_with('>')) return at_ + 5;
        if (head == "->") return at_ + 6;
        if (!comments_end_) return html_.find('>', at_) + 1;
        for (std::size_t i = html_.find("--", at_ + 4); i != npos; i = html_.find("--", i + 1)) {
            if (html_.substr(i + 2, 1) == ">") return i + 3;
            if (html_.substr(i + 2, 2) == "!>") return i + 4;
        }
        comments_end_ = false;  // nor does any later one
        return html_.find('>', at_) + 1;
    }

    void tag(std::size_t name_begin) {
        std::size_t name_end = name_begin;
        while (name_end < html_.size() && is_name_char(html_[name_end])) ++name_end;
        const std::string_view name = html_.substr(name_begin, name_end - name_begin);
        if (!ends_name(html_, name_end) || is_url(name, name_end)) {
            less_than();
            return;
        }
        const std::size_t begin = at_;
        const std::size_t end = tag_end(name_end);
        at_ = end == npos ? html_.find('>', begin) + 1 : end;
        if (name_begin > begin + 1) {
            if (end != npos) pass(Plain::What::end, name);
            return;
        }
        if (skipped(name, html_[at_ - 2] == '/') || end == npos) return;
        if (name.size() == 4 && (iequals(name, "html") || iequals(name, "head")))
            return;  // libxml2 would close the root for them
        if (end - 1 == name_end) {
            pass(Plain::What::start, name);
        } else {
            out_.append(html_.substr(begin, end - 1 - begin)).append(" />");
        }
    }

    [[nodiscard]] bool is_url(std::string_view name, std::size_t name_end) const {
        const std::size_t colon = name.find(':');
        if (colon == npos) return false;
        if (colon + 1 == name.size() && html_.substr(name_end, 2) == "//") return true;
        return iequals(name.substr(0, colon), "mailto") || iequals(name.substr(0, colon), "tel");
    }

    // Behind the `>` of the tag, regarding quotes; npos when it is past the bounds or a quote never
    // closes. Each kind of quote is looked for in vain once.
    std::size_t tag_end(std::size_t at) {
        const std::size_t limit = std::min(html_.size(), at_ + max_tag);
        std::size_t attributes = 0;
        enum { between, name, before_value, value } state = between;
        for (; at < limit; ++at) {
            const char c = html_[at];
            if (c == '>') return attributes > max_attributes ? npos : at + 1;
            const bool blank = is_space(c) || c == '\f';
            if (state == before_value && (c == '"' || c == '\'')) {
                if (is_unclosed(c)) return npos;
                at = html_.find(c, at + 1);
                if (at == npos) {
                    unclosed_ += c;
                    return npos;
                }
                state = between;
            } else if (state == before_value || state == value) {
                if (!blank) state = value;
                if (blank && state == value) state = between;
            } else if (c == '=') {
                state = before_value;
            } else if (blank || c == '/') {
                state = between;
            } else if (state == between) {
                state = name;
                ++attributes;
            }
        }
        return npos;
    }
    [[nodiscard]] bool is_unclosed(char quote) const { return unclosed_.find(quote) != std::string::npos; }

    bool skipped(std::string_view name, bool closed_itself) {
        const auto* found = std::find_if(silent.begin(), silent.end(), [&](const Silent& one) {
            return one.name[0] == lower(name[0]) && iequals(one.name, name);
        });
        if (found == silent.end()) return false;
        const std::size_t index = static_cast<std::size_t>(found - silent.begin());
        if (never_ends_[index] || (closed_itself && !found->raw)) return true;
        const std::size_t end = element_end(*found);
        if (end != npos) {
            at_ = end;
        } else {
            never_ends_[index] = true;
            if (found->to_end && !closed_itself) at_ = html_.size();
        }
        return true;
    }

    // Behind the end tag that belongs to the element which has just begun.
    std::size_t element_end(const Silent& element) const {
        std::size_t depth = 1;
        for (std::size_t i = html_.find('<', at_); i != npos; i = html_.find('<', i + 1)) {
            const bool is_end = html_.substr(i + 1, 1) == "/";
            const std::size_t name = i + (is_end ? 2 : 1);
            if (!iequals(html_.substr(name, element.name.size()), element.name) ||
                !ends_name(html_, name + element.name.size()))
                continue;
            const std::size_t close = html_.find('>', name);
            if (close == npos) return npos;
            if (!is_end && !element.raw && html_[close - 1] != '/') ++depth;
            if (is_end && --depth == 0) return close + 1;
        }
        return npos;
    }

    std::string_view html_;
    std::size_t last_end_;  // behind it no tag can end
    std::size_t at_ = 0;
    std::string out_;
    std::vector<std::vector<Plain>> plain_;
    std::size_t passed_at_ = npos;  // where the last `_` ended
    std::string unclosed_;          // the kinds of quote that are not found any more
    bool comments_end_ = true;
    std::array<bool, silent.size()> never_ends_{};
};

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

struct Handler {
    HtmlReader& reader;
    const std::vector<std::vector<Plain>>& plain;
    std::size_t next_plain = 0;
    std::vector<HtmlAttribute> attributes{};
};

void on_start(void* context, const xmlChar* name, const xmlChar** attributes) {
    auto& handler = *static_cast<Handler*>(context);
    if (view(name) == root) return;
    handler.attributes.clear();
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2)
        handler.attributes.push_back({view(attributes[0]), view(attributes[1])});
    handler.reader.start(view(name), handler.attributes);
}
void on_instruction(void* context, const xmlChar* target, const xmlChar*) {
    auto& handler = *static_cast<Handler*>(context);
    if (view(target) != "_" || handler.next_plain == handler.plain.size()) return;
    for (const Plain& one : handler.plain[handler.next_plain++]) {
        if (one.what == Plain::What::text)
            handler.reader.text(one.words);
        else if (one.what == Plain::What::start)
            handler.reader.start(lower(one.words), {});
        else
            handler.reader.end(lower(one.words));
    }
}
void on_characters(void* context, const xmlChar* text, int length) {
    static_cast<Handler*>(context)->reader.text(
        {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
}

}  // namespace

void read_html_tokens(std::string_view html, HtmlReader& reader) {
    // At a byte that is no UTF-8 libxml2 would take the rest for Latin-1.
    const bool valid = is_utf8(html) && html.find('\0') == npos;
    const std::string mended = valid ? std::string() : to_valid_utf8(html);
    Feed source(valid ? html : mended);
    const std::string feed = source.make();
    Handler handler{.reader = reader, .plain = source.plain()};
    htmlSAXHandler sax{};
    sax.startElement = on_start;
    sax.processingInstruction = on_instruction;
    sax.characters = on_characters;
    sax.ignorableWhitespace = on_characters;
    const std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser(
        htmlCreatePushParserCtxt(&sax, &handler, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8),
        &htmlFreeParserCtxt);
    if (!parser) return;
    // The charset is settled: a meta element must not switch it.
    htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                         HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED);
    constexpr std::size_t chunk = 1024 * 1024;
    for (std::size_t at = 0; at < feed.size(); at += chunk) {
        const std::size_t size = std::min(chunk, feed.size() - at);
        htmlParseChunk(parser.get(), feed.data() + at, static_cast<int>(size), 0);
    }
    htmlParseChunk(parser.get(), nullptr, 0, 1);
}

}  // namespace mail
