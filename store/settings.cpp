#include "store/settings.hpp"

#include "store/ban_store.hpp"
#include "store/key_store.hpp"
#include "store/rule_store.hpp"
#include "store/statements.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace store {
namespace {

std::vector<Query> snapshot_queries() {
    std::vector<Query> queries;
    for (const Statement* statement :
         {&sql::begin_snapshot, &sql::settings_version, &sql::list_domains, &sql::list_mailboxes,
          &sql::list_addresses, &sql::list_ban_words, &sql::rules_in_force, &sql::trusted_in_force,
          &sql::address_keys_in_force, &sql::dkim_keys_in_force, &sql::commit_transaction})
        queries.push_back({statement, {}});
    return queries;
}

AutomaticMail read_automatic_mail(const std::string& text, AutomaticMail otherwise) {
    return parse_automatic_mail(text).value_or(otherwise);
}

policy::Action read_action(const std::string& text) {
    for (const auto action : {policy::Action::accept, policy::Action::refuse})
        if (policy::name(action) == text) return action;
    return policy::Action::hold;
}

// Null where there is none, or none that this version knows to read.
std::shared_ptr<const AcknowledgementWords> read_words(std::string subject, std::string text) {
    if (subject.empty()) return nullptr;
    auto read_subject = tickets::Template::parse(subject);
    auto read_text = tickets::Template::parse(text);
    if (!read_subject || !read_text) return nullptr;
    return std::make_shared<const AcknowledgementWords>(AcknowledgementWords{
        *std::move(read_subject), *std::move(read_text), std::move(subject), std::move(text)});
}

Snapshot read_snapshot(const std::vector<Result>& results, const Snapshot& before) {
    Snapshot snapshot;
    const Result &domains = results[2], &mailboxes = results[3], &addresses = results[4];
    const Row installation = results[1][0];
    snapshot.version = installation.integer(0);
    snapshot.installation = installation.text(3);
    if (!installation.is_null(2))
        snapshot.postmaster = MailboxId{installation.integer(1), installation.integer(2)};
    for (int i = 0; i < domains.size(); ++i) {
        const Row row = domains[i];
        DomainInfo domain{.name = row.text(0),
                          .workspace_name = row.text(1),
                          .workspace = row.integer(2),
                          .bounce_domain = row.text(5),
                          .reply_domain = row.text(6)};
        if (!row.is_null(3)) domain.postmaster = MailboxId{row.integer(2), row.integer(3)};
        if (!row.is_null(4)) domain.catch_all = MailboxId{row.integer(2), row.integer(4)};
        snapshot.domains.emplace(row.text(0), std::move(domain));
    }
    for (int i = 0; i < mailboxes.size(); ++i) {
        const Row row = mailboxes[i];
        const MailboxId id{row.integer(0), row.integer(1)};
        MailboxInfo mailbox{.id = id,
                            .workspace_name = row.text(2),
                            .address = row.text(3),
                            .display_name = row.text(4),
                            .plus_addressing = row.boolean(5),
                            .bare_postmaster = snapshot.postmaster == id,
                            .aliases = {},
                            .automatic = read_automatic_mail(row.text(6), AutomaticMail::ticket),
                            .bounces = read_automatic_mail(row.text(7), AutomaticMail::hold),
                            .unverified = read_action(row.text(8)),
                            .owner = row.text(9),
                            .acknowledges = row.boolean(10),
                            .acknowledgement = read_words(row.text(11), row.text(12))};
        snapshot.mailboxes.emplace(id, std::move(mailbox));
    }
    const auto mark = [&](const std::optional<MailboxId>& id, bool MailboxInfo::*duty) {
        if (!id) return;
        const auto mailbox = snapshot.mailboxes.find(*id);
        if (mailbox != snapshot.mailboxes.end()) mailbox->second.*duty = true;
    };
    for (const auto& [name, domain] : snapshot.domains) {
        mark(domain.catch_all, &MailboxInfo::catch_all);
        mark(domain.postmaster, &MailboxInfo::domain_postmaster);
    }
    for (int i = 0; i < addresses.size(); ++i) {
        const Row row = addresses[i];
        const MailboxId id{row.integer(1), row.integer(2)};
        snapshot.addresses.emplace(row.text(0), id);
        const auto mailbox = snapshot.mailboxes.find(id);
        if (mailbox != snapshot.mailboxes.end() && mailbox->second.address != row.text(0))
            mailbox->second.aliases.push_back(row.text(0));
    }
    const Result& words = results[5];
    for (int i = 0; i < words.size(); ++i) snapshot.ban_words.emplace(words[i].integer(0), words[i].text(2));
    snapshot.rules = read_rules(results[6], before.rules);
    const Result& trusted = results[7];
    for (int i = 0; i < trusted.size(); ++i)
        snapshot.trusted[trusted[i].integer(0)].insert(
            {trusted[i].text(1), trusted[i].text(2), trusted[i].text(3)});
    snapshot.address_keys = read_address_keys(results[8]);
    snapshot.dkim_keys = read_dkim_keys(results[9], before.dkim_keys);
    return snapshot;
}

}  // namespace

