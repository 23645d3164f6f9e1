// Keys as rows: of signed addresses, of DKIM. Every node has them in its Snapshot a moment after a change.
//
// A desk has an address key from its first migration on. Private keys leave the database only for signing.
#pragma once

#include "auth/dkim_sign.hpp"
#include "store/pool.hpp"
#include "store/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

struct StoredAddressKey {
    std::uint8_t id = 0;
    Timestamp created;
    bool signs = false;  // the newest
};

struct StoredDkimKey {
    auth::DkimKey key;
    Timestamp created;
    bool active = false;  // signs
    std::optional<Timestamp> retired;
};

// Those of address_keys_in_force and dkim_keys_in_force; a key that `before` has is not read again.
[[nodiscard]] auth::AddressKeys read_address_keys(const Result& rows);
[[nodiscard]] DkimKeys read_dkim_keys(const Result& rows, const DkimKeys& before);

class KeyStore {
  public:
    explicit KeyStore(Pool& pool) : pool_(pool) {}

    // All throw Error.
    asio::awaitable<std::vector<StoredAddressKey>> address_keys();
    // Gives the new one's id; it signs from now on, and the others go on verifying.
    asio::awaitable<Outcome<std::uint8_t>> rotate_address_key();
    // What it signed is forged from now on. Refused: the one that signs.
    asio::awaitable<Outcome<std::monostate>> remove_address_key(std::uint8_t id);

    // Of the domain, or of all; by domain, the newest last.
    asio::awaitable<std::vector<StoredDkimKey>> dkim_keys(std::optional<std::string> domain);
    asio::awaitable<Outcome<std::monostate>> add_dkim_key(auth::DkimKey key);
    // It signs from now on; the domain's other one of its algorithm is retired.
    asio::awaitable<Outcome<std::monostate>> activate_dkim_key(std::string domain, std::string selector);
    // It signs no more. Its record should stay in DNS while mail that it signed is under way.
    asio::awaitable<Outcome<std::monostate>> retire_dkim_key(std::string domain, std::string selector);

  private:
    Pool& pool_;
};

}  // namespace store
