// The grammar that mail/safe_html.hpp promises, read by the least that can read it.
#pragma once

#include "tests/fuzz/checks.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace fuzz {

// Reads sanitised HTML to its end, or ends the program.
class HtmlGrammar {
  public:
    explicit HtmlGrammar(std::string_view html) : rest_(html) {}

    void check_all() {
        while (!rest_.empty()) {
            if (rest_.front() == '<') {
                tag();
            } else {
                const std::size_t end = std::min(rest_.find('<'), rest_.size());
                check_characters(rest_.substr(0, end));
                rest_.remove_prefix(end);
            }
        }
        check(open_.empty(), "an element that does not end");
    }

  private:
    static constexpr auto void_elements = std::to_array<std::string_view>({"br", "col", "hr", "img", "wbr"});
    static constexpr auto elements = std::to_array<std::string_view>(
        {"a",     "abbr",  "b",     "bdi",      "bdo",    "big", "blockquote", "br",    "caption", "center",
         "cite",  "code",  "col",   "colgroup", "dd",     "del", "dfn",        "div",   "dl",      "dt",
         "em",    "font",  "h1",    "h2",       "h3",     "h4",  "h5",         "h6",    "hr",      "i",
         "img",   "ins",   "kbd",   "li",       "mark",   "ol",  "p",          "pre",   "q",       "s",
         "samp",  "small", "span",  "strike",   "strong", "sub", "sup",        "table", "tbody",   "td",
         "tfoot", "th",    "thead", "tr",       "tt",     "u",   "ul",         "var",   "wbr"});

    template <std::size_t N>
    static bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    // No bare `<`, `>`, `"` or control; `&` only in front of the four names that are written.
    static void check_characters(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            check(c != '<' && c != '>' && c != '"', "a bare bracket or quote");
            check(!mail::is_control(c) || c == '\n' || c == '\t', "a control character");
            const std::string_view from = text.substr(i);
            check(c != '&' || from.starts_with("&amp;") || from.starts_with("&lt;") ||
                      from.starts_with("&gt;") || from.starts_with("&quot;"),
                  "a bare ampersand");
        }
    }

    std::string_view name() {
        std::size_t end = 0;
        while (end < rest_.size() &&
               (mail::is_alpha(rest_[end]) || mail::is_digit(rest_[end]) || rest_[end] == '-'))
            ++end;
        const std::string_view found = rest_.substr(0, end);
        check(!found.empty() && mail::lower(found) == found, "a name");
        rest_.remove_prefix(end);
        return found;
    }

    void expect(char c) {
        check(rest_.starts_with(c), "a tag's form");
        rest_.remove_prefix(1);
    }

    void tag() {
        expect('<');
        const bool is_end = rest_.starts_with('/');
        if (is_end) expect('/');
        const std::string_view element = name();
        check(one_of(elements, element), "an element that is not on the list");
        if (is_end) {
            check(!open_.empty() && open_.back() == element, "elements that overlap");
            open_.pop_back();
        } else {
            while (rest_.starts_with(' ')) attribute(element);
            if (!one_of(void_elements, element)) open_.push_back(element);
            check(open_.size() <= 100, "elements too deep");
        }
        expect('>');
    }

    void attribute(std::string_view element) {
        expect(' ');
        const std::string_view attribute = name();
        expect('=');
        expect('"');
        const std::size_t end = rest_.find('"');
        check(end != std::string_view::npos, "an attribute that does not end");
        const std::string_view value = rest_.substr(0, end);
        check_characters(value);
        rest_.remove_prefix(end + 1);
        check(
            !attribute.starts_with("on") && attribute != "id" && attribute != "name" && attribute != "class",
            "an attribute that is not on the list");
        if (attribute == "href")
            check(element == "a" &&
                      (is_web(value) || value.starts_with("mailto:") || value.starts_with("tel:")),
                  "a link that leads elsewhere");
        if (attribute == "src")
            check(element == "img" && (value.starts_with("cid:") || is_image(value)),
                  "an image that is fetched");
        if (attribute == "data-outside-src") check(element == "img" && is_web(value), "an outside address");
        if (attribute == "style")
            for (const char* word : {"url", "expression", "import", "\\", "/*", "@", "position"})
                check(mail::lower(value).find(word) == std::string::npos || is_font(value),
                      "a style that acts");
    }

    static bool is_web(std::string_view value) {
        return (value.starts_with("http://") || value.starts_with("https://")) &&
               value.find(' ') == std::string_view::npos;
    }
    static bool is_image(std::string_view value) {
        for (const char* type : {"png", "jpeg", "jpg", "pjpeg", "gif", "webp"})
            if (value.starts_with("data:image/" + std::string(type) + ";base64,")) return true;
        return false;
    }
    // A font may be called anything; without parentheses nothing is fetched.
    static bool is_font(std::string_view value) {
        return value.find_first_of("\\@") == std::string_view::npos &&
               value.find("/*") == std::string_view::npos && value.find("url(") == std::string_view::npos &&
               value.find("expression(") == std::string_view::npos;
    }

    std::string_view rest_;
    std::vector<std::string_view> open_;
};

inline void check_html(std::string_view html) {
    HtmlGrammar(html).check_all();
}

}  // namespace fuzz
