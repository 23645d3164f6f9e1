#include "mail/date.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mail {
namespace {

struct Parts {
    int year = -1, month = 0, day = 0, hour = -1, minute = 0, second = 0;
    std::optional<int> zone;  // minutes east
    bool pm = false, am = false;
};

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};

struct Zone {
    std::string_view name;
    int hours;
};
constexpr auto zones = std::to_array<Zone>(
    {{"ut", 0},   {"utc", 0},  {"gmt", 0},  {"z", 0},    {"est", -5},  {"edt", -4},  {"cst", -6}, {"cdt", -5},
     {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"wet", 0},   {"west", 1},  {"bst", 1},  {"cet", 1},
     {"met", 1},  {"mez", 1},  {"cest", 2}, {"mest", 2}, {"mesz", 2},  {"eet", 2},   {"eest", 3}, {"msk", 3},
     {"jst", 9},  {"kst", 9},  {"hkt", 8},  {"sgt", 8},  {"akst", -9}, {"akdt", -8}, {"hst", -10}});

// At most nine digits; -1 when it is no number.
int number(std::string_view digits) {
    if (digits.empty() || digits.size() > 9) return -1;
    int value = 0;
    for (const char c : digits) {
        if (!is_digit(c)) return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

int month_of(std::string_view word) {
    if (word.size() < 3) return 0;
    const std::string start = lower(word.substr(0, 3));
    for (std::size_t i = 0; i < months.size(); ++i)
        if (months[i] == start) return static_cast<int>(i) + 1;
    return 0;
}

int full_year(std::string_view digits) {
    const int year = number(digits);
    if (year >= 100 && year < 200) return year + 1900;  // "102" (RFC 5322 §4.3), and "0102" of the same bug
    if (digits.size() != 2) return year;
    return year + (year < 50 ? 2000 : 1900);
}

// "+0100", "-1:30", "+1" in minutes.
std::optional<int> numeric_zone(std::string_view text) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    std::string digits;
    for (const char c : text.substr(1)) {
        if (c == ':') continue;
        if (!is_digit(c)) return std::nullopt;
        digits += c;
    }
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    const int value = number(digits);
    const int minutes = digits.size() <= 2 ? value * 60 : value / 100 * 60 + value % 100;
    if (minutes >= 24 * 60 || value % 100 >= 60) return std::nullopt;
    return text[0] == '-' ? -minutes : minutes;
}

// "-0000" and no zone at all both mean that nobody knows (RFC 5322 §3.3).
constexpr int unknown_zone = 24 * 60;

void read_zone(std::string_view text, Parts& parts) {
    if (parts.zone) return;
    if (const auto minutes = numeric_zone(text)) {
        parts.zone = *minutes == 0 && text[0] == '-' ? unknown_zone : *minutes;
    } else {
        const std::size_t sign = text.find_first_of("+-");  // "GMT+0100"
        if (sign != std::string_view::npos && sign > 0) {
            read_zone(text.substr(sign), parts);
            return;
        }
        const std::string name = lower(text);
        for (const Zone& zone : zones)
            if (zone.name == name) parts.zone = zone.hours * 60;
    }
}

// "12:34:56.789+0100", "12:34", "1:02pm".
bool read_time(std::string_view text, Parts& parts) {
    if (parts.hour >= 0) return false;
    const std::size_t rest = text.find_first_not_of("0123456789:.");
    std::string_view clock = text.substr(0, rest);
    const std::size_t colon = clock.find_first_of(":.");
    if (colon == std::string_view::npos) return false;
    parts.hour = number(clock.substr(0, colon));
    clock.remove_prefix(colon + 1);
    const std::size_t second_colon = clock.find_first_of(":.");
    parts.minute = number(clock.substr(0, second_colon));
    if (second_colon != std::string_view::npos) {
        clock.remove_prefix(second_colon + 1);
        parts.second = number(clock.substr(0, clock.find('.')));
    }
    if (rest != std::string_view::npos) {
        const std::string tail = lower(text.substr(rest));
        parts.am = tail == "am";
        parts.pm = tail == "pm";
        read_zone(tail, parts);
    }
    return true;
}

// "2002-08-22", "2002/08/22", "22-Aug-2002", "22-Aug-02". Not "08/09/2002": it is read one way here, another
// there.
bool read_dashed(std::string_view text, Parts& parts) {
    const char dash = text.find('/') != std::string_view::npos ? '/' : '-';
    const std::size_t first = text.find(dash);
    const std::size_t second = text.find(dash, first + 1);
    if (first == 0 || first == std::string_view::npos || second == std::string_view::npos) return false;
    const std::string_view a = text.substr(0, first), b = text.substr(first + 1, second - first - 1),
                           c = text.substr(second + 1);
    if (a.size() == 4 && number(b) > 0) {
        parts.year = number(a);
        parts.month = number(b);
        parts.day = number(c);
        return true;
    }
    if (month_of(b) == 0) return false;
    parts.day = number(a);
    parts.month = month_of(b);
    parts.year = full_year(c);
    return true;
}

void read_word(std::string_view word, Parts& parts) {
    const bool starts_with_digit = is_digit(word[0]);
    if (starts_with_digit && word.find(':') != std::string_view::npos) {
        const std::size_t t = word.find_first_of("Tt");  // ISO 8601
        if (t != std::string_view::npos && t < word.find(':') && read_dashed(word.substr(0, t), parts))
            word.remove_prefix(t + 1);
        read_time(word, parts);
    } else if (starts_with_digit && read_dashed(word, parts)) {
        return;
    } else if (starts_with_digit) {
        std::string_view digits = word.substr(0, word.find_first_not_of("0123456789"));  // "1st"
        if (parts.day == 0 && digits.size() <= 2) {
            parts.day = number(digits);
        } else if (parts.year < 0) {
            parts.year = full_year(digits);
        } else if (parts.hour < 0) {
            read_time(word, parts);  // "12.34.56"
        }
    } else if (parts.month == 0 && month_of(word) != 0) {
        parts.month = month_of(word);
    } else if (iequals(word, "am") || iequals(word, "pm")) {
        parts.am = lower(word[0]) == 'a';
        parts.pm = !parts.am;
    } else {
        read_zone(word, parts);
    }
}

bool leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool plausible(const Parts& p) {
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (p.year < 1900 || p.year > 9999 || p.month < 1 || p.month > 12 || p.day < 1) return false;
    const int last = days[static_cast<std::size_t>(p.month) - 1] + (p.month == 2 && leap(p.year) ? 1 : 0);
    return p.day <= last && p.hour >= 0 && p.hour < 24 && p.minute >= 0 && p.minute < 60 && p.second >= 0 &&
           p.second <= 60;
}

// Comments and commas are blanks; the blanks around a clock's colons vanish (RFC 5322 §4.3, obs-time-of-day).
std::string without_comments(std::string_view text) {
    std::string plain;
    int depth = 0;
    for (const char c : text) {
        if (c == '(') ++depth;
        if (depth == 0) {
            const bool blank = c == ',' || c == '"' || is_space(c);
            if (c == ':' && plain.find_last_not_of(' ') != std::string::npos)
                plain.resize(plain.find_last_not_of(' ') + 1);
            if (!blank || !plain.ends_with(':')) plain += blank ? ' ' : c;
        } else if (!plain.ends_with(' ') && !plain.ends_with(':')) {
            plain += ' ';
        }
        if (c == ')' && depth > 0) --depth;
    }
    return plain;
}

}  // namespace

