#include "mail/charset.hpp"

#include "mail/text.hpp"

#include <iconv.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mail {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Alias {
    std::string_view label, name;
};

// WHATWG Encoding §4.2 where it differs from ICU's reading, and what old mailers write. Sorted.
constexpr auto aliases = std::to_array<Alias>({
    {"646", "us-ascii"},
    {"ansi_x3.4-1968", "us-ascii"},
    {"ascii", "us-ascii"},
    {"big5", "windows-950"},
    {"chinese", "gb18030"},
    {"cn-big5", "windows-950"},
    {"cp50220", "iso-2022-jp-2"},
    {"cp50221", "iso-2022-jp-2"},
    {"cp819", "windows-1252"},
    {"cp932", "windows-31j"},
    {"cp936", "gb18030"},
    {"cp949", "windows-949"},
    {"cp950", "windows-950"},
    {"csgb2312", "gb18030"},
    {"csisolatin1", "windows-1252"},
    {"csshiftjis", "windows-31j"},
    {"default", ""},
    {"euc-kr", "windows-949"},
    {"euc_kr", "windows-949"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"hz-gb-2312", "hz"},
    {"ibm819", "windows-1252"},
    {"iso-2022-jp-1", "iso-2022-jp-2"},
    {"iso-2022-jp-3", "iso-2022-jp-2"},
    {"iso-2022-jp-ms", "iso-2022-jp-2"},
    {"iso-8859-1", "windows-1252"},
    {"iso-8859-11", "windows-874"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-9", "windows-1254"},
    {"iso8859-1", "windows-1252"},
    {"iso8859-9", "windows-1254"},
    {"iso88591", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso_8859-9", "windows-1254"},
    {"korean", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601-1989", "windows-949"},
    {"ksc5601", "windows-949"},
    {"ksc_5601", "windows-949"},
    {"l1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin5", "windows-1254"},
    {"ms_kanji", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"shift_jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"tis-620", "windows-874"},
    {"uhc", "windows-949"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"unknown", ""},
    {"unknown-8bit", ""},
    {"us-ascii", "us-ascii"},
    {"utf8", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"utf_8", "utf-8"},
    {"x-cp1250", "windows-1250"},
    {"x-cp1251", "windows-1251"},
    {"x-cp1252", "windows-1252"},
    {"x-gbk", "gb18030"},
    {"x-mac-roman", "macintosh"},
    {"x-sjis", "windows-31j"},
    {"x-unknown", ""},
    {"x-user-defined", ""},
});
static_assert(std::is_sorted(aliases.begin(), aliases.end(),
                             [](const Alias& a, const Alias& b) { return a.label < b.label; }));

// The only charsets for which iconv is asked: its loader reads files, so no stranger's label gets there.
constexpr auto iconv_names = std::to_array<Alias>({
    {"ansi_x3.110-1983", "CSA_T500-1983"},
    {"armscii-8", "ARMSCII-8"},
    {"iso-8859-16", "ISO-8859-16"},
    {"iso8859-16", "ISO-8859-16"},
    {"t.61-8bit", "T.61-8BIT"},
    {"tcvn", "TCVN5712-1"},
    {"tcvn5712-1", "TCVN5712-1"},
    {"viscii", "VISCII"},
});

std::string_view look_up(std::span<const Alias> table, std::string_view label, std::string_view otherwise) {
    const auto at = std::lower_bound(table.begin(), table.end(), label,
                                     [](const Alias& a, std::string_view l) { return a.label < l; });
    return at != table.end() && at->label == label ? at->name : otherwise;
}

// Lower case, without quotes and blanks, "windows-125x" in all its spellings; empty when it names nothing.
std::string canonical(std::string_view label) {
    std::string name;
    for (const char c : trim(label)) {
        if (c == '"' || c == '\'' || is_space(c)) continue;
        if (!is_alpha(c) && !is_digit(c) && std::string_view("-_.:+()").find(c) == std::string_view::npos)
            return {};  // ICU reads options behind a comma and iconv behind a slash: not from strangers
        name += lower(c);
    }
    if (name.size() > 60) return {};
    for (const std::string_view prefix : {"windows", "cp", "win", "ms", "x-windows"}) {
        std::string_view rest = name;
        if (!rest.starts_with(prefix)) continue;
        rest.remove_prefix(prefix.size());
        if (rest.starts_with('-') || rest.starts_with('_')) rest.remove_prefix(1);
        if (rest.size() == 4 && rest.starts_with("125") && is_digit(rest[3]))
            return "windows-" + std::string(rest);
    }
    return std::string(look_up(aliases, name, name));
}

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

// Opening a converter costs more than most header words: the last few stay open, per thread.
UConverter* converter(const std::string& name) {
    struct Entry {
        std::string name;
        Converter converter{nullptr, &ucnv_close};
    };
    thread_local std::vector<Entry> cache;
    thread_local std::size_t next = 0;
    for (const Entry& entry : cache)
        if (entry.name == name) return entry.converter.get();
    UErrorCode error = U_ZERO_ERROR;
    Converter opened(name.empty() ? nullptr : ucnv_open(name.c_str(), &error), &ucnv_close);
    if (U_FAILURE(error)) opened.reset();
    Entry entry{name, std::move(opened)};  // what can't be opened is remembered too
    if (cache.size() < 8) {
        cache.push_back(std::move(entry));
        return cache.back().converter.get();
    }
    next = (next + 1) % cache.size();
    cache[next] = std::move(entry);
    return cache[next].converter.get();
}

// Encoded-words end in ASCII and the next one shifts again: put together that is an empty segment,
// which ICU takes for an attack and marks with U+FFFD. Of two escapes in a row the first says nothing.
std::string without_empty_segments(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes.substr(i).starts_with("\x1b(") && i + 3 < bytes.size() && bytes[i + 3] == '\x1b') {
            i += 2;
            continue;
        }
        out += bytes[i];
    }
    return out;
}

std::optional<std::string> by_icu(std::string_view bytes, const std::string& name) {
    UConverter* const open = converter(name);
    if (open == nullptr) return std::nullopt;
    std::string joined;
    if (name.starts_with("iso-2022")) bytes = joined = without_empty_segments(bytes);
    UErrorCode error = U_ZERO_ERROR;
    ucnv_reset(open);
    const icu::UnicodeString text(bytes.data(), static_cast<int>(bytes.size()), open, error);
    if (U_FAILURE(error)) return std::nullopt;
    std::string out;
    out.reserve(bytes.size());
    text.toUTF8String(out);
    std::erase(out, '\0');
    return out;
}

std::optional<std::string> by_iconv(std::string_view bytes, const std::string& label) {
    const std::string_view name = look_up(iconv_names, label, {});
    if (name.empty()) return std::nullopt;
    const iconv_t handle = iconv_open("UTF-8", name.data());
    if (handle == iconv_t(-1)) return std::nullopt;  // NOLINT: POSIX says so
    std::string out, input(bytes);
    char* in = input.data();
    std::size_t left = input.size();
    std::array<char, 4096> buffer{};
    while (left > 0) {
        char* to = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t result = iconv(handle, &in, &left, &to, &room);
        out.append(buffer.data(), buffer.size() - room);
        if (result == std::size_t(-1) && room == buffer.size() && left > 0) {  // stuck on a bad byte
            out += replacement;
            ++in;
            --left;
        }
    }
    iconv_close(handle);
    return to_valid_utf8(out);
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

// Mostly UTF-8 with a character cut in two, as gateways that truncate leave it?
bool is_damaged_utf8(std::string_view bytes, std::string_view mended) {
    const std::size_t bad = count(mended, replacement);
    std::size_t good = 0;
    for (const char c : mended) good += static_cast<unsigned char>(c) >= 0xC2 ? 1 : 0;
    return bad > 0 && good > 2 * bad && !bytes.empty();
}

std::string windows_1252(std::string_view bytes) {
    if (auto text = by_icu(bytes, "windows-1252")) return *std::move(text);
    return to_valid_utf8(bytes);
}

// Which charset? Asked only where letters outside ASCII prevail: in a Latin text with a few umlauts
// the detector guesses, and windows-1252 is the better guess.
std::string detected(std::string_view bytes) {
    std::size_t high = 0, letters = 0;
    for (const char c : bytes) {
        if (static_cast<unsigned char>(c) >= 0x80) ++high;
        if (is_alpha(c)) ++letters;
    }
    if (high < 6 || high * 3 < letters) return {};
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&error),
                                                                              &ucsdet_close);
    if (U_FAILURE(error)) return {};
    constexpr std::size_t enough = 8192;
    const std::string_view sample = bytes.substr(0, enough);
    ucsdet_setText(detector.get(), sample.data(), static_cast<int>(sample.size()), &error);
    const UCharsetMatch* const match = ucsdet_detect(detector.get(), &error);
    if (U_FAILURE(error) || match == nullptr || ucsdet_getConfidence(match, &error) < 30) return {};
    const char* const name = ucsdet_getName(match, &error);
    return U_FAILURE(error) || name == nullptr ? std::string() : canonical(name);
}

}  // namespace

