#include "mail/html_writer.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <charconv>

namespace mail {
namespace {

constexpr std::size_t max_looked_at = 32;  // open elements; keeps stray tags below a deep stack linear
constexpr std::string_view no_break_space = "\xC2\xA0";

// Characters without width pad preheaders.
std::size_t invisible_length(std::string_view text) {
    if (static_cast<unsigned char>(text[0]) < 0xC2) return 0;
    for (const std::string_view invisible : {"\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xEF\xBB\xBF",
                                             "\xCD\x8F", "\xC2\xAD", "\xE2\x81\xA0"})
        if (text.starts_with(invisible)) return invisible.size();
    return 0;
}

bool is_small(std::string_view size) {
    return size == "0" || size == "1" || size == "2" || size == "1px" || size == "0px";
}

}  // namespace

void HtmlWriter::start(const HtmlElement& element) {
    const std::string_view name = element.name;
    if (name == "body" && silent_ > 0) {  // whatever was not closed before it
        silent_ = 0;
        for (Open& open : open_) open.silent = false;
    }
    if (name == "br") {
        if (silent_ > 0) return;
        if (blanks_ > 0 && (breaks_ > 0 || out_.empty())) breaks_ = 2;
        space_ = false;
        blanks_ = 0;
        fresh_ = false;
        breaks_ = std::min(breaks_ + 1, 2);
        return;
    }
    if (name == "img") {
        if (silent_ == 0 && !font_zero_ && !is_hidden(element) && !is_small(element.width) &&
            !is_small(element.height))
            characters(element.alt);
        return;
    }
    close_implied(element);
    if (open_.size() >= max_open) {
        ++unheeded_;
        if (silent_ == 0 && element.traits.block) break_line(1);
        return;
    }
    Open open;
    open.name = name;
    open.block = element.traits.block;
    open.silent = element.traits.silent || (name != "body" && name != "html" && is_hidden(element));
    open.font_zero = font_is_zero(element).value_or(font_zero_);
    font_zero_ = open.font_zero;
    if (open.silent) ++silent_;
    if (silent_ == 0) {
        if (const auto mark = mark_of(element)) begin_mark(*mark, open);
        open.spaced = has_margin(element) && !((name == "ul" || name == "ol") && lists_ > 0);
        open.quote = is_quote(element);
        open.data_table = name == "table" && is_data_table(element);
        if (open.block) break_line(open.spaced ? 2 : 1);
        if (open.quote) ++quote_depth_;
        if (name == "ul" || name == "ol") {
            open.list = true;
            ++lists_;
            if (name == "ol") {
                open.number = 1;
                std::from_chars(element.start.data(), element.start.data() + element.start.size(),
                                open.number);
            }
        } else if (name == "li") {
            start_item();
        } else if (name == "tr") {
            start_row();
        } else if (name == "td" || name == "th") {
            start_cell(name);
        } else if (name == "pre") {
            open.pre = true;
            ++pre_;
        } else if (name == "a") {
            close_link();
            link_ = element.href;
            link_begin_ = out_.size();
            in_link_ = true;
        }
    }
    open_.push_back(std::move(open));
}

void HtmlWriter::end(std::string_view name) {
    if (name == "br" || name == "img") return;
    if (unheeded_ > 0) {
        --unheeded_;
        return;
    }
    // a stray end tag finds nothing
    const std::size_t near = open_.size() - std::min(open_.size(), max_looked_at);
    for (std::size_t i = open_.size(); i-- > near;)
        if (open_[i].name == name) return close_from(i);
}

void HtmlWriter::close_from(std::size_t index) {
    while (open_.size() > index) {
        const Open open = std::move(open_.back());
        open_.pop_back();
        close(open);
    }
}

// What HTML lets a start tag close (HTML §13.1.2.4): items, cells, rows, paragraphs.
void HtmlWriter::close_implied(const HtmlElement& element) {
    const std::string_view starting = element.name;
    using Names = std::initializer_list<std::string_view>;
    const auto close_nearest = [&](Names wanted, Names stops) {
        const std::size_t near = open_.size() - std::min(open_.size(), max_looked_at);
        for (std::size_t i = open_.size(); i-- > near;) {
            if (std::ranges::find(wanted, open_[i].name) != wanted.end()) return close_from(i);
            if (std::ranges::find(stops, open_[i].name) != stops.end()) return;
        }
    };
    if (starting == "li") return close_nearest({"li"}, {"ul", "ol", "td", "th", "table"});
    if (starting == "td" || starting == "th") return close_nearest({"td", "th"}, {"tr", "table"});
    if (starting == "tr") return close_nearest({"tr"}, {"table"});
    if (starting == "dt" || starting == "dd") return close_nearest({"dt", "dd"}, {"dl", "td", "table"});
    if (element.traits.block) close_nearest({"p"}, {"td", "th", "table", "li"});
}

void HtmlWriter::close(const Open& open) {
    font_zero_ = !open_.empty() && open_.back().font_zero;
    if (open.silent) {
        --silent_;
        return;
    }
    if (open.pre) --pre_;
    if (open.list) --lists_;
    if (silent_ == 0) {
        if (open.name == "a") close_link();
        if (open.block && open.name != "hr") break_line(open.spaced ? 2 : 1);
    }
    if (open.quote) --quote_depth_;
    if (open.mark != no_mark) {
        Mark& mark = marks_[open.mark];
        mark.open = false;
        mark.mark.end = mark.begun ? line_ + 1 : 0;
    }
}

void HtmlWriter::begin_mark(const ElementMark& mark, Open& open) {
    constexpr std::size_t max_marks = 1000;
    if (marks_.size() >= max_marks) return;
    waiting_.push_back(marks_.size());
    if (!mark.to_the_end) open.mark = marks_.size();
    marks_.push_back({.mark = {.kind = mark.kind, .begin = 0, .end = 0}});
}

void HtmlWriter::start_item() {
    constexpr int max_indent = 8;
    Open* list = nullptr;
    for (std::size_t i = open_.size(); i > 0 && list == nullptr && i + 8 > open_.size(); --i)
        if (open_[i - 1].list) list = &open_[i - 1];
    separator_.assign(static_cast<std::size_t>(2 * std::clamp(lists_ - 1, 0, max_indent)), ' ');
    if (list != nullptr && list->number > 0) {
        separator_ += std::to_string(list->number) + ". ";
        if (list->number < 1'000'000) ++list->number;
    } else {
        separator_ += "- ";
    }
    fresh_ = true;
}

HtmlWriter::Open* HtmlWriter::table_around() {
    for (std::size_t i = open_.size(); i > 0 && i + 6 > open_.size(); --i)
        if (open_[i - 1].name == "table") return &open_[i - 1];
    return nullptr;
}

void HtmlWriter::start_row() {
    row_filled_ = false;
    header_cells_ = 0;
    if (Open* const table = table_around(); table != nullptr && table->number++ > 0 && table->data_table)
        breaks_ = std::min(breaks_, 1);
}

void HtmlWriter::start_cell(std::string_view name) {
    if (name == "th") ++header_cells_;
    Open* const table = table_around();
    if (table != nullptr && header_cells_ > 1) table->data_table = true;
    const bool data = table != nullptr && table->data_table;
    if (row_filled_ && row_line_ == line_) {
        if (data) breaks_ = 0;
        if (breaks_ == 0) {
            separator_ = data ? " | " : "  ";
            fresh_ = true;
        }
    }
}

void HtmlWriter::break_line(int breaks) {
    if (blanks_ > 0 && (breaks_ > 0 || out_.empty())) breaks = 2;  // a line of no-break spaces
    space_ = false;
    blanks_ = 0;
    if (!fresh_) breaks_ = std::max(breaks_, breaks);
}

void HtmlWriter::write_breaks() {
    const bool first = out_.empty();
    const unsigned depth = shown_depth();
    for (int i = 0; i < breaks_ && !first; ++i) {
        while (out_.ends_with(' ')) out_.pop_back();
        out_ += '\n';
        ++line_;
        if (i + 1 < breaks_) {
            for (unsigned k = 0; k < std::min(depth, written_depth_); ++k) out_ += k == 0 ? ">" : " >";
        }
    }
    if (breaks_ > 0 || first)
        for (unsigned k = 0; k < depth; ++k) out_ += "> ";
    if (breaks_ > 0 || first) row_line_ = line_;
    written_depth_ = depth;
    breaks_ = 0;
}

void HtmlWriter::add(std::string_view word) {
    const bool starts_line = breaks_ > 0 || out_.empty();
    if (starts_line) {
        write_breaks();
    } else if (space_ && separator_.empty()) {
        out_ += ' ';
    }
    for (const std::size_t mark : waiting_) {
        marks_[mark].mark.begin = line_;
        marks_[mark].begun = marks_[mark].open;
    }
    waiting_.clear();
    if (separator_ != " | " || !starts_line) out_ += separator_;
    separator_.clear();
    out_.append(std::min<std::size_t>(blanks_, 40), ' ');
    blanks_ = 0;
    space_ = fresh_ = false;
    row_filled_ = true;
    out_ += word;
}

void HtmlWriter::characters(std::string_view text) {
    if (silent_ > 0 || font_zero_) return;
    if (pre_ > 0) return pre_characters(text);
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        if (is_space(rest[0]) || rest[0] == '\f') {
            if (blanks_ == 0) space_ = true;
            ++i;
        } else if (rest[0] == no_break_space[0] && rest.starts_with(no_break_space)) {
            blanks_ += space_ ? 2 : 1;
            space_ = false;
            i += no_break_space.size();
        } else if (const std::size_t length = invisible_length(rest)) {
            i += length;
        } else {
            std::size_t end = i;
            while (end < text.size() && !is_space(text[end]) && text[end] != '\f' &&
                   !(text[end] == no_break_space[0] && text.substr(end).starts_with(no_break_space)))
                ++end;
            add(text.substr(i, end - i));
            i = end;
        }
    }
}

