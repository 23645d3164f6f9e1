// Addresses that we sign: return paths that name a delivery (VERP), and reply addresses.
//
// A local part is `b-` or `r-` and 48 characters of base32 (RFC 4648 §6, lower case): the key's id, the 16
// octets of the id that it names, and 13 of HMAC-SHA-256 over both, the purpose and the workspace. That is 50
// octets of the 64 that RFC 5321 §4.5.3.1.1 leaves, and no two of them name the same. Read without regard to
// case, since senders change it. Who holds no key can't make one (2^-104 a guess), nor make one that was seen
// serve another purpose or another workspace; comparison takes the same time whatever is wrong.
//
// What comes in is a stranger's: total, and linear in at most 50 octets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auth {

enum class AddressPurpose : std::uint8_t { bounce, reply };
using AddressId =
    std::array<std::uint8_t, 16>;  // a UUID's octets: of a delivery, of a row of reply_addresses

struct AddressKey {
    std::uint8_t id = 0;
    std::string secret;  // 32 random octets
};

struct AddressReading {
    enum class Verdict {
        not_one,  // a local part like others
        forged,   // has the form, and no key of ours made it: for this workspace, or at all
        genuine,
    };
    Verdict verdict = Verdict::not_one;
    AddressPurpose purpose = AddressPurpose::bounce;  // of what has the form
    AddressId id{};                                   // of what is genuine
};

class AddressKeys {
  public:
    AddressKeys() = default;
    // By age: the last one signs, all verify. Of two with one id the last counts.
    explicit AddressKeys(std::vector<AddressKey> keys) : keys_(std::move(keys)) {}

    [[nodiscard]] bool empty() const { return keys_.empty(); }
    // The local part. There must be a key: a desk has one from the first on (std::logic_error).
    [[nodiscard]] std::string sign(AddressPurpose purpose, std::int64_t workspace, const AddressId& id) const;
    // `workspace` is that of the domain it was sent to. A key that another node made a moment ago may not be
    // here yet: who reads `forged` looks at the newest settings once before it says so.
    [[nodiscard]] AddressReading verify(std::string_view local_part, std::int64_t workspace) const;

  private:
    std::vector<AddressKey> keys_;
};

}  // namespace auth
