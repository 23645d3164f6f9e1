#include "store/sender_store.hpp"

#include "store/alias_store.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

namespace store {
namespace {

std::optional<std::string> problem_of(const std::string& name) {
    if (!name.empty() && !is_line(name, 200)) return "a sender's name has up to 200 bytes on one line";
    return std::nullopt;
}

Refusal no_sender(const mail::Mailbox& address) {
    return {"there is no email sender " + address.str()};
}

}  // namespace

asio::awaitable<Outcome<std::monostate>> SenderStore::add(std::string workspace, mail::Mailbox address,
                                                          std::string name) {
    if (const auto problem = problem_of(name)) co_return Refusal{*problem};
    const Snapshot now = co_await SettingsStore(pool_).snapshot();
    const auto domain = now.domains.find(address.domain);
    if (domain == now.domains.end() || domain->second.workspace_name != workspace)
        co_return Refusal{fmt::format("{} is no domain of workspace {}; add it with: ticketgate domain add",
                                      address.domain, mended(workspace))};
    const auto results = co_await pool_.run(
        single(sql::add_sender,
               std::move(Params().text(workspace).text(address.key()).text(address.domain).text(name))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("there is an email sender {} already", address.str())};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SenderStore::set(mail::Mailbox address, std::string name) {
    if (const auto problem = problem_of(name)) co_return Refusal{*problem};
    const auto results =
        co_await pool_.run(single(sql::set_sender, std::move(Params().text(address.key()).text(name))));
    if (results[0].affected() == 0) co_return no_sender(address);
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SenderStore::remove(mail::Mailbox address) {
    const auto results =
        co_await pool_.run(single(sql::remove_sender, std::move(Params().text(address.key()))));
    if (results[0].affected() == 0) co_return no_sender(address);
    co_return std::monostate{};
}

asio::awaitable<std::vector<EmailSender>> SenderStore::list(std::optional<std::string> workspace) {
    const auto results =
        co_await pool_.run(single(sql::list_senders, std::move(Params().maybe_text(workspace))));
    std::vector<EmailSender> list;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        list.push_back({row.text(0), row.text(1), row.text(2), row.boolean(3)});
    }
    co_return list;
}

}  // namespace store
