// The table of keys as text: values in use, the sample, the documentation.
#include "daemon/config.hpp"

#include <fmt/format.h>

namespace program {
namespace {

template <typename Owner>
struct Kinds {  // how a type is called
    std::string operator()(std::string Owner::*) const { return "a text"; }
    std::string operator()(std::int64_t Owner::*) const { return "a number"; }
    std::string operator()(Seconds Owner::*) const { return "a number"; }
    std::string operator()(Texts Owner::*) const { return "a list of texts"; }
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

// One [[name]] for each.
template <typename Owner>
std::string tables_as_toml(std::string_view name, std::span<const KeyOf<Owner>> keys,
                           const std::vector<Owner>& tables) {
    std::string text;
    for (const Owner& table : tables) {
        text += fmt::format("\n[[{}]]\n", name);
        for (const KeyOf<Owner>& key : keys) text += fmt::format("{} = {}\n", key.name, key.value(table));
    }
    return text;
}

template <typename Owner>
std::string sample_of(const KeyOf<Owner>& key, const Owner& defaults, std::string_view mark) {
    const std::string bounds = key.bounds();
    return fmt::format("\n# {}\n# {}{}; for example {}\n{}{} = {}\n", key.sentence, key.type(),
                       bounds.empty() ? "" : ", " + bounds, key.example, mark, key.name, key.value(defaults));
}

// All of it commented out: as a table it would count.
template <typename Owner>
std::string sample_table(std::span<const KeyOf<Owner>> keys) {
    const std::string_view section = keys.front().section;
    std::string text =
        fmt::format("\n# {} As often as there are.\n#[[{}]]\n", section_sentence(section), section);
    for (const KeyOf<Owner>& key : keys) text += sample_of(key, Owner{}, "#");
    return text;
}

template <typename Owner>
std::string markdown_of(const KeyOf<Owner>& key, const Owner& defaults) {
    const std::string bounds = key.bounds();
    return fmt::format("\n**`{}`**: {}{}; default `{}`, for example `{}`; counts from the next {}.\n{}\n",
                       key.name, key.type(), bounds.empty() ? "" : ", " + bounds, key.value(defaults),
                       key.example, when(key.applies), key.sentence);
}

template <typename Owner>
std::string markdown_table(std::span<const KeyOf<Owner>> keys) {
    const std::string_view section = keys.front().section;
    std::string text =
        fmt::format("\n## [[{}]]\n\n{} As often as there are.\n", section, section_sentence(section));
    for (const KeyOf<Owner>& key : keys) text += markdown_of(key, Owner{});
    return text;
}

}  // namespace

template <typename Owner>
std::string KeyOf<Owner>::full_name() const {
    return std::string(section) + "." + std::string(name);
}

template <typename Owner>
std::string KeyOf<Owner>::type() const {
    return std::visit(Kinds<Owner>{}, member);
}

template <typename Owner>
std::string KeyOf<Owner>::bounds() const {
    if (most == 0) return {};
    return fmt::format("{} to {}{}{}", least, most, unit.empty() ? "" : " ", unit);
}

template <typename Owner>
std::string KeyOf<Owner>::value(const Owner& owner) const {
    return std::visit([&](auto of) { return as_toml(owner.*of); }, member);
}

template struct KeyOf<Config>;
template struct KeyOf<RouteConfig>;
template struct KeyOf<DestinationConfig>;

std::string routes_as_toml(const Config& config) {
    return tables_as_toml("route", route_keys(), config.routes);
}

std::string destinations_as_toml(const Config& config) {
    return tables_as_toml("destination", destination_keys(), config.destinations);
}

std::string config_as_toml(const Config& config) {
    std::string text;
    walk(
        [&](std::string_view section) { text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section); },
        [&](const ConfigKey& key) { text += fmt::format("{} = {}\n", key.name, key.value(config)); });
    return text + routes_as_toml(config) + destinations_as_toml(config);
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
        [&](const ConfigKey& key) { text += sample_of(key, defaults, "# "); });
    return text + sample_table(route_keys()) + sample_table(destination_keys());
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
        "`tls_certificate`, `tls_key`, `conninfo`, `rspamd_password` and the files of `[[route]]` may be "
        "`credential:NAME`: a "
        "file of that name among the service's credentials (systemd's `LoadCredential=`). Workspaces, "
        "domains and mailboxes are not here but in the "
        "database: "
        "`ticketgate workspace|domain|mailbox`.\n";
    walk(
        [&](std::string_view section) {
            text += fmt::format("\n## [{}]\n\n{}\n", section, section_sentence(section));
        },
        [&](const ConfigKey& key) { text += markdown_of(key, defaults); });
    return text + markdown_table(route_keys()) + markdown_table(destination_keys());
}

}  // namespace program
