#include "daemon/config_command.hpp"

#include "daemon/config.hpp"

#include <ostream>

namespace program {

std::optional<Config> config_or_complain(const std::string& file, std::ostream& error) {
    LoadedConfig loaded = load_config(file);
    for (const ConfigProblem& problem : loaded.problems) error << problem.str() << '\n';
    if (!loaded.problems.empty()) return std::nullopt;
    return std::move(loaded.config);
}

std::optional<Config> usable_config_or_complain(const std::string& file, std::ostream& error) {
    auto config = config_or_complain(file, error);
    if (!config) return std::nullopt;
    const auto problems = use_credentials(*config, file);
    for (const ConfigProblem& problem : problems) error << problem.str() << '\n';
    if (!problems.empty()) return std::nullopt;
    return config;
}

int check_config(const std::string& file, std::ostream& output, std::ostream& error) {
    if (!config_or_complain(file, error)) return 2;
    output << file << ": no problems\n";
    return 0;
}

int print_config(const std::string& file, std::ostream& output, std::ostream& error) {
    auto config = config_or_complain(file, error);
    if (!config) return 2;
    // It is shown to others when something is wrong.
    if (auto& password = config->scanners_rspamd_password;
        !password.empty() && !password.starts_with("credential:"))
        password = "(hidden)";
    output << config_as_toml(*config);
    return 0;
}

int print_sample(const ConfigSample& options, std::ostream& output) {
    output << (options.markdown ? config_as_markdown() : config_sample());
    return 0;
}

}  // namespace program
