#include "auth/signed_address.hpp"

#include "mail/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace auth {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view bounce_prefix = "b-", reply_prefix = "r-";
constexpr std::size_t mac_size = 13;

// What the text says, bit for bit: five octets are eight characters, so none are left over.
constexpr std::size_t octets_in_all = 1 + std::tuple_size_v<AddressId> + mac_size;
constexpr std::size_t characters_in_all = octets_in_all / 5 * 8;
static_assert(octets_in_all % 5 == 0 && 2 + characters_in_all <= 64);
using Octets = std::array<std::uint8_t, octets_in_all>;

std::string base32(const Octets& octets) {
    std::string text;
    text.reserve(characters_in_all);
    unsigned bits = 0, value = 0;
    for (const std::uint8_t octet : octets) {
        value = (value << 8 | octet) & 0xFFFFU;
        for (bits += 8; bits >= 5; bits -= 5) text += alphabet[value >> (bits - 5) & 31U];
    }
    return text;
}

std::optional<Octets> read_base32(std::string_view text) {
    if (text.size() != characters_in_all) return std::nullopt;
    Octets octets{};
    std::size_t size = 0;
    unsigned bits = 0, value = 0;
    for (const char c : text) {
        const std::size_t digit = alphabet.find(mail::lower(c));
        if (digit == std::string_view::npos) return std::nullopt;
        value = (value << 5 | static_cast<unsigned>(digit)) & 0xFFFFU;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        octets[size++] = static_cast<std::uint8_t>(value >> bits);
    }
    return octets;
}

// Everything that the address means, of fixed width. The words in front keep the secret from ever signing
// the same octets for something else.
std::array<std::uint8_t, mac_size> mac(const AddressKey& key, AddressPurpose purpose, std::int64_t workspace,
                                       const std::uint8_t* id) {
    std::string text = "ticketgate address 1 ";
    text += purpose == AddressPurpose::bounce ? 'b' : 'r';
    for (int shift = 56; shift >= 0; shift -= 8)
        text += static_cast<char>(static_cast<std::uint64_t>(workspace) >> shift);
    text += static_cast<char>(key.id);
    text.append(reinterpret_cast<const char*>(id), std::tuple_size_v<AddressId>);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> whole{};
    unsigned int size = 0;
    if (HMAC(EVP_sha256(), key.secret.data(), static_cast<int>(key.secret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), whole.data(),
             &size) == nullptr)
        throw std::runtime_error("OpenSSL makes no HMAC");
    std::array<std::uint8_t, mac_size> cut{};
    std::copy_n(whole.begin(), mac_size, cut.begin());
    return cut;
}

}  // namespace

std::string AddressKeys::sign(AddressPurpose purpose, std::int64_t workspace, const AddressId& id) const {
    if (keys_.empty()) throw std::logic_error("there is no key to sign an address with");
    const AddressKey& key = keys_.back();
    Octets octets{};
    octets[0] = key.id;
    std::ranges::copy(id, octets.begin() + 1);
    std::ranges::copy(mac(key, purpose, workspace, id.data()), octets.end() - mac_size);
    return std::string(purpose == AddressPurpose::bounce ? bounce_prefix : reply_prefix) + base32(octets);
}

AddressReading AddressKeys::verify(std::string_view local_part, std::int64_t workspace) const {
    AddressReading reading;
    if (local_part.size() < bounce_prefix.size()) return reading;
    const std::string_view prefix = local_part.substr(0, bounce_prefix.size());
    if (mail::iequals(prefix, reply_prefix))
        reading.purpose = AddressPurpose::reply;
    else if (!mail::iequals(prefix, bounce_prefix))
        return reading;
    const std::optional<Octets> octets = read_base32(local_part.substr(prefix.size()));
    if (!octets) return reading;
    reading.verdict = AddressReading::Verdict::forged;
    const auto key = std::find_if(keys_.rbegin(), keys_.rend(),
                                  [&](const AddressKey& one) { return one.id == octets->front(); });
    if (key == keys_.rend()) return reading;
    const auto expected = mac(*key, reading.purpose, workspace, octets->data() + 1);
    if (CRYPTO_memcmp(expected.data(), octets->data() + octets->size() - mac_size, mac_size) != 0)
        return reading;
    reading.verdict = AddressReading::Verdict::genuine;
    std::copy_n(octets->begin() + 1, reading.id.size(), reading.id.begin());
    return reading;
}

}  // namespace auth
