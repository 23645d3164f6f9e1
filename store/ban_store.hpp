// Bans in the database: placed, lifted and looked at by the desk, read by every node.
//
// Every change tells the nodes (NOTIFY ticketgate_settings), which read what is new to them (settings.hpp).
// What is not done is a Refusal in words for the operator; otherwise throws Error.
#pragma once

#include "policy/bans.hpp"
#include "store/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace store {

// One ban as the desk sees it.
struct BanRecord {
    tickets::Ban ban;
    std::string workspace;  // "" is the installation
    int offence = 1;        // which one of its subject it is
    std::optional<Timestamp> closed;
    std::string closed_by;  // replaced, lifted, expired, erased; "" where nothing was noted

    [[nodiscard]] bool holds_at(Timestamp now) const { return !closed && ban.holds_at(now); }
    // holds, or why it does not.
    [[nodiscard]] std::string state(Timestamp now) const;
};

struct NewBan {
    std::optional<std::string> workspace;  // none: the installation
    tickets::BanSubject subject;
    std::string reason;
    std::optional<tickets::BanLength> length;  // none: as the rules say
    tickets::BanEffect effect = tickets::BanEffect::refuse;
};

struct BanReason {
    std::string workspace, reason;
};
struct WorkspaceBanRule {
    std::string workspace;
    tickets::BanRule rule;
};
struct BanWords {
    std::string workspace, words;
};

// Whose: of one workspace, the installation's, or (listing) all.
struct BanScope {
    std::optional<std::string> workspace;
    bool installation = false;
};

class BanStore {
  public:
    explicit BanStore(Pool& pool) : pool_(pool) {}

    // Replaces what holds of the same subject.
    asio::awaitable<Outcome<BanRecord>> add(NewBan ban, Timestamp now);
    asio::awaitable<Outcome<BanRecord>> lift(tickets::Uuid id, Timestamp now);
    asio::awaitable<std::optional<BanRecord>> find(tickets::Uuid id);
    // The newest first. `value`: only of this subject; `over`: those too that count no more.
    asio::awaitable<Outcome<std::vector<BanRecord>>> list(BanScope scope, std::optional<std::string> value,
                                                          bool over, std::int64_t limit);

    asio::awaitable<Outcome<std::monostate>> add_reason(BanScope scope, std::string reason);
    asio::awaitable<Outcome<std::monostate>> remove_reason(BanScope scope, std::string reason);
    asio::awaitable<Outcome<std::vector<BanReason>>> reasons(BanScope scope);

    // In place of the one for so many offences.
    asio::awaitable<Outcome<std::monostate>> set_rule(BanScope scope, tickets::BanRule rule);
    asio::awaitable<Outcome<std::monostate>> remove_rule(BanScope scope, int offences);
    asio::awaitable<Outcome<std::vector<WorkspaceBanRule>>> rules(BanScope scope);

    // "": our own.
    asio::awaitable<Outcome<std::monostate>> set_words(BanScope scope, std::string words);
    asio::awaitable<std::vector<BanWords>> words();

  private:
    // None: all of them.
    asio::awaitable<Outcome<std::optional<std::int64_t>>> number(BanScope scope);
    asio::awaitable<std::vector<BanRecord>> read(std::optional<std::int64_t> workspace,
                                                 std::optional<tickets::Uuid> id,
                                                 std::optional<std::string> value, bool over,
                                                 std::int64_t limit);

    Pool& pool_;
};

// What changed behind `version`, in pages; from 0 only what holds. `over`: it counts no more.
asio::awaitable<void> read_bans(Pool& pool, std::int64_t version,
                                std::function<void(policy::LoadedBan, bool over)> take);

}  // namespace store
