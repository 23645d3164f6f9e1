// What would become of a mail, and why: the writers' look-ups and decision, with every candidate that was
// tried. Nothing is stored.
#pragma once

#include "intake/arrival.hpp"
#include "mail/message.hpp"
#include "store/pool.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace intake {

// A message that is stored under an id (self), or names it.
struct KnownAs {
    threading::Role role;
    Uuid interaction;
    std::optional<Uuid> ticket;
    std::string author;
};

struct KnownId {
    NamedId named;
    std::vector<KnownAs> known;
};

// What the ids that a mail names are known as. `except`: the mail itself, where it is stored.
[[nodiscard]] std::vector<KnownId> known_ids(const std::vector<NamedId>& ids, const threading::Facts& facts,
                                             const Uuid& except);

struct Explanation {
    std::optional<Uuid> same_mail;        // the interaction that it would be a duplicate or a copy of
    std::vector<threading::Tried> tried;  // the candidates
    std::string disposition, reason;
    // Of the rows that would be written:
    std::string row;  // what decided; empty where the mail is kept as none
    bool marked = false;
    std::optional<Uuid> ticket;  // that exists, where it would stand in one
    bool opens_ticket = false;
    std::vector<Uuid> links;
    std::vector<threading::Merge> merges;
    std::vector<Uuid> threads;  // that it belongs to; none: a new one; several: they become one
    bool acknowledged = false;  // its sender hears of the new ticket, unless they have heard enough lately
};

// `facts`: what begin() read for keys_of(mail, limits). The mail has one part.
[[nodiscard]] Explanation explain(const std::shared_ptr<const Arrival>& mail, store::BatchFacts facts,
                                  const store::Limits& limits = {});

// The look-ups of the writers, in a transaction that is rolled back. Throws store::Error.
[[nodiscard]] store::asio::awaitable<store::BatchFacts> look_up(store::Pool& pool, store::BatchKeys keys);

}  // namespace intake
