// Writes the text of a stream of HTML elements (mail/html_text.hpp says how it looks).
#pragma once

#include "mail/html_element.hpp"
#include "mail/html_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

class HtmlWriter {
  public:
    void start(const HtmlElement& element);
    void end(std::string_view name);
    void characters(std::string_view text);
    [[nodiscard]] MarkedText finish();

  private:
    // Elements that are deeper than this have no effect of their own.
    static constexpr std::size_t max_open = 2000;
    static constexpr unsigned max_quote_depth = 8;
    static constexpr std::size_t no_mark = static_cast<std::size_t>(-1);

    struct Open {
        std::string name;
        bool silent = false, block = false, quote = false, pre = false, spaced = false, list = false,
             data_table = false;
        bool font_zero = false;  // as it is inside
        std::size_t mark = no_mark;
        unsigned number = 0;  // a list's next item (0: not numbered), a table's rows
    };
    struct Mark {
        TextMark mark;
        bool begun = false, open = true;
    };

    void close_implied(const HtmlElement& element);
    void close_from(std::size_t index);
    void begin_mark(const ElementMark& mark, Open& open);
    void close(const Open& open);
    void start_item();
    void start_row();
    void start_cell(std::string_view name);
    [[nodiscard]] Open* table_around();
    void break_line(int breaks);
    void write_breaks();
    void add(std::string_view word);
    void pre_characters(std::string_view text);
    void close_link();
    [[nodiscard]] unsigned shown_depth() const {
        return quote_depth_ < max_quote_depth ? quote_depth_ : max_quote_depth;
    }

    std::string out_;
    std::vector<Open> open_;
    std::size_t unheeded_ = 0;  // elements opened past max_open
    std::vector<Mark> marks_;
    std::vector<std::size_t> waiting_;  // marks that begin with the next word
    std::size_t line_ = 0;

    std::string link_;
    std::size_t link_begin_ = 0;
    bool in_link_ = false;

    int breaks_ = 0;          // line ends due before the next word, at most two
    bool space_ = false;      // a blank is due before the next word
    std::size_t blanks_ = 0;  // no-break spaces due before the next word
    std::string separator_;   // due before the next word: between cells
    bool fresh_ = false;      // nothing was written since the cell or item began
    int silent_ = 0, pre_ = 0, lists_ = 0;
    unsigned quote_depth_ = 0, written_depth_ = 0;
    bool font_zero_ = false;
    std::size_t row_line_ = 0;  // where the row began
    bool row_filled_ = false;   // a cell before this one
    int header_cells_ = 0;      // of the row
};

}  // namespace mail
