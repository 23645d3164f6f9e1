#include "mail/reply.hpp"

#include "mail/reply_lines.hpp"
#include "mail/signature.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <vector>

namespace mail {
namespace {

enum class Part : char { reply, quoted, signature };

// A line that says "--" and no more: RFC 3676 §4.3, with or without its blank.
bool is_signature_mark(std::string_view line) {
    return line == "--" || line == "-- " || line == "--\xC2\xA0" || line == "\xE2\x80\x94";
}

// The lines of an older mail begin here.
bool is_quoted(LineKind kind) {
    return kind == LineKind::quote || kind == LineKind::marker || kind == LineKind::separator;
}

bool is_link(std::string_view line) {
    line = trim(line);
    if (line.starts_with('<') || line.starts_with('(')) line.remove_prefix(1);
    return line.starts_with("http") && line.find(' ') == std::string_view::npos;
}

class Splitter {
  public:
    Splitter(std::vector<std::string_view> lines, std::span<const TextMark> marks)
        : lines_(std::move(lines)), kinds_(kinds_of(lines_, marks)), parts_(lines_.size(), Part::reply) {}

    void split(const std::optional<NamedAddress>& from) {
        if (lines_.empty()) return;
        if (only_forwards()) return;
        cut_at_delimiter();
        take_device_lines();
        cut_above_answer();
        cut_below_answer();
        if (says_something())
            find_closing(from);
        else
            parts_.assign(lines_.size(), Part::reply);
    }

    [[nodiscard]] std::string text_of(Part part) const {
        std::string out;
        std::size_t blank_lines = 0;
        std::string_view run;  // lines that follow each other are copied at once
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (parts_[i] != part) continue;
            if (kinds_[i] == LineKind::empty) {
                blank_lines += run.empty() ? 0 : 1;
                continue;
            }
            const std::string_view line = lines_[i];
            if (!run.empty() && blank_lines == 0 && run.data() + run.size() + 1 == line.data()) {
                run = {run.data(), run.size() + 1 + line.size()};
                continue;
            }
            if (!run.empty()) out.append(run).append(1 + blank_lines, '\n');
            blank_lines = 0;
            run = line;
        }
        if (!run.empty()) out.append(run).append(1, '\n');
        return out;
    }

  private:
    [[nodiscard]] bool says_something() const {
        for (std::size_t i = 0; i < lines_.size(); ++i)
            if (parts_[i] == Part::reply && kinds_[i] == LineKind::text) return true;
        return false;
    }
    [[nodiscard]] std::size_t count(LineKind kind, std::size_t begin, std::size_t end) const {
        return static_cast<std::size_t>(std::count(kinds_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                   kinds_.begin() + static_cast<std::ptrdiff_t>(end), kind));
    }
    [[nodiscard]] std::size_t next_filled(std::size_t i) const {
        while (i < kinds_.size() && kinds_[i] == LineKind::empty) ++i;
        return i;
    }
    void assign(std::size_t begin, std::size_t end, Part part) {
        std::fill(parts_.begin() + static_cast<std::ptrdiff_t>(begin),
                  parts_.begin() + static_cast<std::ptrdiff_t>(end), part);
    }

    // Forwarded mail with nothing said above it: all of it is what the desk is to read.
    [[nodiscard]] bool only_forwards() const {
        const std::size_t first = next_filled(0);
        return first < kinds_.size() && kinds_[first] == LineKind::separator &&
               count(LineKind::quote, 0, kinds_.size()) == 0;
    }

