#include "store/alias_store.hpp"

#include "mail/text.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

constexpr std::size_t longest_name = 200;

std::optional<std::string> problem_of(const std::string& name, const AliasChange& change) {
    if (!is_line(name, longest_name)) return "an alias's name has 1 to 200 bytes on one line";
    if (change.avatar && !change.avatar->empty() && !is_line(*change.avatar, 2000))
        return "an avatar's address has up to 2000 bytes on one line";
    if (change.signature_name && !change.signature_name->empty() &&
        !is_line(*change.signature_name, longest_name))
        return "a signature's name has up to 200 bytes on one line";
    for (const auto* text : {&change.signature_text, &change.signature_html})
        if (*text)
            if (const auto parsed = tickets::Template::parse(**text, tickets::Writer::agent); !parsed)
                return "the signature can't be used: " + parsed.error().text;
    return std::nullopt;
}

Refusal no_alias(const std::string& name) {
    return {"the agent has no alias " + name};
}

}  // namespace

bool is_line(const std::string& text, std::size_t longest) {
    return !text.empty() && text.size() <= longest && mended(text) == text && mail::one_line(text) == text;
}

std::vector<AliasInfo> read_aliases(const Result& rows) {
    std::vector<AliasInfo> aliases;
    for (int i = 0; i < rows.size(); ++i)
        aliases.push_back({rows[i].integer(0), rows[i].text(1), rows[i].text(2), rows[i].text(3),
                           rows[i].text(4), rows[i].boolean(5), rows[i].text(6), rows[i].text(7),
                           rows[i].text(8)});
    return aliases;
}

asio::awaitable<Outcome<std::monostate>> AliasStore::add(std::int64_t agent, std::string name,
                                                         AliasChange alias) {
    if (const auto problem = problem_of(name, alias)) co_return Refusal{*problem};
    const auto results =
        co_await pool_.run(single(sql::add_alias, std::move(Params()
                                                                .integer(agent)
                                                                .text(name)
                                                                .text(alias.avatar.value_or(""))
                                                                .text(alias.signature_name.value_or(""))
                                                                .text(alias.signature_text.value_or(""))
                                                                .text(alias.signature_html.value_or("")))));
    if (results[0].affected() == 0) co_return Refusal{"the agent has an alias " + name + " already"};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> AliasStore::set(std::int64_t agent, std::string name,
                                                         AliasChange change) {
    if (const auto problem = problem_of(name, change)) co_return Refusal{*problem};
    const auto results =
        co_await pool_.run(single(sql::set_alias, std::move(Params()
                                                                .integer(agent)
                                                                .text(name)
                                                                .maybe_text(change.avatar)
                                                                .maybe_text(change.signature_name)
                                                                .maybe_text(change.signature_text)
                                                                .maybe_text(change.signature_html))));
    if (results[0].affected() == 0) co_return no_alias(name);
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> AliasStore::make_default(std::int64_t agent,
                                                                  std::optional<std::string> name) {
    if (name) {
        bool known = false;
        for (const auto& alias : co_await list(agent)) known = known || alias.name == *name;
        if (!known) co_return no_alias(mended(*name));
    }
    auto queries = single(sql::no_default_alias, std::move(Params().integer(agent)));
    if (name) {
        queries.push_back({&sql::default_alias, {}});
        queries.back().params.integer(agent).text(*name);
    }
    co_await pool_.run(std::move(queries));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> AliasStore::remove(std::int64_t agent, std::string name) {
    const auto results = co_await pool_.run(
        single(sql::remove_alias_of_agent, std::move(Params().integer(agent).text(mended(name)))));
    if (results[0].affected() == 0) co_return no_alias(mended(name));
    co_return std::monostate{};
}

asio::awaitable<std::vector<AliasInfo>> AliasStore::list(std::optional<std::int64_t> agent) {
    const auto results =
        co_await pool_.run(single(sql::list_aliases, std::move(Params().maybe_integer(agent))));
    co_return read_aliases(results[0]);
}

}  // namespace store
