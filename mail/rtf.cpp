#include "mail/rtf.hpp"

#include "mail/charset.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace mail {
namespace {

constexpr std::size_t max_rtf = 16 * 1024 * 1024;
constexpr std::size_t max_groups = 200;

// MS-OXRTFCP §2.1.2.1: what the dictionary holds before the first byte.
constexpr std::string_view known_rtf =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(known_rtf.size() == 207);

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// Destinations whose content is nothing to read.
bool is_silent(std::string_view word) {
    static constexpr auto words =
        std::to_array<std::string_view>({"fonttbl", "colortbl", "stylesheet", "info", "pict", "object",
                                         "header", "footer", "headerl", "headerr", "footerl", "footerr",
                                         "footnote", "filetbl", "listtable", "listoverridetable", "fldinst"});
    return std::find(words.begin(), words.end(), word) != words.end();
}

class Reader {
  public:
    explicit Reader(std::string_view rtf) : rtf_(rtf) {}

    RtfBody read() {
        while (at_ < rtf_.size()) {
            const char c = rtf_[at_++];
            if (c == '{') {
                open();
            } else if (c == '}') {
                close();
            } else if (c == '\\') {
                control();
            } else if (c != '\r' && c != '\n') {
                add_byte(c);
            }
        }
        flush();
        return {std::move(out_), is_html_};
    }

  private:
    struct Group {
        bool silent = false;
        bool for_rtf_only = false;  // \htmlrtf: what the HTML says in another way
        int fallback = 1;           // characters that stand behind a \u for old readers
    };

    void open() {
        if (groups_.size() < max_groups) {
            groups_.push_back(group_);
        } else {
            ++too_deep_;
        }
        skip_ = 0;
    }
    void close() {
        skip_ = 0;
        if (too_deep_ > 0) {
            --too_deep_;
        } else if (!groups_.empty()) {
            group_ = groups_.back();
            groups_.pop_back();
        }
    }

    void control() {
        if (at_ >= rtf_.size()) return;
        const char c = rtf_[at_];
        if (is_alpha(c)) {
            word();
            return;
        }
        ++at_;
        switch (c) {
            case '\'':
                if (at_ + 1 < rtf_.size() && hex_digit(rtf_[at_]) >= 0 && hex_digit(rtf_[at_ + 1]) >= 0) {
                    add_byte(static_cast<char>(hex_digit(rtf_[at_]) * 16 + hex_digit(rtf_[at_ + 1])));
                    at_ += 2;
                }
                break;
            case '*':
                optional_ = true;
                break;
            case '~':
                add("\u00a0");
                break;
            case '_':
                add_byte('-');
                break;
            case '\r':
            case '\n':
                add_byte('\n');
                break;
            case '\\':
            case '{':
            case '}':
                add_byte(c);
                break;
            default:
                break;
        }
    }

    void word() {
        const std::size_t begin = at_;
        while (at_ < rtf_.size() && is_alpha(rtf_[at_])) ++at_;
        const std::string_view name = rtf_.substr(begin, at_ - begin);
        const bool negative = at_ < rtf_.size() && rtf_[at_] == '-';
        if (negative) ++at_;
        constexpr int too_large = 100'000'000;
        int number = 0;
        const std::size_t digits = at_;
        for (; at_ < rtf_.size() && is_digit(rtf_[at_]); ++at_)
            if (number < too_large) number = number * 10 + (rtf_[at_] - '0');
        const bool has_number = at_ > digits;
        if (negative) number = -number;
        if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
        const bool was_optional = optional_;
        optional_ = false;
        if (was_optional) {
            if (name != "htmltag" || !is_html_) group_.silent = true;
            group_.for_rtf_only = group_.for_rtf_only && name != "htmltag";
            return;
        }
        on_word(name, number, has_number);
    }

