#include "mail/file_name.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>

namespace mail {
namespace {

constexpr std::size_t longest = 255;

// U+202A-202E, U+2066-2069, U+200E, U+200F, U+061C and the byte order mark: characters that turn the
// order of what is shown, or hide.
std::size_t hidden_at(std::string_view text) {
    static constexpr std::array<std::string_view, 13> hidden = {
        "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067",
        "\u2068", "\u2069", "\u200E", "\u200F", "\u061C", "\uFEFF"};
    for (const std::string_view character : hidden)
        if (text.starts_with(character)) return character.size();
    return 0;
}

bool is_device(std::string_view name) {
    const std::string base = lower(name.substr(0, name.find('.')));
    static constexpr std::array<std::string_view, 4> devices = {"con", "prn", "aux", "nul"};
    if (std::find(devices.begin(), devices.end(), base) != devices.end()) return true;
    return base.size() == 4 && (base.starts_with("com") || base.starts_with("lpt")) && is_digit(base[3]);
}

}  // namespace

std::string safe_file_name(std::string_view utf8) {
    const std::size_t slash = utf8.find_last_of("/\\");
    if (slash != std::string_view::npos && slash + 1 < utf8.size()) utf8.remove_prefix(slash + 1);
    std::string name;
    for (std::size_t i = 0; i < utf8.size();) {
        if (const std::size_t hidden = hidden_at(utf8.substr(i))) {
            i += hidden;
            continue;
        }
        const char c = utf8[i++];
        if (is_control(c)) continue;
        name += c == '/' || c == '\\' || c == ':' ? '_' : c;
    }
    name = trim(name);
    if (name.find_first_not_of('.') == std::string::npos) return {};
    if (is_device(name)) name.insert(name.begin(), '_');
    if (name.size() > longest) {
        // The end tells the type: it stays.
        const std::size_t dot = name.rfind('.');
        const std::string ending =
            dot != std::string::npos && name.size() - dot <= 20 ? name.substr(dot) : "";
        name = std::string(cut_utf8(name, longest - ending.size())) + ending;
    }
    return name;
}

}  // namespace mail