std::string_view name(AutomaticMail what) {
    switch (what) {
        case AutomaticMail::ticket:
            return "ticket";
        case AutomaticMail::hold:
            return "hold";
        case AutomaticMail::discard:
            return "discard";
    }
    return "hold";
}

std::optional<AutomaticMail> parse_automatic_mail(std::string_view text) {
    for (const auto what : {AutomaticMail::ticket, AutomaticMail::hold, AutomaticMail::discard})
        if (name(what) == text) return what;
    return std::nullopt;
}

std::pair<Snapshot::Match, MailboxId> Snapshot::find(const mail::Mailbox& recipient) const {
    const std::string key = recipient.key();
    const bool is_postmaster = key.starts_with("postmaster") &&
                               key.size() == std::string_view("postmaster").size() +
                                                 (recipient.domain.empty() ? 0 : recipient.domain.size() + 1);
    if (recipient.domain.empty()) {
        if (is_postmaster && postmaster) return {Match::found, *postmaster};
        return {Match::unknown_mailbox, {}};
    }
    const auto domain = domains.find(recipient.domain);
    if (domain == domains.end()) return {Match::not_ours, {}};
    if (const auto exact = addresses.find(key); exact != addresses.end())
        return {Match::found, exact->second};

    if (const auto plus = recipient.local_part.find('+'); plus != std::string::npos && plus > 0) {
        const mail::Mailbox base{recipient.local_part.substr(0, plus), recipient.domain};
        const auto address = addresses.find(base.key());
        if (address != addresses.end()) {
            const auto mailbox = mailboxes.find(address->second);
            if (mailbox != mailboxes.end() && mailbox->second.plus_addressing)
                return {Match::found, address->second};
        }
    }
    if (is_postmaster) {
        if (domain->second.postmaster) return {Match::found, *domain->second.postmaster};
        if (postmaster) return {Match::found, *postmaster};
    }
    if (domain->second.catch_all) return {Match::found, *domain->second.catch_all};
    return {Match::unknown_mailbox, {}};
}

// What changed is told by its version; a notification doesn't say what.
asio::awaitable<void> Settings::reload() {
    const auto versions = co_await pool_.run(single(sql::settings_version));
    if (const auto newest = versions[0][0].integer(4); newest != bans_version_) co_await reload_bans(newest);
    if (versions[0][0].integer(0) == current_->version) co_return;
    const auto results = co_await pool_.run(snapshot_queries());
    auto snapshot = std::make_shared<const Snapshot>(read_snapshot(results, *current_));
    // Two reloads may overtake each other.
    if (snapshot->version >= current_->version) current_ = std::move(snapshot);
}

// A page at a time, so that the sessions get their turn between two of them however many there are.
asio::awaitable<void> Settings::reload_bans(std::int64_t newest) {
    const bool all = bans_version_ == 0 || newest < bans_version_;  // less: a restored database
    const policy::Bans none;
    const auto known = bans_;
    auto editor = std::make_unique<policy::Bans::Editor>(all ? none : *known);
    co_await read_bans(pool_, all ? 0 : bans_version_, [&](policy::LoadedBan ban, bool over) {
        if (over)
            editor->remove(ban.ban.id);
        else
            editor->put(std::move(ban));
    });
    // Two reloads may overtake each other; both have all that was there when they began.
    if (known != bans_ && newest <= bans_version_) co_return;
    bans_ = editor->finish();
    bans_version_ = newest;
}

asio::awaitable<std::shared_ptr<const Snapshot>> Settings::refreshed() {
    co_await reload();
    co_return current_;
}

asio::awaitable<void> Settings::follow(std::function<void(const Error&)> lost) {
    using namespace std::chrono_literals;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        try {
            const auto connection = co_await Connection::open(pool_.options().conninfo, pool_.deadline(),
                                                              pool_.options().timeout);
            std::vector<Query> queries;
            queries.push_back({&sql::listen_settings, {}});
            co_await connection->run(std::move(queries), pool_.deadline());
            for (;;) {
                co_await reload();  // whatever happened before we listened
                while (!co_await connection->wait_notification(std::chrono::steady_clock::now() + 60s)) {
                    // A connection that died without a word would leave us deaf.
                    std::vector<Query> ping;
                    ping.push_back({&sql::ping, {}});
                    co_await connection->run(std::move(ping), pool_.deadline());
                }
            }
        } catch (const Error& error) {
            lost(error);
        }
        pause.expires_after(1s);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<Snapshot> SettingsStore::snapshot() {
    const auto results = co_await pool_.run(snapshot_queries());
    co_return read_snapshot(results, {});
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
    throw std::runtime_error(refusal.text);
}

}  // namespace store
