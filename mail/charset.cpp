#include "mail/charset.hpp"

#include "mail/charset_guess.hpp"
#include "mail/text.hpp"

#include <iconv.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Alias {
    std::string_view label, name;
};

// WHATWG Encoding §4.2 where it differs from ICU's reading, and what old mailers write. Sorted.
constexpr auto aliases = std::to_array<Alias>({
    {"646", "us-ascii"},
    {"7bit", "us-ascii"},
    {"8859_1", "windows-1252"},
    {"8bit", ""},
    {"ansi", "windows-1252"},
    {"ansi_x3.4-1968", "us-ascii"},
    {"ascii", "us-ascii"},
    {"auto", ""},
    {"big-5", "windows-950"},
    {"big5", "windows-950"},
    {"big5-eten", "windows-950"},
    {"binary", ""},
    {"charset", ""},
    {"chinese", "gb18030"},
    {"cn-big5", "windows-950"},
    {"cn-gb", "gb18030"},
    {"cp367", "us-ascii"},
    {"cp50220", "iso-2022-jp-2"},
    {"cp50221", "iso-2022-jp-2"},
    {"cp65001", "utf-8"},
    {"cp819", "windows-1252"},
    {"cp932", "windows-31j"},
    {"cp936", "gb18030"},
    {"cp949", "windows-949"},
    {"cp950", "windows-950"},
    {"csbig5", "windows-950"},
    {"cseuckr", "windows-949"},
    {"csgb2312", "gb18030"},
    {"csiso2022jp", "iso-2022-jp-2"},
    {"csiso58gb231280", "gb18030"},
    {"csiso88596e", "iso-8859-6"},
    {"csiso88596i", "iso-8859-6"},
    {"csiso88598e", "iso-8859-8"},
    {"csiso88598i", "iso-8859-8"},
    {"csisolatin1", "windows-1252"},
    {"csisolatin5", "windows-1254"},
    {"csksc56011987", "windows-949"},
    {"csshiftjis", "windows-31j"},
    {"csunicode", "utf-16"},
    {"default", ""},
    {"dos-874", "windows-874"},
    {"euc-cn", "gb18030"},
    {"euc-kr", "windows-949"},
    {"euc_kr", "windows-949"},
    {"euccn", "gb18030"},
    {"euckr", "windows-949"},
    {"gb2312", "gb18030"},
    {"gb2312-80", "gb18030"},
    {"gb_2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"hz-gb-2312", "hz"},
    {"ibm367", "us-ascii"},
    {"ibm819", "windows-1252"},
    {"iso-10646-ucs-2", "utf-16"},
    {"iso-2022-jp", "iso-2022-jp-2"},
    {"iso-2022-jp-1", "iso-2022-jp-2"},
    {"iso-2022-jp-2004", "iso-2022-jp-2"},
    {"iso-2022-jp-3", "iso-2022-jp-2"},
    {"iso-2022-jp-ms", "iso-2022-jp-2"},
    {"iso-8859-1", "windows-1252"},
    {"iso-8859-1-windows-3.1-latin-1", "windows-1252"},
    {"iso-8859-11", "windows-874"},
    {"iso-8859-12", "windows-1252"},
    {"iso-8859-1in", "windows-1252"},
    {"iso-8859-6-e", "iso-8859-6"},
    {"iso-8859-6-i", "iso-8859-6"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859_1", "windows-1252"},
    {"iso-ir-100", "windows-1252"},
    {"iso-ir-148", "windows-1254"},
    {"iso-ir-149", "windows-949"},
    {"iso-ir-58", "gb18030"},
    {"iso-ir-6", "us-ascii"},
    {"iso-latin-1", "windows-1252"},
    {"iso646-us", "us-ascii"},
    {"iso8859-1", "windows-1252"},
    {"iso8859-11", "windows-874"},
    {"iso8859-9", "windows-1254"},
    {"iso88591", "windows-1252"},
    {"iso885911", "windows-874"},
    {"iso88599", "windows-1254"},
    {"iso8859_1", "windows-1252"},
    {"iso_646.irv:1991", "us-ascii"},
    {"iso_8859-1", "windows-1252"},
    {"iso_8859-1:1987", "windows-1252"},
    {"iso_8859-9", "windows-1254"},
    {"iso_8859-9:1989", "windows-1254"},
    {"iso_8859_1", "windows-1252"},
    {"isolatin1", "windows-1252"},
    {"koi", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"korean", "windows-949"},
    {"kr", "windows-949"},
    {"ks_c_5601", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601-1989", "windows-949"},
    {"ksc5601", "windows-949"},
    {"ksc5601-1987", "windows-949"},
    {"ksc_5601", "windows-949"},
    {"l1", "windows-1252"},
    {"l5", "windows-1254"},
    {"latin-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin5", "windows-1254"},
    {"logical", "iso-8859-8"},
    {"macgreek", "x-mac-greek"},
    {"ms932", "windows-31j"},
    {"ms936", "gb18030"},
    {"ms949", "windows-949"},
    {"ms950", "windows-950"},
    {"ms_kanji", "windows-31j"},
    {"none", ""},
    {"shift-jis", "windows-31j"},
    {"shift_jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"tis-620", "windows-874"},
    {"ucs-2", "utf-16"},
    {"uhc", "windows-949"},
    {"unicode", "utf-16"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"unicode11utf8", "utf-8"},
    {"unicode20utf8", "utf-8"},
    {"unicodefeff", "utf-16le"},
    {"unicodefffe", "utf-16be"},
    {"unknown", ""},
    {"unknown-8bit", ""},
    {"us-ascii", "us-ascii"},
    {"utf", "utf-8"},
    {"utf-8n", "utf-8"},
    {"utf8", "utf-8"},
    {"utf8-bom", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"utf_8", "utf-8"},
    {"visual", "iso-8859-8"},
    {"windows-932", "windows-31j"},
    {"windows-936", "gb18030"},
    {"x-ansi", "windows-1252"},
    {"x-cp1250", "windows-1250"},
    {"x-cp1251", "windows-1251"},
    {"x-cp1252", "windows-1252"},
    {"x-euc", "euc-jp"},
    {"x-euc-cn", "gb18030"},
    {"x-gbk", "gb18030"},
    {"x-iso-10646-ucs-2-le", "utf-16le"},
    {"x-mac-roman", "macintosh"},
    {"x-mac-ukrainian", "x-mac-cyrillic"},
    {"x-ms-cp932", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"x-unicode20utf8", "utf-8"},
    {"x-unknown", ""},
    {"x-user-defined", ""},
    {"x-utf-8", "utf-8"},
    {"x-x-big5", "windows-950"},
});
static_assert(std::is_sorted(aliases.begin(), aliases.end(),
                             [](const Alias& a, const Alias& b) { return a.label < b.label; }));

// The only charsets for which iconv is asked: its loader reads files, so no stranger's label gets there.
constexpr auto iconv_names = std::to_array<Alias>({
    {"ansi_x3.110-1983", "CSA_T500-1983"},
    {"armscii-8", "ARMSCII-8"},
    {"cp1361", "JOHAB"},
    {"ecma-cyrillic", "ECMA-CYRILLIC"},
    {"georgian-academy", "GEORGIAN-ACADEMY"},
    {"georgian-ps", "GEORGIAN-PS"},
    {"iso-8859-16", "ISO-8859-16"},
    {"iso-ir-111", "ECMA-CYRILLIC"},
    {"iso8859-16", "ISO-8859-16"},
    {"johab", "JOHAB"},
    {"koi8-t", "KOI8-T"},
    {"ks_c_5601-1992", "JOHAB"},
    {"kz-1048", "RK1048"},
    {"pt154", "PT154"},
    {"ptcp154", "PT154"},
    {"rk1048", "RK1048"},
    {"t.61-8bit", "T.61-8BIT"},
    {"tcvn", "TCVN5712-1"},
    {"tcvn5712-1", "TCVN5712-1"},
    {"tscii", "TSCII"},
    {"viscii", "VISCII"},
});

std::string_view look_up(std::span<const Alias> table, std::string_view label, std::string_view otherwise) {
    const auto at = std::lower_bound(table.begin(), table.end(), label,
                                     [](const Alias& a, std::string_view l) { return a.label < l; });
    return at != table.end() && at->label == label ? at->name : otherwise;
}

// Lower case, "windows-125x" in all its spellings; empty when it names nothing. Of what is glued to a label
// (`"utf-8"`, `=utf-8`, `utf-8,format=flowed`, `utf-8?=`) the label alone counts.
std::string canonical(std::string_view label) {
    std::string name;
    for (const char c : label) {
        const bool part_of_name = is_alpha(c) || is_digit(c) || std::string_view("-_.:+()").find(c) != npos;
        // ICU reads options behind a comma and iconv behind a slash: those are not for strangers.
        if (part_of_name) {
            name += lower(c);
        } else if (!name.empty() && !is_space(c)) {
            break;
        }
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

std::size_t high_bytes(std::string_view bytes) {
    return static_cast<std::size_t>(std::count_if(
        bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
}

// Mostly UTF-8 with a character cut in two, as gateways that truncate leave it? `mended`: with U+FFFD for
// what is broken. In other charsets some pairs of bytes look like UTF-8, but not four of five.
bool is_damaged_utf8(std::string_view bytes, std::string_view mended) {
    const std::size_t good = high_bytes(mended) - replacement.size() * count(mended, replacement);
    const std::size_t bad = high_bytes(bytes) - good;
    return bad > 0 && good >= 6 && good >= 4 * bad;
}

// Characters that no writer means: what the charset has no character for, and the controls U+0080 to U+009F,
// which windows-1252 gives for the five bytes that it leaves free.
bool is_impossible(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\xC2' && text[i] != '\xEF') continue;
        const std::string_view rest = text.substr(i);
        if (rest.starts_with(replacement)) return true;
        if (rest.size() > 1 && rest[0] == '\xC2' && static_cast<unsigned char>(rest[1]) < 0xA0) return true;
    }
    return false;
}

// U+E000 to U+F8FF: three bytes, the first of them 0xEE, or 0xEF before 0xA4.
bool has_private_use(std::string_view text) {
    for (std::size_t i = text.find_first_of("\xEE\xEF"); i != npos; i = text.find_first_of("\xEE\xEF", i + 1))
        if (text[i] == '\xEE' || (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA4))
            return true;
    return false;
}

std::string windows_1252(std::string_view bytes) {
    if (auto text = by_icu(bytes, "windows-1252")) return *std::move(text);
    return to_valid_utf8(bytes);
}

}  // namespace

bool is_known_charset(std::string_view label) {
    const std::string name = canonical(label);
    return !name.empty() &&
           (name == "us-ascii" || converter(name) != nullptr || !look_up(iconv_names, name, {}).empty());
}

std::string decode_undeclared(std::string_view bytes, std::string_view hint) {
    // ISO-2022 shifts by escapes and is ASCII to the eye (RFC 1468).
    if (bytes.find("\x1b$") != npos && is_ascii(bytes))
        if (auto text = by_icu(bytes, "iso-2022-jp-2")) return *std::move(text);
    if (is_utf8(bytes)) return to_valid_utf8(bytes);
    std::string mended = to_valid_utf8(bytes);
    if (is_damaged_utf8(bytes, mended)) return mended;
    std::string name = canonical(hint);
    // windows-1252 is what everybody declares without a thought, and it takes any bytes: no hint.
    if (!name.empty() && name != "us-ascii" && name != "utf-8" && name != "windows-1252" && name != "utf-7" &&
        name != "hz" && !name.starts_with("iso-2022"))
        if (auto text = by_icu(bytes, name); text && text->find(replacement) == npos) return *std::move(text);
    name = guess_charset(bytes);
    if (!name.empty())
        if (auto text = by_icu(bytes, name)) return *std::move(text);
    return windows_1252(bytes);
}

std::string decode_charset(std::string_view bytes, std::string_view label, std::string_view hint) {
    const std::string name = canonical(label);
    if (name == "utf-8" || name == "us-ascii" || name.empty()) {
        if (is_utf8(bytes) && bytes.find('\x1b') == npos) return to_valid_utf8(bytes);
        return decode_undeclared(bytes, hint);
    }
    const bool holds_ascii =
        name.starts_with("windows-") || name.starts_with("iso-8859-") || name.starts_with("koi8-");
    if (holds_ascii && is_ascii(bytes)) return to_valid_utf8(bytes);
    auto text = by_icu(bytes, name);
    if (!text) text = by_iconv(bytes, name);
    if (!text) return decode_undeclared(bytes, hint);
    if (name.starts_with("utf-16") || name.starts_with("utf-32")) {
        // Such text holds NULs, at least in its blanks and line ends; without any it never was that. Who
        // names the order of the bytes as well knows what he says.
        const bool mislabelled = name.size() == 6 && bytes.find('\0') == npos && is_utf8(bytes);
        return mislabelled ? to_valid_utf8(bytes) : *std::move(text);
    }
    if (is_ascii(bytes)) return *std::move(text);
    const bool impossible = is_impossible(*text);
    // Nor does a writer mean characters that an East Asian charset leaves to its users; UTF-8 under such a
    // label mostly has some.
    if ((impossible || has_private_use(*text)) && is_utf8(bytes)) return to_valid_utf8(bytes);
    if (!impossible) return *std::move(text);
    // A few bad characters are damage. Where most are bad the label lies.
    if (count(*text, replacement) * 4 < high_bytes(bytes)) return *std::move(text);
    return decode_undeclared(bytes, hint);
}

}  // namespace mail
