// Recipients whose address we made ourselves: reply addresses and return paths (auth/signed_address.hpp).
//
// That we made it its key says, and nothing else is looked at for it: neither catch-alls nor plus-addresses.
// Where it leads now the store is asked, once at RCPT and again in the transaction that stores the mail.
// docs/bounces.md
#pragma once

#include "smtp/types.hpp"
#include "store/pool.hpp"
#include "store/settings.hpp"

#include <memory>

namespace intake {

namespace asio = boost::asio;

struct SignedRecipient {
    auth::AddressReading reading;  // `not_one` for whatever is not at a domain of ours
    std::int64_t workspace = 0;

    [[nodiscard]] bool is_genuine() const {
        return reading.verdict == auth::AddressReading::Verdict::genuine;
    }
    [[nodiscard]] bool is_forged() const { return reading.verdict == auth::AddressReading::Verdict::forged; }
};

// A mailbox or an alias of just this name comes first.
[[nodiscard]] SignedRecipient read_signed(const mail::Mailbox& address, const store::Snapshot& settings);

// Whose a genuine one is: `found`, `revoked` with the words, or `unknown_mailbox` where it leads to nothing
// any more. Throws store::Error.
asio::awaitable<smtp::Resolution> find_signed(store::Pool& pool, SignedRecipient recipient,
                                              std::shared_ptr<const store::Snapshot> settings);

}  // namespace intake
