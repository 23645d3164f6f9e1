#include "mail/reply_lines.hpp"

#include "mail/reply_marks.hpp"
#include "mail/text.hpp"
#include "mail/word_table.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace mail {
namespace {

constexpr std::size_t max_wrapped_lines = 5;

// Length of the quote marks that the line begins with ("> > ", "JD> ", "| "), 0 when it is not quoted.
std::size_t quote_prefix(std::string_view line) {
    static constexpr ByteSet letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    std::size_t at = 0, end = 0;
    while (at < line.size()) {
        const char *mark_at = line.data() + at, *const line_end = line.data() + line.size();
        while (mark_at != line_end && is_blank(*mark_at)) ++mark_at;
        at = static_cast<std::size_t>(mark_at - line.data());
        const char* const most = mark_at + std::min<std::ptrdiff_t>(12, line_end - mark_at);
        while (mark_at != most && letters.contains(*mark_at)) ++mark_at;
        const auto mark = static_cast<std::size_t>(mark_at - line.data());
        if (mark == line.size()) break;
        if (line[mark] == '>' && (mark == at || mark + 1 == line.size() || line[mark + 1] == ' ')) {
            end = at = mark + 1;
        } else if (line.substr(at).starts_with("\xEF\xBC\x9E")) {  // full-width >
            end = at = at + 3;
        } else if (line[at] == '|' && line.find('|', at + 1) == std::string_view::npos) {
            end = at = at + 1;
        } else {
            break;
        }
    }
    return end;
}

bool is_delimiter(std::string_view line) {
    static constexpr ByteSet marks("-_,=+~#*");
    if (line.size() > max_marked_line) return false;
    bool found = false;
    while (!line.empty()) {
        const bool mark = marks.contains(line[0]);
        std::size_t length = mark || is_blank(line[0]) ? 1 : 0;
        found = found || mark;
        if (length == 0 && static_cast<unsigned char>(line[0]) < 0x80) return false;
        if (length == 0) {
            for (const std::string_view dash :
                 {"\xE1\x90\xA7", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x94", "\xE2\x80\x93",
                  "\xE2\x80\x95", "\xE2\x94\x80", "\xE2\x94\x81", "\xE2\x95\x90", "\xE2\x80\xA2\xE2\x80\xA2"})
                if (line.starts_with(dash)) length = dash.size();
            found = found || length > 0;
        }
        if (length == 0 && line.starts_with("\xC2\xA0")) length = 2;
        if (length == 0) return false;
        line.remove_prefix(length);
    }
    return found;
}

std::size_t bytes_of(std::span<const std::string_view> lines) {
    std::size_t bytes = 0;
    for (const std::string_view line : lines) bytes += line.size();
    return bytes;
}

class Classifier {
  public:
    Classifier(std::span<const std::string_view> lines, std::span<const TextMark> marks)
        : lines_(lines),
          kinds_(lines.size(), LineKind::text),
          settled_(lines.size(), 0),
          looks_(lines.size()),
          folder_(bytes_of(lines)) {
        settle_code();
        settle_armour();
        settle_enclosed_quotes();
        for (const TextMark& mark : marks) settle(mark);
    }

    std::vector<LineKind> run() {
        for (std::size_t i = 0; i < lines_.size();) i += classify(i);
        mend_wrapped_quotes();
        find_header_blocks();
        resolve_weak_markers();
        return std::move(kinds_);
    }

  private:
    void settle(std::size_t begin, std::size_t end, LineKind kind) {
        for (std::size_t i = begin; i < std::min(end, lines_.size()); ++i) {
            if (settled_[i]) continue;
            kinds_[i] = is_blank_line(lines_[i]) ? LineKind::empty : kind;
            settled_[i] = 1;
        }
    }

    void settle(const TextMark& mark) {
        constexpr std::size_t longest = 30;  // of what is no quote; a stranger marks the whole mail so
        if (mark.kind != TextMark::Kind::quote && (mark.end < mark.begin || mark.end - mark.begin > longest))
            return;
        if (mark.kind == TextMark::Kind::attribution) {
            // Gmail marks the head of a forwarded mail just so
            for (std::size_t i = mark.begin; i < std::min(mark.end, lines_.size()); ++i)
                if (is_separator(fold_line(lines_[i]))) return;
        }
        settle(mark.begin, mark.end,
               mark.kind == TextMark::Kind::attribution ? LineKind::marker
               : mark.kind == TextMark::Kind::quote     ? LineKind::quote
                                                        : LineKind::signature);
    }

