#include "store/settings.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

#include <map>

namespace store {
namespace {

Query query(const Statement& statement, Params params) {
    return {&statement, std::move(params)};
}

std::string no_workspace(const std::string& name) {
    return fmt::format("there is no workspace {}; add it with: ticketgate workspace add {}", name, name);
}

}  // namespace

// The statements and the news of them, as one transaction.
asio::awaitable<std::vector<Result>> SettingsStore::change(std::vector<Query> queries) {
    queries.push_back({&sql::notify_settings, {}});
    co_return co_await pool_.run(std::move(queries));
}

asio::awaitable<Outcome<std::int64_t>> SettingsStore::add_workspace(std::string name) {
    if (name.empty() || name.size() > 100) co_return Refusal{"a workspace's name has 1 to 100 characters"};
    const auto results = co_await change(single(sql::add_workspace, std::move(Params().text(name))));
    if (results[0].size() == 0) co_return Refusal{fmt::format("there is a workspace {} already", name)};
    co_return results[0][0].integer(0);
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::remove_workspace(std::string name) {
    const auto found = co_await pool_.run(single(sql::find_workspace, std::move(Params().text(name))));
    if (found[0].size() == 0) co_return Refusal{fmt::format("there is no workspace {}", name)};
    const auto results = co_await change(single(sql::remove_workspace, std::move(Params().text(name))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("workspace {} still has domains, mailboxes or mail", name)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::set_workspace(std::string name,
                                                                      std::int64_t held_days) {
    const auto results =
        co_await change(single(sql::set_workspace, std::move(Params().text(name).integer(held_days))));
    if (results[0].affected() == 0) co_return Refusal{no_workspace(name)};
    co_return std::monostate{};
}

asio::awaitable<std::vector<WorkspaceInfo>> SettingsStore::workspaces() {
    const auto results = co_await pool_.run(single(sql::list_workspaces));
    std::vector<WorkspaceInfo> list;
    for (int i = 0; i < results[0].size(); ++i)
        list.push_back({results[0][i].integer(0), results[0][i].text(1), results[0][i].integer(2)});
    co_return list;
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::add_domain(std::string domain, std::string workspace,
                                                                   std::optional<mail::Mailbox> postmaster) {
    const std::string name = mail::domain_to_ascii(domain);
    if (name.empty()) co_return Refusal{fmt::format("{} is no domain name", domain)};
    const auto found = co_await pool_.run(single(sql::find_workspace, std::move(Params().text(workspace))));
    if (found[0].size() == 0) co_return Refusal{no_workspace(workspace)};
    const std::int64_t id = found[0][0].integer(0);

    std::optional<std::int64_t> owner;
    if (postmaster) {
        const Snapshot now = co_await snapshot();
        const auto [match, mailbox] = now.find(*postmaster);
        if (match != Snapshot::Match::found || mailbox.workspace != id)
            co_return Refusal{fmt::format("{} is no mailbox of workspace {}", postmaster->str(), workspace)};
        owner = mailbox.mailbox;
    }
    const auto results = co_await change(
        single(sql::add_domain, std::move(Params().text(name).integer(id).maybe_integer(owner))));
    if (results[0].affected() == 0) co_return Refusal{fmt::format("there is a domain {} already", name)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::remove_domain(std::string domain) {
    const std::string name = mail::domain_to_ascii(domain);
    const Snapshot now = co_await snapshot();
    if (!now.domains.contains(name)) co_return Refusal{fmt::format("there is no domain {}", domain)};
    const auto results = co_await change(single(sql::remove_domain, std::move(Params().text(name))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format(
            "domain {} still has mailboxes, or takes bounces or answers for another; change that first",
            name)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::set_domain(std::string domain,
                                                                   std::optional<std::string> bounce_domain,
                                                                   std::optional<std::string> reply_domain) {
    const Snapshot now = co_await snapshot();
    const auto named = now.domains.find(mail::domain_to_ascii(domain));
    if (named == now.domains.end()) co_return Refusal{fmt::format("there is no domain {}", domain)};
    for (std::optional<std::string>* const other : {&bounce_domain, &reply_domain}) {
        if (!*other) continue;
        const auto found = now.domains.find(mail::domain_to_ascii(**other));
        if (found == now.domains.end() || found->second.workspace != named->second.workspace)
            co_return Refusal{fmt::format(
                "{0} is no domain of workspace {1}; add it with: ticketgate domain add {0} --workspace {1}",
                **other, named->second.workspace_name)};
        *other = found->first;
    }
    co_await change(
        single(sql::set_domain,
               std::move(Params().text(named->first).maybe_text(bounce_domain).maybe_text(reply_domain))));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::set_postmaster(std::string domain,
                                                                       mail::Mailbox mailbox) {
    const Snapshot now = co_await snapshot();
    const auto named = now.domains.find(mail::domain_to_ascii(domain));
    if (named == now.domains.end()) co_return Refusal{fmt::format("there is no domain {}", domain)};
    const auto found = now.addresses.find(mailbox.key());
    if (found == now.addresses.end()) co_return Refusal{fmt::format("there is no mailbox {}", mailbox.str())};
    const MailboxInfo& owner = now.mailboxes.at(found->second);
    if (owner.workspace_name != named->second.workspace_name)
        co_return Refusal{
            fmt::format("{} is no mailbox of workspace {}", mailbox.str(), named->second.workspace_name)};
    co_await change(
        single(sql::set_domain_postmaster, std::move(Params().text(named->first).integer(owner.id.mailbox))));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::int64_t>> SettingsStore::add_mailbox(NewMailbox mailbox) {
    const Snapshot now = co_await snapshot();
    const auto found =
        co_await pool_.run(single(sql::find_workspace, std::move(Params().text(mailbox.workspace))));
    if (found[0].size() == 0) co_return Refusal{no_workspace(mailbox.workspace)};
    const std::int64_t workspace = found[0][0].integer(0);

    std::map<std::string, std::string> addresses{{mailbox.address.key(), mailbox.address.domain}};
    for (const auto& alias : mailbox.aliases) addresses.emplace(alias.key(), alias.domain);
    for (const auto& [address, domain] : addresses) {
        const auto owner = now.domains.find(domain);
        if (owner == now.domains.end() || owner->second.workspace_name != mailbox.workspace)
            co_return Refusal{fmt::format(
                "{} is no domain of workspace {}; add it with: ticketgate domain add {} --workspace {}",
                domain, mailbox.workspace, domain, mailbox.workspace)};
        if (now.addresses.contains(address))
            co_return Refusal{fmt::format("there is a mailbox with the address {} already", address)};
    }

    Pool::Lease lease = co_await pool_.acquire(pool_.deadline());
    auto queries = single(sql::begin_transaction);
    queries.push_back(query(sql::add_mailbox, std::move(Params()
                                                            .integer(workspace)
                                                            .text(mailbox.address.key())
                                                            .text(mailbox.display_name)
                                                            .boolean(mailbox.plus_addressing)
                                                            .text(name(mailbox.automatic))
                                                            .text(name(mailbox.bounces)))));
    const auto inserted = co_await lease->run(std::move(queries), pool_.deadline());
    const std::int64_t id = inserted[1][0].integer(0);

    queries.clear();
    for (const auto& [address, domain] : addresses)
        queries.push_back(
            query(sql::add_mailbox_address,
                  std::move(Params().text(address).text(domain).integer(workspace).integer(id))));
    queries.push_back(query(sql::own_domain, std::move(Params()
                                                           .text(mailbox.address.domain)
                                                           .integer(workspace)
                                                           .integer(id)
                                                           .boolean(mailbox.catch_all))));
    queries.push_back(query(sql::own_installation, std::move(Params().integer(workspace).integer(id).boolean(
                                                       mailbox.bare_postmaster))));
    queries.push_back({&sql::notify_settings, {}});
    queries.push_back({&sql::commit_transaction, {}});
    try {
        co_await lease->run(std::move(queries), pool_.deadline());
    } catch (const Error& error) {
        if (error.sqlstate() != "23505") throw;  // unique_violation: somebody was faster
        co_return Refusal{
            fmt::format("there is a mailbox with the address {} already", mailbox.address.key())};
    }
    co_return id;
}

asio::awaitable<Outcome<RemovedAddress>> SettingsStore::remove_mailbox(mail::Mailbox address) {
    const Snapshot now = co_await snapshot();
    const auto found = now.addresses.find(address.key());
    if (found == now.addresses.end()) co_return Refusal{fmt::format("there is no mailbox {}", address.str())};
    const auto [workspace, mailbox] = found->second;
    const std::string& own = now.mailboxes.at(found->second).address;
    if (own != address.key()) {
        co_await change(single(sql::remove_alias,
                               std::move(Params().text(address.key()).integer(workspace).integer(mailbox))));
        co_return RemovedAddress{address.key(), own};
    }
    auto queries = single(sql::remove_mailbox, std::move(Params().integer(workspace).integer(mailbox)));
    queries.push_back(query(sql::drop_unused_mailboxes, std::move(Params().integer(workspace))));
    co_await change(std::move(queries));
    co_return RemovedAddress{own, std::nullopt};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::set_mailbox(mail::Mailbox address,
                                                                    MailboxChange wanted) {
    const Snapshot now = co_await snapshot();
    const auto found = now.addresses.find(address.key());
    if (found == now.addresses.end()) co_return Refusal{fmt::format("there is no mailbox {}", address.str())};
    if (wanted.owner && !wanted.owner->empty() &&
        now.find(mail::mailbox_of(*wanted.owner)).first == Snapshot::Match::found)
        co_return Refusal{*wanted.owner + " is a mailbox of the desk; mail to it would become tickets"};
    const auto text = [](const auto& what) {
        return what ? std::optional(std::string(name(*what))) : std::nullopt;
    };
    co_await change(single(sql::set_mailbox, std::move(Params()
                                                           .integer(found->second.workspace)
                                                           .integer(found->second.mailbox)
                                                           .maybe_text(text(wanted.automatic))
                                                           .maybe_text(text(wanted.bounces))
                                                           .maybe_text(text(wanted.unverified))
                                                           .maybe_text(wanted.owner))));
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> SettingsStore::set_acknowledgement(
    mail::Mailbox address, bool on, std::optional<AcknowledgementSource> words) {
    std::optional<std::string> subject, text;
    if (words) {
        if (words->subject.empty() || words->subject.size() > 500 ||
            words->subject.find_first_of("\r\n") != std::string::npos)
            co_return Refusal{"the subject is a line of 1 to 500 bytes"};
        for (const auto& [what, source] :
             {std::pair("subject", &words->subject), std::pair("text", &words->text)})
            if (const auto parsed = tickets::Template::parse(*source); !parsed)
                co_return Refusal{fmt::format("the {}: {}", what, parsed.error().text)};
        if (words->text.empty()) co_return Refusal{"the text is empty"};
        subject = std::move(words->subject);
        text = std::move(words->text);
    }
    const Snapshot now = co_await snapshot();
    const auto found = now.addresses.find(address.key());
    if (found == now.addresses.end()) co_return Refusal{fmt::format("there is no mailbox {}", address.str())};
    const auto results =
        co_await change(single(sql::set_acknowledgement, std::move(Params()
                                                                       .integer(found->second.workspace)
                                                                       .integer(found->second.mailbox)
                                                                       .boolean(on)
                                                                       .maybe_text(subject)
                                                                       .maybe_text(text))));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("{} has no template yet; give --subject and --file", address.str())};
    co_return std::monostate{};
}

}  // namespace store
