#include "mail/safe_html.hpp"

#include "mail/html_elements.hpp"
#include "mail/html_tokens.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace mail {
namespace {

using enum ElementKind;

constexpr std::size_t max_depth = 100;
constexpr std::size_t table_depth = 8;   // kept free for the rows and cells of the deepest table
constexpr std::size_t max_pending = 16;  // a hundred open <font> must not come back with each paragraph
constexpr auto npos = std::string_view::npos;
constexpr std::string_view blanks = " \t\n";

bool is_structure(ElementKind kind) {  // holds no text of its own
    return kind == table || kind == column_group || kind == section || kind == row;
}
bool is_table_part(ElementKind kind) {
    return kind == caption || kind == column || kind == cell || (is_structure(kind) && kind != table);
}
bool is_fence(ElementKind kind) {  // what is open outside is not closed from inside
    return kind == cell || kind == caption || kind == table;
}
bool is_block(ElementKind kind) {
    return kind != formatting && kind != phrase && kind != void_phrase;
}

// Writes tags in an order that HTML5's tree construction takes as it is: whatever an end or start tag
// would close by its rules is closed here first, and text in a table gets a cell.
class Writer final : public HtmlReader {
  public:
    explicit Writer(std::size_t input) : budget_(input + 64 * 1024) { out_.reserve(input); }

    void start(std::string_view name, std::span<const HtmlAttribute> attributes) override {
        const Element* const element = find_element(name);
        if (element == nullptr || (element->kind == body && !open_.empty())) return;
        tag_.assign("<").append(element->output);
        if (!append_attributes(tag_, *element, attributes)) return;
        tag_ += '>';
        place(*element, tag_);
    }

    void end(std::string_view name) override {
        const Element* const element = find_element(name);
        if (element == nullptr || element->kind == body) return;
        if (element->output == "br") {  // HTML §13.2.6.4.7: as if it were <br>
            place(*element, "<br>");
        } else if (!was_dropped(*element) && !was_pending(*element)) {
            close(*element);
        }
    }

    void text(std::string_view utf8) override {
        escaped_.clear();
        append_escaped(escaped_, utf8);  // first, for what counts is what a parser will see
        std::string_view text = escaped_;
        if (out_.empty()) text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.find_first_not_of(blanks) != npos) enter_phrase();
        if (after_pre_) text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
        if (!text.empty()) write(text);
    }

    std::string finish() {
        pop_to(0, false);
        return std::move(out_);
    }

  private:
    struct Open {
        const Element* element;
        std::size_t at, size;  // its start tag in the output, to be written again
    };

    [[nodiscard]] ElementKind kind(std::size_t i) const { return open_[i].element->kind; }
    [[nodiscard]] std::string_view tag_of(const Open& open) const {
        return std::string_view(out_).substr(open.at, open.size);
    }

    void write(std::string_view tag_or_text) {
        out_ += tag_or_text;
        after_pre_ = false;
    }

    void push(const Element& element, std::string_view tag) {
        if (!is_table_part(element.kind) && open_.size() >= max_depth - table_depth) {
            if (element.kind != paragraph && element.kind != list_item && element.kind != term)
                ++dropped_[element.output];
            return;
        }
        if (is_fence(element.kind)) pending_.clear();
        open_.push_back({&element, out_.size(), tag.size()});
        write(tag);
        after_pre_ = element.kind == preformatted;
    }

    void place(const Element& element, std::string_view tag) {
        switch (element.kind) {
            case void_phrase:
                enter_phrase();
                write(tag);
                return;
            case formatting:
                if (element.output == "a") close_link();
                [[fallthrough]];
            case phrase:
                enter_phrase();
                break;
            case caption:
            case column_group:
            case column:
            case section:
            case row:
            case cell:
                place_part(element, tag);
                return;
            default:
                enter_block();
                if (element.kind == list_item || element.kind == term) close_item(element.kind);
                close_paragraph();
                if (element.kind == heading && !open_.empty() && kind(open_.size() - 1) == heading)
                    pop_to(open_.size() - 1, false);
                if (element.kind == rule) {
                    write(tag);
                    return;
                }
        }
        push(element, tag);
    }

    void place_part(const Element& element, std::string_view tag) {
        if (dropped_.contains("table")) return;
        const std::size_t in_table = nearest([](ElementKind one) { return one == table; });
        if (in_table == npos) return;
        if (element.kind == column) {
            if (kind(open_.size() - 1) != column_group) {
                pop_above(in_table);
                push(*find_element("colgroup"), "<colgroup>");
            }
            write(tag);
            return;
        }
        if (element.kind == row) {
            pop_above(nearest([](ElementKind one) { return one == table || one == section; }));
        } else if (element.kind == cell) {
            pop_above(nearest([](ElementKind one) { return one == table || one == section || one == row; }));
            if (kind(open_.size() - 1) != row) push(*find_element("tr"), "<tr>");
        } else {
            pop_above(in_table);
        }
        push(element, tag);
    }

    // Text and images in a table but in no cell: a browser would move them before the table.
    void enter_cell() {
        while (!open_.empty() && is_structure(kind(open_.size() - 1))) {
            const ElementKind in = kind(open_.size() - 1);
            if (in == column_group)
                pop_to(open_.size() - 1, false);
            else
                in == row ? push(*find_element("td"), "<td>") : push(*find_element("tr"), "<tr>");
        }
    }

    void enter_phrase() {
        enter_cell();
        reopen(pending_.size());
    }

