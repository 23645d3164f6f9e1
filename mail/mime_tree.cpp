#include "mail/mime_tree.hpp"

#include "mail/charset_hint.hpp"
#include "mail/encoded_word.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <mimetic/mimetic.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <optional>

namespace mail {
namespace {

constexpr const char* part_number = "X-Part";  // how an entity of mimetic's tree names its Part

std::size_t number_in(std::string_view digits) {
    std::size_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// Reads each entity's header with our own parsers and writes the one that mimetic gets for it.
class Source {
  public:
    Source(std::string_view raw, MimeTree& tree) : raw_(raw), tree_(tree) { add_part(index_header(raw), 0); }

    // What mimetic's iterator reads: the header under way, then nothing until the hook moves on.
    [[nodiscard]] bool done() const { return header_at_ >= header_.size() && at_ >= raw_.size(); }
    [[nodiscard]] char current() const { return header_at_ < header_.size() ? header_[header_at_] : '\n'; }
    void advance() {
        if (header_at_ < header_.size()) ++header_at_;
    }

    // Body lines up to a boundary that is open; `open` holds part numbers, innermost first.
    enum class Stop { end, next_part, closed };
    Stop scan(const std::vector<std::size_t>& open, std::string_view& body) {
        const std::size_t begin = at_;
        std::size_t end = raw_.size();
        Stop stop = Stop::end;
        while (!open.empty() && at_ < raw_.size()) {
            const Line line = line_at(raw_, at_);
            std::size_t level = 0;
            BoundaryMatch match = BoundaryMatch::none;
            if (line.text.starts_with("--"))
                for (; level < open.size(); ++level)
                    if ((match = match_boundary(line.text, tree_.parts[open[level]].boundary)) !=
                        BoundaryMatch::none)
                        break;
            if (match == BoundaryMatch::none) {
                at_ = line.next;
                continue;
            }
            end = at_;
            if (level > 0) {
                // An outer part goes on while this one was never closed. mimetic would lose all that
                // follows; so it is told that the inner one closed, and asks again in front of this line.
                warn("unclosed_multipart");
                stop = Stop::closed;
            } else {
                at_ = line.next;
                stop = match == BoundaryMatch::open ? Stop::next_part : Stop::closed;
            }
            break;
        }
        if (stop == Stop::end) at_ = raw_.size();
        // The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
        if (stop != Stop::end && end > begin) --end;
        if (stop != Stop::end && end > begin && raw_[end - 1] == '\r') --end;
        body = raw_.substr(begin, end - begin);
        if (stop == Stop::next_part && (at_ >= raw_.size() || !begin_part(open))) stop = Stop::end;
        return stop;
    }

    Part& part(std::size_t number) { return tree_.parts[number]; }

    void warn(std::string_view code) {
        if (std::find(tree_.warnings.begin(), tree_.warnings.end(), code) == tree_.warnings.end())
            tree_.warnings.emplace_back(code);
    }

  private:
    bool begin_part(const std::vector<std::size_t>& open) {
        if (tree_.parts.size() >= max_parts) {
            too_complex();
            at_ = raw_.size();
            return false;
        }
        std::vector<std::string_view> boundaries;
        boundaries.reserve(open.size());
        for (const std::size_t number : open) boundaries.emplace_back(tree_.parts[number].boundary);
        const bool in_digest = tree_.parts[open.front()].type.value == "multipart/digest";
        add_part(index_part_header(raw_, at_, boundaries), open.size(), in_digest);
        return true;
    }

    void add_part(HeaderIndex index, std::size_t depth, bool in_digest = false) {
        Part part;
        at_ = index.body;
        part.header = std::move(index);
        part.charset_hint = hint_for(part.header);
        // The first Content-Type counts that says anything.
        for (const Field& field : part.header.fields)
            if (part.type.value.empty() && iequals(field.name, "Content-Type"))
                part.type = parse_parameters(field_text(field.value, part.charset_hint), part.charset_hint);
        if (const Field* encoding = part.header.find("Content-Transfer-Encoding"))
            part.encoding = transfer_encoding(encoding->value);
        set_type(part.type.value, in_digest);
        if (part.type.value.starts_with("multipart/")) part.boundary = usable_boundary(part, depth);

        const std::string number = std::to_string(tree_.parts.size());
        header_ = std::string(part_number) + ": " + number + "\r\nContent-Type: " +
                  (part.boundary.empty() ? "text/plain" : "multipart/mixed; boundary=" + number) + "\r\n\r\n";
        header_at_ = 0;
        tree_.parts.push_back(std::move(part));
    }

    // The part's own charset, or the mail's.
    std::string hint_for(const HeaderIndex& header) {
        const std::string_view block = raw_.substr(header.begin, header.body - header.begin);
        if (is_utf8(block) && block.find("*=") == std::string_view::npos) return {};
        if (std::string charset = telling_charset(header); !charset.empty()) return charset;
        if (!mail_hint_)
            mail_hint_ = charset_hint(raw_, tree_.parts.empty() ? header : tree_.parts[0].header);
        return *mail_hint_;
    }

    // Half a type is what it probably means, none is the default (RFC 2045 §5.2, RFC 2046 §5.1.5).
    static void set_type(std::string& type, bool in_digest) {
        const bool is_missing = type.empty();
        const auto is_token = [](char c) {
            return is_alpha(c) || is_digit(c) ||
                   std::string_view("!#$&^_.+-*/").find(c) != std::string_view::npos;
        };
        type.erase(std::find_if_not(type.begin(), type.end(), is_token), type.end());
        if (type == "multipart" || type == "multipart/") {
            type = "multipart/mixed";
        } else if (type == "html") {
            type = "text/html";
        } else if (type.find('/') == std::string::npos || type == "text/") {
            type = is_missing && in_digest ? "message/rfc822" : "text/plain";
        }
    }

    // The boundary that the body itself shows: the first line `--x` with a field of MIME behind it.
    [[nodiscard]] std::string guessed_boundary() const {
        constexpr std::size_t near = 64 * 1024, longest = 200;
        const std::string_view body = raw_.substr(at_, near);
        for (std::size_t at = 0; at < body.size();) {
            const Line line = line_at(body, at);
            at = line.next;
            const std::string_view text = trim(line.text);
            if (!text.starts_with("--") || text.size() < 3 || text.size() > longest) continue;
            if (iequals(body.substr(at, 8), "Content-")) return std::string(text.substr(2));
        }
        return {};
    }

    // RFC 2046 forbids blanks at the end of a boundary, so they are trimmed everywhere; where the lines of
    // the body have them as well they belong to it.
    [[nodiscard]] std::string_view boundary_blanks(const Part& part, const std::string& boundary) const {
        const Field* const type = part.header.find("Content-Type");
        if (type == nullptr || boundary.empty()) return {};
        const std::size_t at = type->value.find('"' + boundary);
        if (at == std::string_view::npos) return {};
        const std::string_view rest = type->value.substr(at + 1 + boundary.size());
        const std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
        if (blanks == 0 || blanks == rest.size() || rest[blanks] != '"') return {};
        const std::string line = "--" + boundary + std::string(rest.substr(0, blanks));
        return raw_.find(line, at_) == std::string_view::npos ? std::string_view() : rest.substr(0, blanks);
    }

    std::string usable_boundary(Part& part, std::size_t depth) {
        if (depth >= max_depth) {
            too_complex();
            part.past_bounds = true;
            return {};
        }
        // Another reader may take the other boundary, and see another mail.
        if (part.type.ambiguous) warn("ambiguous_boundary");
        const auto fields =
            std::count_if(part.header.fields.begin(), part.header.fields.end(),
                          [](const Field& field) { return iequals(field.name, "Content-Type"); });
        if (fields > 1) warn("ambiguous_boundary");
        std::string boundary = part.type.get("boundary");
        if (depth == 0) boundary += boundary_blanks(part, boundary);
        const bool is_usable = !boundary.empty() && boundary.size() <= max_boundary;
        // The whole body is searched once, for the mail itself only.
        if (is_usable && (depth > 0 || raw_.find("--" + boundary, at_) != std::string_view::npos))
            return boundary;
        if (std::string guess = guessed_boundary(); !guess.empty()) {
            warn("bad_boundary");
            return guess;
        }
        if (is_usable) return boundary;
        warn("bad_boundary");
        return {};
    }

    void too_complex() {
        tree_.too_complex = true;
        warn("too_complex");
    }

    std::string_view raw_;
    MimeTree& tree_;
    std::size_t at_ = 0;
    std::string header_;
    std::size_t header_at_ = 0;
    std::optional<std::string> mail_hint_;
};

class Cursor {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    Cursor() = default;  // the end
    explicit Cursor(Source& source) : source_(&source) {}
    char operator*() const { return source_->current(); }
    Cursor& operator++() {
        source_->advance();
        return *this;
    }
    bool operator==(const Cursor& other) const { return at_end() == other.at_end(); }

  private:
    [[nodiscard]] bool at_end() const { return source_ == nullptr || source_->done(); }
    Source* source_ = nullptr;
};

using InputParser = mimetic::IteratorParser<Cursor, std::input_iterator_tag>;

class GuardedParser : public InputParser {
  public:
    GuardedParser(mimetic::MimeEntity& root, Source& source) : InputParser(root), source_(source) {}

  private:
    void copy_until_boundary(mimetic::ParsingElem element) override {
        std::vector<std::size_t> open;
        for (const std::string& boundary : m_boundaryList)  // "--" and the number of the part
            open.push_back(number_in(std::string_view(boundary).substr(2)));
        std::string_view body;
        switch (source_.scan(open, body)) {
            case Source::Stop::next_part:
                m_lastBoundary = Boundary;
                break;
            case Source::Stop::closed:
                m_lastBoundary = ClosingBoundary;
                break;
            case Source::Stop::end:
                m_lastBoundary = NoBoundary;
                if (!open.empty() && element != peEpilogue) source_.warn("unclosed_multipart");
                break;
        }
        if (element == peBody || element == pePreamble) {
            const mimetic::MimeEntity& entity = *m_entityStack.top();
            source_.part(number_in(entity.header().field(part_number).value())).body = body;
        }
    }

    Source& source_;
};

// As deep as max_depth, not as a stranger wishes.
std::size_t collect(const mimetic::MimeEntity& entity, MimeTree& tree) {
    const std::size_t number = number_in(entity.header().field(part_number).value());
    for (const mimetic::MimeEntity* child : entity.body().parts()) {
        const std::size_t child_number = collect(*child, tree);
        tree.parts[number].children.push_back(child_number);
    }
    return number;
}

}  // namespace

MimeTree parse_mime(std::string_view raw) {
    MimeTree tree;
    Source source(raw, tree);
    mimetic::MimeEntity root;
    GuardedParser(root, source).run(Cursor(source), Cursor());
    collect(root, tree);
    return tree;
}

}  // namespace mail