    // The first delimiter or separator with something said above it: all below is signature or quote.
    void cut_at_delimiter() {
        bool said = false, boxed = false;
        std::size_t end = 0, below = 0;  // where a quote comes, and the lines of text up to it
        for (std::size_t i = 0; i < kinds_.size(); ++i) {
            if (i < end) {
                below -= kinds_[i] == LineKind::text ? 1 : 0;
            } else {
                for (end = i + 1; end < kinds_.size() && !is_quoted(kinds_[end]); ++end)
                    below += kinds_[end] == LineKind::text ? 1 : 0;
            }
            if (kinds_[i] == LineKind::text) said = true;
            if (kinds_[i] == LineKind::separator && said) return cut(i);
            if (kinds_[i] != LineKind::delimiter) continue;
            if (said && !(boxed && !is_signature_mark(lines_[i])) && !underlines_heading(i) &&
                delimits(i, below))
                return cut(i);
            if (!said) boxed = true;
            kinds_[i] = LineKind::text;  // a ruler
        }
    }

    // Markdown's headings: a ruler just as long as the one line above it.
    [[nodiscard]] bool underlines_heading(std::size_t at) const {
        const std::string_view ruler = trim(lines_[at]);
        if (ruler.size() < 3 || (ruler[0] != '-' && ruler[0] != '=') ||
            ruler.find_first_not_of(ruler[0]) != std::string_view::npos)
            return false;
        if (at == 0 || kinds_[at - 1] != LineKind::text) return false;
        if (at > 1 && kinds_[at - 2] != LineKind::empty) return false;
        const std::string_view title = trim(lines_[at - 1]);
        if (title.size() > 80 || std::string_view(".,!?").find(title.back()) != std::string_view::npos)
            return false;
        const auto characters =
            static_cast<std::size_t>(std::count_if(title.begin(), title.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
            }));
        return characters <= ruler.size() + 1 && ruler.size() <= characters + 1;
    }

    // A ruler is no delimiter when a table or a long text follows.
    [[nodiscard]] bool delimits(std::size_t at, std::size_t follows) const {
        if (is_signature_mark(lines_[at])) return follows <= 40;
        const bool underlines = at > 0 && kinds_[at - 1] == LineKind::text && at + 1 < kinds_.size() &&
                                kinds_[at + 1] == LineKind::text && lines_[at].size() >= 3;
        return follows <= (underlines ? 5 : 15);
    }

    void cut(std::size_t at) {
        Part part = Part::quoted;
        if (kinds_[at] == LineKind::delimiter) {
            const std::size_t next = next_filled(at + 1);
            const bool signs = next == kinds_.size() || kinds_[next] == LineKind::text ||
                               kinds_[next] == LineKind::device || kinds_[next] == LineKind::delimiter ||
                               kinds_[next] == LineKind::signature;
            if (signs) part = Part::signature;
        }
        for (std::size_t i = at; i < kinds_.size(); ++i) {
            if (is_quoted(kinds_[i])) part = Part::quoted;
            parts_[i] = part;
        }
        end_ = at;
    }

    void take_device_lines() {
        for (std::size_t i = 0; i < end_; ++i) {
            const bool advertised = i > 0 && kinds_[i - 1] == LineKind::device && is_link(lines_[i]);
            if (kinds_[i] == LineKind::device || kinds_[i] == LineKind::signature || advertised)
                parts_[i] = Part::signature;
        }
    }

    // "On … wrote:", a quote, then all that is said: the answer stands below.
    void cut_above_answer() {
        std::size_t first = 0;
        while (first < end_ && kinds_[first] != LineKind::text) ++first;
        if (first == end_) return;
        const std::size_t top = next_filled(0);
        const bool marked = kinds_[top] == LineKind::marker || kinds_[top] == LineKind::separator;
        if (!marked || count(LineKind::quote, 0, first) == 0) return;
        if (count(LineKind::quote, first, end_) + count(LineKind::marker, first, end_) > 0) return;
        for (std::size_t i = 0; i < first; ++i)
            if (parts_[i] == Part::reply) parts_[i] = Part::quoted;
    }

