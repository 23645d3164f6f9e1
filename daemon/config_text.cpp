// The table of keys as text: values in use, the sample, the documentation.
#include "daemon/config.hpp"

#include <fmt/format.h>

namespace program {
namespace {

struct Kinds {  // how a type is called
    std::string operator()(std::string Config::*) const { return "a text"; }
    std::string operator()(std::int64_t Config::*) const { return "a number"; }
    std::string operator()(Seconds Config::*) const { return "a number"; }
    std::string operator()(Texts Config::*) const { return "a list of texts"; }
};

std::string as_toml(const std::string& text) {
    std::string quoted = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

std::string as_toml(std::int64_t number) {
    return std::to_string(number);
}

std::string as_toml(Seconds duration) {
    return std::to_string(duration.count());
}

std::string as_toml(const Texts& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + as_toml(text);
    return "[" + list + "]";
}

// Calls start(section) before the first key of each section, and each(key) for every key.
void walk(auto start, auto each) {
    std::string_view section;
    for (const ConfigKey& key : config_keys()) {
        if (key.section != section) start(section = key.section);
        each(key);
    }
}

std::string_view when(Applies applies) {
    return applies == Applies::at_reload ? "reload" : "restart";
}

}  // namespace

std::string ConfigKey::type() const {
    return std::visit(Kinds{}, member);
}

std::string ConfigKey::bounds() const {
    if (most == 0) return {};
    return fmt::format("{} to {}{}{}", least, most, unit.empty() ? "" : " ", unit);
}

std::string ConfigKey::value(const Config& config) const {
    return std::visit([&](auto of) { return as_toml(config.*of); }, member);
}

std::string config_as_toml(const Config& config) {
    std::string text;
    walk(
        [&](std::string_view section) { text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section); },
        [&](const ConfigKey& key) { text += fmt::format("{} = {}\n", key.name, key.value(config)); });
    return text;
}

std::string config_sample() {
    const Config defaults;
    std::string text =
        "# ticketgate's configuration. Every key is here with its default, commented out: take the '#' away\n"
        "# from those that you change. `ticketgate config check` tells what is wrong with a file.\n";
    walk(
        [&](std::string_view section) {
            text += fmt::format("\n# {}\n[{}]\n", section_sentence(section), section);
        },
        [&](const ConfigKey& key) {
            const std::string bounds = key.bounds();
            text += fmt::format("\n# {}\n", key.sentence);
            text += fmt::format("# {}{}; for example {}\n", key.type(), bounds.empty() ? "" : ", " + bounds,
                                key.example);
            text += fmt::format("# {} = {}\n", key.name, key.value(defaults));
        });
    return text;
}

std::string config_as_markdown() {
    const Config defaults;
    std::string text =
        "# Configuration\n\n"
        "Written by `ticketgate config sample --markdown` from the table in `daemon/config.cpp`; a test "
        "keeps the two "
        "alike.\n\n"
        "One TOML file, named by `--config` or the environment variable `TICKETGATE_CONFIG`, by default "
        "`/etc/ticketgate/ticketgate.toml`. Every key has a default. `ticketgate config sample` prints a "
        "file to start "
        "from, `ticketgate config check` tells everything that is wrong with a file, by line and key, and "
        "`ticketgate "
        "config print` shows the values in use. What counts from the next reload is read again at "
        "`ticketgate reload`, `systemctl reload ticketgate` or SIGHUP, by what begins then. "
        "`tls_certificate`, `tls_key` and `conninfo` may be "
        "`credential:NAME`: a "
        "file of that name among the service's credentials (systemd's `LoadCredential=`). Workspaces, "
        "domains and mailboxes are not here but in the "
        "database: "
        "`ticketgate workspace|domain|mailbox`.\n";
    walk(
        [&](std::string_view section) {
            text += fmt::format("\n## [{}]\n\n{}\n", section, section_sentence(section));
        },
        [&](const ConfigKey& key) {
            const std::string bounds = key.bounds();
            text +=
                fmt::format("\n**`{}`**: {}{}; default `{}`, for example `{}`; counts from the next {}.\n",
                            key.name, key.type(), bounds.empty() ? "" : ", " + bounds, key.value(defaults),
                            key.example, when(key.applies));
            text += fmt::format("{}\n", key.sentence);
        });
    return text;
}

}  // namespace program
