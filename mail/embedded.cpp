#include "mail/embedded.hpp"

#include "mail/header_index.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <boost/crc.hpp>

#include <charconv>
#include <optional>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;

struct Block {
    EmbeddedFile file;
    std::size_t end = 0;  // where the text goes on
};

// `begin MODE NAME`; nothing for prose that begins so.
std::optional<std::string_view> name_behind_mode(std::string_view line, std::string_view word) {
    if (!line.starts_with(word)) return std::nullopt;
    line.remove_prefix(word.size());
    std::size_t digits = 0;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '7') ++digits;
    if (digits < 3 || digits > 4) return std::nullopt;
    line.remove_prefix(digits);
    if (!line.empty() && line.front() != ' ') return std::nullopt;
    return trim(line);
}

// A block that is none is left at its first bad line, and no `begin` is a good one: no line is read more
// than twice.
std::optional<Block> uuencoded(std::string_view text, std::size_t at, std::string_view name) {
    Block block;
    block.file.name = name;
    const std::size_t begin = at;
    bool first = true, ended = false;
    while (at < text.size()) {
        const Line line = line_at(text, at);
        at = line.next;
        if (trim(line.text) == "end" && line.text.starts_with("end")) {
            block.end = at;
            return block.file.content.empty() ? std::nullopt : std::optional(std::move(block));
        }
        if (ended && !line.text.empty()) return std::nullopt;
        if (line.text.empty()) {
            ended = true;  // a terminator whose blank was trimmed
            continue;
        }
        for (const char c : line.text)
            if (c < ' ' || c > '`') return std::nullopt;
        const auto digit = [&](std::size_t i) {
            return i < line.text.size() ? (static_cast<unsigned char>(line.text[i]) - 32u) & 63u : 0u;
        };
        std::size_t left = digit(0);
        const std::size_t needed = (left + 2) / 3 * 4;
        if (line.text.size() > 1 + needed + 2) return std::nullopt;                  // 2: a checksum
        if (first && line.text.size() + 2 < 1 + needed) return std::nullopt;         // later ones lose blanks
        if (block.file.content.size() > 2 * (at - begin) + 64) return std::nullopt;  // lines of one letter
        first = false;
        ended = left == 0;
        for (std::size_t i = 1; left > 0; i += 4) {
            const unsigned word = digit(i) << 18 | digit(i + 1) << 12 | digit(i + 2) << 6 | digit(i + 3);
            for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
                block.file.content += static_cast<char>(word >> shift & 0xFF);
        }
    }
    return std::nullopt;
}

std::optional<Block> base64_encoded(std::string_view text, std::size_t at, std::string_view name) {
    const std::size_t begin = at;
    while (at < text.size()) {
        const Line line = line_at(text, at);
        if (line.text == "====") {
            Block block{{std::string(name), decode_base64(text.substr(begin, at - begin))}, line.next};
            return block.file.content.empty() ? std::nullopt : std::optional(std::move(block));
        }
        for (const char c : line.text)
            if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '/' && c != '=') return std::nullopt;
        at = line.next;
    }
    return std::nullopt;
}

// `key=value` of a yEnc keyword line; `name=` takes the rest of the line.
std::optional<std::string_view> keyword(std::string_view line, std::string_view key) {
    const std::size_t at = line.find(key);
    if (at == npos) return std::nullopt;
    const std::string_view value = line.substr(at + key.size());
    return key == " name=" ? trim(value) : value.substr(0, value.find(' '));
}

template <int Base = 10>
std::optional<std::uint64_t> number(std::optional<std::string_view> digits) {
    if (!digits) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), value, Base);
    return error == std::errc() && end == digits->data() + digits->size() ? std::optional(value)
                                                                          : std::nullopt;
}

bool crc_fits(std::string_view content, std::optional<std::string_view> said) {
    const auto expected = number<16>(said);
    if (!expected) return true;
    boost::crc_32_type crc;
    crc.process_bytes(content.data(), content.size());
    return crc.checksum() == *expected;
}

std::optional<Block> yencoded(std::string_view text, std::size_t at, std::string_view begin) {
    Block block;
    const auto name = keyword(begin, " name=");
    if (!name || !keyword(begin, " line=") || !number(keyword(begin, " size="))) return std::nullopt;
    block.file.name = *name;
    block.file.partial = keyword(begin, " part=").has_value();
    std::string& content = block.file.content;
    while (at < text.size()) {
        const Line line = line_at(text, at);
        at = line.next;
        if (line.text.starts_with("=yend ")) {
            if (number(keyword(line.text, " size=")) != content.size()) return std::nullopt;
            const auto crc = keyword(line.text, block.file.partial ? " pcrc32=" : " crc32=");
            if (content.empty() || !crc_fits(content, crc)) return std::nullopt;
            block.end = at;
            return block;
        }
        if (line.text.starts_with("=ypart ")) continue;
        if (line.text.starts_with("=y")) return std::nullopt;  // no data line begins so
        for (std::size_t i = 0; i < line.text.size(); ++i) {
            unsigned byte = static_cast<unsigned char>(line.text[i]);
            if (byte == '=' && ++i < line.text.size()) byte = static_cast<unsigned char>(line.text[i]) - 64u;
            content += static_cast<char>(byte - 42u);
        }
    }
    return std::nullopt;
}

std::optional<Block> block_at(std::string_view text, const Line& line) {
    if (const auto name = name_behind_mode(line.text, "begin ")) return uuencoded(text, line.next, *name);
    if (const auto name = name_behind_mode(line.text, "begin-base64 "))
        return base64_encoded(text, line.next, *name);
    if (line.text.starts_with("=ybegin ")) return yencoded(text, line.next, line.text);
    return std::nullopt;
}

}  // namespace

EmbeddedFiles extract_files(std::string_view text, std::size_t most) {
    EmbeddedFiles out;
    if (text.find("begin") == npos) return out;  // =ybegin as well
    std::size_t kept = 0;                        // what is before it is in `rest` or a file
    for (std::size_t at = 0; at < text.size() && out.files.size() < most;) {
        const Line line = line_at(text, at);
        std::optional<Block> block = block_at(text, line);
        at = line.next;
        if (!block) continue;
        out.rest += text.substr(kept, static_cast<std::size_t>(line.text.data() - text.data()) - kept);
        at = kept = block->end;
        out.files.push_back(std::move(block->file));
    }
    if (!out.files.empty()) out.rest += text.substr(kept);
    return out;
}

}  // namespace mail