    // Markdown's fenced code is text, whatever it looks like.
    void settle_code() {
        std::size_t open = lines_.size();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!starts_with(lines_[i], "```")) continue;
            if (open < i) {
                for (std::size_t k = open; k <= i; ++k) settled_[k] = 1;
                open = lines_.size();
            } else {
                open = i;
            }
        }
    }

    // RFC 9580 §7: the head of a signed message, and the signature under it.
    void settle_armour() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!starts_with(lines_[i], "-----BEGIN PGP SIGN")) continue;
            if (lines_[i].starts_with("-----BEGIN PGP SIGNED MESSAGE-----")) {
                std::size_t end = i + 1;
                while (end < lines_.size() && end < i + 6 && !is_blank_line(lines_[end])) ++end;
                settle(i, end, LineKind::signature);
            } else if (lines_[i].starts_with("-----BEGIN PGP SIGNATURE-----")) {
                std::size_t end = i + 1;
                while (end < lines_.size() && !lines_[end].starts_with("-----END PGP SIGNATURE-----")) ++end;
                if (end < lines_.size()) settle(i, end + 1, LineKind::signature);
                i = end;
            }
        }
    }

    // ">>> Joe >>>" … "<<< Joe <<<", also ">>>>" … "<<<<".
    void settle_enclosed_quotes() {
        std::size_t open = lines_.size();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i].size() < 4 ||
                !(is_space(lines_[i][0]) || lines_[i][0] == '<' || lines_[i][0] == '>'))
                continue;
            const std::string_view line = trim(lines_[i]);
            const bool bare = line.size() >= 4 && line.find_first_not_of('>') == std::string_view::npos;
            if (bare || (line.starts_with(">>>") && line.size() > 8 && line.ends_with(">>>"))) {
                open = i;
            } else if (line.starts_with("<<<") && line.ends_with("<<<") && open < i) {
                settle(open, i + 1, LineKind::quote);
                open = lines_.size();
            }
        }
    }

    // The line's kind; returns how many lines it takes.
    std::size_t classify(std::size_t i) {
        if (settled_[i]) return 1;
        const std::string_view line = lines_[i];
        if (is_blank_line(line)) {
            kinds_[i] = LineKind::empty;
            return 1;
        }
        if (is_group_wise(i)) {
            kinds_[i] = LineKind::separator;
            return 1;
        }
        if (prefix_at(i) > 0 && !is_escaped_from(i)) {
            kinds_[i] = LineKind::quote;
            if (i > 0 && (kinds_[i - 1] == LineKind::quote || kinds_[i - 1] == LineKind::marker)) return 1;
            return std::max<std::size_t>(1, mark_attribution(i, true));
        }
        if (is_delimiter(line)) {
            kinds_[i] = LineKind::delimiter;
            return 1;
        }
        const FoldedLine& folded = folded_at(i);
        if (folded.text.empty()) return 1;
        if (is_device_line(folded) && stands_alone(i)) {
            kinds_[i] = LineKind::device;
        } else if (is_separator(folded.text) || is_reply_above(folded.text)) {
            kinds_[i] = LineKind::separator;
        } else if (const std::size_t taken = mark_attribution(i, false)) {
            return taken;
        }
        return 1;
    }

    // mbox writes ">From " where a text line began with "From ".
    [[nodiscard]] bool is_escaped_from(std::size_t i) const {
        return lines_[i].starts_with(">From ") && (i == 0 || kinds_[i - 1] != LineKind::quote) &&
               (i + 1 == lines_.size() || quote_prefix(lines_[i + 1]) == 0);
    }

    // GroupWise: ">>> Joe Doe <joe@a.example> 3/3/2016 5:21 PM >>>"
    bool is_group_wise(std::size_t i) {
        const std::string_view line = lines_[i];
        return starts_with(line, ">>> ") && trim(line).ends_with(" >>>") && line.size() < 160 &&
               line.find_first_of("0123456789") != std::string_view::npos &&
               line.find("://") == std::string_view::npos;
    }

    [[nodiscard]] bool stands_alone(std::size_t i) {
        if (i == 0 || i + 1 == lines_.size() || kinds_[i - 1] != LineKind::text) return true;
        return is_blank_line(lines_[i + 1]) || is_delimiter(lines_[i + 1]) ||
               quote_prefix(lines_[i + 1]) > 0 ||
               attribution_of(fold_line(lines_[i + 1])) != Attribution::none;
    }

    // What a line is like, kept since it is looked at from several sides.
    struct Look {
        FoldedLine folded;         // without the marks of a quote
        std::uint32_t prefix = 0;  // their length
        bool has_prefix = false, is_folded = false;
    };
    std::size_t prefix_at(std::size_t i) {
        Look& look = looks_[i];
        if (!look.has_prefix) look.prefix = static_cast<std::uint32_t>(quote_prefix(lines_[i]));
        look.has_prefix = true;
        return look.prefix;
    }
    const FoldedLine& folded_at(std::size_t i) {
        Look& look = looks_[i];
        if (!look.is_folded) {
            look.folded = folder_.fold(lines_[i].substr(prefix_at(i)));
            look.is_folded = true;
        }
        return look.folded;
    }

    // An attribution may wrap over five lines; returns how many lines it takes, 0 when there is none.
    std::size_t mark_attribution(std::size_t i, bool in_quote) {
        const FoldedLine& first = folded_at(i);
        if (!may_be_attribution(first)) return 0;
        std::size_t taken = 1;
        Attribution found = attribution_of(first.text);
        if (found != Attribution::strong && may_open_attribution(first.text)) {
            std::string& text = joined_;
            text = first.text;
            for (std::size_t k = 1; k < max_wrapped_lines && i + k < lines_.size(); ++k) {
                if (found == Attribution::none && !may_go_on(text)) break;
                const auto& [next, marked] = folded_at(i + k);
                if (in_quote && prefix_at(i + k) == 0) break;
                if (text.size() + next.size() > max_marked_line) break;
                // the next line is an attribution of its own
                if (marked && opens_with_date(next) && !ends_openly(text) &&
                    attribution_of(next) == Attribution::strong)
                    break;
                if (!next.empty()) text.append(1, ' ').append(next);
                if (attribution_of(text) == Attribution::strong && !starts_anew(i, k)) {
                    found = Attribution::strong;
                    taken = k + 1;
                    break;
                }
            }
        }
        if (found == Attribution::none) return 0;
        // "2016-03-03 17:21 GMT+01:00 Some One" and the address on a line of its own
        if (found == Attribution::strong && i + taken < lines_.size()) {
            const std::string_view next = folded_at(i + taken).text;
            if (next.starts_with('<') && next.find('@') != std::string_view::npos &&
                (next.ends_with(':') || next.ends_with('>')) && next.find(' ') == std::string_view::npos)
                ++taken;
        }
        for (std::size_t k = 0; k < taken; ++k) kinds_[i + k] = LineKind::marker;
        if (found == Attribution::weak) weak_.push_back(i);
        return taken;
    }

    // A sentence that is over does not go on as an attribution.
    static bool may_go_on(std::string_view text) {
        if (text.ends_with('!') || text.ends_with('?') || text.ends_with(':')) return false;
        if (!text.ends_with('.')) return true;
        const std::size_t word = text.find_last_of(' ') + 1;
        return text.size() - word <= 5;
    }
    static bool ends_openly(std::string_view text) { return text.ends_with('<') || text.ends_with(','); }

    // Whether an attribution with a date of its own begins in the lines after `i`.
    [[nodiscard]] bool starts_anew(std::size_t i, std::size_t last) {
        std::string text;
        for (std::size_t k = last; k > 0; --k) {
            const std::string_view line = folded_at(i + k).text;
            if (!text.empty()) text.insert(0, 1, ' ');
            text.insert(0, line);
            if (!line.empty() && opens_with_date(line) && attribution_of(text) == Attribution::strong &&
                !opens_with_date(folded_at(i).text))
                return true;
        }
        return false;
    }

    // Quotes that a program wrapped again: the end of a long quoted line stands without its mark.
    void mend_wrapped_quotes() {
        constexpr std::size_t long_line = 60;
        for (std::size_t i = 1; i + 1 < lines_.size(); ++i)
            if (kinds_[i] == LineKind::text && !settled_[i] && kinds_[i - 1] == LineKind::quote &&
                kinds_[i + 1] == LineKind::quote && lines_[i - 1].size() >= long_line &&
                lines_[i].size() < lines_[i - 1].size() && !is_blank(lines_[i][0]))
                kinds_[i] = LineKind::quote;
            else if (kinds_[i] == LineKind::text && !settled_[i] && kinds_[i - 1] == LineKind::quote &&
                     kinds_[i + 1] == LineKind::quote && in_broken_link(i))
                kinds_[i] = LineKind::quote;
    }

    // "> View it (http://a.example/x", "y=1)", or a link put on a line of its own.
    [[nodiscard]] bool in_broken_link(std::size_t i) const {
        const std::string_view line = trim(lines_[i]), above = trim(lines_[i - 1]);
        if (line.starts_with("(http") || line.starts_with("<http")) return true;
        for (const auto& [open, close] : {std::pair("(http", ')'), std::pair("<http", '>')})
            if (const std::size_t at = above.rfind(open); at != std::string_view::npos)
                return above.find(close, at) == std::string_view::npos &&
                       above.find(' ', at) == std::string_view::npos &&
                       line.find(close) != std::string_view::npos;
        return false;
    }

    // Three headers or more, one of them From, are the head of an older mail.
    void find_header_blocks() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (kinds_[i] != LineKind::text || settled_[i]) continue;
            if (header_bits(folded_at(i)) == 0) continue;
            std::size_t seen = i;
            const std::size_t end = header_block_end(i, seen);
            if (end == i) {
                i = std::max(i, seen - 1);  // a later start would find less
                continue;
            }
            for (; i < end; ++i)
                if (kinds_[i] != LineKind::empty) kinds_[i] = LineKind::separator;
            --i;
        }
    }

    [[nodiscard]] std::size_t header_block_end(std::size_t begin, std::size_t& seen) {
        constexpr std::size_t max_lines = 30;
        unsigned bits = 0;
        std::size_t headers = 0, end = begin, between = 0;
        bool address = false, from_address = false, dated = false;
        for (std::size_t i = begin; i < lines_.size() && i < begin + max_lines; ++i) {
            if (kinds_[i] == LineKind::empty) {
                if (++between > 4) break;
                continue;
            }
            if (kinds_[i] != LineKind::text) break;
            const std::string_view line = folded_at(i).text;
            if (const unsigned bit = header_bits(folded_at(i))) {
                bits |= bit;
                ++headers;
                from_address =
                    from_address || (bit == header_from && line.find('@') != std::string_view::npos);
                dated =
                    dated || ((bit & header_date) != 0 && opens_with_date(line.substr(line.find(':') + 1)));
                end = i + 1;
                between = 0;
            } else if (++between > 3 || kinds_[i - 1] == LineKind::empty) {
                break;
            }
            address = address || line.find('@') != std::string_view::npos;
        }
        seen = end;
        const std::size_t above = previous_filled(begin);
        const bool after_separator =
            above < begin && (kinds_[above] == LineKind::separator || kinds_[above] == LineKind::delimiter);
        constexpr unsigned others = header_date | header_to | header_subject;
        const bool names_sender = (bits & header_from) != 0 || (bits & others) == others;
        const bool enough = headers >= 3 && ((bits & header_subject) != 0 || address) &&
                            (bits & (header_date | header_subject)) != 0;
        // "These are the headers:" announces what is asked about
        const bool announced = above < begin && trim(lines_[above]).ends_with(':');
        const bool pair = (from_address && dated && !announced) || (after_separator && bits != header_from);
        return names_sender && (enough || (headers >= 2 && pair)) ? end : begin;
    }

    [[nodiscard]] std::size_t previous_filled(std::size_t i) const {
        while (i > 0 && kinds_[i - 1] == LineKind::empty) --i;
        return i > 0 ? i - 1 : lines_.size();
    }

    // "Joe said:" is Joe quoted when quoted lines follow and nothing is said after them.
    void resolve_weak_markers() {
        std::size_t said = lines_.size();
        while (said > 0 && kinds_[said - 1] != LineKind::text) --said;  // behind the last line said
        std::size_t top = 0;
        while (top < lines_.size() && kinds_[top] == LineKind::empty) ++top;
        for (const std::size_t i : weak_) {
            std::size_t next = i + 1;
            while (next < lines_.size() && kinds_[next] == LineKind::empty) ++next;
            if (next == lines_.size() || kinds_[next] != LineKind::quote ||
                (i < said && !(i == top && answered_below(next))))
                kinds_[i] = quote_prefix(lines_[i]) > 0 ? LineKind::quote : LineKind::text;
        }
    }

    // One quote, and all that is said stands below it.
    [[nodiscard]] bool answered_below(std::size_t quote) const {
        while (quote < kinds_.size() && kinds_[quote] != LineKind::text) ++quote;
        while (quote < kinds_.size() && kinds_[quote] != LineKind::quote) ++quote;
        return quote == kinds_.size();
    }

    std::span<const std::string_view> lines_;
    std::vector<LineKind> kinds_;
    std::vector<char> settled_;
    std::vector<Look> looks_;
    LineFolder folder_;
    std::string joined_;  // an attribution that wraps
    std::vector<std::size_t> weak_;
};

}  // namespace

bool is_blank_line(std::string_view line) {
    static constexpr ByteSet blanks(" \t\r\n\f\v");
    for (std::size_t at = 0; at < line.size();) {
        if (blanks.contains(line[at])) {
            ++at;
            continue;
        }
        if (static_cast<unsigned char>(line[at]) < 0x80) return false;
        std::size_t length = invisible_at(line.substr(at));
        for (const std::string_view blank : {"\xE3\x80\x80", "\xE2\x80\xAF", "\xCD\x8F"})
            if (line.substr(at).starts_with(blank)) length = blank.size();
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::vector<LineKind> kinds_of(std::span<const std::string_view> lines, std::span<const TextMark> marks) {
    return Classifier(lines, marks).run();
}

}  // namespace mail
