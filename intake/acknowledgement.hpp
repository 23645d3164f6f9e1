// Who hears that their mail has become a ticket. docs/acknowledgements.md
//
// An answer to somebody who did not write is spam that strangers send in the desk's name, and one to a
// machine may be answered again: so each of these must hold, whatever a mailbox or a rule says. RFC 3834
#pragma once

#include "intake/arrival.hpp"

#include <string_view>

namespace intake {

// Why a new ticket that this part of a mail opens is not acknowledged, as a word; empty: it is.
[[nodiscard]] std::string_view why_not_acknowledged(const Arrival& mail, const Part& part,
                                                    const store::Snapshot& settings);

// Puts down for each part how it is acknowledged, if it is. To be called when all is known: the sender's
// verdict and the rules' effects.
void apply_acknowledgements(Arrival& mail, const store::Snapshot& settings);

// The mail that says so.
[[nodiscard]] mail::Notice acknowledgement_of(const Arrival& mail, const Acknowledgement& how,
                                              const Uuid& ticket, const Uuid& id, store::Timestamp now);

}  // namespace intake
