#include "mail/bounce.hpp"
#include "mail/charset.hpp"
#include "mail/encoded_word.hpp"
#include "mail/file_name.hpp"
#include "mail/html_text.hpp"
#include "mail/kind.hpp"
#include "mail/mime_tree.hpp"
#include "mail/read.hpp"
#include "mail/reply.hpp"
#include "mail/safe_html.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <algorithm>

namespace mail {
namespace {

// RFC 2046 §4.1.1 has CRLF; a reader's text has LF.
std::string with_lf(std::string text) {
    if (text.find('\r') == std::string::npos) return text;
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            out += text[i];
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && text[end] == '\r') ++end;
        const bool with_line_feed = end < text.size() && text[end] == '\n';  // CR CR LF is one line end
        out.append(with_line_feed ? 1 : end - i, '\n');
        i = with_line_feed ? end : end - 1;
    }
    return out;
}

bool is_encoded(const Part& part) {
    return !part.encoding.empty() && part.encoding != "7bit" && part.encoding != "8bit" &&
           part.encoding != "binary";
}

class MessageReader {
  public:
    MessageReader(const MimeTree& tree, Message& out) : tree_(tree), out_(out) {}

    // Text and attachments of the tree; `attachments`: false for a forwarded mail read for its text alone.
    void read(std::size_t depth, bool attachments) {
        keep_attachments_ = attachments;
        visit(0, 0);
        if (!trim(out_.text).empty()) return;
        if (!trim(out_.html).empty()) {
            MarkedText read = read_html(out_.html);
            out_.text = std::move(read.text);
            marks_ = std::move(read.marks);
            return;
        }
        // A digest or a mail that only forwards: the first forwarded mail with a text speaks for it.
        for (const Part* part : forwarded_) {
            if (!trim(out_.text).empty() || !trim(out_.html).empty()) break;
            read_forwarded(*part, depth + 1);
        }
    }

    // What the HTML said of the text's lines, when the text was made from it.
    [[nodiscard]] const std::vector<TextMark>& marks() const { return marks_; }

  private:
    void visit(std::size_t number, std::size_t parent) {
        const Part& part = tree_.parts[number];
        if (!part.children.empty()) {
            for (const std::size_t child : part.children) visit(child, number);
            return;
        }
        if (part.past_bounds) return;
        const Field* const field = part.header.find("Content-Disposition");
        const Parameters disposition =
            field == nullptr ? Parameters() : parse_parameters(field_text(field->value));
        const std::string name = file_name(part, disposition);
        if (is_text(part, number, disposition, name)) {
            add_text(part);
            return;
        }
        if (part.type.value == "message/rfc822" || part.type.value == "message/global")
            forwarded_.push_back(&part);
        if (keep_attachments_) add_attachment(part, disposition, name, tree_.parts[parent]);
    }

    static bool is_text(const Part& part, std::size_t number, const Parameters& disposition,
                        const std::string& name) {
        if (part.type.value.starts_with("multipart/"))
            return true;  // without a single part: better shown than lost
        if (disposition.value == "attachment") return false;
        if (number == 0) return part.type.value.starts_with("text/");  // whatever text it is, it is the text
        return (part.type.value == "text/plain" || part.type.value == "text/html") && name.empty();
    }

    void add_text(const Part& part) {
        const std::string bytes = decode_transfer(part.body, part.encoding);
        std::string text = with_lf(decode_charset(bytes, part.type.get("charset")));
        if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
        std::string& to = part.type.value == "text/html" ? out_.html : out_.text;
        if (!to.empty() && !to.ends_with('\n')) to += '\n';
        to += text;
    }

    static std::string file_name(const Part& part, const Parameters& disposition) {
        std::string name = disposition.get("filename");
        if (name.empty()) name = disposition.get("name");
        if (name.empty()) name = part.type.get("name");
        if (name.empty()) name = part.type.get("filename");
        return safe_file_name(name);
    }

    void add_attachment(const Part& part, const Parameters& disposition, const std::string& name,
                        const Part& parent) {
        Attachment attachment;
        attachment.name = name;
        attachment.type = cut_utf8(part.type.value, 255);
        if (const Field* id = part.header.find("Content-ID"))
            attachment.content_id = content_id(field_text(id->value));
        attachment.is_inline =
            disposition.value == "inline" || (disposition.value.empty() && !attachment.content_id.empty() &&
                                              parent.type.value == "multipart/related");
        attachment.content = decode_transfer(part.body, part.encoding);
        if (attachment.name.empty() && attachment.type == "message/rfc822") {
            const std::string subject = read_header(attachment.content).subject;
            attachment.name =
                safe_file_name(std::string(cut_utf8(subject.empty() ? "message" : subject, 200)) + ".eml");
        }
        out_.attachments.push_back(std::move(attachment));
    }

    static std::string content_id(std::string_view text) {
        text = trim(text);
        if (text.starts_with('<')) text.remove_prefix(1);
        text = text.substr(0, text.find('>'));
        return std::string(trim(cut_utf8(text, 998)));
    }

    void read_forwarded(const Part& part, std::size_t depth) {
        if (depth > max_depth) {
            out_.too_complex = true;
            return;
        }
        const std::string decoded =
            is_encoded(part) ? decode_transfer(part.body, part.encoding) : std::string();
        const MimeTree inner = parse_mime(is_encoded(part) ? std::string_view(decoded) : part.body);
        Message message;
        MessageReader reader(inner, message);
        reader.read(depth, false);
        marks_ = reader.marks();
        out_.text = std::move(message.text);
        out_.html = std::move(message.html);
        out_.too_complex = out_.too_complex || message.too_complex || inner.too_complex;
    }

    const MimeTree& tree_;
    Message& out_;
    std::vector<const Part*> forwarded_;
    std::vector<TextMark> marks_;
    bool keep_attachments_ = true;
};

}  // namespace

Message read_message(std::string_view raw, const Circumstances& circumstances) {
    std::string with_line_ends;
    if (line_end_of(raw) == '\r' && raw.find('\r') != std::string_view::npos) {
        with_line_ends = raw;  // a mail that knows only CR
        std::replace(with_line_ends.begin(), with_line_ends.end(), '\r', '\n');
        raw = with_line_ends;
    }
    Message out;
    out.header = read_header(raw);
    const MimeTree tree = parse_mime(raw);
    out.too_complex = tree.too_complex;
    MessageReader reader(tree, out);
    reader.read(0, true);
    ReplyParts parts = split_reply(out.text, out.header.from, reader.marks());
    out.reply_text = std::move(parts.reply);
    out.quoted_text = std::move(parts.quoted);
    out.signature = std::move(parts.signature);
    out.html = safe_html(out.html);
    out.bounce = read_bounce(tree, out, circumstances);
    KindDecision decision = kind_of(tree, out, circumstances);
    out.kind = decision.kind;
    out.kind_reasons = std::move(decision.reasons);
    for (const std::string& warning : tree.warnings)
        if (warning != "too_complex") out.header.warnings.push_back(warning);
    if (out.too_complex) out.header.warnings.emplace_back("too_complex");
    return out;
}

}  // namespace mail
