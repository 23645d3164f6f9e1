#include "mail/header_index.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace mail {
namespace {

// Length of the field name when the line is `name:`, else 0. Blanks before the colon are an old custom
// (RFC 5322 §4.5.1); blanks inside mean prose.
std::size_t field_name_length(std::string_view line) {
    std::size_t end = 0;
    while (end < line.size() && line[end] != ':' && static_cast<unsigned char>(line[end]) > 32 &&
           line[end] != '\x7f')
        ++end;
    std::size_t colon = end;
    while (colon < line.size() && is_blank(line[colon])) ++colon;
    return end > 0 && colon < line.size() && line[colon] == ':' ? end : 0;
}

bool is_mbox_line(std::string_view line) {
    return (line.starts_with("From ") && field_name_length(line) == 0) || line.starts_with(">From ");
}

bool is_empty(std::string_view line) {
    return std::all_of(line.begin(), line.end(), [](char c) { return c == '\r'; });
}

std::size_t skip_preamble(std::string_view raw, char line_end) {
    std::size_t at = raw.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (at < raw.size()) {
        const Line line = line_at(raw, at, line_end);
        if (!trim(line.text).empty()) {
            if (is_mbox_line(line.text)) at = line.next;
            break;
        }
        at = line.next;
    }
    return at;
}

// The fold of a line that lost its blank: a parameter behind `;`, an address behind `,`, an encoded-word.
bool continues(const Field& field, std::string_view line) {
    if (is_mbox_line(line)) return false;
    const std::string_view value = trim(field.value);
    return line.starts_with("=?") || (value.ends_with(';') && line.find('=') != std::string_view::npos) ||
           (value.ends_with(',') && line.find('@') != std::string_view::npos);
}

// Where the next field stands that every mail has once and this one has not had yet, before the empty line;
// npos when there is none. Between a line that is no field and such a one is still header.
std::size_t missing_field(std::string_view raw, std::size_t at, char line_end, const HeaderIndex& index) {
    std::vector<std::string_view> missing;
    for (const std::string_view name :
         {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"})
        if (index.find(name) == nullptr) missing.push_back(name);
    const std::size_t limit = std::min(raw.size(), at + max_header_bytes);
    while (at < limit && !missing.empty()) {
        const Line line = line_at(raw, at, line_end);
        if (is_empty(line.text)) break;
        const std::string_view name = line.text.substr(0, field_name_length(line.text));
        if (std::any_of(missing.begin(), missing.end(), [&](std::string_view m) { return iequals(m, name); }))
            return at;
        at = line.next;
    }
    return std::string_view::npos;
}

HeaderIndex index_fields(std::string_view raw, std::size_t at, char line_end,
                         std::span<const std::string_view> open_boundaries) {
    HeaderIndex index;
    index.begin = at;
    const std::size_t limit = std::min(raw.size(), at + max_header_bytes);
    const auto ends_part = [&](std::string_view line) {
        return line.starts_with("--") &&
               std::any_of(open_boundaries.begin(), open_boundaries.end(), [&](std::string_view b) {
                   return match_boundary(line, b) != BoundaryMatch::none;
               });
    };
    bool open_field = false;       // may a continuation line extend the last field?
    std::size_t header_until = 0;  // behind a broken line: where the header surely goes on
    while (at < raw.size()) {
        const Line line = line_at(raw, at, line_end);
        if (is_empty(line.text)) {
            at = line.next;
            break;
        }
        if (ends_part(line.text)) break;
        std::string_view text = line.text;
        if (is_blank(text.front()) && index.fields.empty() && !index.truncated) {
            // An indented first field, or a mail without header whose text is indented?
            while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
            if (field_name_length(text) == 0) break;
        }
        const std::size_t name = field_name_length(text);
        if (is_blank(text.front()) || (name == 0 && open_field && continues(index.fields.back(), text))) {
            if (open_field) {
                Field& field = index.fields.back();
                const char* const value_end =
                    std::min(line.text.data() + line.text.size(), raw.data() + limit);
                const char* const line_stop = std::min(raw.data() + line.next, raw.data() + limit);
                if (value_end > field.value.data())
                    field.value = {field.value.data(),
                                   static_cast<std::size_t>(value_end - field.value.data())};
                if (line_stop > field.line.data())
                    field.line = {field.line.data(), static_cast<std::size_t>(line_stop - field.line.data())};
                if (line.next > limit) index.truncated = true;
            }
        } else if (name == 0) {
            open_field = false;
            // A broken line amid the header, or the body after a forgotten empty line?
            if (line.next >= raw.size()) break;
            if (field_name_length(line_at(raw, line.next, line_end).text) == 0 && at >= header_until) {
                const std::size_t found = open_boundaries.empty()
                                              ? missing_field(raw, line.next, line_end, index)
                                              : std::string_view::npos;
                if (found == std::string_view::npos) break;
                header_until = found;
            }
        } else if (at >= limit || index.fields.size() >= max_header_fields) {
            index.truncated = true;
            open_field = false;
        } else {
            const std::size_t colon = text.find(':', name);
            const std::size_t room = limit - at;
            index.fields.push_back({text.substr(0, name),
                                    text.substr(0, std::max(room, colon + 1)).substr(colon + 1),
                                    raw.substr(at, std::min(line.next - at, room))});
            if (line.next > limit) index.truncated = true;
            open_field = true;
        }
        at = line.next;
    }
    index.body = at;
    return index;
}

}  // namespace

const Field* HeaderIndex::find(std::string_view name) const {
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const Field& field) { return iequals(field.name, name); });
    return at == fields.end() ? nullptr : &*at;
}

