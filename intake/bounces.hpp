// What a bounce says of deliveries of ours. docs/bounces.md
//
// One that came to the return path of a delivery speaks of that one, whatever it names: nobody but who was
// sent the mail, and the servers on its way, know that address. Any other is believed where it names the
// Message-ID of a mail of ours together with a recipient of it. What is not read as a bounce says nothing.
#pragma once

#include "intake/arrival.hpp"

#include <vector>

namespace intake {

// `interaction`: what the mail becomes, or is the same as. The events that tell of it have ids made from it
// and the delivery, so that none is told twice of a mail that comes again, or is held first and released
// later.
[[nodiscard]] std::vector<store::BouncedDelivery> bounced_by(const Arrival& mail, const Part& part,
                                                             const Uuid& interaction);

}  // namespace intake
