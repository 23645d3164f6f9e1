// Which ticket does this mail belong to, and why: the walk over the proofs (docs/threading.md).
//
// Pure: facts in, decision out. The caller applies the decision to the facts and to the store.
#pragma once

#include "threading/decision.hpp"
#include "threading/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace threading {

struct Incoming {
    Uuid interaction;             // the id it will have
    IdKey self;                   // of its Message-ID, or of a digest where it has none
    std::vector<IdKey> parents;   // In-Reply-To first, then References from right to left; no repeats
    std::vector<IdKey> mentions;  // tokens of In-Reply-To that are no ids by their sense
    std::string author;           // address key of the From; empty when there is none
    std::vector<std::string> correspondents;
    std::string body_digest;
    std::vector<std::string> short_ids;  // from the subject
    std::optional<Uuid> signed_ticket;   // of a signed reply address among the envelope recipients
    auth::Verdict verdict = auth::Verdict::none;
    bool author_is_agent = false;
};

// A mail that is already here: same workspace, Message-ID and body, ticketed with no worse a verdict.
[[nodiscard]] const KnownMessage* find_same_mail(const Incoming& mail, const Facts& facts);

// Every id that the mail names, its own first.
[[nodiscard]] std::vector<IdKey> named_ids(const Incoming& mail);

struct Merge {
    Uuid younger, older;
};

// A ticket that something ties the mail to, and what the table says of that.
struct Tried {
    Uuid ticket;
    Proof proof;
    Author author;
    Outcome outcome;
};

struct Decision {
    Outcome outcome = Outcome::open;
    std::optional<Uuid> ticket;  // for join and join_marked: the one it speaks in (before a merge)
    Proof proof = Proof::none;
    Author author = Author::newcomer;
    std::string row;            // the cell that decided, as kept
    std::vector<Uuid> links;    // other tickets that nearly matched, or that it connects
    std::vector<Merge> merges;  // tickets that this mail shows to be one
    std::vector<Tried> tried;   // all of them, in their order
};

[[nodiscard]] Decision assign(const Incoming& mail, const Facts& facts);

// The thread layer: every thread that one of the mail's ids belongs to is one with `thread`.
void connect(const Incoming& mail, const Uuid& thread, const Facts& facts, ThreadSets& threads);

}  // namespace threading
