#include "tests/mail/any_composition.hpp"

#include "mail/file_name.hpp"
#include "mail/header_index.hpp"
#include "mail/header_writer.hpp"
#include "mail/html_text.hpp"
#include "mail/mailbox.hpp"
#include "mail/read.hpp"
#include "mail/safe_html.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace mail::any {
namespace {

using namespace std::string_view_literals;

class Maker {
  public:
    Maker(const Pick& pick, Manners manners) : pick_(pick), wild_(manners == Manners::wild) {}

    Composition make() {
        Composition mail;
        mail.from = person();
        for (std::size_t i = 1 + pick_(chance(8) ? 30 : 3); i > 0; --i) mail.to.push_back(person());
        for (std::size_t i = pick_(3); i > 0; --i) mail.cc.push_back(person());
        if (chance(2)) mail.reply_to = person();
        mail.subject = chance(10) ? "" : safe_line(chance(8) ? 200 : 12);
        mail.message_id = id();
        if (chance(2)) mail.in_reply_to = id();
        for (std::size_t i = pick_(chance(6) ? 200 : 4); i > 0; --i) mail.references.push_back(id());
        if (chance(4)) mail.thread_topic = line(6);
        if (chance(4)) mail.thread_index = "AdoAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
        if (chance(3)) mail.extra.emplace_back("Auto-Submitted", "auto-replied");
        if (chance(3)) mail.extra.emplace_back("X-Ticketgate-Loop", safe_line(3));
        for (std::size_t i = pick_(5) / 2; i > 0; --i) mail.attachments.push_back(file());
        mail.text = chance(12) ? "" : text(60);
        if (chance(2)) mail.html = html(mail.attachments);
        mail.date =
            std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::seconds(pick_(40'000'000));
        return mail;
    }

  private:
    bool chance(std::size_t of) { return pick_(of) == 0; }

    template <std::size_t n>
    std::string one_of(const std::array<std::string_view, n>& list) {
        return std::string(list[pick_(n)]);
    }

    std::string letters(std::size_t most) {
        std::string out;
        for (std::size_t i = 1 + pick_(most); i > 0; --i)
            out += "abcdefghijklmnopqrstuvwxyz0123456789"[pick_(36)];
        return out;
    }

    // Any character of Unicode; polite ones are letters and signs that no reader touches.
    std::string character() {
        static constexpr std::array<std::pair<char32_t, char32_t>, 8> blocks{{{0xC0, 0x17F},
                                                                              {0x391, 0x3A1},
                                                                              {0x410, 0x44F},
                                                                              {0x5D0, 0x5EA},
                                                                              {0x627, 0x64A},
                                                                              {0x3041, 0x3096},
                                                                              {0x4E00, 0x9FA5},
                                                                              {0x1F600, 0x1F64F}}};
        char32_t c = 0;
        if (wild_ && chance(3)) {
            c = static_cast<char32_t>(0x80 + pick_(0x10FF80));
            if (c >= 0xD800 && c <= 0xDFFF) c = 0xFFFD;
        } else {
            const auto& [first, last] = blocks[pick_(blocks.size())];
            c = first + static_cast<char32_t>(pick_(last - first + 1));
        }
        return utf8(c);
    }

    static std::string utf8(char32_t c) {
        const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
        if (c < 0x80) return {static_cast<char>(c)};
        if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(0)};
        if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
        return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
    }

    std::string word() {
        static constexpr std::array tricks{"=_"sv,
                                           "=?utf-8?Q?x?="sv,
                                           "=?="sv,
                                           "=41"sv,
                                           "\"quoted\""sv,
                                           "back\\slash"sv,
                                           "(comment)"sv,
                                           "a,b;c:d"sv,
                                           "<x@y.example>"sv,
                                           "Re:"sv,
                                           "👩‍👩‍👧‍👦"sv,
                                           "🇩🇪🇫🇷"sv,
                                           "e\u0301"sv,
                                           "שלום"sv,
                                           "\u202Bعربي\u202C"sv,
                                           "👍🏽"sv,
                                           "한국어"sv,
                                           "--"sv,
                                           "'"sv,
                                           "%41"sv,
                                           "*"sv};
        static constexpr std::array wildness{"\0"sv,   "\x01"sv,         "\x1b$B"sv, "\x7f"sv,   "\xff"sv,
                                             "\xc3"sv, "\xed\xa0\x80"sv, "\r"sv,     "\n"sv,     "\r\n"sv,
                                             "\t"sv,   "\u0085"sv,       "\u2028"sv, "\uFEFF"sv, "   "sv};
        if (wild_ && chance(6)) return one_of(wildness);
        if (chance(6)) return one_of(tricks);
        std::string out;
        if (chance(3)) {
            for (std::size_t i = 1 + pick_(chance(6) ? 120 : 10); i > 0; --i) out += character();
        } else {
            out = letters(chance(20) ? 150 : 12);
        }
        return out;
    }

    std::string line(std::size_t words) {
        std::string out;
        for (std::size_t i = 1 + pick_(words); i > 0; --i) {
            if (!out.empty() && (!wild_ || !chance(5))) out += ' ';
            out += word();
        }
        return wild_ ? out : one_line(out);
    }

