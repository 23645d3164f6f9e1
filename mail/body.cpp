#include "mail/body.hpp"

#include "mail/embedded.hpp"
#include "mail/encoded_word.hpp"
#include "mail/file_name.hpp"
#include "mail/html_text.hpp"
#include "mail/part.hpp"
#include "mail/read.hpp"
#include "mail/secured.hpp"
#include "mail/text.hpp"
#include "mail/tnef.hpp"

#include <algorithm>
#include <list>
#include <unordered_set>

namespace mail {
namespace {

constexpr std::size_t max_spoken_file = 256 * 1024;  // an attached text longer than that is no body
constexpr std::size_t max_opened = 4;                // entities that were encoded or signed as a whole

bool is_blank_text(std::string_view text) {
    return trim(text).empty();
}

void append(std::string& to, std::string_view text) {
    if (!to.empty() && !to.ends_with('\n')) to += '\n';
    to += text;
}

std::string escaped(std::string_view text) {
    std::string out = "<div>";
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '\n') {
            out += "<br>\n";
        } else {
            out += c;
        }
    }
    return out += "</div>\n";
}

// Some of the mail's text, in the renditions that it came in.
struct Piece {
    std::string text, html;
    const Part* text_part = nullptr;  // null: no such rendition
    const Part* html_part = nullptr;
};
using Pieces = std::vector<Piece>;

bool has_text(const Pieces& pieces) {
    return std::any_of(pieces.begin(), pieces.end(), [](const Piece& p) { return !is_blank_text(p.text); });
}
bool has_html(const Pieces& pieces) {
    return std::any_of(pieces.begin(), pieces.end(), [](const Piece& p) { return !is_blank_text(p.html); });
}

MarkedText text_rendition(const Pieces& pieces) {
    MarkedText out;
    for (const Piece& piece : pieces) {
        if (!is_blank_text(piece.text) || piece.html.empty()) {
            append(out.text, piece.text);
            continue;
        }
        const MarkedText read = read_html(piece.html);
        append(out.text, "");
        const auto above = static_cast<std::size_t>(std::count(out.text.begin(), out.text.end(), '\n'));
        for (const TextMark& mark : read.marks)
            out.marks.push_back({mark.kind, above + mark.begin, above + mark.end});
        out.text += read.text;
    }
    return out;
}

std::string html_rendition(const Pieces& pieces) {
    std::string out;
    for (const Piece& piece : pieces) {
        if (!is_blank_text(piece.html)) {
            append(out, piece.html);
        } else if (!is_blank_text(piece.text)) {
            append(out, escaped(piece.text));
        }
    }
    return out;
}

class BodyReader {
  public:
    explicit BodyReader(Body& out) : out_(out) {}

    // `attachments`: false for a forwarded mail that is read for its text alone.
    void read(const MimeTree& tree, std::size_t depth, bool attachments) {
        keep_attachments_ = attachments;
        Pieces pieces = visit({tree, 0, nullptr});
        if (has_html(pieces)) {
            out_.html = html_rendition(pieces);
            speak(text_rendition(pieces));
        } else {
            for (Piece& piece : pieces) {
                if (out_.text.empty()) {
                    out_.text = std::move(piece.text);
                } else {
                    append(out_.text, piece.text);
                }
            }
        }
        if (is_blank_text(out_.text) && is_blank_text(out_.html)) let_others_speak(tree, depth);
        mark_shown_images();
    }

  private:
    struct Node {
        const MimeTree& tree;
        std::size_t number;
        const Part* parent;
        bool is_first = true;  // of its parent's parts

        [[nodiscard]] const Part& part() const { return tree.parts[number]; }
    };

    Pieces visit(const Node& node) {
        const Part& part = node.part();
        if (part.past_bounds) return {};
        if (const std::string_view sealing = part.children.empty() ? "" : sealing_of(part, {});
            !sealing.empty())
            warn(sealing);
        if (part.children.empty()) return visit_leaf(node);
        if (part.type.value == "multipart/alternative") return visit_alternative(node);
        Pieces pieces;
        const std::size_t root = root_of(node);
        for (const std::size_t child : part.children)
            for (Piece& piece : visit({node.tree, child, &part, child == root}))
                pieces.push_back(std::move(piece));
        return pieces;
    }

