#include "mail/html_text.hpp"

#include "mail/html_element.hpp"
#include "mail/html_tokens.hpp"
#include "mail/html_writer.hpp"

#include <utility>

namespace mail {
namespace {

constexpr std::pair<std::string_view, std::string_view HtmlElement::*> attributes_read[] = {
    {"id", &HtmlElement::id},
    {"class", &HtmlElement::class_names},
    {"type", &HtmlElement::type},
    {"href", &HtmlElement::href},
    {"alt", &HtmlElement::alt},
    {"border", &HtmlElement::border},
    {"data-marker", &HtmlElement::marker},
    {"name", &HtmlElement::marker},
    {"start", &HtmlElement::start},
    {"width", &HtmlElement::width},
    {"height", &HtmlElement::height},
};

class TextReader final : public HtmlReader {
  public:
    void start(std::string_view name, std::span<const HtmlAttribute> attributes) override {
        HtmlElement element{.name = name, .traits = traits_of(name)};
        for (const HtmlAttribute& attribute : attributes) {
            if (attribute.name == "hidden") element.hidden_attribute = true;
            if (attribute.name == "style") element.style = dense_style(attribute.value);
            for (const auto& [wanted, member] : attributes_read)
                if (attribute.name == wanted) element.*member = attribute.value;
        }
        writer_.start(element);
        if (element.traits.empty) writer_.end(name);
    }
    void end(std::string_view name) override { writer_.end(name); }
    void text(std::string_view utf8) override { writer_.characters(utf8); }
    MarkedText finish() { return writer_.finish(); }

  private:
    HtmlWriter writer_;
};

}  // namespace

MarkedText read_html(std::string_view utf8) {
    TextReader reader;
    read_html_tokens(utf8, reader);
    return reader.finish();
}

std::string html_to_text(std::string_view utf8) {
    return read_html(utf8).text;
}

}  // namespace mail
