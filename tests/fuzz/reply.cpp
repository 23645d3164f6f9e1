// Reply, quote and signature (mail/reply.hpp): together they are the text.
#include "mail/reply.hpp"
#include "mail/reply_lines.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>

namespace {

// Lines with something in them, in any order.
std::vector<std::string_view> lines_of(std::initializer_list<std::string_view> texts) {
    std::vector<std::string_view> lines;
    for (const std::string_view text : texts) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string_view line = text.substr(at, end - at);
            if (!mail::is_blank_line(line)) lines.push_back(line);
            at = end + 1;
        }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string text = mail::to_valid_utf8(fuzz::view(bytes, size));
    std::erase(text, '\r');
    const mail::ReplyParts parts = mail::split_reply(text, {});
    for (const std::string* part : {&parts.reply, &parts.quoted, &parts.signature}) fuzz::check_text(*part);
    fuzz::check(lines_of({parts.reply, parts.quoted, parts.signature}) == lines_of({text}),
                "the parts are not the whole");
    fuzz::check(lines_of({text}).empty() || !lines_of({parts.reply}).empty(), "a mail trimmed to nothing");
    return 0;
}
