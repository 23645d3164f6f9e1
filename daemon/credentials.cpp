// Values that systemd keeps for us: `credential:NAME`.
#include "daemon/config.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace program {
namespace {

constexpr std::string_view prefix = "credential:";
constexpr std::size_t longest = 4096;  // bytes of a conninfo, or a secret

bool is_name(std::string_view text) {
    return !text.empty() && text != "." && text != ".." && text.find('/') == std::string_view::npos;
}

}  // namespace

std::string read_line_of(const std::string& path, std::string& line) {
    std::ifstream stream(path);
    std::string content(longest + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (stream.bad() || !stream.is_open()) return "can't be read: " + path;
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > longest) return "is longer than 4096 bytes: " + path;
    while (content.ends_with('\n')) content.pop_back();
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (content.empty() || std::ranges::any_of(content, is_control))
        return "is not one line of text: " + path;
    line = content;
    return {};
}

std::vector<ConfigProblem> use_credentials(Config& config, const std::string& file) {
    std::vector<ConfigProblem> problems;
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    const auto use = [&](const char* key, std::string& value, bool content) {
        if (!value.starts_with(prefix)) return;
        const std::string name = value.substr(prefix.size());
        std::string wrong;
        if (!is_name(name))
            wrong = "\"" + value + "\" names no credential";
        else if (!folder)
            wrong = "is \"" + value +
                    "\", but CREDENTIALS_DIRECTORY is not set: systemd sets it for the service, for "
                    "other commands name the folder yourself";
        else if (const std::string path = std::string(folder) + "/" + name; content)
            wrong = read_line_of(path, value);
        else
            value = path;
        if (!wrong.empty()) problems.push_back({file, 0, key, wrong});
    };
    use("smtp.tls_certificate", config.smtp_tls_certificate, false);
    use("smtp.tls_key", config.smtp_tls_key, false);
    use("scanners.rspamd_password", config.scanners_rspamd_password, true);
    use("database.conninfo", config.database_conninfo, true);
    for (RouteConfig& route : config.routes) {
        use("route.secret_file", route.secret_file, false);
        use("route.client_secret_file", route.client_secret_file, false);
        use("route.refresh_token_file", route.refresh_token_file, false);
    }
    return problems;
}

}  // namespace program