    // RFC 2387 §3.2: the first part, or the one that `start` names.
    static std::size_t root_of(const Node& node) {
        const std::vector<std::size_t>& children = node.part().children;
        const std::string* const start = node.part().type.find("start");
        if (start == nullptr || start->empty()) return children.front();
        const auto found = std::find_if(children.begin(), children.end(), [&](std::size_t child) {
            const std::string id = content_id_of(node.tree.parts[child]);
            return !id.empty() && (*start == id || *start == "<" + id + ">");
        });
        return found == children.end() ? children.front() : *found;
    }

    // RFC 2046 §5.1.4 puts the best last; of texts the first is it, since what programs add behind it is
    // for other readers (text/watch-html, a second plain text). Nothing is lost: see keep_others().
    Pieces visit_alternative(const Node& node) {
        const Part& part = node.part();
        std::vector<Pieces> versions;
        for (const std::size_t child : part.children)
            versions.push_back(visit({node.tree, child, &part, child == part.children.front()}));
        const auto text = std::find_if(versions.begin(), versions.end(), has_text);
        const auto html = std::find_if(versions.rbegin(), versions.rend(), has_html);
        if (text == versions.end() && html == versions.rend()) return {};
        const Pieces* const spoken = text == versions.end() ? nullptr : &*text;
        const Pieces* const shown = html == versions.rend() ? nullptr : &*html;
        for (const Pieces& version : versions) keep_others(version, spoken, shown);
        if (shown == nullptr || spoken == shown) return std::move(*text);
        if (spoken == nullptr) return std::move(*html);
        Pieces out(1);
        out[0].text = text_rendition(*spoken).text;
        out[0].html = html_rendition(*shown);
        out[0].text_part = spoken->front().text_part;
        out[0].html_part = shown->front().html_part;
        return out;
    }

    void keep_others(const Pieces& version, const Pieces* spoken, const Pieces* shown) {
        for (const Piece& piece : version) {
            if (&version != spoken && piece.text_part != nullptr && !is_blank_text(piece.text) &&
                std::none_of(spoken->begin(), spoken->end(),
                             [&](const Piece& other) { return trim(other.text) == trim(piece.text); }))
                add_attachment(*piece.text_part, true);
            if (&version != shown && piece.html_part != nullptr && !is_blank_text(piece.html))
                add_attachment(*piece.html_part, true);
        }
    }

    Pieces visit_leaf(const Node& node) {
        const Part& part = node.part();
        const std::string& type = part.type.value;
        if (type.starts_with("multipart/")) return visit_unopened(node);
        const Parameters disposition = disposition_of(part);
        std::string name = name_of(part, disposition);
        if (is_text(node, disposition, name)) return text_leaf(part);
        if (type.starts_with("text/")) texts_.push_back(&part);
        if (type == "message/rfc822" || type == "message/global" || type == "message/news")
            forwarded_.push_back(&part);
        if (type == "message/partial") warn("partial");
        const MimeTree* inner = nullptr;
        if (is_smime(type)) {
            if (name.empty()) name = "smime.p7m";  // RFC 8551 §3.2.1
            if (auto content = signed_content(Decoded(part).bytes())) inner = opened(*std::move(content));
        }
        if (keep_attachments_) add_file(node, disposition, std::move(name));
        return inner == nullptr ? Pieces() : visit({*inner, 0, node.parent});
    }

    static bool is_text(const Node& node, const Parameters& disposition, const std::string& name) {
        const Part& part = node.part();
        const std::string& type = part.type.value;
        if (disposition.value == "attachment") return false;
        if (node.parent == nullptr) return type.starts_with("text/");  // whatever text it is, it is the text
        if ((type != "text/plain" && type != "text/html") || !name.empty()) return false;
        // RFC 2387: what the root refers to is a piece of the picture (a frame, a style sheet).
        return node.is_first || node.parent->type.value != "multipart/related" ||
               part.header.find("Content-ID") == nullptr;
    }

    Pieces text_leaf(const Part& part) {
        const Decoded decoded(part);
        Pieces pieces(1);
        Piece& piece = pieces.front();
        if (part.type.value == "text/html") {
            piece.html = text_of(part, decoded.bytes());
            piece.html_part = &part;
            return pieces;
        }
        std::string_view bytes = decoded.bytes();
        EmbeddedFiles embedded;
        if (keep_attachments_) embedded = extract_files(bytes, room());
        if (!embedded.files.empty()) bytes = embedded.rest;
        piece.text = text_of(part, bytes);
        piece.text_part = &part;
        if (const std::string_view sealing = sealing_of_text(piece.text); !sealing.empty()) warn(sealing);
        for (EmbeddedFile& file : embedded.files) {
            if (file.partial) warn("partial");
            Attachment attachment;
            attachment.name = safe_file_name(field_text(file.name));
            attachment.type = "application/octet-stream";
            attachment.content = std::move(file.content);
            add(std::move(attachment), false);
        }
        return pieces;
    }