void HtmlWriter::pre_characters(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) {
            space_ = false;
            add(line);
        }
        if (end < text.size()) breaks_ = std::min(breaks_ + 1, 2);
        at = end + 1;
    }
}

// `text <url>`, unless the text says it already or the link leads nowhere.
void HtmlWriter::close_link() {
    if (!in_link_) return;
    in_link_ = false;
    const bool web = link_.starts_with("http://") || link_.starts_with("https://");
    const bool address = link_.starts_with("mailto:");
    if (!web && !address) return;
    const std::string_view shown = trim(std::string_view(out_).substr(std::min(link_begin_, out_.size())));
    std::string_view target = link_;
    if (address) target = target.substr(7, target.find('?') - std::min<std::size_t>(7, target.find('?')));
    if (shown.empty() || shown.find(target) != std::string_view::npos) return;
    if (web && target.ends_with('/') && shown == target.substr(0, target.size() - 1)) return;
    if (web && shown == target.substr(target.find("//") + 2)) return;
    out_.append(" <").append(target).append(">");
}

MarkedText HtmlWriter::finish() {
    close_link();
    while (!out_.empty() && is_space(out_.back())) out_.pop_back();
    if (!trim(out_).empty()) out_ += '\n';
    MarkedText result;
    for (const Mark& mark : marks_) {
        if (!mark.begun) continue;
        result.marks.push_back(mark.mark);
        if (mark.open) result.marks.back().end = line_ + 1;
    }
    result.text = std::move(out_);
    return result;
}

}  // namespace mail