Line line_at(std::string_view raw, std::size_t at, char line_end) {
    if (at >= raw.size()) return {{}, raw.size()};
    std::size_t end = raw.find(line_end, at);
    const std::size_t next = end == std::string_view::npos ? raw.size() : end + 1;
    if (end == std::string_view::npos) end = raw.size();
    while (end > at && raw[end - 1] == '\r') --end;
    return {raw.substr(at, end - at), next};
}

char line_end_of(std::string_view raw) {
    return raw.find('\n') == std::string_view::npos ? '\r' : '\n';
}

BoundaryMatch match_boundary(std::string_view line, std::string_view boundary) {
    if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return BoundaryMatch::none;
    std::string_view rest = line.substr(2 + boundary.size());
    const bool closing = rest.starts_with("--");
    if (closing) rest.remove_prefix(2);
    // `-->`: an editor of HTML was here. What may stand in a boundary makes it another one.
    constexpr std::string_view of_boundaries = "'()+_,-./:=?";
    if (closing && !rest.empty() && !is_alpha(rest.front()) && !is_digit(rest.front()) &&
        of_boundaries.find(rest.front()) == std::string_view::npos)
        return BoundaryMatch::close;
    if (!trim(rest).empty()) return BoundaryMatch::none;
    return closing ? BoundaryMatch::close : BoundaryMatch::open;
}

HeaderIndex index_header(std::string_view raw) {
    const char line_end = line_end_of(raw);
    return index_fields(raw, skip_preamble(raw, line_end), line_end, {});
}

HeaderIndex index_part_header(std::string_view raw, std::size_t at,
                              std::span<const std::string_view> open_boundaries) {
    return index_fields(raw, at, '\n', open_boundaries);
}

std::string unfold(std::string_view value) {
    value = trim(value);
    std::string out;
    out.reserve(value.size());
    for (auto at = value.begin(); at != value.end();) {
        const auto fold = std::find_if(at, value.end(), [](char c) { return c == '\r' || c == '\n'; });
        out.append(at, fold);
        if (fold == value.end()) break;
        // One fold is one blank, however deep the next line is indented; a bare CR separates as well.
        at = std::find_if_not(fold, value.end(), is_space);
        out += ' ';
    }
    return out;
}

}  // namespace mail