    // A multipart without a part: one that was encoded as a whole, against RFC 2045 §6.4, or broken, and then
    // better shown than lost.
    Pieces visit_unopened(const Node& node) {
        const Part& part = node.part();
        const Decoded decoded(part);
        const Field* const type = part.header.find("Content-Type");
        if (decoded.bytes().data() != part.body.data() && type != nullptr) {
            std::string raw("Content-Type:");
            raw.append(type->value).append("\n\n").append(decoded.bytes());
            if (const MimeTree* inner = opened(std::move(raw));
                inner != nullptr && !inner->parts[0].children.empty())
                return visit({*inner, 0, node.parent});
        }
        Pieces pieces(1);
        pieces[0].text = text_of(part, decoded.bytes());
        pieces[0].text_part = &part;
        return pieces;
    }

    // The tree of an entity that stood inside a part in another form; null past the bound.
    const MimeTree* opened(std::string raw) {
        if (owned_.size() >= max_opened) return nullptr;
        Owned& owned = owned_.emplace_back();
        owned.raw = std::move(raw);
        owned.tree = parse_mime(owned.raw);
        out_.too_complex = out_.too_complex || owned.tree.too_complex;
        return &owned.tree;
    }

    void add_file(const Node& node, const Parameters& disposition, std::string name) {
        const Part& part = node.part();
        Decoded decoded(part);
        if (const std::string_view sealing = sealing_of(part, decoded.bytes()); !sealing.empty())
            warn(sealing);
        if (is_tnef(part.type.value, name) && open_tnef(decoded.bytes())) return;
        Attachment attachment;
        attachment.name = std::move(name);
        attachment.type = cut_utf8(part.type.value, 255);
        attachment.content_id = content_id_of(part);
        const bool related = node.parent != nullptr && node.parent->type.value == "multipart/related";
        const bool version = node.parent != nullptr && node.parent->type.value == "multipart/alternative";
        attachment.is_inline = disposition.value == "inline" ||
                               (disposition.value.empty() && ((related && !attachment.content_id.empty()) ||
                                                              (version && attachment.name.empty())));
        if (attachment.name.empty()) attachment.name = subject_name(node, decoded.bytes());
        attachment.content = std::move(decoded).take();
        add(std::move(attachment), disposition.value.empty());
    }

    void add_attachment(const Part& part, bool is_inline) {
        if (!keep_attachments_) return;
        Attachment attachment;
        attachment.name = name_of(part, disposition_of(part));
        attachment.type = cut_utf8(part.type.value, 255);
        attachment.content_id = content_id_of(part);
        attachment.is_inline = is_inline;
        attachment.content = Decoded(part).take();
        add(std::move(attachment), false);
    }

    // An attached mail is named by its subject, and so is a mail that is nothing but a file.
    static std::string subject_name(const Node& node, std::string_view content) {
        const std::string& type = node.part().type.value;
        if (type == "message/rfc822" || type == "message/global") {
            const std::string subject = read_header(content).subject;
            return file_named(subject.empty() ? "message" : subject, "eml");
        }
        const Field* const subject = node.tree.parts[0].header.find("Subject");
        if (node.parent != nullptr || subject == nullptr) return {};
        const std::string name = unstructured(subject->value);
        if (name.empty()) return {};
        const std::size_t dot = name.rfind('.');
        const bool has_ending = dot != std::string::npos && name.size() - dot <= 6 && dot + 1 < name.size() &&
                                name.find(' ', dot) == std::string::npos;
        std::string_view ending = type;
        ending.remove_prefix(ending.find('/') + 1);
        if (ending == "plain") ending = "txt";
        const bool is_ending = ending.size() <= 4 && std::all_of(ending.begin(), ending.end(), is_alpha);
        return file_named(name, has_ending || !is_ending ? "" : ending);
    }

