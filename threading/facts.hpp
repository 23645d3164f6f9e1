// What is known around the ids of a mail: messages that are stored under them or claim them, and the
// tickets those belong to. Read from the store for a batch, and added to while the batch is decided,
// so that mails that arrive together find each other.
//
// One Facts holds one workspace; nothing of another workspace can be in it.
#pragma once

#include "auth/verdict.hpp"
#include "tickets/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace threading {

using tickets::Uuid;

// An id as the index knows it: the first 16 bytes of its SHA-256, so that a key's size does not depend
// on what a stranger wrote.
using IdKey = Uuid;
[[nodiscard]] IdKey id_key(std::string_view message_id);

// What an id is to the message that names it. The order is the order of preference in look-ups. A mention
// (an address that stands in In-Reply-To like an id) binds threads, as everywhere, and proves nothing.
enum class Role : std::int16_t { mention = -1, reference = 0, in_reply_to = 1, self = 2 };

struct KnownMessage {
    Uuid interaction;
    std::optional<Uuid> ticket;  // merges followed; none when held
    Uuid thread;
    std::string author;                       // address key of the From; empty when it had none
    std::vector<std::string> correspondents;  // address keys of To, Cc and Reply-To
    std::string body_digest;
    auth::Verdict verdict = auth::Verdict::none;
    std::vector<std::int64_t> mailboxes;  // where it is ticketed
};

struct KnownTicket {
    Uuid id;
    std::string starter;                    // address key of the author of its first mail
    std::vector<std::string> participants;  // address keys
    std::chrono::system_clock::time_point received;
    bool acted = false;  // somebody at the desk has done something with it
};

struct Claim {
    Uuid interaction;
    Role role;
};

class Facts {
  public:
    void add(KnownMessage message);
    void add(KnownTicket ticket, std::string_view short_id);
    void claim(IdKey id, Role role, const Uuid& interaction);
    // From now on `from` is part of `into`.
    void merge(const Uuid& from, const Uuid& into);

    [[nodiscard]] const std::vector<Claim>& claims(IdKey id) const;
    [[nodiscard]] const KnownMessage* message(const Uuid& interaction) const;
    [[nodiscard]] KnownMessage* message(const Uuid& interaction);
    [[nodiscard]] const KnownTicket* ticket(const Uuid& id) const;
    [[nodiscard]] KnownTicket* ticket(const Uuid& id);
    [[nodiscard]] const KnownTicket* ticket_by_short_id(std::string_view short_id) const;

  private:
    [[nodiscard]] Uuid followed(Uuid id) const;

    std::unordered_map<IdKey, std::vector<Claim>> claims_;
    std::unordered_map<Uuid, KnownMessage> messages_;
    std::unordered_map<Uuid, KnownTicket> tickets_;
    std::unordered_map<Uuid, Uuid> merged_;
    std::unordered_map<std::string, Uuid> short_ids_;
};

// Which thread is which: sets of thread ids that turned out to be one. The smallest id stands for a set,
// so the result does not depend on the order in which they met.
class ThreadSets {
  public:
    [[nodiscard]] Uuid find(Uuid thread) const;
    void unite(const Uuid& a, const Uuid& b);
    // The sets of two and more, their smallest id first, the others in order.
    [[nodiscard]] std::vector<std::vector<Uuid>> united() const;

  private:
    std::unordered_map<Uuid, Uuid> parent_;
};

}  // namespace threading
