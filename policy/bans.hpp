// All bans as one index in memory: is this sender banned, and by which ban? (docs/policy.md)
//
// A Bans is a value that never changes, safe to read from any thread. An Editor makes the next one and copies
// only what it changes, so that one more ban among 100,000 costs microseconds. A look-up asks a few hash
// tables (for each address, each name above its domain, each length of a network), never the database, and
// minds each ban's end, so that a ban is over at its time wherever the index is.
#pragma once

#include "mail/mailbox.hpp"
#include "policy/decision.hpp"
#include "policy/network_trie.hpp"
#include "tickets/ban.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace policy {

// What is known of who sends a mail; more of it the further the dialogue gets.
struct Sender {
    std::string client_address;            // textual; what is no address is in no network
    std::vector<mail::Mailbox> addresses;  // reverse-path, From, Sender; empty ones are passed over
};

// A ban as it is loaded: with all addresses that its subject has.
struct LoadedBan {
    tickets::Ban ban;
    std::vector<std::string> addresses;  // keys: of a person all of theirs
};

class Bans {
  public:
    class Editor;

    // The gravest that holds at `now`, of the workspace or (tickets::whole_installation) of all; of equally
    // grave ones the one that lasts longest. Null: none. Lives as long as this.
    [[nodiscard]] const tickets::Ban* find(std::int64_t workspace, const Sender& sender,
                                           tickets::Time now) const;
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    static constexpr std::size_t shards = 1024;
    using Entry = std::shared_ptr<const LoadedBan>;
    using ByKey = std::unordered_map<std::string, std::vector<Entry>>;
    using ById = std::unordered_map<tickets::Uuid, Entry>;

    template <class Visit>
    void visit(std::int64_t workspace, const Sender& sender, Visit visit) const;

    // Nearly all that is asked for is not there, which one bit of these tells without a walk through memory.
    // Bits of bans that have gone stay: they cost time, and a node that starts has none of them.
    static constexpr std::size_t seen_bits = 1 << 20;
    std::vector<bool> seen_ = std::vector<bool>(seen_bits);
    // Null where there is nothing.
    std::array<std::shared_ptr<const ByKey>, shards> by_key_;
    std::array<std::shared_ptr<const ById>, shards> by_id_;
    NetworkTrie<Entry> networks_;
    std::size_t size_ = 0;
};

// Makes a Bans from another one.
class Bans::Editor {
  public:
    explicit Editor(const Bans& from) : next_(from) { next_.networks_.own_from_now_on(); }

    void put(LoadedBan ban);  // in place of the one with its id, if there is one
    void remove(const tickets::Uuid& id);
    // Once; then the editor is empty.
    [[nodiscard]] std::shared_ptr<const Bans> finish();

  private:
    ByKey& shard_of(const std::string& key);
    ById& shard_of(const tickets::Uuid& id);

    Bans next_;
    // What is ours alone, and may be changed in place.
    std::array<std::shared_ptr<ByKey>, shards> own_keys_;
    std::array<std::shared_ptr<ById>, shards> own_ids_;
};

[[nodiscard]] Action action_of(const tickets::Ban& ban);

// `words`: of the ban's workspace, or of the installation; may be empty.
[[nodiscard]] Decision decide(const tickets::Ban& ban, std::string_view words, bool spf_passed);

// RFC 5321 §4.5.1: whoever is banned can still reach this one.
[[nodiscard]] bool is_postmaster(const mail::Mailbox& recipient);

}  // namespace policy
