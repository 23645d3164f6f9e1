// The mail that tells the owner of a mailbox what waits there.
//
// It says how much, why and since when, and nothing that a stranger wrote: what is held may be spam or
// forged. It can be told for what it is by any machine (RFC 3834), and for ours when it comes back
// (mail/kind.hpp).
#pragma once

#include "store/outbox.hpp"

#include <string>

namespace desk {

[[nodiscard]] store::QueuedMail held_digest(const store::HeldDigest& digest, const std::string& installation,
                                            store::Timestamp now);

}  // namespace desk