    // A header's value with CR, LF or NUL is refused, which is another test's.
    std::string safe_line(std::size_t words) {
        std::string out = line(words);
        std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
        return out;
    }

    NamedAddress person() {
        static constexpr std::array domains{
            "client.example"sv, "bücher.example"sv, "例え.example"sv, "[192.0.2.7]"sv,
            "a.very.long.name.of.a.host.somewhere.far.away.in.a.domain.example"sv};
        static constexpr std::array parts{"ann"sv,     "o'neil+tag"sv, "\"odd one\""sv,
                                          "\"a@b\""sv, "\"x\\\"y\""sv, "a=b/c"sv};
        NamedAddress one;
        one.address = (chance(3) ? one_of(parts) : letters(20)) + "@" + one_of(domains);
        if (wild_ && chance(20)) one.address = "jörg@client.example";
        if (!chance(3)) one.name = line(chance(10) ? 40 : 3);
        return one;
    }

    std::string id() { return letters(chance(10) ? 200 : 30) + "@" + letters(10) + ".example"; }

    std::string bytes(std::size_t most) {
        std::string out(pick_(most), '\0');
        for (char& c : out) c = static_cast<char>(pick_(256));
        return out;
    }

    Attachment file() {
        static constexpr std::array types{"image/png"sv, "application/pdf"sv, "text/plain"sv,
                                          "text/csv"sv,  "text/html"sv,       "application/octet-stream"sv};
        Attachment one;
        if (!wild_ || !chance(6)) one.name = line(chance(6) ? 60 : 2) + ".bin";
        one.type = one_of(types);
        one.content = one.type.starts_with("text/") && chance(2) ? text(20) : bytes(chance(5) ? 3000 : 200);
        if (chance(2)) {
            one.content_id = chance(2) ? letters(10) : letters(5) + "%40" + letters(4) + "@" + letters(6);
            one.is_inline = chance(2) || !wild_;
        }
        return one;
    }

    std::string text(std::size_t lines) {
        static constexpr std::array openings{""sv,    "From here"sv, "."sv,     ".."sv,
                                             "-- "sv, "> "sv,        "--=_x"sv, "\t"sv};
        std::string out;
        for (std::size_t i = pick_(lines); i > 0; --i) {
            if (chance(4)) out += one_of(openings);
            if (!chance(5)) out += line(chance(10) ? 300 : 10);
            if (wild_ && chance(5)) out += "  ";
            out += wild_ && chance(3) ? "\r\n" : "\n";
        }
        if (chance(10)) out += std::string(pick_(3000), 'x');
        return out;
    }

    std::string html(const std::vector<Attachment>& files) {
        std::string out = "<p>" + text(20) + "</p>";
        for (const Attachment& one : files)
            if (!one.content_id.empty() && !chance(3)) out += "<img src=\"cid:" + one.content_id + "\">";
        return out + "<b>" + line(5) + "</b>\n";
    }

    const Pick& pick_;
    bool wild_;
};

// A byte order mark is none of a text.
std::string without_mark(std::string text) {
    return text.starts_with("\uFEFF") ? text.substr(3) : text;
}

