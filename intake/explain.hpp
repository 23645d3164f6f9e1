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

struct NamedId {
    std::string id;
    threading::Role role;  // what it is to the mail that is explained
    std::vector<KnownAs> known;
};

// The ids that a mail names, each once and with its closest role, and what they are known as. `except`: the
// mail itself, where it is stored.
[[nodiscard]] std::vector<NamedId> named_ids(const mail::Header& header, const threading::Facts& facts,
                                             const Uuid& except);

struct Explanation {
    std::optional<Uuid> same_mail;  // the interaction that it would be a duplicate or a copy of
    threading::Decision decision;   // its `tried` are the candidates
    std::string disposition, reason;
    std::optional<Uuid> ticket;  // that exists, where it would speak in one
    bool opens_ticket = false;
    std::vector<Uuid> threads;  // that it belongs to; none: a new one; several: they become one
};

// `facts`: what begin() read for keys_of(mail). The mail has one part.
[[nodiscard]] Explanation explain(const std::shared_ptr<const Arrival>& mail, store::BatchFacts facts);

// The look-ups of the writers, in a transaction that is rolled back. Throws store::Error.
[[nodiscard]] store::asio::awaitable<store::BatchFacts> look_up(store::Pool& pool, store::BatchKeys keys);

}  // namespace intake
