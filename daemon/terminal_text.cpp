#include "daemon/terminal_text.hpp"

#include "mail/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string_view>

namespace program {
namespace {

std::size_t next_character(const std::string& text, std::size_t at) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
    return at;
}

// East Asian characters and pictures take two columns; whatever else is counted as one, marks too.
std::size_t width(const std::string& text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    const unsigned start = lead << 8U | next;
    const bool wide = (start >= 0xe184 && start <= 0xe185) || (start >= 0xe2ba && start <= 0xed9f) ||
                      (start >= 0xefa4 && start <= 0xefab) || (start >= 0xefbc && start <= 0xefbd) ||
                      start >= 0xf09f;
    return wide ? 2 : 1;
}

}  // namespace

std::string rfc3339(std::chrono::system_clock::time_point time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), ms);
}

std::string printable(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = text[i];
        if (const auto invisible = mail::invisible_at(std::string_view(text).substr(i))) {
            if (c == '\xc2') out += ' ';  // C1 controls, and what has a width
            i += invisible - 1;
        } else {
            out += mail::is_control(c) && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return out;
}

std::string one_line(const std::string& text) {
    std::string line = printable(text);
    for (char& c : line)
        if (c == '\n' || c == '\t') c = ' ';
    return line;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string cut(const std::string& line, std::size_t columns) {
    constexpr std::string_view dots = "...";
    std::size_t used = 0, fits = 0;  // columns, and the bytes that leave room for the dots
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t end = next_character(line, i);
        used += width(line, i);
        if (used > columns) return line.substr(0, fits) + std::string(dots.substr(0, columns));
        i = end;
        if (used + dots.size() <= columns) fits = i;
    }
    return line;
}

std::optional<std::size_t> terminal_columns() {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return std::nullopt;
    return size.ws_col;
}

}  // namespace program
