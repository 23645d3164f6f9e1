#include "mail/html_tokens.hpp"

#include "mail/html_names.hpp"
#include "mail/html_references.hpp"
#include "mail/text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mail {
namespace {

constexpr std::size_t max_tag = 512 * 1024;
constexpr std::size_t max_attributes = 128;
constexpr auto npos = std::string_view::npos;
constexpr std::size_t max_name = 90;  // of an attribute that libxml2 takes whole
constexpr std::string_view root = "mail",
                           root_tag = "<mail>";  // no element of HTML: it implies and closes nothing

// Elements that are left out with all they hold. A browser reads the `raw` ones to their end tag whatever
// comes between; `to_end`: to the end of the document when there is none.
struct Silent {
    std::string_view name;
    bool raw = false, to_end = false;
};
constexpr HtmlNames silent(std::to_array<Silent>({
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
}));
static_assert(silent.sorted());

// What a byte may be, since every byte of every tag is asked.
enum Byte : unsigned char { name_byte = 1, capital = 2, html_space = 4 };
constexpr auto kind_of_byte = [] {
    std::array<unsigned char, 256> kinds{};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const char c = static_cast<char>(i);
        if (is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == ':') kinds[i] |= name_byte;
        if (c >= 'A' && c <= 'Z') kinds[i] |= capital;
        if (is_space(c) || c == '\f') kinds[i] |= html_space;
    }
    return kinds;
}();
bool is(Byte kind, char c) {
    return (kind_of_byte[static_cast<unsigned char>(c)] & kind) != 0;
}

bool ends_name(std::string_view html, std::size_t at) {
    return at >= html.size() || is(html_space, html[at]) || html[at] == '/' || html[at] == '>';
}

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// libxml2's SAX push parser, for one piece of markup or text at a time. It begins when it is first needed.
class Library {
  public:
    explicit Library(HtmlReader& reader) : reader_(reader) {}

    void read(std::string_view piece) {
        if (!parser_) begin();
        if (!parser_) return;
        done_ = false;
        push(piece);
        push("<?_>");  // by which it says that it has read all before
        if (done_) return;
        htmlParseChunk(parser_.get(), nullptr, 0, 1);
        parser_.reset();
    }

  private:
    void begin() {
        htmlSAXHandler sax{};
        sax.startElement = on_start;
        sax.processingInstruction = [](void* self, const xmlChar*, const xmlChar*) {
            static_cast<Library*>(self)->done_ = true;
        };
        sax.characters = on_characters;
        sax.ignorableWhitespace = on_characters;
        parser_.reset(htmlCreatePushParserCtxt(&sax, this, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8));
        if (!parser_) return;
        // The charset is settled: a meta element must not switch it.
        htmlCtxtUseOptions(parser_.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                              HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC |
                                              HTML_PARSE_NOIMPLIED);
        push(root_tag);
    }

    void push(std::string_view bytes) {
        constexpr std::size_t chunk = 1024 * 1024;
        for (; !bytes.empty(); bytes.remove_prefix(std::min(chunk, bytes.size())))
            htmlParseChunk(parser_.get(), bytes.data(), static_cast<int>(std::min(chunk, bytes.size())), 0);
    }

