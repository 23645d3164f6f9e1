#include "mail/compose_body.hpp"

#include "mail/encode.hpp"
#include "mail/file_name.hpp"
#include "mail/header_writer.hpp"
#include "mail/html_text.hpp"
#include "mail/html_tokens.hpp"
#include "mail/sha256.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>

namespace mail {
namespace {

constexpr std::string_view unknown_type = "application/octet-stream";

// RFC 2045 §5.1.
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c <= '~' && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
    });
}

std::string readable(std::string_view text) {
    std::string lines = with_lf(to_valid_utf8(text));
    std::erase_if(lines, [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
    return lines;
}

// RFC 2046 §5.2.1 lets mails within mails not be encoded, and a multipart would be taken apart: they are sent
// as the files that they are.
std::string sent_type(std::string_view type) {
    std::string known = lower(trim(type.substr(0, type.find(';'))));
    const std::size_t slash = known.find('/');
    constexpr std::size_t longest = 127;  // RFC 6838 §4.2
    if (slash == std::string::npos || known.size() > longest || known.starts_with("multipart/") ||
        known.starts_with("message/") || !is_token(std::string_view(known).substr(0, slash)) ||
        !is_token(std::string_view(known).substr(slash + 1)))
        return std::string(unknown_type);
    return known;
}

// The ids that an HTML shows: of `src`, `background`, and the `url()` of styles.
class ShownIds final : public HtmlReader {
  public:
    explicit ShownIds(std::string_view html) { read_html_tokens(html, *this); }
    [[nodiscard]] bool contains(std::string_view id) const { return ids_.contains(percent_decoded(id)); }

    void start(std::string_view, std::span<const HtmlAttribute> attributes) override {
        for (const HtmlAttribute& attribute : attributes) {
            std::string_view value = attribute.value;
            for (std::size_t colon = value.find(':'); colon != std::string_view::npos;
                 colon = value.find(':')) {
                const bool names_a_part = colon >= 3 && iequals(value.substr(colon - 3, 3), "cid");
                value.remove_prefix(colon + 1);
                if (names_a_part)
                    ids_.insert(percent_decoded(value.substr(0, value.find_first_of(" \t\r\n\"')"))));
            }
        }
    }
    void end(std::string_view) override {}
    void text(std::string_view) override {}

  private:
    std::unordered_set<std::string> ids_;
};

class BodyWriter {
  public:
    BodyWriter(std::string& out, const Composition& mail)
        : out_(out), mail_(mail), boundary_("=_" + hex(sha256(mail.message_id)).substr(0, 24)) {
        const auto may_be_shown = [](const Attachment& one) {
            // An inline text would be read as more of the mail's own.
            return one.is_inline && can_be_written(one.content_id) &&
                   !sent_type(one.type).starts_with("text/");
        };
        if (!trim(mail.html).empty() && std::ranges::any_of(mail.attachments, may_be_shown)) {
            const ShownIds shown(mail.html);
            for (const Attachment& one : mail.attachments)
                (may_be_shown(one) && shown.contains(one.content_id) ? images_ : files_).push_back(&one);
        } else {
            for (const Attachment& one : mail.attachments) files_.push_back(&one);
        }
    }

    void write() {
        if (files_.empty()) return versions();
        const std::string boundary = open("multipart/mixed");
        delimit(boundary);
        versions();
        for (const Attachment* file : files_) {
            delimit(boundary);
            append_file(*file, "attachment");
        }
        close(boundary);
    }

  private:
    void versions() {
        if (trim(mail_.html).empty()) return append_text_entity(out_, "plain", mail_.text);
        const std::string boundary = open("multipart/alternative");
        delimit(boundary);
        append_text_entity(out_, "plain",
                           trim(mail_.text).empty() ? html_to_text(readable(mail_.html)) : mail_.text);
        delimit(boundary);
        shown();
        close(boundary);
    }

    void shown() {
        if (images_.empty()) return append_text_entity(out_, "html", mail_.html);
        const std::string boundary = open("multipart/related; type=\"text/html\"");
        delimit(boundary);
        append_text_entity(out_, "html", mail_.html);
        for (const Attachment* image : images_) {
            delimit(boundary);
            append_file(*image, "inline");
        }
        close(boundary);
    }

    std::string open(std::string_view type) {
        std::string boundary = boundary_ + "." + std::to_string(++count_);
        HeaderWriter header(out_);
        header.begin("Content-Type");
        header.token(type);
        header.parameter("boundary", boundary);
        header.end();
        return boundary;
    }
    void delimit(std::string_view boundary) { out_.append("\r\n--").append(boundary).append("\r\n"); }
    void close(std::string_view boundary) { out_.append("\r\n--").append(boundary).append("--\r\n"); }

    void append_file(const Attachment& file, std::string_view disposition) {
        const std::string name = safe_file_name(to_valid_utf8(file.name));
        const std::string type = sent_type(file.type);
        HeaderWriter header(out_);
        header.begin("Content-Type");
        header.token(type);
        // A reader could only guess; what is ASCII needs no word.
        if (type.starts_with("text/") && !is_ascii(file.content) && is_utf8(file.content))
            header.parameter("charset", "utf-8");
        if (!name.empty()) header.parameter("name", name, true);
        header.end();
        header.begin("Content-Disposition");
        header.token(disposition);
        if (!name.empty()) header.parameter("filename", name);
        header.end();
        if (can_be_written(file.content_id)) header.field("Content-ID", "<" + file.content_id + ">");
        header.field("Content-Transfer-Encoding", name_of(TransferEncoding::base64));
        out_ += "\r\n";
        append_base64_lines(out_, file.content);
    }

    std::string& out_;
    const Composition& mail_;
    std::vector<const Attachment*> images_, files_;
    std::string boundary_;
    std::size_t count_ = 0;
};

}  // namespace

void append_text_entity(std::string& out, std::string_view subtype, std::string_view text) {
    std::string lines = readable(text);
    if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
    const TransferEncoding encoding = encoding_for(lines);
    HeaderWriter header(out);
    header.field("Content-Type", "text/" + std::string(subtype) + "; charset=utf-8");
    header.field("Content-Transfer-Encoding", name_of(encoding));
    out += "\r\n";
    append_text(out, lines, encoding);
}

void append_body(std::string& out, const Composition& mail) {
    BodyWriter(out, mail).write();
}

}  // namespace mail
