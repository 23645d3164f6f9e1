// Private keys of signatures over OpenSSL: made, kept as PEM, and used. Copies share one key, and any number
// of threads may sign with it at once.
#pragma once

#include "auth/crypto.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace auth {

inline constexpr std::size_t max_pem = 16 * 1024;

class PrivateKey {
  public:
    // A new one; `bits` is RSA's. Throws std::runtime_error, as sign() does, where OpenSSL fails (memory).
    [[nodiscard]] static PrivateKey make(KeyType type, int bits = 2048);
    // PKCS#8 in PEM without a pass phrase, at most `max_pem`: RSA of `min_rsa_bits` to `max_rsa_bits`, or
    // Ed25519.
    [[nodiscard]] static std::optional<PrivateKey> read(std::string_view pem);

    [[nodiscard]] KeyType type() const { return type_; }
    [[nodiscard]] const std::string& pem() const { return pem_; }  // as it was read
    // As DNS has it and PublicKey reads it: the DER of a SubjectPublicKeyInfo, Ed25519's 32 octets.
    [[nodiscard]] std::string public_key() const;
    // PKCS#1 v1.5 for RSA; Ed25519 signs the digest itself (RFC 8463 §3).
    [[nodiscard]] std::string sign(Hash hash, std::string_view digest) const;

  private:
    PrivateKey(KeyType type, std::string pem, std::shared_ptr<evp_pkey_st> key)
        : type_(type), pem_(std::move(pem)), key_(std::move(key)) {}
    KeyType type_;
    std::string pem_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace auth
