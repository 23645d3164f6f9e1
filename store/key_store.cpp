#include "store/key_store.hpp"

#include "mail/mailbox.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace store {
namespace {

std::string no_key(const std::string& domain, const std::string& selector) {
    return fmt::format("there is no DKIM key {} of {}", selector, domain);
}

}  // namespace

auth::AddressKeys read_address_keys(const Result& rows) {
    std::vector<auth::AddressKey> keys;
    for (int i = 0; i < rows.size(); ++i)
        keys.push_back({static_cast<std::uint8_t>(rows[i].integer(0)), rows[i].bytes(1)});
    return auth::AddressKeys(std::move(keys));
}

// A key that an operator's hand has spoilt signs nothing; `domain dkim list` has it no more either.
DkimKeys read_dkim_keys(const Result& rows, const DkimKeys& before) {
    DkimKeys keys;
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        const std::string domain = row.text(0), selector = row.text(1), pem = row.text(2);
        if (const auto known = before.find(domain); known != before.end()) {
            const auto same = std::ranges::find_if(known->second, [&](const auto& one) {
                return one->selector == selector && one->key.pem() == pem;
            });
            if (same != known->second.end()) {
                keys[domain].push_back(*same);
                continue;
            }
        }
        if (auto key = auth::PrivateKey::read(pem))
            keys[domain].push_back(
                std::make_shared<const auth::DkimKey>(auth::DkimKey{domain, selector, *std::move(key)}));
    }
    return keys;
}

asio::awaitable<std::vector<StoredAddressKey>> KeyStore::address_keys() {
    const auto results = co_await pool_.run(single(sql::list_address_keys));
    std::vector<StoredAddressKey> keys;
    for (int i = 0; i < results[0].size(); ++i)
        keys.push_back({static_cast<std::uint8_t>(results[0][i].integer(0)), results[0][i].time(1), false});
    if (!keys.empty()) keys.back().signs = true;
    co_return keys;
}

asio::awaitable<Outcome<std::uint8_t>> KeyStore::rotate_address_key() {
    auto queries = single(sql::rotate_address_key);
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[0].size() == 0)
        co_return Refusal{"no id is free for another key (or one was made this moment); remove an old one"};
    co_return static_cast<std::uint8_t>(results[0][0].integer(0));
}

asio::awaitable<Outcome<std::monostate>> KeyStore::remove_address_key(std::uint8_t id) {
    auto queries = single(sql::remove_address_key, std::move(Params().small(id)));
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[0].affected() == 0)
        co_return Refusal{fmt::format("{} is no key, or the one that signs; rotate first", id)};
    co_return std::monostate{};
}

asio::awaitable<std::vector<StoredDkimKey>> KeyStore::dkim_keys(std::optional<std::string> domain) {
    if (domain) domain = mail::domain_to_ascii(*domain);
    const auto results =
        co_await pool_.run(single(sql::list_dkim_keys, std::move(Params().maybe_text(domain))));
    std::vector<StoredDkimKey> keys;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        auto key = auth::PrivateKey::read(row.text(2));
        if (!key) continue;
        keys.push_back({{row.text(0), row.text(1), *std::move(key)},
                        row.time(3),
                        row.boolean(4),
                        row.is_null(5) ? std::nullopt : std::optional(row.time(5))});
    }
    co_return keys;
}

asio::awaitable<Outcome<std::monostate>> KeyStore::add_dkim_key(auth::DkimKey key) {
    const std::string domain = mail::domain_to_ascii(key.domain);
    const bool rsa = key.key.type() == auth::KeyType::rsa;
    const auto results = co_await pool_.run(single(
        sql::add_dkim_key,
        std::move(
            Params().text(domain).text(key.selector).text(rsa ? "rsa" : "ed25519").text(key.key.pem()))));
    if (results[0].affected() == 0)
        co_return Refusal{
            fmt::format("there is no domain {}, or it has a DKIM key {} already", key.domain, key.selector)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> KeyStore::activate_dkim_key(std::string domain,
                                                                     std::string selector) {
    domain = mail::domain_to_ascii(domain);
    const auto key = [&] { return std::move(Params().text(domain).text(selector)); };
    auto queries = single(sql::lock_dkim_keys, std::move(Params().text(domain)));
    queries.push_back({&sql::retire_dkim_keys_before, key()});
    queries.push_back({&sql::activate_dkim_key, key()});
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[2].affected() == 0) co_return Refusal{no_key(domain, selector)};
    co_return std::monostate{};
}

asio::awaitable<Outcome<std::monostate>> KeyStore::retire_dkim_key(std::string domain, std::string selector) {
    domain = mail::domain_to_ascii(domain);
    auto queries = single(sql::retire_dkim_key, std::move(Params().text(domain).text(selector)));
    queries.push_back({&sql::notify_settings, {}});
    const auto results = co_await pool_.run(std::move(queries));
    if (results[0].affected() == 0) co_return Refusal{no_key(domain, selector)};
    co_return std::monostate{};
}

}  // namespace store
