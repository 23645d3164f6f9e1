#include "policy/bans.hpp"

#include <algorithm>
#include <functional>

namespace policy {
namespace {

using tickets::Ban;
using tickets::BanKind;
using tickets::Uuid;

// Kinds of keys: an address, an address whose tags don't matter, a domain, one with all below it.
enum class Tag : char { address = 'a', any_tag = 'p', domain = 'd', below = 's' };

void make_key(std::string& key, Tag tag, std::int64_t workspace, std::string_view value) {
    key.clear();
    key += static_cast<char>(tag);
    key.append(reinterpret_cast<const char*>(&workspace), sizeof workspace);
    key += value;
}

std::vector<std::string> keys_of(const LoadedBan& loaded) {
    const Ban& ban = loaded.ban;
    std::vector<std::string> keys;
    const auto add = [&](Tag tag, std::string_view value) {
        make_key(keys.emplace_back(), tag, ban.workspace, value);
    };
    switch (ban.subject.kind) {
        case BanKind::person:
            for (const auto& address : loaded.addresses)
                if (ban.subject.plus_addresses)
                    add(Tag::any_tag, tickets::without_tag(address));
                else
                    add(Tag::address, address);
            break;
        case BanKind::address:
            add(ban.subject.plus_addresses ? Tag::any_tag : Tag::address, ban.subject.value);
            break;
        case BanKind::domain:
            add(Tag::domain, ban.subject.value);
            if (ban.subject.subdomains) add(Tag::below, ban.subject.value);
            break;
        case BanKind::network:  // are in the trie
            break;
    }
    return keys;
}

struct Place {
    PrefixKey key;
    unsigned bits;
};

// In the trie of networks.
std::optional<Place> place_of(const Ban& ban) {
    if (ban.subject.kind != BanKind::network) return std::nullopt;
    const auto network = tickets::ban_network(ban.subject.value);
    if (!network) return std::nullopt;
    return Place{{ban.workspace, network->bytes}, PrefixKey::owner_bits + network->bits};
}

bool decides_before(const Ban& a, const Ban& b) {
    if (action_of(a) != action_of(b)) return action_of(a) > action_of(b);
    if (a.ends != b.ends) return !a.ends || (b.ends && *a.ends > *b.ends);
    return a.id < b.id;
}

std::size_t hash_of(std::string_view key) {
    return std::hash<std::string_view>()(key);
}

std::size_t shard_number(const Uuid& id, std::size_t shards) {
    return std::hash<Uuid>()(id) % shards;
}

}  // namespace

Action action_of(const Ban& ban) {
    switch (ban.effect) {
        case tickets::BanEffect::refuse:
            return Action::refuse;
        case tickets::BanEffect::hold:
            return Action::hold;
        case tickets::BanEffect::discard:
            return Action::discard;
    }
    return Action::refuse;
}

template <class Visit>
void Bans::visit(std::int64_t workspace, const Sender& sender, Visit visit) const {
    std::string key;
    const auto ask = [&](Tag tag, std::string_view value) {
        make_key(key, tag, workspace, value);
        const auto hash = hash_of(key);
        if (!seen_[hash / shards % seen_bits]) return;
        const auto& shard = by_key_[hash % shards];
        if (!shard) return;
        const auto found = shard->find(key);
        if (found == shard->end()) return;
        for (const Entry& entry : found->second) visit(entry->ban);
    };
    for (const auto& mailbox : sender.addresses) {
        if (mailbox.local_part.empty() && mailbox.domain.empty()) continue;
        const std::string address = mailbox.key();
        ask(Tag::address, address);
        ask(Tag::any_tag, tickets::without_tag(address));
        const std::string_view domain = mailbox.domain;
        ask(Tag::domain, domain);
        for (auto dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.', dot + 1))
            ask(Tag::below, domain.substr(dot + 1));
    }
    const auto client = tickets::ban_network(sender.client_address);
    if (client) networks_.visit({workspace, client->bytes}, [&](const Entry& entry) { visit(entry->ban); });
}

const Ban* Bans::find(std::int64_t workspace, const Sender& sender, tickets::Time now) const {
    const Ban* gravest = nullptr;
    if (size_ == 0) return gravest;
    visit(workspace, sender, [&](const Ban& ban) {
        if (ban.holds_at(now) && (!gravest || decides_before(ban, *gravest))) gravest = &ban;
    });
    return gravest;
}

Bans::ByKey& Bans::Editor::shard_of(const std::string& key) {
    const auto number = hash_of(key) % shards;
    auto& own = own_keys_[number];
    if (!own) {
        const auto& known = next_.by_key_[number];
        own = known ? std::make_shared<ByKey>(*known) : std::make_shared<ByKey>();
        next_.by_key_[number] = own;
    }
    return *own;
}

Bans::ById& Bans::Editor::shard_of(const Uuid& id) {
    const auto number = shard_number(id, shards);
    auto& own = own_ids_[number];
    if (!own) {
        const auto& known = next_.by_id_[number];
        own = known ? std::make_shared<ById>(*known) : std::make_shared<ById>();
        next_.by_id_[number] = own;
    }
    return *own;
}

void Bans::Editor::put(LoadedBan ban) {
    remove(ban.ban.id);
    const auto entry = std::make_shared<const LoadedBan>(std::move(ban));
    for (const auto& key : keys_of(*entry)) {
        shard_of(key)[key].push_back(entry);
        next_.seen_[hash_of(key) / shards % seen_bits] = true;
    }
    shard_of(entry->ban.id)[entry->ban.id] = entry;
    if (const auto place = place_of(entry->ban)) next_.networks_.insert(place->key, place->bits, entry);
    ++next_.size_;
}

void Bans::Editor::remove(const Uuid& id) {
    const auto& known = next_.by_id_[shard_number(id, shards)];
    if (!known || !known->contains(id)) return;
    const Entry entry = known->at(id);
    for (const auto& key : keys_of(*entry)) {
        auto& shard = shard_of(key);
        const auto found = shard.find(key);
        if (found == shard.end()) continue;
        std::erase(found->second, entry);
        if (found->second.empty()) shard.erase(found);
    }
    shard_of(id).erase(id);
    if (const auto place = place_of(entry->ban)) next_.networks_.remove(place->key, place->bits, entry);
    --next_.size_;
}

std::shared_ptr<const Bans> Bans::Editor::finish() {
    own_keys_ = {};
    own_ids_ = {};
    return std::make_shared<const Bans>(std::move(next_));
}

Decision decide(const Ban& ban, std::string_view words, bool spf_passed) {
    Decision decision;
    decision.action = action_of(ban);
    decision.reason = "banned";
    decision.evidence = "ban " + ban.id.str() +
                        (ban.workspace == tickets::whole_installation ? " of the installation" : "") + ": " +
                        ban.subject.str() + "; " + ban.reason;
    decision.words.text = tickets::ban_words(words, ban.ends, spf_passed);
    return decision;
}

bool is_postmaster(const mail::Mailbox& recipient) {
    return mail::Mailbox{recipient.local_part, ""}.key() == "postmaster";
}

}  // namespace policy
