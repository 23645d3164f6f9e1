#include "mail/body.hpp"
#include "mail/bounce.hpp"
#include "mail/header_index.hpp"
#include "mail/kind.hpp"
#include "mail/mime_tree.hpp"
#include "mail/read.hpp"
#include "mail/reply.hpp"
#include "mail/safe_html.hpp"

#include <algorithm>

namespace mail {

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
    Body body = read_body(tree);
    out.too_complex = tree.too_complex || body.too_complex;
    out.text = std::move(body.text);
    out.attachments = std::move(body.attachments);
    ReplyParts parts = split_reply(out.text, out.header.from, body.marks);
    out.reply_text = std::move(parts.reply);
    out.quoted_text = std::move(parts.quoted);
    out.signature = std::move(parts.signature);
    out.html = safe_html(body.html);
    out.bounce = read_bounce(tree, out, circumstances);
    KindDecision decision = kind_of(tree, out, circumstances);
    out.kind = decision.kind;
    out.kind_reasons = std::move(decision.reasons);
    body.warnings.insert(body.warnings.begin(), tree.warnings.begin(), tree.warnings.end());
    for (std::string& warning : body.warnings)
        if (warning != "too_complex") out.header.warnings.push_back(std::move(warning));
    if (out.too_complex) out.header.warnings.emplace_back("too_complex");
    return out;
}

}  // namespace mail
