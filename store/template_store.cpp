#include "store/template_store.hpp"

#include "store/alias_store.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

std::optional<std::string> problem_of(const TemplateChange& change) {
    if (change.subject && !change.subject->empty() && !is_line(*change.subject, 750))
        return "a subject has up to 750 bytes on one line";
    if (change.text && change.text->empty() && change.html && change.html->empty())
        return "the template is empty";
    for (const auto* text : {&change.subject, &change.text, &change.html})
        if (*text)
            if (const auto parsed = tickets::Template::parse(**text, tickets::Writer::agent); !parsed)
                return "the template can't be used: " + parsed.error().text;
    return std::nullopt;
}

Refusal no_template(const std::string& workspace, const std::string& name) {
    return {"workspace " + workspace + " has no template " + name};
}

}  // namespace

std::vector<TemplateSource> read_templates(const Result& rows) {
    std::vector<TemplateSource> list;
    for (int i = 0; i < rows.size(); ++i)
        list.push_back({rows[i].text(0), rows[i].text(1), rows[i].text(2), rows[i].text(3), rows[i].text(4)});
    return list;
}

asio::awaitable<Outcome<std::monostate>> TemplateStore::add(TemplateSource source) {
    if (!is_line(source.name, 200)) co_return Refusal{"a template's name has 1 to 200 bytes on one line"};
    if (const auto problem = problem_of({source.subject, source.text, source.html}))
        co_return Refusal{*problem};
    const auto known =
        co_await pool_.run(single(sql::find_workspace, std::move(Params().text(mended(source.workspace)))));
    if (known[0].size() == 0) co_return Refusal{"there is no workspace " + mended(source.workspace)};
    const auto results = co_await pool_.run(single(sql::add_template, std::move(Params()
                                                                                    .text(source.workspace)
                                                                                    .text(source.name)
                                                                                    .text(source.subject)
                                                                                    .text(source.text)
                                                                                    .text(source.html))));
    if (results[0].affected() == 0)
        co_return Refusal{"workspace " + source.workspace + " has a template " + source.name + " already"};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> TemplateStore::set(std::string workspace, std::string name,
                                                            TemplateChange change) {
    if (const auto problem = problem_of(change)) co_return Refusal{*problem};
    const auto results =
        co_await pool_.run(single(sql::set_template, std::move(Params()
                                                                   .text(mended(workspace))
                                                                   .text(mended(name))
                                                                   .maybe_text(change.subject)
                                                                   .maybe_text(change.text)
                                                                   .maybe_text(change.html))));
    if (results[0].affected() == 0) co_return no_template(mended(workspace), mended(name));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> TemplateStore::remove(std::string workspace, std::string name) {
    const auto results = co_await pool_.run(
        single(sql::remove_template, std::move(Params().text(mended(workspace)).text(mended(name)))));
    if (results[0].affected() == 0) co_return no_template(mended(workspace), mended(name));
    co_return std::monostate{};
}

asio::awaitable<std::vector<TemplateSource>> TemplateStore::list(std::optional<std::string> workspace,
                                                                 std::optional<std::string> name) {
    const auto results = co_await pool_.run(
        single(sql::list_templates, std::move(Params().maybe_text(workspace).maybe_text(name))));
    co_return read_templates(results[0]);
}

}  // namespace store