    // A subject is no path: its slashes are kept out of the way.
    static std::string file_named(std::string_view subject, std::string_view ending) {
        constexpr std::size_t longest = 200;
        std::string name(cut_utf8(subject, longest));
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == '/' || c == '\\'; }, '_');
        if (!ending.empty()) name.append(".").append(ending);
        return safe_file_name(name);
    }

    bool open_tnef(std::string_view bytes) {
        std::optional<Tnef> tnef = read_tnef(bytes, room());
        if (!tnef) return false;
        for (Attachment& attachment : tnef->attachments) add(std::move(attachment), false);
        if (tnef_text_.empty()) tnef_text_ = std::move(tnef->text);
        if (tnef_html_.empty()) tnef_html_ = std::move(tnef->html);
        return tnef->complete;
    }

    void let_others_speak(const MimeTree& tree, std::size_t depth) {
        if (!is_blank_text(tnef_text_) || !is_blank_text(tnef_html_)) {
            out_.html = std::move(tnef_html_);
            speak(is_blank_text(tnef_text_) ? read_html(out_.html) : MarkedText{std::move(tnef_text_), {}});
        }
        for (const Part* part : forwarded_) {
            if (!is_blank_text(out_.text) || !is_blank_text(out_.html)) return;
            read_forwarded(*part, depth + 1);
        }
        for (const Part* part : texts_) {
            if (!is_blank_text(out_.text) || !is_blank_text(out_.html)) return;
            if (part->body.size() > max_spoken_file) continue;
            std::string text = text_of(*part, Decoded(*part).bytes());
            speak(part->type.value == "text/html" ? read_html(text) : MarkedText{std::move(text), {}});
        }
        if (is_blank_text(out_.text) && out_.attachments.empty() && !tree.parts[0].children.empty())
            out_.text = text_of(tree.parts[0], tree.parts[0].body);
    }

    void read_forwarded(const Part& part, std::size_t depth) {
        if (depth > max_depth) {
            out_.too_complex = true;
            return;
        }
        const Decoded decoded(part);
        const MimeTree inner = parse_mime(decoded.bytes());
        Body body;
        BodyReader(body).read(inner, depth, false);
        speak({std::move(body.text), std::move(body.marks)});
        out_.html = std::move(body.html);
        out_.too_complex = out_.too_complex || body.too_complex || inner.too_complex;
    }

    // What the HTML shows in its place needs no line of its own below, even where nothing said "inline".
    void mark_shown_images() {
        if (out_.html.empty() || undeclared_.empty()) return;
        std::unordered_set<std::string> shown;
        const std::string_view html = out_.html;
        for (std::size_t at = html.find(':'); at != std::string_view::npos; at = html.find(':', at + 1))
            if (at >= 3 && iequals(html.substr(at - 3, 3), "cid"))
                shown.insert(id_in_html(html.substr(at + 1, html.find_first_of("\"'>) \r\n", at) - at - 1)));
        for (const std::size_t number : undeclared_) {
            Attachment& attachment = out_.attachments[number];
            if (!attachment.content_id.empty() && shown.contains(percent_decoded(attachment.content_id)))
                attachment.is_inline = true;
        }
    }

    // RFC 2392 §2, in an attribute.
    static std::string id_in_html(std::string_view url) {
        std::string text(url.substr(0, 1000));  // longer than any Content-ID
        for (std::size_t at = text.find("&amp;"); at != std::string::npos; at = text.find("&amp;", at + 1))
            text.erase(at + 1, 4);
        return percent_decoded(text);
    }

    void speak(MarkedText text) {
        out_.text = std::move(text.text);
        out_.marks = std::move(text.marks);
    }

    [[nodiscard]] std::size_t room() const {
        return max_parts - std::min(max_parts, out_.attachments.size());
    }

    void add(Attachment attachment, bool undeclared) {
        if (undeclared) undeclared_.push_back(out_.attachments.size());
        out_.attachments.push_back(std::move(attachment));
    }

    void warn(std::string_view code) {
        if (std::find(out_.warnings.begin(), out_.warnings.end(), code) == out_.warnings.end())
            out_.warnings.emplace_back(code);
    }

    struct Owned {
        std::string raw;
        MimeTree tree;
    };

    Body& out_;
    std::list<Owned> owned_;
    std::vector<const Part*> forwarded_, texts_;
    std::vector<std::size_t> undeclared_;  // attachments without a disposition
    std::string tnef_text_, tnef_html_;
    bool keep_attachments_ = true;
};

}  // namespace

Body read_body(const MimeTree& tree) {
    Body body;
    BodyReader(body).read(tree, 0, true);
    return body;
}

}  // namespace mail