    void cut_below_answer() {
        if (const std::size_t top = next_filled(0); top < end_ && parts_[top] == Part::quoted) return;
        std::size_t last = end_;  // of the quoted lines
        while (last > 0 && !is_quoted(kinds_[last - 1])) --last;
        std::size_t said = last;  // the last line said above them
        while (said > 0 && kinds_[said - 1] != LineKind::text) --said;
        if (said > 0 && last > 0) {
            std::size_t marker = said;
            while (marker < last && kinds_[marker] != LineKind::marker) ++marker;
            const std::size_t quotes = count(LineKind::quote, marker, last);
            const std::size_t below = count(LineKind::text, last, end_);
            // Few lines below a quote are a signature or a list's footer; many are an answer.
            if (below == 0)
                quote_from(said);
            else if (marker < last && quotes == 0)
                quote_from(first_bare_marker());
            else if (marker < last && below < 7 && !(only_greeting(said)))
                quote_from(marker);
        }
        for (std::size_t i = 0; i < end_; ++i)  // what is left: answers between quotes
            if (kinds_[i] == LineKind::marker && parts_[i] == Part::reply) parts_[i] = Part::quoted;
    }

    // The first "On … wrote:" with something said above and nothing after it that is marked as quoted.
    [[nodiscard]] std::size_t first_bare_marker() const {
        std::size_t from = end_;
        while (from > 0 && kinds_[from - 1] != LineKind::quote) --from;
        bool said = count(LineKind::text, 0, from) > 0;
        for (std::size_t i = from; i < end_; ++i) {
            if (kinds_[i] == LineKind::marker && said) return i;
            said = said || kinds_[i] == LineKind::text;
        }
        return end_;
    }

    [[nodiscard]] bool only_greeting(std::size_t end) const {
        if (count(LineKind::text, 0, end) != 1) return false;
        const std::string_view line = lines_[end - 1];
        return line.size() < 60 && (line.ends_with(',') || line.ends_with(", ") || line.ends_with(':'));
    }

    void quote_from(std::size_t at) {
        for (std::size_t i = at; i < end_; ++i)
            if (parts_[i] == Part::reply) parts_[i] = Part::quoted;
    }

    void find_closing(const std::optional<NamedAddress>& from) {
        std::vector<std::string_view> said;
        std::vector<std::size_t> at;
        said.reserve(lines_.size());
        at.reserve(lines_.size());
        std::size_t last_quoted = 0, last_said = 0;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (parts_[i] == Part::quoted && kinds_[i] != LineKind::empty) last_quoted = i;
            if (parts_[i] != Part::reply) continue;
            if (kinds_[i] != LineKind::empty) last_said = i;
            said.push_back(kinds_[i] == LineKind::empty ? std::string_view() : lines_[i]);
            at.push_back(i);
        }
        const std::size_t begin = find_signature(said, from, last_quoted > last_said);
        // a ruler alone is no reply
        const bool says = std::any_of(
            said.begin(), said.begin() + static_cast<std::ptrdiff_t>(begin),
            [](auto line) { return line.find_first_not_of("-_=*~#+ \t") != std::string_view::npos; });
        if (!says) return;
        for (std::size_t i = begin; i < at.size(); ++i) parts_[at[i]] = Part::signature;
    }

    std::vector<std::string_view> lines_;
    std::vector<LineKind> kinds_;
    std::vector<Part> parts_;
    std::size_t end_ = lines_.size();  // of what is not decided by a delimiter
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    lines.reserve(std::min(text.size() / 32, max_reply_lines) + 1);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (lines.size() > max_reply_lines) break;
        at = end + 1;
    }
    return lines;
}

}  // namespace

ReplyParts split_reply(std::string_view text, const std::optional<NamedAddress>& from,
                       std::span<const TextMark> marks) {
    std::vector<std::string_view> lines = lines_of(text);
    if (lines.size() > max_reply_lines) return {.reply = std::string(text), .quoted = "", .signature = ""};
    Splitter splitter(std::move(lines), marks);
    splitter.split(from);
    return {.reply = splitter.text_of(Part::reply),
            .quoted = splitter.text_of(Part::quoted),
            .signature = splitter.text_of(Part::signature)};
}

}  // namespace mail