    static void on_start(void* context, const xmlChar* name, const xmlChar** attributes) {
        auto& self = *static_cast<Library*>(context);
        if (view(name) == root) return;
        self.attributes_.clear();
        for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2)
            self.attributes_.push_back({view(attributes[0]), view(attributes[1])});
        self.reader_.start(view(name), self.attributes_);
    }
    static void on_characters(void* context, const xmlChar* text, int length) {
        static_cast<Library*>(context)->reader_.text(
            {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    }

    HtmlReader& reader_;
    std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser_{nullptr, &htmlFreeParserCtxt};
    std::vector<HtmlAttribute> attributes_;
    bool done_ = false;
};

// Appends `text` with the references decoded that are most of all in mail. False, and nothing is said of what
// was appended, when it has others.
bool append_decoded(std::string& out, std::string_view text, bool in_attribute) {
    for (std::size_t done = 0;;) {
        const std::size_t at = std::min(text.find('&', done), text.size());
        out += text.substr(done, at - done);
        if (at == text.size()) return true;
        const std::size_t length = append_reference(out, text.substr(at), in_attribute);
        if (length == 0) return false;
        done = at + length;
    }
}

// Takes the document apart. What is plain goes straight to the reader, the rest is what libxml2 says of it.
class Tokenizer {
  public:
    Tokenizer(std::string_view html, HtmlReader& reader)
        : html_(html), reader_(reader), library_(reader), last_end_(html.rfind('>')) {
        decoded_.reserve(max_attributes);
    }

    void read() {
        while (at_ < html_.size()) {
            const std::size_t next = std::min(html_.find('<', at_), html_.size());
            text(html_.substr(at_, next - at_));
            at_ = next;
            if (at_ < html_.size()) markup();
        }
    }

  private:
    void text(std::string_view run) {
        if (run.empty()) return;
        if (run.find('&') == npos) return reader_.text(run);
        text_.clear();
        append_decoded(text_, run, false) ? reader_.text(text_) : library_.read(mended_references(run));
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
        reader_.text("<");
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
        while (name_end < html_.size() && is(name_byte, html_[name_end])) ++name_end;
        std::string_view name = html_.substr(name_begin, name_end - name_begin);
        if (!ends_name(html_, name_end) || is_url(name, name_end)) {
            less_than();
            return;
        }
        const std::size_t begin = at_;
        const bool is_end = name_begin > begin + 1;
        std::size_t end = plain_attributes(name_end);
        const bool plain = end != npos;
        if (!plain) end = tag_end(name_end);
        at_ = end == npos ? html_.find('>', begin) + 1 : end;
        if (std::any_of(name.begin(), name.end(), [](char c) { return is(capital, c); }))
            name = name_ = lower(name);
        if (is_end) {
            if (end != npos) reader_.end(name);
        } else if (!skipped(name, html_[at_ - 2] == '/') && end != npos && name != "html" && name != "head") {
            // libxml2 would close its root for those two
            plain ? reader_.start(name, attributes_)
                  : library_.read(std::string(html_.substr(begin, end - 1 - begin)).append(" />"));
        }
    }

    // Reads what follows a tag's name into `attributes_`. Behind the `>`; npos where it is not in order.
    std::size_t plain_attributes(std::size_t at) {
        attributes_.clear();
        decoded_.clear();
        const std::size_t limit = std::min(html_.size(), at_ + max_tag);
        bool lower_case = true;
        const std::size_t names = at;
        for (;;) {
            const std::size_t before = at;
            while (at < limit && is(html_space, html_[at])) ++at;
            if (at < limit && html_[at] == '/') ++at;
            if (at >= limit) return npos;
            if (html_[at] == '>') break;
            const std::size_t begin = at;
            while (at < limit && is(name_byte, html_[at]))
                lower_case = !is(capital, html_[at++]) && lower_case;
            if (at == begin || begin == before || html_[begin - 1] == '/' ||
                attributes_.size() == max_attributes)
                return npos;
            HtmlAttribute attribute{.name = html_.substr(begin, at - begin), .value = {}};
            if (!is_alpha(html_[begin]) || attribute.name.size() > max_name) return npos;
            std::size_t next = at;
            while (next < limit && is(html_space, html_[next])) ++next;
            if (next < limit && html_[next] == '=') {
                at = read_value(next + 1, limit, attribute.value);
                if (at == npos) return npos;
            }
            attributes_.push_back(attribute);
        }
        if (!lower_case) {
            names_ = lower(html_.substr(names, at - names));
            for (HtmlAttribute& one : attributes_)
                one.name = std::string_view(names_).substr(
                    static_cast<std::size_t>(one.name.data() - html_.data()) - names, one.name.size());
        }
        // Of those with one name a browser takes the first
        for (std::size_t i = attributes_.size(); i-- > 1;)
            if (std::any_of(attributes_.begin(), attributes_.begin() + static_cast<std::ptrdiff_t>(i),
                            [&](const HtmlAttribute& one) { return one.name == attributes_[i].name; }))
                attributes_.erase(attributes_.begin() + static_cast<std::ptrdiff_t>(i));
        return at + 1;
    }

    std::size_t read_value(std::size_t at, std::size_t limit, std::string_view& value) {
        while (at < limit && is(html_space, html_[at])) ++at;
        if (at >= limit) return npos;
        const char quote = html_[at];
        std::size_t end = at;
        if (quote == '"' || quote == '\'') {
            if (is_unclosed(quote)) return npos;
            end = std::min(html_.find(quote, ++at), html_.size());
        } else {
            while (end < limit && !is(html_space, html_[end]) && html_[end] != '>') ++end;
        }
        if (end >= limit) return npos;
        value = html_.substr(at, end - at);
        if (value.find('&') != npos) {
            std::string& decoded = decoded_.emplace_back();
            if (!append_decoded(decoded, value, true)) return npos;
            value = decoded;
        }
        return html_[end] == quote ? end + 1 : end;
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
            const bool blank = is(html_space, c);
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
        const Silent* const found = silent.find(name);
        if (found == nullptr) return false;
        bool& never_ends = never_ends_[found->name];
        if (never_ends || (closed_itself && !found->raw)) return true;
        const std::size_t end = element_end(*found);
        if (end != npos) {
            at_ = end;
        } else {
            never_ends = true;
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
    HtmlReader& reader_;
    Library library_;
    std::size_t last_end_;  // behind it no tag can end
    std::size_t at_ = 0;
    std::vector<HtmlAttribute> attributes_;  // of the tag, as their text is kept in these:
    std::vector<std::string> decoded_;       // values with references
    std::string name_, names_, text_;        // in lower case; decoded
    std::string unclosed_;                   // the kinds of quote that are not found any more
    bool comments_end_ = true;
    std::map<std::string_view, bool> never_ends_;
};

}  // namespace

void read_html_tokens(std::string_view html, HtmlReader& reader) {
    // At a byte that is no UTF-8 libxml2 would take the rest for Latin-1.
    const bool valid = is_utf8(html) && html.find('\0') == npos;
    const std::string mended = valid ? std::string() : to_valid_utf8(html);
    Tokenizer(valid ? html : mended, reader).read();
}

}  // namespace mail