bool is_known_charset(std::string_view label) {
    const std::string name = canonical(label);
    return !name.empty() &&
           (name == "us-ascii" || converter(name) != nullptr || !look_up(iconv_names, name, {}).empty());
}

std::string decode_undeclared(std::string_view bytes, std::string_view hint) {
    // ISO-2022 shifts by escapes and is ASCII to the eye (RFC 1468).
    if (bytes.find("\x1b$") != std::string_view::npos && is_ascii(bytes))
        if (auto text = by_icu(bytes, "iso-2022-jp-2")) return *std::move(text);
    if (is_utf8(bytes)) return to_valid_utf8(bytes);
    std::string mended = to_valid_utf8(bytes);
    if (is_damaged_utf8(bytes, mended)) return mended;
    std::string name = canonical(hint);
    if (name.empty() || name == "us-ascii" || name == "utf-8" || name == "utf-7") name = detected(bytes);
    if (!name.empty() && name != "utf-8")
        if (auto text = by_icu(bytes, name)) return *std::move(text);
    return windows_1252(bytes);
}

std::string decode_charset(std::string_view bytes, std::string_view label) {
    const std::string name = canonical(label);
    if (name == "utf-8" || name == "us-ascii" || name.empty()) {
        if (is_utf8(bytes) && bytes.find('\x1b') == std::string_view::npos) return to_valid_utf8(bytes);
        return decode_undeclared(bytes);
    }
    auto text = by_icu(bytes, name);
    if (!text) text = by_iconv(bytes, name);
    if (!text) return decode_undeclared(bytes);
    const bool impossible = text->find(replacement) != std::string::npos;
    if (impossible && !is_ascii(bytes) && is_utf8(bytes)) return to_valid_utf8(bytes);
    return *std::move(text);
}

}  // namespace mail
