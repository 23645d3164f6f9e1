// `ticketgate domain dkim` and `ticketgate address-key`: the keys that what leaves the desk is signed with.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/domain_check.hpp"
#include "daemon/examiner.hpp"
#include "daemon/terminal_text.hpp"
#include "daemon/zone_line.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using store::StoredDkimKey;

std::string record_name(const auth::DkimKey& key) {
    return auth::dkim_record_name(key.domain, key.selector);
}

const char* algorithm(const auth::PrivateKey& key) {
    return key.type() == auth::KeyType::rsa ? "rsa" : "ed25519";
}

const char* state(const StoredDkimKey& key) {
    return key.active ? "active" : key.retired ? "retired" : "new";
}

// The private key stays where it is.
json::object as_json(const StoredDkimKey& key) {
    return {{"domain", key.key.domain},
            {"selector", key.key.selector},
            {"algorithm", algorithm(key.key.key)},
            {"state", state(key)},
            {"created", rfc3339(key.created)},
            {"name", record_name(key.key)},
            {"record", auth::dkim_record(key.key.key)}};
}

std::string zone_line_of(const auth::DkimKey& key) {
    return zone_text_line(record_name(key), auth::dkim_record(key.key));
}

// RFC 6376 §3.1: labels of a domain name.
bool is_selector(const std::string& text) {
    return text.size() <= 63 && !text.starts_with('-') && !text.ends_with('-') && !text.empty() &&
           std::ranges::all_of(text, [](char c) {
               return (mail::is_alpha(c) && mail::lower(c) == c) || mail::is_digit(c) || c == '-' || c == '_';
           });
}

// In one look at DNS each; those that are not there are told.
bool all_in_dns(const Config& config, const std::vector<const StoredDkimKey*>& keys) {
    boost::asio::io_context io;
    const auto resolver = make_resolver(io, config);
    if (!resolver) {
        std::cerr << "ticketgate: verification.resolver is off, so nobody can look; --unseen activates all "
                     "the same\n";
        return false;
    }
    bool all = true;
    for (const StoredDkimKey* const key : keys) {
        const Finding found = run_async(
            io,
            check_dkim_key(key->key, *resolver, std::chrono::steady_clock::now() + std::chrono::seconds(15)));
        if (found.grade == Finding::Grade::good || found.grade == Finding::Grade::advice) continue;
        all = false;
        std::cerr << "ticketgate: " << found.words << "; nothing was activated\n";
        if (!found.record.empty()) std::cerr << found.record << '\n';
    }
    return all;
}

}  // namespace

int run(const Config& config, const DkimAdd& options) {
    const std::string domain = mail::domain_to_ascii(options.domain);
    const auto today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::vector<auth::DkimKey> keys;
    for (const auto& [word, type] :
         {std::pair("rsa", auth::KeyType::rsa), std::pair("ed25519", auth::KeyType::ed25519)}) {
        if (options.algorithm != "both" && options.algorithm != word) continue;
        std::string selector = fmt::format("{}-{:%Y%m%d}", word, today);
        if (options.selector)
            selector = *options.selector + (options.algorithm == "both" ? std::string("-") + word : "");
        if (!is_selector(selector))
            return refuse(selector + " is no selector: 1 to 63 of a-z, 0-9, _ and -, no - at the ends");
        keys.push_back({domain, std::move(selector), auth::PrivateKey::make(type)});
    }
    return with_desk(config, [&](DeskSession& desk) {
        store::KeyStore store(desk.pool());
        json::array array;
        for (const auth::DkimKey& key : keys) {
            if (const auto added = desk.run(store.add_dkim_key(key)); !added)
                return refuse(added.error().text);
            if (options.activate)
                if (const auto done = desk.run(store.activate_dkim_key(domain, key.selector)); !done)
                    return refuse(done.error().text);
            if (options.json)
                array.push_back(
                    as_json(StoredDkimKey{key, std::chrono::system_clock::now(), options.activate, {}}));
            else
                std::cout << zone_line_of(key) << '\n';
        }
        if (options.json)
            std::cout << json::serialize(array) << '\n';
        else if (options.activate)
            std::cout << "; these sign from now on: add them to DNS at once\n";
        else
            std::cout << "; add these to DNS, then: ticketgate domain dkim activate " << domain << '\n';
        return 0;
    });
}

int run(const Config& config, const DkimActivate& options) {
    return with_desk(config, [&](DeskSession& desk) {
        store::KeyStore store(desk.pool());
        const std::vector<StoredDkimKey> all = desk.run(store.dkim_keys(options.domain));
        std::vector<const StoredDkimKey*> wanted;
        for (const StoredDkimKey& key : all)
            if (options.selectors.empty()
                    ? !key.active && !key.retired
                    : std::ranges::find(options.selectors, key.key.selector) != options.selectors.end())
                wanted.push_back(&key);
        for (const std::string& selector : options.selectors)
            if (std::ranges::none_of(wanted, [&](const auto* key) { return key->key.selector == selector; }))
                return refuse(fmt::format("there is no DKIM key {} of {}", selector, options.domain));
        if (wanted.empty())
            return refuse(fmt::format(
                "{0} has no key that waits; make one with: ticketgate domain dkim add {0}", options.domain));
        if (!options.unseen && !all_in_dns(config, wanted)) return 1;
        for (const StoredDkimKey* const key : wanted) {
            if (const auto done = desk.run(store.activate_dkim_key(options.domain, key->key.selector)); !done)
                return refuse(done.error().text);
            std::cout << key->key.selector << " signs mail of " << key->key.domain << " from now on\n";
        }
        return 0;
    });
}

int run(const Config& config, const DkimRetire& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto retired =
            desk.run(store::KeyStore(desk.pool()).retire_dkim_key(options.domain, options.selector));
        if (!retired) return refuse(retired.error().text);
        std::cout << options.selector << " signs no more; leave its record in DNS for a week\n";
        return 0;
    });
}

int run(const Config& config, const DkimList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        json::array array;
        for (const StoredDkimKey& key : desk.run(store::KeyStore(desk.pool()).dkim_keys(options.domain))) {
            if (options.json)
                array.push_back(as_json(key));
            else
                std::cout << fmt::format("{:<8} {:%F}  {}\n", state(key), key.created, zone_line_of(key.key));
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const AddressKeyList& options) {
    return with_desk(config, [&](DeskSession& desk) {
        json::array array;
        for (const auto& key : desk.run(store::KeyStore(desk.pool()).address_keys())) {
            const std::string created = rfc3339(key.created);
            if (options.json)
                array.push_back(json::object{{"id", key.id}, {"created", created}, {"signs", key.signs}});
            else
                std::cout << fmt::format("{:<3} {}{}\n", key.id, created, key.signs ? ", signs" : "");
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const AddressKeyRotate&) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto id = desk.run(store::KeyStore(desk.pool()).rotate_address_key());
        if (!id) return refuse(id.error().text);
        std::cout << "key " << int{*id} << " signs from now on\n";
        return 0;
    });
}

int run(const Config& config, const AddressKeyRemove& options) {
    return with_desk(config, [&](DeskSession& desk) {
        const auto removed =
            desk.run(store::KeyStore(desk.pool()).remove_address_key(static_cast<std::uint8_t>(options.id)));
        if (!removed) return refuse(removed.error().text);
        std::cout << "removed key " << options.id << '\n';
        return 0;
    });
}

}  // namespace program
