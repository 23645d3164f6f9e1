// Reply, quote and signature (mail/reply.hpp): together they are the text.
#include "mail/reply.hpp"
#include "mail/reply_lines.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

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

// What a stranger's HTML might say of the lines: three bytes a mark, from the end of the input.
std::vector<mail::TextMark> marks_of(std::string_view bytes) {
    std::vector<mail::TextMark> marks;
    const auto number = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[i])}; };
    for (std::size_t i = bytes.size() - bytes.size() % 3; i > 0 && marks.size() < 20; i -= 3)
        marks.push_back(
            {static_cast<mail::TextMark::Kind>(number(i - 3) % 3), number(i - 2) % 40, number(i - 1) % 80});
    return marks;
}

void check_split(const std::string& text, const std::optional<mail::NamedAddress>& from,
                 std::span<const mail::TextMark> marks) {
    const mail::ReplyParts parts = mail::split_reply(text, from, marks);
    for (const std::string* part : {&parts.reply, &parts.quoted, &parts.signature}) fuzz::check_text(*part);
    fuzz::check(lines_of({parts.reply, parts.quoted, parts.signature}) == lines_of({text}),
                "the parts are not the whole");
    fuzz::check(lines_of({text}).empty() || !lines_of({parts.reply}).empty(), "a mail trimmed to nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input = fuzz::view(bytes, size);
    std::string text = mail::to_valid_utf8(input);
    std::erase(text, '\r');
    check_split(text, {}, {});
    const std::string name = text.substr(0, text.find('\n'));
    for (const mail::NamedAddress& from :
         {mail::NamedAddress{"Alex Doe", "alex@mail.example"}, mail::NamedAddress{name, name}}) {
        check_split(text, from, {});
        check_split(text, from, marks_of(input));
    }
    return 0;
}
