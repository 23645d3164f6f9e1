#include "mail/file_name.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>

namespace mail {
namespace {

constexpr std::size_t longest = 255;

bool is_device(std::string_view name) {
    const std::string base = lower(trim(name.substr(0, name.find('.'))));  // `con .txt` is one as well
    static constexpr std::array<std::string_view, 6> devices = {"con", "prn",    "aux",
                                                                "nul", "conin$", "conout$"};
    if (std::find(devices.begin(), devices.end(), base) != devices.end()) return true;
    if (!base.starts_with("com") && !base.starts_with("lpt")) return false;
    const std::string_view number = std::string_view(base).substr(3);
    return (number.size() == 1 && is_digit(number[0])) || number == "\u00B9" || number == "\u00B2" ||
           number == "\u00B3";
}

}  // namespace

std::string safe_file_name(std::string_view utf8) {
    const std::size_t slash = utf8.find_last_of("/\\");
    if (slash != std::string_view::npos && slash + 1 < utf8.size()) utf8.remove_prefix(slash + 1);
    if (utf8.size() > 2 && is_alpha(utf8[0]) && utf8[1] == ':') utf8.remove_prefix(2);  // a drive
    std::string name;
    for (std::size_t i = 0; i < utf8.size();) {
        if (const std::size_t invisible = invisible_at(utf8.substr(i))) {
            if (utf8.substr(i).starts_with("\u00A0")) name += ' ';
            i += invisible;
            continue;
        }
        const char c = utf8[i++];
        if (is_control(c)) continue;
        name += c == '/' || c == '\\' || c == ':' ? '_' : c;
    }
    name = trim(name);
    // Windows leaves them out: `x.exe.` would run, and `.. ` would climb.
    while (name.ends_with('.') || name.ends_with(' ')) name.pop_back();
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