std::optional<std::string> parse_date(std::string_view text) {
    constexpr std::size_t longest = 200;  // what is longer is no date
    if (text.size() > longest) return std::nullopt;
    const std::string plain = without_comments(text);
    Parts parts;
    for (std::size_t at = 0; (at = plain.find_first_not_of(' ', at)) != std::string::npos;) {
        const std::size_t end = std::min(plain.find(' ', at), plain.size());
        read_word(std::string_view(plain).substr(at, end - at), parts);
        at = end;
    }
    if (parts.pm && parts.hour < 12) parts.hour += 12;
    if (parts.am && parts.hour == 12) parts.hour = 0;
    if (!plausible(parts)) return std::nullopt;

    const int zone = parts.zone.value_or(unknown_zone);
    const bool unknown = zone == unknown_zone;
    const int offset = unknown ? 0 : zone < 0 ? -zone : zone;
    std::array<char, 64> out{};
    const int length =
        std::snprintf(out.data(), out.size(), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", parts.year,
                      parts.month, parts.day, parts.hour, parts.minute,
                      parts.second == 60 ? 59 : parts.second,  // a leap second: many readers refuse it
                      unknown || zone < 0 ? '-' : '+', offset / 60, offset % 60);
    return std::string(out.data(), static_cast<std::size_t>(length));
}

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

}  // namespace mail