std::string body(const std::string& bytes) {
    std::string text = with_lf(to_valid_utf8(bytes));
    std::erase_if(text, [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return without_mark(std::move(text));
}

NamedAddress as_read(const NamedAddress& one) {
    return {std::string(trim(without_mark(header_text(one.name, max_display_name)))),
            mailbox_of(one.address).str()};
}

std::vector<NamedAddress> as_read(const std::vector<NamedAddress>& all) {
    std::vector<NamedAddress> out;
    std::ranges::transform(all, std::back_inserter(out),
                           [](const NamedAddress& one) { return as_read(one); });
    return out;
}

bool is_shown(const Attachment& one, const std::string& html) {
    return one.is_inline && !one.type.starts_with("text/") && !one.content_id.empty() &&
           html.find("cid:" + one.content_id + "\"") != std::string::npos;
}

}  // namespace

Composition composition(const Pick& pick, Manners manners) {
    return Maker(pick, manners).make();
}

Arrival arrival(const Composition& mail) {
    Arrival out;
    out.subject = trim(without_mark(header_text(mail.subject, max_subject)));
    out.from = as_read(mail.from);
    out.to = as_read(mail.to);
    out.cc = as_read(mail.cc);
    if (mail.reply_to) out.reply_to = {as_read(*mail.reply_to)};
    if (!trim(mail.html).empty()) out.html = body(mail.html);
    out.text = trim(mail.text).empty() && !out.html.empty() ? html_to_text(out.html) : body(mail.text);
    out.attachments = mail.attachments;
    std::ranges::stable_partition(out.attachments,
                                  [&](const Attachment& one) { return is_shown(one, mail.html); });
    for (Attachment& one : out.attachments) {
        one.is_inline = is_shown(one, mail.html);
        one.name = safe_file_name(to_valid_utf8(one.name));
    }
    out.message_id = mail.message_id;
    out.references = mail.references;
    if (mail.in_reply_to) {
        out.in_reply_to = {*mail.in_reply_to};
        if (std::ranges::find(out.references, *mail.in_reply_to) == out.references.end())
            out.references.push_back(*mail.in_reply_to);
    }
    return out;
}

std::string difference(const Composition& mail, const std::string& bytes) {
    const Arrival expected = arrival(mail);
    const Message found = read_message(bytes);
    std::string out;
    const auto same = [&](bool holds, const std::string& what) {
        if (!holds) out += what + "\n";
    };
    const auto equal = [&](const std::string& a, const std::string& b, const std::string& what) {
        const auto at =
            static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());  // the rest may be long
        const std::size_t from = at - std::min<std::size_t>(at, 20);
        same(a == b, what + " at " + std::to_string(at) + ": expected [" + a.substr(from, 60) + "], found [" +
                         b.substr(from, 60) + "]");
    };
    const auto people = [&](const std::vector<NamedAddress>& a, const std::vector<NamedAddress>& b,
                            const std::string& what) {
        same(a.size() == b.size(),
             what + ": " + std::to_string(b.size()) + " of " + std::to_string(a.size()));
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
            equal(a[i].name, b[i].name, what + " name");
            equal(a[i].address, b[i].address, what + " address");
        }
    };
    equal(expected.subject, found.header.subject, "subject");
    people({expected.from}, found.header.from_all, "from");
    people(expected.to, found.header.to, "to");
    people(expected.cc, found.header.cc, "cc");
    people(expected.reply_to, found.header.reply_to, "reply-to");
    equal(expected.message_id, found.header.message_id.value_or("none"), "message-id");
    same(expected.in_reply_to == found.header.in_reply_to, "in-reply-to");
    if (!expected.references.empty()) {  // of many, the first and the last ones
        const auto& ids = found.header.references;
        same(!ids.empty() && ids.front() == expected.references.front(), "the first reference");
        same(ids.size() > 0 && ids.size() <= expected.references.size() &&
                 std::equal(ids.rbegin(), ids.rend() - 1, expected.references.rbegin()),
             "the last references");
    }
    equal(safe_html(expected.html), found.html, "html");
    // A mail that says nothing is spoken for by a text that it has as a file.
    if (!trim(expected.text).empty() || !trim(expected.html).empty())
        equal(expected.text, found.text, "text");
    same(expected.attachments.size() == found.attachments.size(),
         "files: " + std::to_string(found.attachments.size()) + " of " +
             std::to_string(expected.attachments.size()));
    for (std::size_t i = 0; i < std::min(expected.attachments.size(), found.attachments.size()); ++i) {
        const Attachment &a = expected.attachments[i], &b = found.attachments[i];
        equal(a.name, b.name, "name of a file");
        equal(a.type, b.type, "type of a file");
        equal(a.content_id, b.content_id, "id of a file");
        same(a.is_inline == b.is_inline, "inline");
        same(a.content == b.content, "content of a file");
    }
    for (const std::string& warning : found.header.warnings) out += "warning " + warning + "\n";
    return out;
}

namespace {

// RFC 6531: some local part is not ASCII, so the header is UTF-8.
bool needs_smtputf8(const Composition& mail) {
    const auto needs = [](const NamedAddress& one) { return !is_ascii(mailbox_of(one.address).local_part); };
    return needs(mail.from) || std::ranges::any_of(mail.to, needs) || std::ranges::any_of(mail.cc, needs) ||
           (mail.reply_to && needs(*mail.reply_to));
}

}  // namespace

std::string ill_form(const Composition& mail, const std::string& bytes) {
    constexpr std::size_t longest_line = 998;
    const bool with_utf8 = needs_smtputf8(mail);
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = bytes.find("\r\n", begin);
        if (end == std::string::npos) return "the last line has no end";
        const std::string_view line(bytes.data() + begin, end - begin);
        if (line.size() > longest_line) return "a line is too long";
        for (const char c : line)
            if ((is_control(c) && c != '\t') || (static_cast<unsigned char>(c) >= 0x80 && !with_utf8))
                return "a line holds " + std::to_string(static_cast<unsigned char>(c));
        if (line.starts_with(".") || line.starts_with("From ")) return "a line begins as it must not";
        begin = end + 2;
    }
    static constexpr std::array once{"from"sv,         "to"sv,           "cc"sv,
                                     "reply-to"sv,     "subject"sv,      "message-id"sv,
                                     "in-reply-to"sv,  "references"sv,   "date"sv,
                                     "mime-version"sv, "content-type"sv, "content-transfer-encoding"sv,
                                     "thread-topic"sv, "thread-index"sv};
    std::vector<std::string> seen;
    const HeaderIndex index = index_header(bytes);
    for (const Field& field : index.fields) {
        const std::string name = lower(field.name);
        const bool extra =
            std::ranges::any_of(mail.extra, [&](const auto& one) { return lower(one.first) == name; });
        if (!extra && std::ranges::find(once, name) == once.end()) return "a field " + name;
        if (!extra && std::ranges::find(seen, name) != seen.end()) return "two fields " + name;
        seen.push_back(name);
    }
    return {};
}

}  // namespace mail::any
