#include "daemon/zone_line.hpp"

#include <fmt/format.h>

namespace program {

std::string zone_line(std::string_view name, std::string_view type, std::string_view data) {
    return fmt::format("{}. IN {} {}", name, type, data);
}

std::string zone_text_line(std::string_view name, std::string_view text) {
    constexpr std::size_t max_string = 255;
    std::string strings;
    do {
        strings += strings.empty() ? "\"" : " \"";
        for (const char c : text.substr(0, max_string)) {
            if (c == '"' || c == '\\') strings += '\\';
            strings += c;
        }
        strings += '"';
        text.remove_prefix(std::min(max_string, text.size()));
    } while (!text.empty());
    return zone_line(name, "TXT", strings);
}

}  // namespace program