    void enter_block() {
        enter_cell();
        std::erase_if(pending_, [](const Open& one) { return one.element->kind == paragraph; });
        const auto last = std::find_if(pending_.rbegin(), pending_.rend(),
                                       [](const Open& one) { return is_block(one.element->kind); });
        reopen(static_cast<std::size_t>(pending_.rend() - last));
    }

    void reopen(std::size_t count) {
        if (count == 0) return;
        const std::vector<Open> again(pending_.begin(),
                                      pending_.begin() + static_cast<std::ptrdiff_t>(count));
        std::vector<Open> rest(pending_.begin() + static_cast<std::ptrdiff_t>(count), pending_.end());
        pending_.clear();
        for (const Open& one : again) {
            if (one.size > budget_) continue;
            budget_ -= one.size;
            place(*one.element, std::string(tag_of(one)));
        }
        pending_ = std::move(rest);
    }

    // From the top down to the first whose kind `is` wanted; npos when there is none.
    template <typename Is>
    [[nodiscard]] std::size_t nearest(Is is) const {
        for (std::size_t i = open_.size(); i-- > 0;)
            if (is(kind(i))) return i;
        return npos;
    }

    // As nearest(), but by element, and no further than `stop`.
    template <typename Is, typename Stop>
    [[nodiscard]] std::size_t reachable(Is is, Stop stop) const {
        for (std::size_t i = open_.size(); i-- > 0;) {
            if (is(*open_[i].element)) return i;
            if (stop(*open_[i].element)) return npos;
        }
        return npos;
    }

    void close_paragraph() {
        const std::size_t at = reachable([](const Element& one) { return one.kind == paragraph; },
                                         [](const Element& one) { return is_fence(one.kind); });
        if (at != npos) pop_to(at, false);
    }

    void close_item(ElementKind item) {
        const std::size_t at =
            reachable([&](const Element& one) { return one.kind == item; },
                      [](const Element& one) {
                          return is_block(one.kind) && one.output != "div" && one.kind != paragraph;
                      });
        if (at != npos) pop_to(at, false);
    }

    void close_link() {
        const std::size_t at = reachable([](const Element& one) { return one.output == "a"; },
                                         [](const Element& one) { return is_fence(one.kind); });
        if (at != npos) pop_to(at, true);
        std::erase_if(pending_, [](const Open& one) { return one.element->output == "a"; });
    }

    void close(const Element& element) {
        if (is_table_part(element.kind) && dropped_.contains("table")) return;
        const auto same = [&](const Element& one) {
            return one.output == element.output || (element.kind == heading && one.kind == heading);
        };
        const std::size_t at = reachable(same, [&](const Element& one) {
            switch (element.kind) {
                case table:
                    return false;
                case phrase:
                    return is_block(one.kind);
                case list_item:
                    return is_fence(one.kind) || one.output == "ul" || one.output == "ol";
                default:
                    return is_table_part(element.kind) ? one.kind == table : is_fence(one.kind);
            }
        });
        if (at != npos) pop_to(at, element.kind == formatting);
    }

    bool was_dropped(const Element& element) {
        const auto found = dropped_.find(element.output);
        if (found == dropped_.end()) return false;
        if (--found->second == 0) dropped_.erase(found);
        return true;
    }

    bool was_pending(const Element& element) {
        const auto found = std::find_if(pending_.rbegin(), pending_.rend(), [&](const Open& one) {
            return one.element->output == element.output;
        });
        if (found == pending_.rend()) return false;
        pending_.erase(std::next(found).base());
        return true;
    }

    void pop_above(std::size_t at) {
        if (at + 1 < open_.size()) pop_to(at + 1, false);
    }

    // Closes the element at `at` and all in it. Formatting in it comes back with the next text; with
    // `all`, blocks in it too (a <b> that ends inside a <div> which began in it).
    void pop_to(std::size_t at, bool all) {
        std::vector<Open> keep;
        std::size_t end = at + 1;
        while (end < open_.size() && !is_fence(kind(end))) ++end;
        for (std::size_t i = at + 1; i < std::min(end, open_.size()); ++i)
            if (all || kind(i) == formatting) keep.push_back(open_[i]);
        if (end < open_.size() || (at < open_.size() && is_fence(kind(at)))) pending_.clear();
        if (!keep.empty()) {
            keep.insert(keep.end(), pending_.begin(), pending_.end());
            pending_ = std::move(keep);
            limit_pending();
        }
        while (open_.size() > at) {
            write("</");
            out_.append(open_.back().element->output).append(">");
            open_.pop_back();
        }
    }

    // As HTML §13.2.4.3 has it: of tags that are alike the last three.
    void limit_pending() {
        for (std::size_t i = pending_.size(); i-- > 0;) {
            const auto from = pending_.begin() + static_cast<std::ptrdiff_t>(i);
            const auto alike = std::count_if(from + 1, pending_.end(),
                                             [&](const Open& one) { return tag_of(one) == tag_of(*from); });
            if (alike >= 3 || pending_.size() - i > max_pending) pending_.erase(from);
        }
    }

    std::string out_;
    std::string tag_, escaped_;  // used again each time
    std::size_t budget_;         // bytes that tags may take which come back
    std::vector<Open> open_;
    std::vector<Open> pending_;
    std::map<std::string_view, std::size_t> dropped_;  // open elements that were too deep
    bool after_pre_ = false;                           // a parser leaves out the line end that comes next
};

}  // namespace

std::string safe_html(std::string_view utf8) {
    Writer writer(utf8.size());
    read_html_tokens(utf8, writer);
    return writer.finish();
}

}  // namespace mail
