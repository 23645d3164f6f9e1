// `ticketgate template`: preset mails and what they can name.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/input_file.hpp"
#include "daemon/terminal_text.hpp"
#include "store/template_store.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>

namespace program {
namespace {

namespace json = boost::json;

constexpr std::size_t max_text = 16 * tickets::Template::max_size;

template <class Options>
bool read(const Options& options, store::TemplateChange& change) {
    change.subject = options.subject;
    if (options.file && !(change.text = read_input(*options.file, max_text))) return false;
    return !options.html_file || (change.html = read_input(*options.html_file, max_text)).has_value();
}

int tell(const store::Outcome<std::monostate>& outcome, const std::string& done) {
    if (!outcome) return refuse(one_line(outcome.error().text));
    std::cout << one_line(done) << '\n';
    return 0;
}

json::object as_json(const store::TemplateSource& source) {
    return {{"workspace", source.workspace},
            {"name", source.name},
            {"subject", source.subject},
            {"text", source.text},
            {"html", source.html}};
}

}  // namespace

int run(const Config& config, const TemplateAdd& options) {
    store::TemplateChange text;
    if (!read(options, text)) return 2;
    if (!text.text && !text.html) return refuse("a template needs a text: give --file, --html or both");
    return with_desk(config, [&](DeskSession& session) {
        return tell(session.run(store::TemplateStore(session.pool())
                                    .add({options.workspace, options.name, text.subject.value_or(""),
                                          text.text.value_or(""), text.html.value_or("")})),
                    "added template " + options.name);
    });
}

int run(const Config& config, const TemplateSet& options) {
    store::TemplateChange change;
    if (!read(options, change)) return 2;
    return with_desk(config, [&](DeskSession& session) {
        return tell(
            session.run(store::TemplateStore(session.pool()).set(options.workspace, options.name, change)),
            "changed template " + options.name);
    });
}

int run(const Config& config, const TemplateList& options) {
    return with_desk(config, [&](DeskSession& session) {
        json::array array;
        for (const auto& source :
             session.run(store::TemplateStore(session.pool()).list(options.workspace, std::nullopt))) {
            if (options.json)
                array.push_back(as_json(source));
            else
                std::cout << fmt::format("{:<20} {:<30} {}\n", one_line(source.workspace),
                                         one_line(source.name), one_line(source.subject));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const TemplateShow& options) {
    return with_desk(config, [&](DeskSession& session) {
        const auto found =
            session.run(store::TemplateStore(session.pool())
                            .list(store::mended(options.workspace), store::mended(options.name)));
        if (found.empty())
            return refuse(one_line("workspace " + options.workspace + " has no template " + options.name));
        const auto& source = found.front();
        if (options.json) {
            std::cout << json::serialize(as_json(source)) << '\n';
            return 0;
        }
        if (!source.subject.empty()) std::cout << "Subject: " << one_line(source.subject) << "\n\n";
        std::cout << printable(source.text) << (source.text.ends_with('\n') ? "" : "\n");
        if (!source.html.empty())
            std::cout << "\nHTML:\n" << printable(source.html) << (source.html.ends_with('\n') ? "" : "\n");
        return 0;
    });
}

int run(const Config& config, const TemplateRemove& options) {
    return with_desk(config, [&](DeskSession& session) {
        return tell(session.run(store::TemplateStore(session.pool()).remove(options.workspace, options.name)),
                    "removed template " + options.name);
    });
}

int run(const Config&, const TemplateVariables& options) {
    json::array array;
    for (const auto& [name, meaning, least] : tickets::variables()) {
        const bool by_agents = least == tickets::Writer::agent;
        if (options.json)
            array.push_back(
                json::object{{"name", name}, {"meaning", meaning}, {"acknowledgements", !by_agents}});
        else
            std::cout << fmt::format("{{{{{:<}}}}}{:>{}}{}{}\n", name, "", 22 - name.size(), meaning,
                                     by_agents ? " (not in acknowledgements)" : "");
    }
    if (options.json) std::cout << json::serialize(array) << '\n';
    return 0;
}

}  // namespace program
