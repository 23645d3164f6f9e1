// Reading the file: the one place that includes toml++.
#include "daemon/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace program {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;

class Reader {
  public:
    explicit Reader(std::string file) : file_(std::move(file)) {}

    LoadedConfig read(const toml::table& document) {
        for (const auto& [section, content] : document) {
            const std::string name(section.str());
            if (section_sentence(name).empty())
                report(section.source(), name, "is no section or key that ticketgate knows");
            else if (name == "route")
                read_tables(name, content, route_keys(), loaded_.config.routes);
            else if (name == "destination")
                read_tables(name, content, destination_keys(), loaded_.config.destinations);
            else if (const auto* table = content.as_table())
                read_section(name, *table, config_keys(), loaded_.config);
            else
                report(section.source(), name, "is a section, to be written as [" + name + "]");
        }
        if (loaded_.problems.empty()) loaded_.problems = contradictions(loaded_.config, file_);
        std::ranges::stable_sort(loaded_.problems, {}, &ConfigProblem::line);
        return std::move(loaded_);
    }

    LoadedConfig fail(std::uint32_t line, std::string message) {
        loaded_.problems.push_back({file_, line, "", std::move(message)});
        return std::move(loaded_);
    }

  private:
    template <typename Owner>
    void read_section(const std::string& section, const toml::table& table,
                      std::span<const KeyOf<Owner>> keys, Owner& values) {
        for (const auto& [name, node] : table) {
            const auto known = std::ranges::find_if(keys, [&](const KeyOf<Owner>& key) {
                return key.section == section && key.name == name.str();
            });
            if (known == keys.end())
                report(name.source(), section + "." + std::string(name.str()),
                       "is no key that ticketgate knows");
            else
                std::visit([&](auto member) { set(*known, node, values.*member); }, known->member);
        }
    }

    // One after the other, each as [[section]].
    template <typename Owner>
    void read_tables(const std::string& section, const toml::node& content,
                     std::span<const KeyOf<Owner>> keys, std::vector<Owner>& all) {
        const auto* list = content.as_array();
        if (!list)
            return report(content.source(), section,
                          "is a table of a list, to be written as [[" + section + "]]");
        for (const toml::node& item : *list) {
            const auto* table = item.as_table();
            if (!table)
                report(item.source(), section, "is a table of a list, to be written as [[" + section + "]]");
            else
                read_section(section, *table, keys, all.emplace_back());
        }
    }

    void set(const auto& key, const toml::node& node, std::string& value) {
        if (const auto* text = node.as_string(); !text)
            wrong_type(key, node);
        else if (passes(key, node, text->get()))
            value = text->get();
    }

    void set(const auto& key, const toml::node& node, std::int64_t& value) {
        if (const auto* number = node.as_integer(); !number)
            wrong_type(key, node);
        else if (number->get() < key.least || number->get() > key.most)
            report(node.source(), key.full_name(),
                   std::to_string(number->get()) + " is out of bounds: " + key.bounds() + " is allowed");
        else
            value = number->get();
    }

    void set(const auto& key, const toml::node& node, Seconds& value) {
        std::int64_t count = value.count();
        set(key, node, count);
        value = Seconds(count);
    }

    void set(const auto& key, const toml::node& node, Texts& value) {
        const auto* list = node.as_array();
        if (!list) return wrong_type(key, node);
        Texts texts;
        for (const toml::node& item : *list) {
            const auto* text = item.as_string();
            if (!text) return wrong_type(key, item);
            if (!passes(key, item, text->get())) return;
            texts.push_back(text->get());
        }
        value = std::move(texts);
    }

    // No value of ours holds a control character; one would end up in a socket's name or a log line.
    bool passes(const auto& key, const toml::node& node, const std::string& text) {
        const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        if (std::ranges::any_of(text, is_control)) {
            report(node.source(), key.full_name(), "holds a control character");
            return false;
        }
        const std::string wrong = key.check ? key.check(text) : "";
        if (!wrong.empty()) report(node.source(), key.full_name(), "\"" + text + "\" " + wrong);
        return wrong.empty();
    }

    void wrong_type(const auto& key, const toml::node& node) {
        report(node.source(), key.full_name(),
               "wants " + key.type() + ", such as " + std::string(key.example));
    }

    void report(const toml::source_region& where, std::string key, std::string message) {
        loaded_.problems.push_back({file_, where.begin.line, std::move(key), std::move(message)});
    }

    std::string file_;
    LoadedConfig loaded_;
};

}  // namespace

LoadedConfig parse_config(std::string_view toml, const std::string& file) {
    Reader reader(file);
    try {
        return reader.read(toml::parse(toml, std::string_view(file)));
    } catch (const toml::parse_error& error) {
        return reader.fail(error.source().begin.line, std::string(error.description()));
    }
}

LoadedConfig load_config(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string content(largest_file + 1, '\0');
    // A folder opens like a file, and fails only when it is read.
    if (!stream ||
        (!stream.read(content.data(), static_cast<std::streamsize>(content.size())) && stream.bad()))
        return Reader(file).fail(0, std::string("can't be read: ") + std::strerror(errno));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > largest_file) return Reader(file).fail(0, "is larger than 1 MiB");
    return parse_config(content, file);
}

}  // namespace program
