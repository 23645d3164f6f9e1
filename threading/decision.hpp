// The decision table: may this mail speak in that ticket? (docs/threading.md has it for people.)
//
// Pure and total: a cell for every proof x sender verdict x author.
#pragma once

#include "auth/verdict.hpp"

#include <array>
#include <string>
#include <string_view>

namespace threading {

// What ties a mail to a ticket, strongest first.
enum class Proof {
    signed_address,  // it was sent to a reply address that we signed
    stored_id,       // In-Reply-To or References name a message that is stored in this workspace
    claimed_id,      // an id that only somebody's References claimed, plausibly (assign.hpp)
    same_id,         // it bears the Message-ID of a stored mail, and is another mail
    short_id,        // the ticket's short id stands in the subject
    none,
};

// Who its author is to that ticket.
enum class Author { participant, newcomer, agent };

enum class Outcome {
    open,         // a new ticket
    join,         // speaks in the ticket
    join_marked,  // speaks in the ticket, shown as unverified or as a newcomer
    link,         // a new ticket, linked with the one that nearly matched
    hold,         // kept aside until somebody at the desk has looked
};

inline constexpr std::array proofs = {Proof::signed_address, Proof::stored_id, Proof::claimed_id,
                                      Proof::same_id,        Proof::short_id,  Proof::none};
inline constexpr std::array authors = {Author::participant, Author::newcomer, Author::agent};
inline constexpr std::array verdicts = {auth::Verdict::pass, auth::Verdict::none, auth::Verdict::temperror,
                                        auth::Verdict::fail};

[[nodiscard]] Outcome decide(Proof proof, auth::Verdict verdict, Author author);

[[nodiscard]] std::string_view name(Proof proof);
[[nodiscard]] std::string_view name(Author author);
[[nodiscard]] std::string_view name(Outcome outcome);

// The cell as it is kept with every interaction: "stored_id/none/participant: join_marked".
[[nodiscard]] std::string row(Proof proof, auth::Verdict verdict, Author author);

}  // namespace threading
