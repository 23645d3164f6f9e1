#include "auth/canonical.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>

namespace auth {
namespace {

using mail::is_blank;

std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    return line;
}

// `text` with each bare LF as CRLF.
void append_lines(std::string& out, std::string_view text) {
    while (true) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) break;
        out += without_line_end(text.substr(0, end + 1));
        out += "\r\n";
        text.remove_prefix(end + 1);
    }
    out += text;
}

// RFC 6376 §3.4.2: the name in lower case, folds opened, a run of blanks is one, none at the ends.
class RelaxedField {
  public:
    RelaxedField(std::string& out, std::string_view name) : out_(out) {
        for (const char c : name) out_ += mail::lower(c);
        out_ += ':';
    }
    void value(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (is_blank(c)) {
                blank_ = true;
            } else if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
                continue;
            } else {
                if (blank_ && begun_) out_ += ' ';
                blank_ = false;
                begun_ = true;
                out_ += c;
            }
        }
    }

  private:
    std::string& out_;
    bool blank_ = false, begun_ = false;
};

// All behind the colon, the last line end left out.
std::string_view value_of(const mail::Field& field) {
    const std::string_view line = without_line_end(field.line);
    const auto at = static_cast<std::size_t>(field.value.data() - line.data());
    return line.substr(std::min(at, line.size()));
}

// Collects small pieces, so that the sink is called with large ones.
class Pieces {
  public:
    explicit Pieces(const std::function<void(std::string_view)>& sink) : sink_(sink) {}
    ~Pieces() = default;
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    void put(char c) {
        if (size_ == buffer_.size()) flush();
        buffer_[size_++] = c;
    }
    void put(std::string_view text) {
        if (text.size() > buffer_.size() - size_) {
            flush();
            if (text.size() >= buffer_.size()) {
                sink_(text);
                return;
            }
        }
        std::copy(text.begin(), text.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += text.size();
    }
    void flush() {
        if (size_ > 0) sink_({buffer_.data(), size_});
        size_ = 0;
    }

  private:
    const std::function<void(std::string_view)>& sink_;
    std::array<char, 8192> buffer_;
    std::size_t size_ = 0;
};

void simple_body(std::string_view body, const std::function<void(std::string_view)>& sink) {
    while (body.ends_with('\n')) body = without_line_end(body);
    Pieces pieces(sink);
    std::size_t from = 0;
    for (std::size_t at = body.find('\n'); at != std::string_view::npos; at = body.find('\n', at + 1)) {
        if (at > 0 && body[at - 1] == '\r') continue;
        pieces.put(body.substr(from, at - from));
        pieces.put("\r\n");
        from = at + 1;
    }
    pieces.put(body.substr(from));
    pieces.put("\r\n");
    pieces.flush();
}

void put_relaxed(Pieces& pieces, std::string_view line) {
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) return;
    // Most of a large mail is base64, and has no blanks.
    if (line.find(' ') == std::string_view::npos && line.find('\t') == std::string_view::npos) {
        pieces.put(line);
        return;
    }
    bool blank = false;
    for (const char c : line) {
        if (!is_blank(c))
            pieces.put(c);
        else if (!blank)
            pieces.put(' ');
        blank = is_blank(c);
    }
}

void relaxed_body(std::string_view body, const std::function<void(std::string_view)>& sink) {
    while (!body.empty() && (body.back() == '\n' || is_blank(body.back())))
        body = body.back() == '\n' ? without_line_end(body) : body.substr(0, body.size() - 1);
    Pieces pieces(sink);
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        put_relaxed(pieces, without_line_end(body.substr(0, end == std::string_view::npos ? end : end + 1)));
        pieces.put("\r\n");
        if (end == std::string_view::npos) break;
        body.remove_prefix(end + 1);
    }
    pieces.flush();
}

}  // namespace

void append_field(std::string& out, const mail::Field& field, Canonicalization how) {
    if (how == Canonicalization::simple)
        append_lines(out, without_line_end(field.line));
    else
        RelaxedField(out, field.name).value(value_of(field));
    out += "\r\n";
}

void append_own_field(std::string& out, const mail::Field& field, std::string_view value,
                      Canonicalization how) {
    const std::string_view line = without_line_end(field.line);
    const auto begin = static_cast<std::size_t>(value.data() - line.data());
    const std::string_view after = line.substr(std::min(begin + value.size(), line.size()));
    if (how == Canonicalization::simple) {
        append_lines(out, line.substr(0, begin));
        append_lines(out, after);
        return;
    }
    RelaxedField relaxed(out, field.name);
    const std::string_view all = value_of(field);
    relaxed.value(all.substr(0, static_cast<std::size_t>(value.data() - all.data())));
    relaxed.value(after);
}

void canonical_body(std::string_view body, Canonicalization how,
                    const std::function<void(std::string_view)>& sink) {
    if (how == Canonicalization::simple)
        simple_body(body, sink);
    else
        relaxed_body(body, sink);
}

}  // namespace auth