    void on_word(std::string_view name, int number, bool has_number) {
        struct Character {
            std::string_view word, text;
        };
        static constexpr auto characters = std::to_array<Character>({{"bullet", "\u2022"},
                                                                     {"emdash", "\u2014"},
                                                                     {"endash", "\u2013"},
                                                                     {"ldblquote", "\u201c"},
                                                                     {"lquote", "\u2018"},
                                                                     {"rdblquote", "\u201d"},
                                                                     {"rquote", "\u2019"}});
        if (name == "par" || name == "line" || name == "row" || name == "sect" || name == "page") {
            add_byte('\n');
        } else if (name == "tab" || name == "cell") {
            add_byte('\t');
        } else if (name == "u") {
            add_unicode(number);
            skip_ = group_.fallback;
        } else if (name == "uc") {
            group_.fallback = std::clamp(number, 0, 8);
        } else if (name == "bin") {
            at_ = std::min(rtf_.size(), at_ + static_cast<std::size_t>(std::max(number, 0)));
        } else if (name == "ansicpg") {
            flush();
            charset_ = number == 65001 ? "utf-8" : "cp" + std::to_string(std::max(number, 0));
        } else if (name == "fromhtml") {
            is_html_ = true;
        } else if (name == "htmlrtf") {
            group_.for_rtf_only = is_html_ && (!has_number || number != 0);
        } else if (is_silent(name)) {
            group_.silent = true;
        } else {
            for (const Character& character : characters)
                if (name == character.word) add(character.text);
        }
    }

    [[nodiscard]] bool is_hidden() const { return group_.silent || group_.for_rtf_only; }

    // Bytes are gathered, since one character may be two of them, the second a plain letter.
    void add_byte(char c) {
        if (skip_ > 0) {
            --skip_;
        } else if (!is_hidden() && c != '\0') {
            if (!units_.empty()) flush();
            bytes_ += c;
        }
    }
    void add(std::string_view utf8) {
        if (is_hidden()) return;
        flush();
        out_ += utf8;
    }
    void add_unicode(int number) {
        if (is_hidden()) return;
        const auto unit = static_cast<std::uint16_t>(number);
        if (!bytes_.empty()) flush();
        units_ += static_cast<char>(unit & 0xFF);  // halves of a pair come one by one
        units_ += static_cast<char>(unit >> 8);
    }
    void flush() {
        if (!units_.empty()) {
            std::string units;
            units.swap(units_);
            out_ += decode_charset(units, "utf-16le");
        }
        if (!bytes_.empty()) {
            out_ += is_ascii(bytes_) ? bytes_ : decode_charset(bytes_, charset_);
            bytes_.clear();
        }
    }

    std::string_view rtf_;
    std::size_t at_ = 0;
    std::vector<Group> groups_;
    Group group_;
    std::size_t too_deep_ = 0;
    bool optional_ = false;
    bool is_html_ = false;
    int skip_ = 0;
    std::string charset_ = "windows-1252";
    std::string bytes_, units_, out_;
};

}  // namespace

std::optional<std::string> decompress_rtf(std::string_view bytes) {
    constexpr std::size_t header = 16, ring = 4096, growth = 10;
    constexpr std::uint32_t compressed = 0x75465A4C, plain = 0x414C454D;
    if (bytes.size() < header) return std::nullopt;
    const std::uint32_t size = little_endian(bytes, 4), kind = little_endian(bytes, 8);
    bytes.remove_prefix(header);
    const std::size_t most = std::min({std::size_t(size), max_rtf, growth * bytes.size()});
    if (kind == plain) return std::string(bytes.substr(0, most));
    if (kind != compressed) return std::nullopt;
    std::string out;
    out.reserve(most);
    std::array<char, ring> dictionary{};
    std::copy(known_rtf.begin(), known_rtf.end(), dictionary.begin());
    std::size_t write = known_rtf.size();
    const auto put = [&](char c) {
        out += c;
        dictionary[write] = c;
        write = (write + 1) % ring;
    };
    for (std::size_t at = 0; at < bytes.size() && out.size() < most;) {
        const auto flags = static_cast<unsigned char>(bytes[at++]);
        for (unsigned bit = 0; bit < 8 && at < bytes.size() && out.size() < most; ++bit) {
            if ((flags >> bit & 1u) == 0) {
                put(bytes[at++]);
                continue;
            }
            if (at + 1 >= bytes.size()) return out;
            const unsigned token =
                static_cast<unsigned char>(bytes[at]) * 256u + static_cast<unsigned char>(bytes[at + 1]);
            at += 2;
            const std::size_t offset = token >> 4;
            if (offset == write) return out;  // §2.1.3.1.4: the end
            for (std::size_t i = 0; i < (token & 15u) + 2; ++i) put(dictionary[(offset + i) % ring]);
        }
    }
    return out;
}

RtfBody read_rtf(std::string_view rtf) {
    return Reader(rtf).read();
}

}  // namespace mail
