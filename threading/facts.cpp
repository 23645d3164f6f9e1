#include "threading/facts.hpp"

#include "mail/sha256.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace threading {

IdKey id_key(std::string_view message_id) {
    const std::string digest = mail::sha256(message_id);
    IdKey key;
    std::copy_n(digest.begin(), key.bytes.size(), key.bytes.begin());
    return key;
}

void Facts::add(KnownMessage message) {
    const Uuid id = message.interaction;
    messages_.insert_or_assign(id, std::move(message));
}

void Facts::add(KnownTicket ticket, std::string_view short_id) {
    const Uuid id = ticket.id;
    short_ids_.insert_or_assign(std::string(short_id), id);
    tickets_.insert_or_assign(id, std::move(ticket));
}

void Facts::claim(IdKey id, Role role, const Uuid& interaction) {
    claims_[id].push_back({interaction, role});
}

void Facts::merge(const Uuid& from, const Uuid& into) {
    merged_.insert_or_assign(from, into);
}

const std::vector<Claim>& Facts::claims(IdKey id) const {
    static const std::vector<Claim> nobody;
    const auto found = claims_.find(id);
    return found == claims_.end() ? nobody : found->second;
}

const KnownMessage* Facts::message(const Uuid& interaction) const {
    const auto found = messages_.find(interaction);
    return found == messages_.end() ? nullptr : &found->second;
}

KnownMessage* Facts::message(const Uuid& interaction) {
    return const_cast<KnownMessage*>(std::as_const(*this).message(interaction));
}

Uuid Facts::followed(Uuid id) const {
    for (auto next = merged_.find(id); next != merged_.end(); next = merged_.find(id)) id = next->second;
    return id;
}

const KnownTicket* Facts::ticket(const Uuid& id) const {
    const auto found = tickets_.find(followed(id));
    return found == tickets_.end() ? nullptr : &found->second;
}

KnownTicket* Facts::ticket(const Uuid& id) {
    return const_cast<KnownTicket*>(std::as_const(*this).ticket(id));
}

const KnownTicket* Facts::ticket_by_short_id(std::string_view short_id) const {
    const auto found = short_ids_.find(std::string(short_id));
    return found == short_ids_.end() ? nullptr : ticket(found->second);
}

Uuid ThreadSets::find(Uuid thread) const {
    for (auto up = parent_.find(thread); up != parent_.end() && up->second != thread;
         up = parent_.find(thread))
        thread = up->second;
    return thread;
}

void ThreadSets::unite(const Uuid& a, const Uuid& b) {
    const Uuid root_a = find(a), root_b = find(b);
    if (root_a == root_b) return;
    const auto [root, other] = std::minmax(root_a, root_b);
    parent_[other] = root;
    // Later look-ups of what was asked take one step.
    for (const Uuid& id : {a, b})
        if (id != root) parent_[id] = root;
}

std::vector<std::vector<Uuid>> ThreadSets::united() const {
    std::map<Uuid, std::vector<Uuid>> sets;
    for (const auto& entry : parent_) sets[find(entry.first)].push_back(entry.first);
    std::vector<std::vector<Uuid>> result;
    for (auto& [root, members] : sets) {
        std::erase(members, root);
        std::ranges::sort(members);
        members.insert(members.begin(), root);
        if (members.size() > 1) result.push_back(std::move(members));
    }
    return result;
}

}  // namespace threading
