#include "mail/notice.hpp"

#include "mail/kind.hpp"
#include "mail/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace mail {
namespace {

constexpr std::size_t line_length = 76;
constexpr std::size_t max_text = 500;  // of a subject or a name

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 2047 §2: words of at most 75 octets, none of which parts a character.
std::string encoded_words(std::string_view text) {
    constexpr std::size_t most = 45;  // bytes, which are 60 of base64
    std::string words;
    while (!text.empty()) {
        const std::string_view part = cut_utf8(text, most);
        text.remove_prefix(part.size());
        std::array<unsigned char, 64> base64;
        const int size = EVP_EncodeBlock(base64.data(), reinterpret_cast<const unsigned char*>(part.data()),
                                         static_cast<int>(part.size()));
        if (!words.empty()) words += "\r\n ";
        words.append("=?utf-8?B?")
            .append(reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(size))
            .append("?=");
    }
    return words;
}

std::string on_one_line(std::string_view text) {
    return std::string(cut_utf8(one_line(to_valid_utf8(cut_utf8(text, 4 * max_text))), max_text));
}

// `room`: what the line may still take.
std::string unstructured(std::string_view text, std::size_t room) {
    const std::string line = on_one_line(text);
    if (is_printable(line) && line.size() <= room && line.find("=?") == std::string::npos) return line;
    return encoded_words(line);
}

std::string address(const std::string& name, const Mailbox& mailbox) {
    const std::string line = on_one_line(name);
    if (line.empty()) return "<" + mailbox.str() + ">";
    if (!is_printable(line) || line.size() > 60 || line.find("=?") != std::string::npos)
        return encoded_words(line) + "\r\n <" + mailbox.str() + ">";
    std::string quoted = "\"";
    for (const char c : line) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"\r\n <" + mailbox.str() + ">";
}

// RFC 2045 §6.7.
std::string quoted_printable(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        if (c == '\n') {
            out += "\r\n";
            column = 0;
            continue;
        }
        // A blank at a line's end would be lost, a dot or "From " at its beginning changed, on the way.
        const bool line_ends = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
        const bool changed = column == 0 && (c == '.' || text.substr(i).starts_with("From "));
        const bool plain = is_blank(c) ? !line_ends : c > ' ' && c <= '~' && c != '=' && !changed;
        const std::size_t needed = plain ? 1 : 3;
        if (column + needed >= line_length) {
            out += "=\r\n";
            column = 0;
        }
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append({'=', digits[byte >> 4U], digits[byte & 15U]});
        }
        column += needed;
    }
    return column == 0 ? out : out + "\r\n";
}

// What could be no Message-ID in a header of ours is not repeated.
bool can_be_named(std::string_view id) {
    return !id.empty() && id.size() <= 900 && is_printable(id) &&
           id.find_first_of("<> ") == std::string_view::npos;
}

}  // namespace

std::string date_time(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = floor<std::chrono::days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time - day));
    std::array<char, 64> text;
    const int size = std::snprintf(
        text.data(), text.size(), "%s, %u %s %d %02d:%02d:%02d +0000", days.at(weekday(day).c_encoding()),
        static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string message_id_of(const Notice& notice) {
    return own_message_id(notice.unique, notice.installation, notice.from.domain);
}

std::string compose(const Notice& notice) {
    std::string mail = "Date: " + date_time(notice.date) + "\r\n";
    mail.append("From: ").append(address(notice.from_name, notice.from));
    mail.append("\r\nTo: ").append(address("", notice.to));
    mail.append("\r\nSubject: ").append(unstructured(notice.subject, line_length - 9));
    mail.append("\r\nMessage-ID: <").append(message_id_of(notice)).append(">\r\n");
    if (can_be_named(notice.answers))
        mail.append("In-Reply-To: <")
            .append(notice.answers)
            .append(">\r\nReferences: <")
            .append(notice.answers)
            .append(">\r\n");
    mail.append("Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n");
    mail.append(loop_field).append(": ").append(notice.installation);
    mail.append(
        "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    return mail + quoted_printable(to_valid_utf8(notice.text));
}

}  // namespace mail
